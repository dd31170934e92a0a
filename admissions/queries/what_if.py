"""What the pages of what-if (试算假设) need: on which run it is made, what its copy lacks, and its effect beside the real figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from admissions.models import AllocationRun, Application, RunKind
from admissions.queries import problems
from admissions.queries.assumptions import Wider
from admissions.queries.effects import Effect, effect_of
from admissions.queries.entrants import eligible_at, entrants, offered_near
from admissions.queries.run_changes import Change, changes
from bases.models import TrainingBase
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from quotas.queries import open_specialties


@dataclass(frozen=True, slots=True)
class Trial:
    """A simulation with the run whose input it changed: figures of both, what was changed in words, and who would fare otherwise."""

    run: AllocationRun
    source: AllocationRun
    words: list[str]
    real: Effect
    tried: Effect
    people: list[tuple[Change, str]]


def real_runs(
    visible: QuerySet[AllocationRun], notice: Notice, kind: str, base: TrainingBase | None, *, round: str
) -> list[AllocationRun]:
    """Runs on real data that a what-if may start from, the best first: published, then waiting for approval, then tried. One query."""
    rows = visible.filter(notice=notice, round=round, kind=kind, base=base, state__in=("published", "verified"))
    listed = rows.exclude(beside__has_key="what_if").order_by("-made_at", "-pk")
    return sorted(listed, key=lambda run: (run.state != "published", run.is_simulation))


def trials(visible: QuerySet[AllocationRun], notice: Notice) -> QuerySet[AllocationRun]:
    """Every what-if of a notice, newest first."""
    return visible.filter(notice=notice, beside__has_key="what_if").order_by("-made_at", "-pk")


def trial_of(run: AllocationRun) -> Trial:
    """The effect of a what-if. Two queries."""
    noted = run.beside["what_if"]
    source = AllocationRun.objects.select_related("base", "notice").get(pk=noted["of"])
    found = changes(run, source)
    names = dict(
        Application.objects.filter(notice=run.notice_id, number__in=[row.number for row in found]).values_list(
            "number", "applicant__user__name"
        )
    )
    return Trial(
        run=run,
        source=source,
        words=noted["words"],
        real=effect_of(source),
        tried=effect_of(run, counted_as=source),
        people=[(row, names.get(row.number, "")) for row in found],
    )


def wider(source: AllocationRun, *, everybody: bool, policy: Policy, at: datetime) -> Wider:
    """What the copy needs when everybody is to consent (`everybody`); nothing otherwise. A fixed number of queries."""
    if not everybody:
        return Wider({})
    if source.kind == RunKind.BASE_ADMISSION and source.base is not None:
        return Wider(_openings(source, source.base, policy, at))
    built = problems.reallocation(source.notice, policy=policy, at=at, round=source.round, everybody=True).problem
    return Wider({}, tuple(built["applicants"]), tuple(built["programmes"]))


def _openings(source: AllocationRun, base: TrainingBase, policy: Policy, at: datetime) -> dict[str, list[str]]:
    """Application number → every specialty of the base that the person may train in."""
    here = {person["id"] for person in source.problem["applicants"]}
    people = entrants(source.notice, policy=policy, at=at, base=base, round=source.round, everybody=True)
    names = {quota.specialty_id: quota.specialty.name for quota in open_specialties(source.notice, base)}
    listed = {row["code"] for row in source.problem["specialties"]}
    near: Any = offered_near(source.notice)
    found = {}
    for one in people:
        if one.number in here:
            open_codes = eligible_at(one, base, names, near=near, policy=policy, at=at, round=source.round)
            found[one.number] = [name for code, name in names.items() if code in open_codes and name in listed]
    return found
