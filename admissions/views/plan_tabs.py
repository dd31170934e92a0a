"""The tabs above the pages of the plan: what there is to decide under this notice."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from admissions.views.base_common import address
from bases.models import Brochure, BrochureState, TrainingBase
from quotas.models import Distribution, IncreaseRequest, OthersPool, Quota, RequestState
from quotas.terms import PlanTerms


def province_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Matrix, 其他, increases, reserve, brochures: those the notice knows or the plan has, with what waits for the office. At most five queries."""
    notice, terms = request.notice, PlanTerms.of(request.policy)
    tabs: list[tuple[str, str, int | None]] = [("plan", "计划总表", None)]
    if terms.others_row:
        waiting = Distribution.objects.filter(pool__notice=notice, state=RequestState.ASKED).count()
        tabs.append(("others", "其他专业分配", waiting))
    if terms.increase:
        waiting = IncreaseRequest.objects.filter(quota__notice=notice, state=RequestState.ASKED).count()
        tabs.append(("increases", "增加名额", waiting))
    if Quota.objects.filter(notice=notice, reserved__gt=0).exists():
        tabs.append(("reserve", "订单定向预留", None))
    if request.policy.brochure is not None:
        waiting = Brochure.objects.filter(notice=notice, state=BrochureState.PROPOSED).count()
        tabs.append(("brochures", "基地简章", waiting))
    return _tabs(request, "province", tabs, current)


def base_tabs(request: HttpRequest, base: TrainingBase, current: str) -> list[dict[str, Any]]:
    """Moves, 其他, increases at a base: those the notice knows. At most one query."""
    terms = PlanTerms.of(request.policy)
    tabs: list[tuple[str, str, int | None]] = [("moves", "名额调整", None)]
    if terms.others_row and OthersPool.objects.filter(notice=request.notice, base=base).exists():
        tabs.append(("others", "其他专业分配", None))
    if terms.increase:
        tabs.append(("increases", "申请增加名额", None))
    return _tabs(request, "base", tabs, current)


def _tabs(
    request: HttpRequest, space: str, tabs: list[tuple[str, str, int | None]], current: str
) -> list[dict[str, Any]]:
    if len(tabs) == 1:
        return []
    return [
        {"label": label, "url": address(request, f"{space}:{key}"), "current": key == current, "count": count or None}
        for key, label, count in tabs
    ]
