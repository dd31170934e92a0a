"""Education records: list, add, change, delete."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applicants.access import educations_visible_to
from applicants.forms.education import EducationForm
from applicants.models import Education, Profile
from applicants.services import educations
from applicants.views.pages import address, draft_dropped, draft_for, own_profile, show
from gme_portal.accounts.access import allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.forms import blame
from gme_portal.refusals import Refused


@allow(Role.APPLICANT)
@require_safe
def education(request: HttpRequest) -> HttpResponse:
    profile = own_profile(request)
    rows = [
        {"record": row, "study": study_words(row), "dialog": f"delete-{row.pk.hex[:8]}"}
        for row in educations_visible_to(request.user)
    ]
    return show(request, "profile/education.html", profile, "education", {"educations": rows})


def study_words(row: Education) -> str:
    """全日制, 非全日制 or 成人教育, and whether abroad."""
    study = "成人教育" if row.adult_education else "全日制" if row.full_time else "非全日制"
    return f"{study}，境外学历" if row.foreign else study


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def education_add(request: HttpRequest) -> HttpResponse:
    return _edit(request, own_profile(request), None)


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def education_edit(request: HttpRequest, education_id: UUID) -> HttpResponse:
    row = get_object_or_404(educations_visible_to(request.user), pk=education_id)
    return _edit(request, own_profile(request), row)


@allow(Role.APPLICANT)
@require_POST
def education_delete(request: HttpRequest, education_id: UUID) -> HttpResponse:
    row = get_object_or_404(educations_visible_to(request.user), pk=education_id)
    try:
        educations.remove(education=row, actor=viewer(request), at=request.at)
    except Refused as refused:
        messages.error(request, refused.refusal.sentence)
    return HttpResponseRedirect(address(request, "profile:education"), status=303)


def _edit(request: HttpRequest, profile: Profile, row: Education | None) -> HttpResponse:
    section = educations.draft_key(row)
    dropped = draft_dropped(request, profile, section)
    if dropped:
        return dropped
    draft = draft_for(request, profile, section)
    form = EducationForm(request.POST or None, education=row, locked=profile.locked_at is not None, draft=draft)
    if request.method == "POST" and form.is_valid():
        more = {"data": form.data_of(), "policy": request.policy, "actor": viewer(request), "at": request.at}
        try:
            if row is None:
                educations.add(profile=profile, **more)
            else:
                educations.change(education=row, **more)
        except Refused as refused:
            blame(form, refused, cite=request.policy.cite)
        else:
            return HttpResponseRedirect(address(request, "profile:education"), status=303)
    context = {"form": form, "draft": draft, "draft_section": section, "education": row}
    return show(request, "profile/education_form.html", profile, "education", context, failed=bool(form.errors))
