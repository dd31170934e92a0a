"""The provincial office watches (招收看板): tiles, funnel, laggards, matrix, and the list behind each figure."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from admissions.access import applications_visible_to
from admissions.exports.lists import applications_sheet
from admissions.queries import oversight
from admissions.queries.rounds import label
from admissions.views.downloads import spreadsheet
from admissions.views.rounds import in_round, round_of, switch
from applicants.models import PersonType
from bases.models import Specialty, TrainingBase
from gme_portal.accounts.access import PROVINCE, allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.audit.services import record
from gme_portal.policy import Policy
from quotas.queries import Matrix, matrix

ROWS_A_PAGE = 50
WATCHERS = (*PROVINCE, Role.ASSOCIATION, Role.AUDITOR)


@allow(*WATCHERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    notice, at, policy = request.notice, request.at, request.policy
    plan = matrix(notice)
    key = round_of(request)
    figures = oversight.figures(notice, key)
    show = request.GET.get("show") or ("fill" if plan.total.taken else "demand")
    context = {
        **switch(request),
        "figures": figures,
        "tiles": _tiles(request, figures, plan),
        "funnel": _funnel(request, figures),
        "trend": oversight.filed_per_day(notice, key, at=min(at, _last_filing(policy, key, at))),
        "progress": oversight.base_progress(notice, plan, key),
        "shortage": [_bar(name, total.taken, total.seats) for name, total in oversight.shortage_fill(plan, policy)],
        "heat": _heat(plan, oversight.demand(notice, key) if show == "demand" else None, request),
        "show": show,
        "tabs": [
            {"label": words, "url": in_round(request, "province:home", show=what) + "#matrix", "current": show == what}
            for what, words in (("demand", "填报热度"), ("fill", "招满比例"))
        ],
        "listing": reverse("province:applications", args=[notice.slug]),
    }
    return render(request, "province/home.html", context)


def _last_filing(policy: Policy, round: str, at: datetime) -> datetime:
    """After the close the chart stays at the last days in which somebody could file."""
    windows = (*policy.windows, *policy.base_windows)
    closes = [window.closes for window in windows if (window.key, window.round) == ("registration", round)]
    return max(closes, default=at) - timedelta(seconds=1)


def _tiles(request: HttpRequest, figures: oversight.Figures, plan: Matrix) -> list[dict[str, object]]:
    return [
        {
            "label": "已提交报名",
            "value": f"{figures.filed:,}",
            "note": f"已开始填写 {figures.begun:,} 人",
            "url": in_round(request, "province:applications"),
        },
        {
            "label": "待审核",
            "value": f"{figures.waiting:,}",
            "note": "点开看名单",
            "url": in_round(request, "province:applications", state="submitted"),
            "tone": "warn" if figures.waiting else "",
        },
        {
            "label": "招收计划",
            "value": f"{plan.total.seats:,}",
            "note": f"下达 {plan.total.planned:,}，基地 {len(plan.rows)} 个",
        },
        {"label": "已录取", "value": f"{plan.total.taken:,}", "note": f"余 {plan.total.free:,} 个名额"},
    ]


def _funnel(request: HttpRequest, figures: oversight.Figures) -> list[dict[str, object]]:
    listed = "province:applications"
    return [
        {"label": "开始填写", "value": figures.begun},
        {"label": "提交报名", "value": figures.filed, "url": in_round(request, listed)},
        {"label": "审核通过", "value": figures.approved, "url": in_round(request, listed, state="approved")},
        {"label": "现场确认", "value": figures.confirmed, "url": in_round(request, listed, confirmed="1")},
        {"label": "拟录取", "value": figures.offered},
        {"label": "正式录取", "value": figures.admitted},
        {"label": "已报到", "value": figures.reported},
    ]


def _bar(label: str, taken: int, seats: int) -> dict[str, object]:
    return {"label": label, "value": taken, "of": seats, "text": f"{taken}/{seats}"}


def _heat(plan: Matrix, demand: dict[object, int] | None, request: HttpRequest) -> dict[str, object]:
    listed = "province:applications"
    rows = []
    for row in plan.rows:
        cells: list[dict[str, object] | None] = []
        for quota in row.cells:
            taken = None if quota is None else quota.taken if demand is None else demand.get(quota.pk, 0)
            cells.append(
                None
                if quota is None
                else {
                    "taken": taken,
                    "seats": quota.seats,
                    "url": in_round(request, listed, base=row.base.code, specialty=quota.specialty_id),
                }
            )
        rows.append(
            {
                "label": row.base.short_name or row.base.name,
                "url": in_round(request, listed, base=row.base.code),
                "cells": cells,
            }
        )
    return {"columns": [one.name for one in plan.specialties], "rows": rows}


@allow(*WATCHERS)
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """The applications behind a figure; the filters stand in the address, so a view can be kept and sent."""
    key = round_of(request)
    visible = applications_visible_to(request.user).filter(notice=request.notice, round=key).exclude(state="draft")
    rows = oversight.applications(visible, request.GET.dict())
    if request.GET.get("export") == "xlsx":
        listed = list(rows)
        content = applications_sheet(
            f"{request.notice.title}{label(request.policy, key)}报名名单", listed, actor=viewer(request), at=request.at
        )
        detail = {"rows": len(listed), "sha256": sha256(content).hexdigest()}
        record(
            actor=viewer(request), action="export.applications", subject=request.notice, at=request.at, detail=detail
        )
        return spreadsheet(content, "报名名单")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    bases = TrainingBase.objects.filter(quotas__notice=request.notice).distinct().order_by("code")
    specialties = Specialty.objects.filter(quotas__notice=request.notice).distinct().order_by("position")
    context = {
        **switch(request),
        "page": page,
        "asked": request.GET,
        "bases": bases,
        "specialties": specialties,
        "states": oversight.state_choices()[1:],
        "person_types": PersonType.choices,
        "chips": _chips(request, {one.code: one.name for one in bases}, {one.pk: one.name for one in specialties}),
        "clear_url": in_round(request, "province:applications"),
    }
    return render(request, "province/applications.html", context)


def _chips(request: HttpRequest, bases: dict[str, str], specialties: dict[str, str]) -> list[dict[str, str]]:
    words = {
        "base": lambda value: f"基地：{bases.get(value, value)}",
        "state": lambda value: f"状态：{dict(oversight.state_choices()).get(value, value)}",
        "specialty": lambda value: f"志愿：{specialties.get(value, value)}",
        "person": lambda value: f"类型：{dict(PersonType.choices).get(value, value)}",
        "confirmed": lambda value: "已现场确认",
        "q": lambda value: f"搜索：{value}",
    }
    chips = []
    for key, say in words.items():
        if value := request.GET.get(key):
            rest = QueryDict(mutable=True)
            rest.update({name: str(kept) for name, kept in request.GET.items() if name not in (key, "page")})
            chips.append({"label": say(value), "remove_url": f"{request.path}?{rest.urlencode()}"})
    return chips
