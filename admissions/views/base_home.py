"""The workbench (工作台): what waits, until when, and how the plan fills."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from admissions.access import later_documents_visible_to
from admissions.queries import workbench
from admissions.queries.workbench import Counts
from admissions.views.base_common import address, own_base, rights, viewer
from admissions.views.rounds import in_round, round_of, switch
from gme_portal.accounts.access import BASE, allow
from gme_portal.outbox.queries import inbox
from gme_portal.wording import span

NEWS_SHOWN = 5


@allow(*BASE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    base = own_base(request)
    notice, policy, at = request.notice, request.policy, request.at
    key = round_of(request)
    found = workbench.counts(viewer(request), notice, base, policy, key)
    lines, total = workbench.plan(notice, base, policy, key)
    context: dict[str, Any] = {
        **rights(request),
        **switch(request),
        "base": base,
        "stats": _stats(request, found),
        "counts": found,
        "deadlines": [
            {
                "title": duty,
                "at": window.opens,
                "until": window.closes,
                "state": "now" if window.is_open(at) else "next",
                "closes": window.closes,
                "label": window.label,
                "extended_from": window.extended_from,
            }
            for window, duty in workbench.deadlines(policy, base, at, key)
        ],
        "news": [{"message": one, "body": one.body.open()} for one in inbox(viewer(request))[:NEWS_SHOWN]],
        "certificates": later_documents_visible_to(viewer(request))
        .filter(application__notice=notice, state="uploaded")
        .count(),
        "undistributed": workbench.undistributed(notice, base),
        "plan": lines,
        "total": total,
        "firsts": sum(line.first_choices for line in lines),
    }
    return render(request, "base/home.html", context)


def _stats(request: HttpRequest, found: Counts) -> list[dict[str, Any]]:
    """The tiles; each leads to the list it counts."""
    waited = f"最早一份已等待 {span(request.at - found.oldest)}" if found.oldest else "没有等待审核的报名"
    sheet = found.sheet
    marks = (
        "已复核锁定"
        if sheet and sheet.confirmed_at
        else "已提交，待第二人复核"
        if sheet and sheet.submitted_at
        else "录入中"
    )
    return [
        _tile("待审核", found.waiting, in_round(request, "base:review"), waited, "warn" if found.waiting else ""),
        _tile("退回未交", found.returned, in_round(request, "base:review", state="returned"), "等待学员修改后重新提交"),
        _tile("待现场确认", found.unconfirmed, in_round(request, "base:confirmation"), f"已确认 {found.confirmed} 人"),
        _tile("待录成绩", found.unmarked, in_round(request, "base:scores"), marks if found.confirmed else "还没有已确认的人员"),
        _tile("待报到", found.to_report, address(request, "base:report_in"), f"已报到 {found.reported} 人"),
    ]  # fmt: skip


def _tile(label: str, value: int, url: str, note: str, tone: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "url": url, "note": note, "tone": tone}
