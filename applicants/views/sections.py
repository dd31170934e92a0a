"""Personal data, licence, employment; autosave."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from applicants.forms.personal import PersonalForm
from applicants.forms.work import LicenceForm, employment_data, employment_form
from applicants.models import Employment, Licence
from applicants.queries import NEEDS_EMPLOYMENT
from applicants.services import drafts, profiles
from applicants.views.pages import address, draft_dropped, draft_for, go_on, own_profile, show
from gme_portal.accounts.access import allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.clock.services import BEIJING
from gme_portal.forms import blame
from gme_portal.refusals import Refused


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def personal(request: HttpRequest) -> HttpResponse:
    profile = own_profile(request)
    dropped = draft_dropped(request, profile, "personal")
    if dropped:
        return dropped
    draft = draft_for(request, profile, "personal")
    today = request.at.astimezone(BEIJING).date()
    policy = request.policy
    form = PersonalForm(
        request.POST or None,
        profile=profile,
        policy=policy,
        today=today,
        locked=profile.locked_at is not None,
        draft=draft,
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = profiles.save_personal(
                profile=profile, data=form.data_of(), policy=policy, actor=viewer(request), at=request.at
            )
        except Refused as refused:
            blame(form, refused, cite=request.policy.cite)
        else:
            return go_on(request, saved, "personal")
    return show(
        request, "profile/personal.html", profile, "personal", {"form": form, "draft": draft}, failed=bool(form.errors)
    )


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def licence(request: HttpRequest) -> HttpResponse:
    profile = own_profile(request)
    dropped = draft_dropped(request, profile, "licence")
    if dropped:
        return dropped
    draft = draft_for(request, profile, "licence")
    held = Licence.objects.filter(profile=profile).first()
    locked, saved = profile.locked_at is not None, profile.licence_saved_at is not None
    form = LicenceForm(request.POST or None, licence=held, saved=saved, locked=locked, draft=draft)
    if request.method == "POST" and form.is_valid():
        try:
            profile = profiles.save_licence(profile=profile, data=form.data_of(), actor=viewer(request), at=request.at)
        except Refused as refused:
            blame(form, refused, cite=request.policy.cite)
        else:
            return go_on(request, profile, "licence")
    return show(
        request, "profile/licence.html", profile, "licence", {"form": form, "draft": draft}, failed=bool(form.errors)
    )


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def employment(request: HttpRequest) -> HttpResponse:
    """Asked of own staff, delegated and commissioned people only; everybody else is led on."""
    profile = own_profile(request)
    if profile.person_type not in NEEDS_EMPLOYMENT:
        return redirect(address(request, "profile:personal"))
    dropped = draft_dropped(request, profile, "employment")
    if dropped:
        return dropped
    draft = draft_for(request, profile, "employment")
    row = Employment.objects.filter(profile=profile).first()
    locked = profile.locked_at is not None
    form = employment_form(profile.person_type, row, request.policy, request.POST or None, locked=locked, draft=draft)
    if request.method == "POST" and form.is_valid():
        try:
            profile = profiles.save_employment(
                profile=profile, data=employment_data(form), actor=viewer(request), at=request.at
            )
        except Refused as refused:
            blame(form, refused, cite=request.policy.cite)
        else:
            return go_on(request, profile, "employment")
    return show(
        request,
        "profile/employment.html",
        profile,
        "employment",
        {"form": form, "draft": draft},
        failed=bool(form.errors),
    )


@allow(Role.APPLICANT)
@require_POST
def autosave(request: HttpRequest, section: str) -> HttpResponse:
    """Keep a form as typed: {"saved_at"}; 409 while an application is filed, 422 with a message for what cannot be kept."""
    profile = own_profile(request)
    try:
        drafts.keep(profile=profile, section=section, typed=dict(request.POST.lists()), at=request.at)
    except Refused as refused:
        return JsonResponse(
            {"message": refused.refusal.sentence}, status=409 if refused.code == "DRAFT_LOCKED" else 422
        )
    return JsonResponse({"saved_at": request.at.isoformat()})
