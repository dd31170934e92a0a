"""The second factor of staff: entering a code, and setting up the authenticator."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_otp import login as otp_login
from django_otp.models import Device

from gme_portal.accounts.access import STAFF, allow, needs_second_factor, viewer
from gme_portal.accounts.forms import TotpForm
from gme_portal.accounts.services import second_factor
from gme_portal.accounts.views.signing import safe_next
from gme_portal.forms import blame
from gme_portal.refusals import Refused


@allow(*STAFF, second_factor=False, first_password=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_page(request: HttpRequest) -> HttpResponse:
    if not second_factor.enrolled(viewer(request)):
        return HttpResponseRedirect(f"{reverse('accounts:enroll')}?{urlencode({'next': safe_next(request)})}")
    return _ask(request, "accounts/second_factor.html", second_factor.verify, {})


@allow(*STAFF, second_factor=False, first_password=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enroll_page(request: HttpRequest) -> HttpResponse:
    """Bind an authenticator. Who has one enters its code instead: a stolen password must not be enough to bind another."""
    user = viewer(request)
    if second_factor.enrolled(user):
        entered = not needs_second_factor(request)
        target = (
            safe_next(request)
            if entered
            else f"{reverse('accounts:second_factor')}?{urlencode({'next': safe_next(request)})}"
        )
        return HttpResponseRedirect(target)
    device = second_factor.pending_device(user)
    picture = segno.make(second_factor.address_of(device, user), error="m").svg_inline(scale=5, border=4, light="#fff")
    context = {"picture": mark_safe(picture), "secret": second_factor.secret_of(device)}
    return _ask(request, "accounts/enroll.html", second_factor.enroll, context)


def _ask(
    request: HttpRequest, template: str, service: Callable[..., Device], context: Mapping[str, object]
) -> HttpResponse:
    form = TotpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = service(user=viewer(request), code=form.cleaned_data["code"], at=request.at)
        except Refused as refused:
            blame(form, refused)
        else:
            otp_login(request, device)
            return HttpResponseRedirect(safe_next(request), status=303)
    return render(
        request, template, {**context, "form": form, "next": safe_next(request)}, status=422 if form.errors else 200
    )
