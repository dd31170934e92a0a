"""Admission, publicity and reallocation: what bases and province decide when nobody plays them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from admissions.models import AllocationRun, Objection, Publicity, RunKind
from admissions.services import publicity, releases, runs
from bases.models import TrainingBase
from gme_portal.demo.crowd.marking import finish_marks
from gme_portal.demo.crowd.span import Span
from gme_portal.demo.scene import Scene
from gme_portal.refusals import Refused

LOGGER = logging.getLogger(__name__)
# Right after the opening: the second base has computed and waits for its second person, this one has approved already.
COMPUTED, APPROVED = 1, 4


def admit_first(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """In the first hour of the window two bases are ahead of the others."""
    for done, place in enumerate((COMPUTED, APPROVED), 1):
        for base in scene.bases[place : place + 1]:
            if base.pk in scene.crews:
                finish_marks(scene, base, span)
                _admit(scene, base, span, approve=place == APPROVED)
        yield done, 2


def admit_everywhere(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Before the window closes every base has computed and approved, the own one too."""
    for number, base in enumerate(scene.bases, 1):
        if base.pk in scene.crews:
            finish_marks(scene, base, span)
            _admit(scene, base, span, approve=True)
        yield number, len(scene.bases)


def _admit(scene: Scene, base: TrainingBase, span: Span, *, approve: bool) -> None:
    mine = AllocationRun.objects.filter(notice=scene.notice, base=base, kind=RunKind.BASE_ADMISSION)
    window = scene.policy.window("base_admission")
    if window is None or mine.filter(state="published").exists():
        return
    crew = scene.crews[base.pk]
    inside = span.within(window.opens, window.closes)
    at = inside.after + (inside.before - inside.after) * 0.9
    try:
        run = runs.compute(kind=RunKind.BASE_ADMISSION, notice=scene.notice, base=base, actor=crew.checker, at=at)
        if approve:
            approver = next(user for user in (crew.second, crew.checker) if user.pk != run.made_by_id)
            releases.approve_and_publish(run, actor=approver, at=at + (inside.before - at) / 2)
    except Refused as refused:
        if refused.code != "NOBODY_LISTED":
            LOGGER.warning("%s: %s", base.name, refused)


def object_once(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """A visitor doubts one entry of one list, so that the page of objections is not empty."""
    shown = Publicity.objects.filter(
        run__notice=scene.notice, run__base=scene.bases[APPROVED % len(scene.bases)], objections=None
    ).first()
    if shown is not None:
        at = max(span.before - timedelta(minutes=20), shown.opens_at + timedelta(minutes=1))
        if at < shown.closes_at:
            publicity.object_to(
                shown, words="演练：请核对名单第 1 人的总成绩与公布的考核成绩是否一致。", contact="19900000000", at=at
            )
    yield 1, 1


def answer_objections(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Before a list comes down every objection has its answer."""
    waiting = list(
        Objection.objects.filter(publicity__run__notice=scene.notice, answered_at=None).order_by("raised_at")
    )
    for number, objection in enumerate(waiting, 1):
        at = span.moment(f"answer:{objection.pk}", not_before=objection.raised_at)
        publicity.answer(objection, words="演练：已调取成绩册核对，名单与锁定的成绩一致。", actor=scene.officer, at=at)
        yield number, len(waiting)


def reallocate(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """In the last days of the window the province reallocates, unless somebody has done it."""
    mine = AllocationRun.objects.filter(notice=scene.notice, kind=RunKind.REALLOCATION)
    window = scene.policy.window("reallocation")
    if window is not None and scene.policy.reallocation.enabled and not mine.filter(state="published").exists():
        inside = span.within(window.opens, window.closes)
        late = inside.before - (inside.before - inside.after) / 3
        at = Span(late, inside.before - timedelta(days=1)).moment("reallocation")
        try:
            run = runs.compute(kind=RunKind.REALLOCATION, notice=scene.notice, actor=scene.officer, at=at)
            releases.approve_and_publish(run, actor=scene.province_lead, at=at + timedelta(hours=1))
        except Refused as refused:
            LOGGER.warning("%s", refused)
    yield 1, 1
