"""Changing and resetting the password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gme_portal.accounts.access import EVERYONE, allow, public, viewer
from gme_portal.accounts.forms import PasswordForm, ResetForm
from gme_portal.accounts.models import PhoneCodePurpose
from gme_portal.accounts.passwords import HOUSE
from gme_portal.accounts.services.passwords import change_password, reset_password
from gme_portal.accounts.views.joining import answer_code, typed
from gme_portal.accounts.views.signing import safe_next
from gme_portal.forms import blame
from gme_portal.refusals import Refused


@public
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def reset_page(request: HttpRequest) -> HttpResponse:
    demands = request.password_demands()
    form = ResetForm(request.POST or None, demands=demands)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            reset_password(
                phone=data["phone"], code=data["code"], password=data["password"], demands=demands, at=request.at
            )
        except Refused as refused:
            blame(form, refused, cite=str)
        else:
            messages.success(request, "密码已重置，请用新密码登录。")
            return HttpResponseRedirect(reverse("accounts:login"), status=303)
    return render(request, "accounts/reset.html", {"form": form}, status=422 if form.errors else 200)


@public
@require_POST
def reset_code(request: HttpRequest) -> HttpResponse:
    form = ResetForm(initial=typed(request, ResetForm), demands=request.password_demands())
    return answer_code(request, PhoneCodePurpose.RESET, "accounts/reset.html", form)


@allow(*EVERYONE, first_password=True)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_page(request: HttpRequest) -> HttpResponse:
    """Change one's own password; this session stays, all others end. Who has a printed one is led here first, and on afterwards."""
    demands = HOUSE if viewer(request).is_staff_role else request.password_demands()
    form = PasswordForm(request.POST or None, demands=demands)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_password(user=viewer(request), old=data["old"], new=data["password"], demands=demands, at=request.at)
        except Refused as refused:
            blame(form, refused, cite=str)
        else:
            update_session_auth_hash(request, viewer(request))
            messages.success(request, "密码已修改，其他设备上的登录已失效。")
            return HttpResponseRedirect(safe_next(request), status=303)
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next") or ""}
    return render(request, "accounts/password.html", context, status=422 if form.errors else 200)
