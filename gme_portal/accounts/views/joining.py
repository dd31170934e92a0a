"""Registration and codes by text message."""

from __future__ import annotations

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gme_portal.accounts.access import public
from gme_portal.accounts.forms import RegisterForm
from gme_portal.accounts.models import PhoneCodePurpose
from gme_portal.accounts.services.codes import request_code
from gme_portal.accounts.services.registration import register
from gme_portal.forms import blame
from gme_portal.refusals import Refused

BACKEND = "gme_portal.accounts.backends.IdentityBackend"


@public
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def register_page(request: HttpRequest) -> HttpResponse:
    """A new applicant; afterwards they are signed in and led to their own first page."""
    if request.user.is_authenticated:
        return redirect("home")
    notice, demands = _notice(request), request.password_demands(_notice(request))
    form = RegisterForm(request.POST or None, at=request.at, demands=demands)
    if request.method == "POST" and form.is_valid():
        words = ("name", "document_kind", "document_number", "phone", "code", "password")
        try:
            user = register(**{name: form.cleaned_data[name] for name in words}, demands=demands, at=request.at)
        except Refused as refused:
            blame(form, refused, cite=str)
        else:
            login(request, user, backend=BACKEND)
            return HttpResponseRedirect(reverse("home"), status=303)
    context = {"form": form, "from_notice": notice}
    return render(request, "accounts/register.html", context, status=422 if form.errors else 200)


def _notice(request: HttpRequest) -> str:
    """From whose page somebody came to register: the name in the address, then in the form."""
    return request.POST.get("notice") or request.GET.get("notice") or ""


@public
@require_POST
def register_code(request: HttpRequest) -> HttpResponse:
    notice = _notice(request)
    demands = request.password_demands(notice)
    form = RegisterForm(initial=typed(request, RegisterForm), at=request.at, demands=demands)
    return answer_code(request, PhoneCodePurpose.REGISTER, "accounts/register.html", form, from_notice=notice)


def typed(request: HttpRequest, form_class: type[forms.Form]) -> dict[str, object]:
    """What stood in the form when the code was asked for without JavaScript; passwords are asked again."""
    fields = form_class.base_fields.items()
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, name)
        for name, field in fields
        if "password" not in name
    }


def answer_code(request: HttpRequest, purpose: str, template: str, form: forms.Form, **more: object) -> HttpResponse:
    """Send a code and say so: as a fragment for htmx, else as the whole page with what was typed. The answer never tells whether the phone is known."""
    refusal = ""
    try:
        request_code(phone=request.POST.get("phone", ""), purpose=purpose, at=request.at)
    except Refused as refused:
        refusal = refused.refusal.sentence
    context = {"form": form, "code_asked": True, "code_refusal": refusal, **more}
    if request.htmx:
        return render(request, "accounts/_code_answer.html", context)
    return render(request, template, context, status=422 if refusal else 200)
