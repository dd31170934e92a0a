"""The provincial office decides (省级): approvals, reallocation, publicity and objections."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from admissions.access import disqualifications_visible_to, objections_visible_to
from admissions.models import AllocationRun
from admissions.queries import notice_pages, rounds
from admissions.queries.effects import effect_of
from admissions.queries.lots import draw_of, draws_to_confirm, is_needed
from admissions.queries.run_pages import (
    newest,
    publicities_of,
    runs_of,
    state_words,
    to_approve,
    totals,
)
from admissions.states import PAST_ADMISSION
from admissions.views.base_common import address, viewer
from admissions.views.oversight import WATCHERS
from admissions.views.rounds import in_round, round_of, switch
from admissions.views.run_common import (
    KIND_PROVINCE,
    answer_objection,
    compute_and_go,
    readable,
    run_of,
    show_run,
    take_step,
)
from gme_portal.accounts.access import PROVINCE, allow
from gme_portal.accounts.models import Role
from quotas.queries import tally

TRIALS_SHOWN = 8


@allow(*PROVINCE)
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """Everything that waits for a second person, with what it changes."""
    waiting = to_approve(viewer(request), request.notice)
    rows = [_waiting_row(run, rounds.label(request.policy, run.round)) for run in waiting]
    proposals, extensions = notice_pages.waiting(request.notice)
    context = {
        "rows": rows,
        "now": tally(request.notice),
        "proposals": proposals,
        "extensions": extensions,
        "draws": draws_to_confirm(request.notice, viewer(request)),
        "disqualifications": disqualifications_visible_to(viewer(request))
        .filter(application__notice=request.notice, state="asked")
        .count(),
    }
    return render(request, "province/approvals.html", context)


def _waiting_row(run: AllocationRun, round_label: str) -> dict[str, object]:
    """A line of the list: free seats before and after, as the run counts them."""
    rows = run.problem.get("specialties")
    engine = (
        sum(row["quota"] for row in rows)
        if rows is not None
        else sum(row["seats"] for row in run.problem["programmes"])
    )
    found = totals(run)
    before = engine + sum(run.beside["reserved"].values())
    return {
        "run": run,
        "round_label": round_label,
        "totals": found,
        "badge": state_words(run),
        "before": before,
        "after": engine - found.ranked,
    }


@allow(*WATCHERS)
@require_safe
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = run_of(request, pk)
    return show_run(request, row, back=_back(request, row))


@allow(*PROVINCE)
@require_POST
def run_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    row = run_of(request, pk)
    return take_step(
        request,
        row,
        step,
        page=lambda errors: show_run(request, run_of(request, pk), back=_back(request, row), errors=errors),
    )


def _back(request: HttpRequest, row: AllocationRun) -> tuple[str, str]:
    if row.kind == KIND_PROVINCE:
        return in_round(request, "province:reallocation", round=row.round), "省级调剂"
    return address(request, "province:approvals"), "待复核"


@allow(*PROVINCE)
@require_safe
def reallocation(request: HttpRequest) -> HttpResponse:
    return _reallocation(request)


def _reallocation(request: HttpRequest, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    key = round_of(request)
    rows = list(
        runs_of(viewer(request), request.notice, KIND_PROVINCE, round=key).defer(None).select_related("publicity")
    )
    official, trial = newest(rows), newest(rows, simulation=True)
    tried = [(one, effect_of(one), *state_words(one)) for one in rows[:TRIALS_SHOWN]]
    shown = official or trial
    context = {
        **switch(request),
        "window": request.policy.window("reallocation", round=key),
        "rule": request.policy.reallocation,
        "clause": request.policy.cite(request.policy.reallocation.clause),
        "official": official,
        "official_state": state_words(official) if official else None,
        "trial": trial,
        "waiting": shown.beside["waiting"] if shown else [],
        "rows": tried,
        "steps": _steps(official),
        "left": tally(request.notice).free,
        "draw": draw_of(request.notice, key),
        "lottery_needed": is_needed(request.policy),
        "may_make": viewer(request).role == Role.PROVINCE_OFFICER,
        "errors": errors or [],
    }
    return render(request, "province/reallocation.html", context, status=422 if errors else 200)


def _steps(official: AllocationRun | None) -> list[dict[str, str]]:
    published = official is not None and official.state == "published"
    admitted = published and official is not None and official.offers.filter(state__in=PAST_ADMISSION).exists()
    reached = 0 if official is None else 2 if not published else 4 if admitted else 3
    labels = ["试算", "正式运算", "第二人批准", "公示", "录取"]
    return [
        {
            "label": label,
            "url": "",
            "state": "done" if place < reached or admitted else "current" if place == reached else "todo",
        }
        for place, label in enumerate(labels)
    ]


@allow(*PROVINCE)
@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    return compute_and_go(
        request, KIND_PROVINCE, route="province:run", back=lambda errors: _reallocation(request, errors)
    )


@allow(*PROVINCE, Role.AUDITOR)
@require_safe
def publicity(request: HttpRequest) -> HttpResponse:
    """Every list with its clock, and the objections that hold admission up."""
    user = viewer(request)
    objections = (
        objections_visible_to(user).filter(publicity__run__notice=request.notice).order_by("-answered_at", "raised_at")
    )
    rows = [(run, *_standing(run, request)) for run in publicities_of(user, request.notice)]
    may_answer = user.role in PROVINCE
    context = {
        "rows": rows,
        "open": readable(request, [one for one in objections if one.answered_at is None], may_answer=may_answer),
        "answered": readable(
            request, [one for one in objections if one.answered_at is not None][:50], may_answer=may_answer
        ),
        "may_answer": may_answer,
    }
    return render(request, "province/publicity.html", context)


def _standing(run: AllocationRun, request: HttpRequest) -> tuple[str, str]:
    """Where a list stands at this moment: word and tone."""
    publicity, at = run.publicity, request.at
    if at < publicity.opens_at:
        return "待公布", "neutral"
    if run.held:
        return "有异议待答复", "bad"
    if at < publicity.closes_at:
        return "公示中", "info"
    return ("已录取", "ok") if run.admitted else ("公示结束", "warn")


@allow(*PROVINCE)
@require_POST
def objection_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    return answer_objection(request, pk, then=address(request, "province:publicity") + "#objections")
