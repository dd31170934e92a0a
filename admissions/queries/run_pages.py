"""What the pages about runs show (运算页面): decision, lines, people, record. Every function has a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from admissions.access import runs_visible_to
from admissions.models import AllocationRun, Application, Objection, RunKind
from admissions.queries.effects import Effect, effect_of
from admissions.queries.run_changes import Change, changes
from admissions.queries.standings import (
    Leftover,
    Line,
    Placed,
    leftovers,
    lines,
    placements,
    pool_moves,
)
from admissions.states import PAST_ADMISSION
from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice
from quotas.models import Quota
from quotas.queries import open_specialties

TONES = {"draft": "neutral", "verified": "warn", "broken": "bad", "published": "ok", "superseded": "neutral"}
SHORT = {
    "draft": "已计算",
    "verified": "待第二人批准",
    "broken": "校验未通过",
    "published": "已批准",
    "superseded": "已作废",
}


@dataclass(frozen=True, slots=True)
class Totals:
    """A run in four numbers: people it speaks of, with a place, of them by the engine, left without."""

    people: int
    placed: int
    ranked: int
    left: int


def runs_of(
    user: User, notice: Notice, kind: str, base: TrainingBase | None = None, *, round: str
) -> QuerySet[AllocationRun]:
    """Runs of one scope on real data, newest first, without their bulky records."""
    rows = runs_visible_to(user).filter(notice=notice, round=round, kind=kind, base=base)
    rows = rows.exclude(beside__has_key="what_if")
    return rows.defer("problem", "result").order_by("-made_at", "-pk")


def newest(rows: Iterable[AllocationRun], *, simulation: bool = False) -> AllocationRun | None:
    """The newest that was not set aside, real or tried."""
    return next((run for run in rows if run.is_simulation is simulation and run.state != "superseded"), None)


def to_approve(user: User, notice: Notice) -> list[AllocationRun]:
    """Runs that wait for a second person, and publications somebody wants taken back; the oldest first."""
    rows = runs_visible_to(user).filter(notice=notice, is_simulation=False).order_by("made_at")
    return [*rows.filter(state="verified"), *rows.filter(state="published", undo_asked_by__isnull=False)]


def older_of(run: AllocationRun) -> AllocationRun | None:
    """What a run is compared with: a what-if with the run it changed, any other with the newest one on real data before it. One query."""
    rows = AllocationRun.objects.filter(notice=run.notice_id, round=run.round, kind=run.kind, base=run.base_id)
    if "what_if" in run.beside:
        return rows.get(pk=run.beside["what_if"]["of"])
    real = rows.filter(made_at__lte=run.made_at).exclude(pk=run.pk).exclude(beside__has_key="what_if")
    return real.order_by("-made_at", "-pk").first()


def totals(run: AllocationRun) -> Totals:
    ranked = sum(1 for seat in run.result["assignment"].values() if seat is not None)
    placed = ranked + len(run.beside["assigned"])
    people = len(run.result["assignment"]) + len(run.beside["assigned"]) + len(run.beside["excluded"])
    return Totals(people, placed, ranked, people - placed)


def state_words(run: AllocationRun) -> tuple[str, str]:
    """The badge of a run: word and tone."""
    if run.is_simulation and run.state == "verified":
        return "试算，不能公布", "info"
    if run.state == "published" and run.undo_asked_by_id:
        return "申请撤销公布", "bad"
    return SHORT[run.state], TONES[run.state]


@dataclass(slots=True)
class RunView:
    """One run as a page shows it. `names` are the people's names by number; `older` the run it is compared with."""

    run: AllocationRun
    totals: Totals
    people: list[Placed]
    names: dict[str, str]
    lines: list[Line]
    moves: list[tuple[str, str, int]]
    leftovers: list[Leftover]
    figures: Effect | None
    older: AllocationRun | None
    changes: list[tuple[Change, str]]


def view_of(run: AllocationRun) -> RunView:
    """At most six queries, whatever the number of people."""
    at_base = run.kind == RunKind.BASE_ADMISSION and run.base is not None
    quotas: list[Quota] = list(open_specialties(run.notice, run.base)) if at_base and run.base else []
    people = placements(run, {quota.specialty.name: str(quota.pk) for quota in quotas})
    older = older_of(run)
    found = changes(run, older) if older else []
    numbers = [one.number for one in people] + [one.number for one in found]
    names = dict(
        Application.objects.filter(notice=run.notice, number__in=numbers).values_list("number", "applicant__user__name")
    )
    return RunView(
        run=run,
        totals=totals(run),
        people=people,
        names=names,
        lines=lines(run) if at_base else [],
        moves=pool_moves(run.problem, run.result),
        leftovers=[] if at_base else leftovers(run),
        figures=None if at_base else effect_of(run),
        older=older,
        changes=[(one, names.get(one.number, "")) for one in found],
    )


def decision_of(view: RunView) -> dict[str, Any]:
    """For components/decision.html: who made it, who checked it, seats and places before and after."""
    run = view.run
    label, tone = state_words(run)
    if view.lines:
        seats, admitted = sum(line.seats for line in view.lines), sum(line.admitted for line in view.lines)
        rows = [_line_change(line) for line in view.lines if line.moved]
        rows.append({"label": "空余名额", "before": seats, "after": sum(line.free for line in view.lines)})
        rows.append({"label": "等待录取", "before": view.totals.people, "after": view.totals.left})
        sums = [{"label": "拟录取", "before": 0, "after": f"{admitted} 人"}]
    elif view.figures:
        one = view.figures
        rows = [
            {"label": "剩余名额", "before": one.seats, "after": one.left},
            {"label": "其中紧缺专业", "before": one.shortage_seats, "after": one.shortage_seats - one.shortage_filled},
            {"label": "未录取人员", "before": one.people, "after": one.people - one.filled},
            {"label": "其中县级及以下", "before": one.county, "after": one.county - one.county_placed},
        ]
        sums = []
    else:
        rows, sums = [], []
    return {
        "title": run.get_kind_display() + ("" if run.base is None else f" · {run.base.name}"),
        "state_label": label,
        "tone": tone,
        "maker": run.made_by.name,
        "made_at": run.made_at,
        "checker": run.approved_by.name if run.approved_by else "",
        "checked_at": run.approved_at,
        "under": run.approved_under,
        "changes": rows,
        "totals": sums,
    }


def _line_change(line: Line) -> dict[str, Any]:
    how = "调入" if line.moved > 0 else "调出"
    return {
        "label": f"{line.name}名额",
        "before": f"下达计划 {line.planned}",
        "after": f"{line.seats}（{how} {abs(line.moved)}）",
    }


def publicities_of(user: User, notice: Notice) -> list[AllocationRun]:
    """Published runs with their list, and whether an objection is open (`held`); the newest first."""
    waiting = Objection.objects.filter(publicity__run=OuterRef("pk"), answered_at__isnull=True)
    admitted = AllocationRun.objects.filter(pk=OuterRef("pk"), offers__state__in=PAST_ADMISSION)
    rows = runs_visible_to(user).filter(notice=notice, state="published").select_related("base", "publicity")
    return list(
        rows.defer("problem", "result")
        .annotate(held=Exists(waiting), admitted=Exists(admitted))
        .order_by("-published_at", "base__code")
    )
