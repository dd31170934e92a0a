"""Report-in (报到): who was admitted to this base's seats, who has come, who has not; and the base's roster."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.access import offers_visible_to
from admissions.exports.lists import watermark
from admissions.exports.roster import roster_sheet
from admissions.forms.base import ReasonForm
from admissions.models import Offer, Submission
from admissions.queries import rounds
from admissions.services import report_in as services
from admissions.services.transitions import window_refusal
from admissions.states import OFFER_LABELS
from admissions.views.base_common import address, exported, own_base, rights, see_other, viewer
from admissions.views.refusals import in_words
from admissions.views.rounds import round_of
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.accounts.models import Role
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refused

ROWS_A_PAGE = 25
SHOWN = {"admitted": "待报到", "reported_in": "已报到", "absent": "未报到"}
TONES = {"admitted": "warn", "reported_in": "ok", "absent": "bad"}


@allow(*BASE)
@require_safe
def report_in(request: HttpRequest) -> HttpResponse:
    """The list by state, searched by name or number."""
    return _list(request)


def _offers(request: HttpRequest) -> QuerySet[Offer]:
    rows = offers_visible_to(viewer(request)).filter(notice=request.notice, state__in=list(SHOWN))
    return rows.select_related("applicant__user", "application", "quota__base", "quota__specialty", "reported_by")


def _list(request: HttpRequest, *, refused: Refused | None = None, reason: ReasonForm | None = None) -> HttpResponse:
    base = own_base(request)
    policy, typed = request.policy, request.GET.get("q", "").strip()[:60]
    state = request.GET.get("state", "admitted")
    state = state if state in SHOWN else "admitted"
    rows = _offers(request)
    counts = dict(rows.order_by().values_list("state").annotate(number=Count("pk")))
    rows = rows.filter(state=state)
    if typed:
        rows = rows.filter(Q(applicant__user__name__icontains=typed) | Q(application__number__startswith=typed))
    window = policy.window("report_in", round=round_of(request), base=base.code)
    refusal = window_refusal(window, doing="报到确认", at=request.at)
    page = Paginator(rows.order_by("quota__specialty__position", "application__number"), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    lines = [_line(request, offer) for offer in page]
    context: dict[str, Any] = {
        **rights(request),
        "page": page,
        "lines": lines,
        "state": state,
        "state_label": SHOWN[state],
        "tone": TONES[state],
        "q": typed,
        "query": f"?state={state}",
        "tabs": [
            {
                "label": label,
                "url": f"{address(request, 'base:report_in')}?state={key}",
                "current": key == state,
                "count": counts.get(key, 0),
            }
            for key, label in SHOWN.items()
        ],
        "windows": _windows(policy, base.code),
        "closed": in_words(refusal, policy) if refusal else "",
        "overdue": any(line["overdue"] for line in lines),
        "effect": policy.report_in.effect,
        "clause": policy.cite(policy.report_in.clause),
        "errors": [{"text": in_words(one, policy)} for one in refused.refusals] if refused else [],
        "reason": reason or ReasonForm(label="撤销原因"),
    }
    failed = refused is not None or (reason is not None and bool(reason.errors))
    return render(request, "base/report_in.html", context, status=422 if failed else 200)


def _windows(policy: Policy, base: str) -> list[tuple[str, Window]]:
    """When people report in, of each round; said once where the rounds share the days."""
    found: dict[tuple[datetime, datetime], tuple[list[str], Window]] = {}
    for one in rounds.worked_on(policy):
        window = policy.window("report_in", round=one.key, base=base)
        if window is not None:
            found.setdefault((window.opens, window.closes), ([], window))[0].append(one.label)
    return [("、".join(labels) if len(found) > 1 else "", window) for labels, window in found.values()]


def _line(request: HttpRequest, offer: Offer) -> dict[str, Any]:
    """One person, judged by the dates of their own round."""
    kind, key = offer.applicant.person_type, offer.application.round
    base = offer.quota.base.code
    window = request.policy.window("report_in", person_type=kind, round=key, base=base)
    until = services.deadline(request.policy, kind, key, base)
    return {
        "offer": offer,
        "round_label": rounds.label(request.policy, key),
        "open": window is None or window.is_open(request.at),
        "overdue": until is not None and request.at >= until,
    }


def _own(request: HttpRequest, pk: UUID) -> Offer:
    own_base(request)
    return get_object_or_404(_offers(request), pk=pk)


@allow(*BASE_WRITERS)
@require_POST
def report_in_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person is here."""
    return _step(request, _own(request, pk), services.confirm, "reported_in")


@allow(Role.BASE_LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def report_in_absent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person did not come: what follows is shown first, for it cannot be undone."""
    offer, policy = _own(request, pk), request.policy
    if request.method == "POST":
        return _step(request, offer, services.mark_absent, "absent")
    rule = policy.ban("no_show")
    context = {
        "items": [
            {"label": "姓名", "value": offer.applicant.user.name},
            {"label": "报名号", "value": offer.application.number},
            {"label": "录取专业", "value": offer.quota.specialty.name},
        ],
        "effect": policy.report_in.effect,
        "clause": policy.cite(rule.clause if rule else policy.report_in.clause),
        "ban": f"记入诚信记录，自登记之日起 {rule.years} 年内不能再报名。{rule.effect}" if rule and rule.years else "",
    }
    return render(request, "base/absent.html", context)


@allow(Role.BASE_LEAD)
@require_POST
def report_in_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The report-in was confirmed by mistake."""
    offer, form = _own(request, pk), ReasonForm(request.POST, label="撤销原因")
    if not form.is_valid():
        return _list(request, reason=form)
    return _step(request, offer, services.undo, "admitted", reason=form.cleaned_data["reason"])


def _step(request: HttpRequest, offer: Offer, service: Any, to: str, **given: Any) -> HttpResponse:
    try:
        service(offer, actor=viewer(request), at=request.at, policy=request.policy, **given)
    except Refused as refused:
        return _list(request, refused=refused)
    messages.success(request, f"{offer.applicant.user.name}（报名号 {offer.application.number}）：{OFFER_LABELS[to]}。")
    back = request.GET.get("state", "admitted")
    return see_other(address(request, "base:report_in") + f"?state={back if back in SHOWN else 'admitted'}")


@allow(*BASE)
@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    """The base's roster in the notice's columns, numbers masked."""
    base = own_base(request)
    submissions = Prefetch("application__submissions", queryset=Submission.objects.order_by("number"))
    rows = (
        _offers(request)
        .filter(state__in=("admitted", "reported_in"))
        .order_by("quota__specialty__position", "application__number")
    )
    offers = list(rows.prefetch_related(submissions))
    title = f"{base.name}招收学员信息表"
    mark = watermark(viewer(request), request.at)
    content = roster_sheet(title, offers, policy=request.policy, full=False, watermark=mark)
    return exported(request, content, title, action="export.base_roster", base=base, rows=len(offers))
