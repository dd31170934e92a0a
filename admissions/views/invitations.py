"""The invitations to a person (收到的邀请): open ones to answer, what became of the others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from admissions.access import invitations_visible_to
from admissions.forms.invitations import InvitationAnswerForm
from admissions.models import Invitation
from admissions.queries.invitations import TONES
from admissions.services import invitations as services
from admissions.services.acceptances import ACCEPT
from admissions.states import INVITATION_LABELS
from admissions.views.base_common import viewer
from admissions.views.refusals import in_words
from gme_portal.accounts.access import allow
from gme_portal.accounts.models import Role
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.wording import beijing

SECTIONS = ("personal", "education", "licence", "employment", "photo", "documents")


@allow(Role.APPLICANT)
@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: HttpRequest, *, failed: Invitation | None = None, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    policy = request.policy
    rows = list(invitations_visible_to(viewer(request)).filter(notice=request.notice).order_by("-invited_at", "pk"))
    waiting = [row for row in rows if row.state == "invited" and request.at < row.expires_at]
    context = {
        "asked": policy.invitations is not None,
        "open": [_line(row, policy, InvitationAnswerForm(policy=policy, person_type=row.applicant.person_type, auto_id=f"id_{row.pk}_%s")) for row in waiting],
        "settled": [_line(row, policy, None) for row in rows if row not in waiting],
        "clause": policy.cite(policy.invitations.clause) if policy.invitations else "",
        "errors": errors or [],
    }  # fmt: skip
    return render(request, "apply/invitations.html", context, status=422 if errors else 200)


def _line(row: Invitation, policy: Policy, form: InvitationAnswerForm | None) -> dict[str, Any]:
    lapsed = row.state == "invited" and form is None
    return {
        "row": row,
        "form": form,
        "items": [
            {"label": "培训基地", "value": f"{row.base.name}"},
            {"label": "邀请专业", "value": f"{row.quota.specialty.name}（{row.quota.specialty.years} 年）"},
            {"label": "邀请时间", "value": beijing(row.invited_at)},
            {"label": "咨询电话", "value": row.base.office_phone or "见招生简章"},
        ],
        "shortage": policy.specialties.is_shortage(row.quota.specialty_id),
        "state_label": INVITATION_LABELS["expired"] if lapsed else INVITATION_LABELS[row.state],
        "tone": TONES[row.state] if not lapsed else "neutral",
    }


@allow(Role.APPLICANT)
@require_POST
def invitation_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accept, which files the application, or decline."""
    row = get_object_or_404(invitations_visible_to(viewer(request)), pk=pk, notice=request.notice)
    form = InvitationAnswerForm(request.POST, policy=request.policy, person_type=row.applicant.person_type)
    if not form.is_valid():
        return _page(request, failed=row, errors=[{"text": "请选择接受或谢绝。", "href": ""}])
    try:
        if form.cleaned_data["answer"] == ACCEPT:
            submission = services.accept(
                row,
                consents=form.agreed(),
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
                notice_version=request.notice_version,
            )
            return redirect("apply:receipt", request.notice.slug, submission.pk)
        services.decline(row, actor=viewer(request), at=request.at)
    except Refused as refused:
        return _page(request, failed=row, errors=[_error(request, one) for one in refused.refusals])
    messages.success(request, f"您已谢绝{row.base.name}的邀请。")
    return redirect("apply:invitations", request.notice.slug)


def _error(request: HttpRequest, refusal: Any) -> dict[str, str]:
    """A section that is not complete leads to it."""
    section = refusal.field if refusal.field in SECTIONS else ""
    href = reverse(f"profile:{section}", args=[request.notice.slug]) if section else ""
    return {"text": in_words(refusal, request.policy), "href": href}
