"""The base's admission (基地录取): the six steps, ranking, moving seats, the run and its release."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.access import objections_visible_to
from admissions.exports.ranking import ranking_sheet
from admissions.forms.admission import MoveForm
from admissions.models import AllocationRun, ScoreSheet
from admissions.queries import mark_book
from admissions.queries.acceptances import is_asked
from admissions.queries.lots import is_drawn as lottery_is_drawn
from admissions.queries.ranking import SORTS, ranking, sorted_by
from admissions.queries.rounds import label as round_label
from admissions.queries.run_pages import newest, runs_of, state_words
from admissions.states import PAST_ADMISSION
from admissions.views.base_common import address, exported, own_base, rights, see_other, viewer
from admissions.views.plan_tabs import base_tabs
from admissions.views.refusals import add_refusals
from admissions.views.rounds import in_round, round_of, switch
from admissions.views.run_common import (
    KIND_BASE,
    answer_objection,
    compute_and_go,
    readable,
    run_of,
    show_run,
    take_step,
)
from bases.models import TrainingBase
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.accounts.models import Role
from gme_portal.refusals import Refused
from quotas.models import Quota
from quotas.queries import ledger_of_base, moves_of, open_specialties
from quotas.services.moves import MoveRule, line_of, move
from quotas.shifting import Line, Move, shifted

ROWS_A_PAGE = 50


@allow(*BASE)
@require_safe
def admission(request: HttpRequest) -> HttpResponse:
    return _home(request, own_base(request))


def _home(request: HttpRequest, base: TrainingBase, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    user = viewer(request)
    key = round_of(request)
    rows = list(runs_of(user, request.notice, KIND_BASE, base, round=key).select_related("publicity"))
    run = newest(rows)
    sheet = mark_book.sheet_of(request.notice, base, key)
    objections = objections_visible_to(user).filter(
        publicity__run__base=base, publicity__run__notice=request.notice, publicity__run__round=key
    )
    context = {
        "base": base,
        "window": request.policy.window("base_admission", round=key, base=base.code),
        "run": run,
        "run_state": state_words(run) if run else None,
        "runs": [(one, *state_words(one)) for one in rows[:20]],
        "sheet": sheet,
        "undrawn": not lottery_is_drawn(request.notice, key),
        "people": mark_book.candidates(request.notice, base, request.policy, key).count(),
        "steps": _steps(request, run, sheet),
        "objections": readable(
            request, objections.order_by("answered_at", "raised_at")[:50], may_answer=user.role == Role.BASE_LEAD
        ),
        "errors": errors or [],
        **switch(request),
        **rights(request),
    }
    return render(request, "base/admission.html", context, status=422 if errors else 200)


def _steps(request: HttpRequest, run: AllocationRun | None, sheet: ScoreSheet | None) -> list[dict[str, str]]:
    """成绩已确认 → 名额调整 → 运算 → 第二人批准 → 公示 → 录取, with the one that is to be done now."""
    published = run is not None and run.state == "published"
    admitted = published and run is not None and run.offers.filter(state__in=PAST_ADMISSION).exists()
    marked = sheet is not None and sheet.confirmed_at is not None
    reached = 0 if not marked else 1 if run is None else 3 if not published else 5 if admitted else 4
    urls = ["base:scores", "base:moves", "", "", "", "base:report_in"]
    labels = ["成绩已确认", "名额调整", "运算", "第二人批准", "公示", "录取"]
    if is_asked(request.policy):
        labels[4], urls[4] = "公示和接受录取", "base:acceptance"
    steps = []
    for place, label in enumerate(labels):
        state = "done" if place < reached or admitted else "current" if place == reached else "todo"
        # Moving seats is free: with confirmed marks both it and the computation may come next.
        steps.append({"label": label, "url": in_round(request, urls[place]) if urls[place] else "", "state": state})
    return steps


@allow(*BASE)
@require_safe
def ranking_page(request: HttpRequest) -> HttpResponse:
    """Everybody by rank; sortable; as .xlsx."""
    base = own_base(request)
    sort, key = request.GET.get("sort", "rank"), round_of(request)
    rows = sorted_by(ranking(request.notice, base, policy=request.policy, at=request.at, round=key), sort)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "base": base,
        "page": page,
        "components": request.policy.scoring.components,
        "sheet": mark_book.sheet_of(request.notice, base, key),
        "undrawn": any(row.lottery is None for row in rows),
        "tabs": [
            {"label": f"按{label}", "url": in_round(request, "base:ranking", sort=name), "current": sort == name}
            for name, label in SORTS.items()
        ],
        **switch(request),
        "clause": request.policy.cite(request.policy.scoring.clause),
        **rights(request),
    }
    return render(request, "base/ranking.html", context)


@allow(*BASE_WRITERS)
@require_safe
def ranking_file(request: HttpRequest) -> HttpResponse:
    base = own_base(request)
    key = round_of(request)
    rows = ranking(request.notice, base, policy=request.policy, at=request.at, round=key)
    what = f"{round_label(request.policy, key)}成绩排名"
    content = ranking_sheet(f"{base.name}{what}", rows, policy=request.policy, actor=viewer(request), at=request.at)
    return exported(request, content, f"{base.short_name}{what}", action="ranking.exported", base=base, rows=len(rows))


@allow(*BASE)
@require_http_methods(["GET", "POST"])
def moves(request: HttpRequest) -> HttpResponse:
    """Seats of other specialties for shortage ones (000 五(二)): looked at first, then moved; with the ledger that explains every seat."""
    base = own_base(request)
    quotas = list(open_specialties(request.notice, base))
    rule = MoveRule.of(request.policy)
    sources = [one for one in quotas if one.specialty_id not in rule.shortage and one.open_to_others]
    targets = [
        one
        for one in quotas
        if one.specialty_id in rule.shortage and (one.capacity is None or one.seats < one.capacity)
    ]
    may_move = viewer(request).role == Role.BASE_LEAD and rule.allowed
    form = MoveForm(request.POST or None, sources=sources, targets=targets)
    preview: list[tuple[Quota, Line]] = []
    if request.method == "POST" and may_move and form.is_valid():
        wanted = Move(form.cleaned_data["source"], form.cleaned_data["target"], form.cleaned_data["seats"])
        try:
            if request.POST.get("step") == "confirm":
                _move(request, quotas, wanted, form.cleaned_data["reason"], rule)
                return see_other(address(request, "base:moves"))
            preview = _preview(quotas, wanted, rule)
        except Refused as refused:
            add_refusals(form, refused, request.policy)
    context = {
        "base": base,
        "form": form,
        "quotas": [(one, one.specialty_id in rule.shortage) for one in quotas],
        "may_move": may_move and bool(sources) and bool(targets),
        "rule": rule,
        "clause": request.policy.cite(rule.clause),
        "preview": preview,
        "moves": moves_of(request.notice, base)[:50],
        "ledger": ledger_of_base(request.notice, base),
        "reserved": any(one.reserved for one in quotas),
        "tabs": base_tabs(request, base, "moves"),
        **rights(request),
    }
    return render(request, "base/moves.html", context, status=422 if form.errors else 200)


def _preview(quotas: list[Quota], wanted: Move, rule: MoveRule) -> list[tuple[Quota, Line]]:
    """The two specialties concerned, before (the quota) and after (the line)."""
    after = shifted([line_of(one, rule) for one in quotas], [wanted], allowed=rule.allowed, clause=rule.clause)
    return [
        (one, line)
        for one, line in zip(quotas, after, strict=True)
        if one.specialty_id in (wanted.source, wanted.target)
    ]


def _move(request: HttpRequest, quotas: list[Quota], wanted: Move, reason: str, rule: MoveRule) -> None:
    by_code = {one.specialty_id: one for one in quotas}
    made = move(
        quota_from=by_code[wanted.source],
        quota_to=by_code[wanted.target],
        seats=wanted.seats,
        reason=reason,
        actor=viewer(request),
        at=request.at,
        rule=rule,
    )
    messages.success(
        request, f"已从{made.source.specialty.name}调 {made.seats} 个名额到{made.target.specialty.name}，台账已记录。"
    )


@allow(*BASE_WRITERS)
@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    base = own_base(request)
    return compute_and_go(
        request, KIND_BASE, route="base:admission_run", back=lambda errors: _home(request, base, errors), base=base
    )


@allow(*BASE)
@require_safe
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = run_of(request, pk)
    return show_run(request, row, back=_back(request, row))


@allow(*BASE_WRITERS)
@require_POST
def run_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    row = run_of(request, pk)
    return take_step(
        request,
        row,
        step,
        page=lambda errors: show_run(request, run_of(request, pk), back=_back(request, row), errors=errors),
    )


@allow(Role.BASE_LEAD)
@require_POST
def objection_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    return answer_objection(request, pk, then=in_round(request, "base:admission") + "#objections")


def _back(request: HttpRequest, row: AllocationRun) -> tuple[str, str]:
    return in_round(request, "base:admission", round=row.round), "录取"
