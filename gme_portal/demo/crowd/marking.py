"""Assessment: bases enter marks, hand them in and have them checked; the demo's own base leaves the last few cells to whoever plays it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from admissions.models import AllocationRun, Application, ScoreSheet
from admissions.queries import mark_book
from admissions.queries.mark_book import ABSENT
from admissions.scoring import format_mark
from admissions.services import marks
from bases.models import TrainingBase
from bases.queries import policy_at
from gme_portal.demo.crowd.span import Span, chance
from gme_portal.demo.scene import Scene

# Cells of the last component that wait for a person at the own base; the base whose sheet waits for its second person.
LEFT_TO_PLAYER, WAITING = 5, 3
STAY_AWAY = 0.02
MEDICAL, TOO_LITTLE = "medical", 0.6


def mark_elsewhere(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Other bases: marks entered and confirmed, one of them not yet confirmed. The own base: nearly all entered. Nothing before the assessment."""
    window = scene.window("assessment")
    if window is not None and window.opens >= span.before:
        return
    bases, waiting = at_work(scene), scene.bases[WAITING : WAITING + 1]
    for number, base in enumerate(bases, 1):
        own = base == scene.own
        _enter(scene, base, span, leave=LEFT_TO_PLAYER if own else 0)
        if not own:
            _hand_in(scene, base, span, confirm=base not in waiting)
        yield number, len(bases)


def mark_everywhere(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Before the window closes every sheet is complete and confirmed."""
    bases = at_work(scene)
    for number, base in enumerate(bases, 1):
        finish_marks(scene, base, span)
        yield number, len(bases)


def at_work(scene: Scene) -> list[TrainingBase]:
    """The bases that have approved somebody in this round, in order."""
    approved = Application.objects.filter(notice=scene.notice, round=scene.round, state="approved")
    there = set(approved.values_list("base_id", flat=True))
    return [base for base in scene.bases if base.pk in there and base.pk in scene.crews]


def finish_marks(scene: Scene, base: TrainingBase, span: Span) -> None:
    """Enter what is missing, hand in, confirm; nothing where a result is out already."""
    out = AllocationRun.objects.filter(notice=scene.notice, round=scene.round, base=base, state="published")
    if not out.exists():
        _enter(scene, base, span, leave=0)
        _hand_in(scene, base, span, confirm=True)


def _enter(scene: Scene, base: TrainingBase, span: Span, *, leave: int) -> None:
    sheet = mark_book.sheet_of(scene.notice, base, scene.round)
    if sheet is not None and sheet.submitted_by_id is not None:
        return
    policy = policy_at(scene.policy, scene.notice, base)
    items = mark_book.items(policy)
    entries: dict[UUID, dict[str, str]] = {}
    rows = mark_book.book(mark_book.candidates(scene.notice, base, scene.policy, scene.round), policy)
    for place, row in enumerate(rows):
        open_now = [item for item in items if item.key not in row.marks]
        if place < leave:
            open_now = [item for item in open_now if item != items[-1]]
        if open_now:
            number, demo = row.application.number, row.application.applicant.user.is_demo
            entries[row.application.pk] = {
                item.key: _passed(number, item.key, may_miss=demo)
                if item.is_check
                else _mark(number, item.key, item.full_mark, may_miss=demo)
                for item in open_now
            }
    if entries:
        at = _inside(scene, span).moment(f"marks:{base.code}")
        marks.enter(
            notice=scene.notice,
            base=base,
            entries=entries,
            actor=scene.crews[base.pk].maker,
            at=at,
            policy=scene.policy,
            round=scene.round,
        )


def _passed(number: str, check: str, *, may_miss: bool) -> str:
    """A check as typed: nearly everybody passes. Health is chance; everything else follows what somebody is able to do."""
    fails = chance(f"{check}:{number}", STAY_AWAY) if check == MEDICAL else _ability(number) < TOO_LITTLE
    return mark_book.passed_text(not (may_miss and fails))


def _mark(number: str, component: str, full: int, *, may_miss: bool) -> str:
    """A mark as typed: everybody has an ability, every component its luck."""
    if may_miss and chance(f"absent:{number}", STAY_AWAY):
        return ABSENT
    share = min(0.985, max(0.35, _ability(number) + Random(f"gme-demo-luck:{number}:{component}").gauss(0, 0.05)))
    return format_mark(round(full * share / 50) * 50)


def _ability(number: str) -> float:
    """Of one person, as a share of the full marks."""
    return Random(f"gme-demo-ability:{number}").gauss(0.76, 0.09)


def _hand_in(scene: Scene, base: TrainingBase, span: Span, *, confirm: bool) -> None:
    if not mark_book.candidates(scene.notice, base, scene.policy, scene.round).exists():
        return
    crew = scene.crews[base.pk]
    entered = _inside(scene, span).moment(f"marks:{base.code}")
    sheet: ScoreSheet | None = mark_book.sheet_of(scene.notice, base, scene.round)
    if sheet is None or sheet.submitted_by_id is None:
        at = _later(entered, span, 0.4)
        sheet = marks.submit(
            notice=scene.notice, base=base, actor=crew.maker, at=at, policy=scene.policy, round=scene.round
        )
    if confirm and sheet.confirmed_by_id is None:
        at = _later(max(entered, sheet.submitted_at or entered), span, 0.5)
        checker = crew.checker if sheet.submitted_by_id != crew.checker.pk else crew.maker
        marks.confirm(
            notice=scene.notice,
            base=base,
            seen=sheet.digest,
            actor=checker,
            at=at,
            policy=scene.policy,
            round=scene.round,
        )


def _inside(scene: Scene, span: Span) -> Span:
    window = scene.window("assessment")
    return span.within(window.opens, window.closes) if window else span


def _later(moment: datetime, span: Span, share: float) -> datetime:
    return moment + (span.before - moment) * share if moment < span.before else span.before - timedelta(seconds=1)
