"""Login and logout."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gme_portal.accounts.access import public
from gme_portal.accounts.forms import LOGIN_REFUSED, LoginForm
from gme_portal.audit.services import record


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: the `next` of the form or the address when it stays on this site, else the front door, which leads on by role."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse("home")


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    """An unknown account and a wrong password get the same answer; too many of them get the page of `accounts.lockout`."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(safe_next(request))
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
        if user is not None:
            login(request, user)
            record(actor=user, action="account.signed_in", subject=user, at=request.at)
            return HttpResponseRedirect(safe_next(request), status=303)
        form.add_error(None, LOGIN_REFUSED)
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next") or ""}
    return render(request, "accounts/login.html", context, status=422 if form.errors else 200)


@public
@require_POST
def logout_page(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("home")
