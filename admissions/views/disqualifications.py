"""Taking a registration or admission away (取消资格): asked for by a base's lead or the province, confirmed by a second person of the province."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from admissions.access import (
    applications_visible_to,
    disqualifications_visible_to,
    may_settle_disqualification,
    objections_visible_to,
)
from admissions.forms.base import ReasonForm
from admissions.forms.disqualification import DisqualificationForm
from admissions.models import Application, Disqualification, Objection
from admissions.services import disqualifications as services
from admissions.states import DISQUALIFICATION_TRIGGERS
from admissions.views.base_common import address, own_base, see_other, viewer
from admissions.views.oversight import WATCHERS
from admissions.views.refusals import add_refusals, in_words
from gme_portal.accounts.access import BASE, PROVINCE, allow
from gme_portal.accounts.models import Role
from gme_portal.refusals import Refusal, Refused

ROWS_A_PAGE = 25
PURPOSE = "核实取消资格"
TONES = {"asked": "warn", "confirmed": "bad", "refused": "neutral"}


@allow(*BASE)
@require_http_methods(["GET", "HEAD", "POST"])
def of_base(request: HttpRequest) -> HttpResponse:
    """What was asked for people of this base, and the form for its lead."""
    own_base(request)
    return _page(request, "base", may_ask=viewer(request).role == Role.BASE_LEAD)


@allow(*WATCHERS)
@require_http_methods(["GET", "HEAD", "POST"])
def of_province(request: HttpRequest) -> HttpResponse:
    """Everything that was asked for under the notice, those that wait first."""
    return _page(request, "province", may_ask=viewer(request).role in PROVINCE)


@allow(Role.BASE_LEAD)
@require_POST
def base_take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever asked takes it back."""
    own_base(request)
    return _refuse(request, "base", pk)


@allow(*PROVINCE)
@require_POST
def province_settle(request: HttpRequest, pk: UUID, decision: str) -> HttpResponse:
    if decision == "refuse":
        return _refuse(request, "province", pk)
    if decision != "confirm":
        raise Http404("没有这一步。")
    row = _row(request, pk)
    name = row.application.applicant.user.name
    try:
        services.confirm(row, actor=viewer(request), at=request.at, policy=request.policy)
    except Refused as refused:
        messages.error(request, in_words(refused.refusal, request.policy))
    else:
        messages.success(
            request, f"{name}（{row.application.number}）：{row.get_trigger_display()}，已确认并告知本人。"
        )
    return see_other(address(request, "province:disqualifications"))


def _refuse(request: HttpRequest, space: str, pk: UUID) -> HttpResponse:
    row, form = _row(request, pk), ReasonForm(request.POST, label="原因")
    try:
        if not form.is_valid():
            raise Refused("WORDS_MISSING", "请写明原因。", field="words")
        services.refuse(
            row, words=form.cleaned_data["reason"], actor=viewer(request), at=request.at, policy=request.policy
        )
    except Refused as refused:
        messages.error(request, in_words(refused.refusal, request.policy))
    else:
        messages.success(request, f"报名号 {row.application.number} 的资格不取消。")
    return see_other(address(request, f"{space}:disqualifications"))


def _page(request: HttpRequest, space: str, *, may_ask: bool) -> HttpResponse:
    if request.method == "POST" and not may_ask:
        raise PermissionDenied("取消资格由报名或录取基地的负责人、省级管理部门提请。")
    rules = {key: rule for key in DISQUALIFICATION_TRIGGERS if (rule := request.policy.ban(key))}
    triggers = [(key, DISQUALIFICATION_TRIGGERS[key]) for key in rules]
    asked = {key: request.GET.get(key, "") for key in ("number", "trigger", "objection")}
    form = DisqualificationForm(request.POST or None, triggers=triggers, initial=asked)
    if request.method == "POST" and form.is_valid() and _ask(request, form):
        return see_other(address(request, f"{space}:disqualifications"))
    rows = disqualifications_visible_to(viewer(request)).filter(application__notice=request.notice)
    page = Paginator(rows.order_by(F("settled_at").desc(nulls_first=True), "-asked_at"), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "lines": [_line(request, row, space) for row in page],
        "form": form,
        "may_ask": may_ask and bool(triggers),
        "begun": bool(form.errors or any(asked.values())),
        "rules": [
            {"label": DISQUALIFICATION_TRIGGERS[key], "effect": rule.effect, "clause": request.policy.cite(rule.clause)}
            for key, rule in rules.items()
        ],
        "home_url": address(request, f"{space}:home"),
    }
    return render(request, "runs/disqualifications.html", context, status=422 if form.errors else 200)


def _line(request: HttpRequest, row: Disqualification, space: str) -> dict[str, Any]:
    user = viewer(request)
    waits = row.state == "asked"
    settles = waits and may_settle_disqualification(user, row)
    look = {"actor": user, "purpose": PURPOSE, "at": request.at}
    back = "base:disqualification_take_back" if space == "base" else "province:disqualification_settle"
    return {
        "row": row,
        "tone": TONES[row.state],
        "grounds": row.grounds.reveal(**look) if settles else str(row.grounds),
        "confirm_url": address(request, "province:disqualification_settle", row.pk, "confirm")
        if settles and space == "province" and user.pk != row.asked_by_id
        else "",
        "refuse_url": address(request, back, row.pk, *(("refuse",) if space == "province" else ())) if settles else "",
        "refuse_label": "撤回提请" if user.pk == row.asked_by_id else "不予取消",
    }


def _ask(request: HttpRequest, form: DisqualificationForm) -> bool:
    given = form.cleaned_data
    try:
        services.ask(
            _application(request, given["number"]),
            trigger=given["trigger"],
            grounds=given["grounds"],
            objection=_objection(request, given["objection"]),
            actor=viewer(request),
            at=request.at,
            policy=request.policy,
        )
    except Refused as refused:
        add_refusals(form, refused, request.policy)
        return False
    messages.success(request, "已提请取消资格，由省级另一人确认；确认前这名考生的录取不生效。")
    return True


def _application(request: HttpRequest, number: str) -> Application:
    """One that the viewer may see, also of people who hold a place at their base."""
    user = viewer(request)
    rows = Application.objects.select_related("applicant__user", "notice", "base").filter(
        notice=request.notice, number=number.strip()
    )
    visible = rows.filter(pk__in=applications_visible_to(user).values("pk")).first()
    if visible is None and user.role in BASE:
        visible = rows.filter(offers__quota__base__staff__user=user).first()
    if visible is None:
        raise Refused.many([Refusal("NO_SUCH_NUMBER", "没有这个报名号，请核对。", field="number")])
    return visible


def _objection(request: HttpRequest, pk: UUID | None) -> Objection | None:
    if pk is None:
        return None
    return objections_visible_to(viewer(request)).filter(pk=pk, publicity__run__notice=request.notice).first()


def _row(request: HttpRequest, pk: UUID) -> Disqualification:
    return get_object_or_404(disqualifications_visible_to(viewer(request)), pk=pk, application__notice=request.notice)
