"""Two runs of one scope beside each other (运算比较), for the base and for the province; as a list and as .xlsx."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from admissions.access import runs_visible_to
from admissions.exports.comparison import comparison_sheet
from admissions.models import AllocationRun
from admissions.queries.comparisons import Comparison, comparable, compare, figure_rows, option_label
from admissions.queries.run_changes import KIND_LABELS, Change
from admissions.views.base_common import address, sheet_response, viewer
from admissions.views.oversight import WATCHERS
from gme_portal.accounts.access import BASE, BASE_WRITERS, PROVINCE, allow
from gme_portal.audit.services import record

ROWS_A_PAGE = 50


@allow(*BASE)
@require_safe
def base_comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, pk, run_route="base:admission_run", file_route="base:comparison_file", writers=BASE_WRITERS)


@allow(*WATCHERS)
@require_safe
def province_comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, pk, run_route="province:run", file_route="province:comparison_file", writers=PROVINCE)


@allow(*BASE_WRITERS)
@require_safe
def base_comparison_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _file(request, pk)


@allow(*PROVINCE)
@require_safe
def province_comparison_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _file(request, pk)


def _page(request: HttpRequest, pk: UUID, *, run_route: str, file_route: str, writers: tuple[str, ...]) -> HttpResponse:
    run, others, other = _pair(request, pk)
    found = compare(run, other) if other else None
    show, q = request.GET.get("show", ""), request.GET.get("q", "").strip()
    people = [row for row in found.people if _matches(row, show, q)] if found else []
    page = Paginator(people, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "other": other,
        "options": [(one.pk, option_label(one)) for one in others],
        "found": found,
        "figures": figure_rows(found.before, found.after) if found else [],
        "older_label": option_label(found.older) if found else "",
        "newer_label": option_label(found.newer) if found else "",
        "page": page,
        "show": show,
        "q": q,
        "tabs": _tabs(found, other, show) if found else [],
        "chips": [{"label": f"含“{q}”", "remove_url": f"?with={other.pk}&show={show}"}] if q and other else [],
        "back_url": address(request, run_route, run.pk),
        "file_url": address(request, file_route, run.pk),
        "may_export": viewer(request).role in writers,
    }
    return render(request, "runs/compare.html", context)


def _file(request: HttpRequest, pk: UUID) -> HttpResponse:
    run, _, other = _pair(request, pk)
    if other is None:
        raise Http404("没有可以比较的运算。")
    found = compare(run, other)
    who = run.base.name if run.base else run.get_kind_display()
    content = comparison_sheet(f"{who}运算比较", found, actor=viewer(request), at=request.at)
    detail = {"with": str(other.pk), "rows": len(found.people), "sha256": sha256(content).hexdigest()}
    record(actor=request.user, action="comparison.exported", subject=run, at=request.at, detail=detail)
    return sheet_response(content, f"{who}运算比较")


def _pair(request: HttpRequest, pk: UUID) -> tuple[AllocationRun, list[AllocationRun], AllocationRun | None]:
    """The run, those it may be compared with, and the one asked for: by default the newest made before it. 404 for any other."""
    visible = runs_visible_to(request.user)
    run = get_object_or_404(visible, pk=pk, notice=request.notice)
    others = comparable(run, visible)
    wanted = request.GET.get("with", "")
    if not wanted:
        earlier = (one for one in others if one.made_at <= run.made_at)
        return run, others, next(earlier, others[0] if others else None)
    other = next((one for one in others if str(one.pk) == wanted), None)
    if other is None:
        raise Http404("没有这次运算，或它与本次运算不是同一范围，不能比较。")
    return run, others, other


def _matches(row: tuple[Change, str], show: str, q: str) -> bool:
    change, name = row
    words = (change.number, name, change.before, change.after)
    return (not show or change.kind == show) and (not q or any(q in one for one in words))


def _tabs(found: Comparison, other: AllocationRun | None, show: str) -> list[dict[str, object]]:
    pk = other.pk if other else ""
    counts = found.counts()
    tabs: list[dict[str, object]] = [
        {"label": "全部", "url": f"?with={pk}#people", "current": not show, "count": len(found.people)}
    ]
    for kind, number in counts.items():
        tabs.append(
            {
                "label": KIND_LABELS[kind],
                "url": f"?with={pk}&show={kind}#people",
                "current": show == kind,
                "count": number,
            }
        )
    return tabs
