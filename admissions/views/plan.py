"""The plan (招收计划): the matrix for the office, and what is open for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from admissions.exports.plan import plan_sheet
from admissions.queries.release import open_counts
from admissions.views.downloads import spreadsheet
from admissions.views.oversight import WATCHERS
from admissions.views.plan_tabs import province_tabs
from bases.models import TrainingBase
from bases.queries import brochure_in_force
from gme_portal.accounts.access import allow, public, viewer
from gme_portal.policy import Policy
from quotas.queries import matrix, moves_of, open_specialties, pool_of


@allow(*WATCHERS)
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    found = matrix(request.notice)
    if request.GET.get("export") == "xlsx":
        return spreadsheet(plan_sheet(request.notice, found, actor=viewer(request), at=request.at), "招收计划")
    context = {
        "plan": found,
        "moves": moves_of(request.notice)[:50],
        "tabs": province_tabs(request, "plan"),
        "announced": _announced(request.policy, found.total.planned),
    }
    return render(request, "province/plan.html", context)


def _announced(policy: Policy, planned: int) -> str:
    """The notice's own number of seats where the adopted plan is another; "" where they agree or the notice says none."""
    total = policy.plan.total if policy.plan else 0
    return f"通知公布 {total:,}" if total and total != planned else ""


@public
@require_safe
def public_plan(request: HttpRequest) -> HttpResponse:
    """Every base with its plan; one base opened shows its specialties, and how many seats it has not given to any yet."""
    plan = matrix(request.notice)
    rows = plan.rows
    code = request.GET.get("base", "")
    base: TrainingBase | None = next((row.base for row in rows if row.base.code == code), None)
    lines, pool = [], None
    if base is not None:
        lines = open_counts(list(open_specialties(request.notice, base)), request.notice, at=request.at)
        pool = pool_of(request.notice, base)
    context = {
        "rows": rows,
        "has_examples": plan.has_examples,
        "waiting": any(row.waiting for row in rows),
        "base": base,
        "lines": lines,
        "reserved": any(line.quota.reserved for line in lines),
        "is_example": any(line.quota.is_example for line in lines),
        "pool": pool,
        "brochure": brochure_in_force(request.notice, base) if base else None,
        "shortage": request.policy.specialties.shortage,
    }
    return render(request, "public/plan.html", context)
