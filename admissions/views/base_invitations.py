"""A base invites (邀请未录取考生): the search, one candidate, what was sent and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.access import invitations_visible_to
from admissions.forms.invitations import InviteForm
from admissions.models import Application
from admissions.queries import invitations as queries
from admissions.queries import rounds
from admissions.queries.invitations import TONES, Filter
from admissions.queries.queue import person_types
from admissions.services import invitations as services
from admissions.services.transitions import window_refusal
from admissions.states import INVITATION_LABELS
from admissions.views.base_common import address, own_base, rights, see_other, viewer
from admissions.views.refusals import add_refusals, in_words
from applicants.models import EducationLevel
from bases.models import TrainingBase
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.audit.services import record
from gme_portal.refusals import Refused
from quotas.models import Quota
from quotas.queries import open_specialties

ROWS_A_PAGE = 25


@allow(*BASE)
@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    """What the base has sent, newest first, by state."""
    return _list(request)


def _list(request: HttpRequest, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    base, policy = own_base(request), request.policy
    rows = queries.in_round(request.notice, policy).filter(base=base)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "")
    state = state if state in INVITATION_LABELS else ""
    page = Paginator(rows.filter(state=state) if state else rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    here = address(request, "base:invitations")
    tabs = [{"label": "全部", "url": here, "current": not state, "count": sum(counts.values())}]
    tabs += [
        {"label": label, "url": f"{here}?state={name}", "current": name == state, "count": counts.get(name, 0)}
        for name, label in INVITATION_LABELS.items()
    ]
    context = {
        **rights(request),
        **_rule(request, base),
        "page": page,
        "lines": [{"row": row, "label": INVITATION_LABELS[row.state], "tone": TONES[row.state]} for row in page],
        "tabs": tabs,
        "seats": [one for one in open_specialties(request.notice, base) if one.open_to_others > 0],
        "errors": errors or [],
    }
    return render(request, "base/invitations.html", context, status=422 if errors else 200)


def _rule(request: HttpRequest, base: TrainingBase) -> dict[str, Any]:
    """Whether and until when bases invite here."""
    policy = request.policy
    rule = policy.invitations
    window = policy.window("invitation", round=rule.round, base=base.code) if rule else None
    refusal = window_refusal(window, doing="邀请", at=request.at)
    return {
        "rule": rule,
        "round_label": rounds.label(policy, rule.round) if rule else "",
        "window": window,
        "closed": in_words(refusal, policy) if refusal else "",
        "clause": policy.cite(rule.clause) if rule else "",
    }


@allow(*BASE_WRITERS)
@require_safe
def candidates(request: HttpRequest) -> HttpResponse:
    """Who may be invited, by wish, education, kind and total; every look is on record with what was asked."""
    base, policy = own_base(request), request.policy
    wanted = Filter.read(request.GET, policy)
    rule = _rule(request, base)
    allowed = rule["rule"] is not None and not rule["closed"]
    rows = queries.candidates(request.notice, policy, wanted, at=request.at) if allowed else Application.objects.none()
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    listed = list(page)
    if allowed:
        detail = {"asked": wanted.asked(), "found": page.paginator.count, "page": page.number}
        record(actor=viewer(request), action="invitation.searched", subject=base, at=request.at, detail=detail)
    sent = queries.invited_by(base, listed, policy)
    context = {
        **rights(request),
        **rule,
        "page": page,
        "lines": [_candidate(request, row, sent.get(row.applicant_id)) for row in listed],
        "wanted": wanted,
        "chips": wanted.chips(policy),
        "clear_url": request.path,
        "specialties": [(code, policy.specialties.name(code)) for code in policy.specialties.codes],
        "levels": EducationLevel.choices,
        "person_types": person_types(policy),
    }
    return render(request, "base/candidates.html", context)


def _candidate(request: HttpRequest, row: Any, sent: Any) -> dict[str, Any]:
    return {
        **queries.facts(row, request.policy, row.total),
        "url": address(request, "base:invite", row.pk),
        "sent": {"label": INVITATION_LABELS[sent.state], "tone": TONES[sent.state]} if sent else None,
    }


@allow(*BASE_WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One candidate and the specialties with free seats; POST sends the invitation."""
    base, policy = own_base(request), request.policy
    row = get_object_or_404(queries.candidate(request.notice, policy, pk))
    quotas = [one for one in open_specialties(request.notice, base) if one.open_to_others > 0]
    form = InviteForm(request.POST or None, quotas=quotas)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(
                person=row.applicant,
                quota=_quota(quotas, form.cleaned_data["quota"]),
                words=form.cleaned_data["words"],
                actor=viewer(request),
                at=request.at,
                policy=policy,
                notice_version=request.notice_version,
            )
        except Refused as refused:
            add_refusals(form, refused, policy)
        else:
            messages.success(request, "邀请已发出，已通知本人。答复会显示在这里。")
            return see_other(address(request, "base:invitations"))
    refusal = queries.candidate_refusal(row.applicant, request.notice, policy=policy, at=request.at)
    record(
        actor=viewer(request),
        action="invitation.searched",
        subject=base,
        at=request.at,
        detail={"candidate": str(row.pk)},
    )
    context = {
        **_rule(request, base),
        "facts": None if refusal else _facts(queries.facts(row, policy, queries.published_total(row, at=request.at))),
        "refused": in_words(refusal, policy) if refusal else "",
        "quotas": quotas,
        "form": form,
    }
    return render(request, "base/invite.html", context, status=422 if form.errors else 200)


def _quota(quotas: list[Quota], pk: str) -> Quota:
    return next(one for one in quotas if str(one.pk) == pk)


def _facts(shown: dict[str, str]) -> list[dict[str, str]]:
    labels = {
        "name": "姓名",
        "person_type": "人员类型",
        "wishes": "此前志愿",
        "education": "学历",
        "total": "已公布的总成绩",
    }
    return [{"label": label, "value": shown[key]} for key, label in labels.items()]


@allow(*BASE_WRITERS)
@require_POST
def invitation_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an unanswered invitation back."""
    own_base(request)
    row = get_object_or_404(invitations_visible_to(viewer(request)), pk=pk, notice=request.notice)
    try:
        services.withdraw(row, actor=viewer(request), at=request.at)
    except Refused as refused:
        return _list(request, [{"text": in_words(one, request.policy), "href": ""} for one in refused.refusals])
    messages.success(request, "邀请已撤回，已通知本人。")
    return see_other(address(request, "base:invitations"))
