"""Admission, publicity and reallocation: what bases and province decide when nobody plays them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from admissions.models import AllocationRun, Objection, Publicity, RunKind
from admissions.queries.lots import closing, draw_of
from admissions.services import lottery_draws, publicity, releases, runs
from bases.models import TrainingBase
from gme_portal.demo.crowd.marking import at_work, finish_marks
from gme_portal.demo.crowd.span import Span
from gme_portal.demo.scene import Scene
from gme_portal.refusals import Refused

LOGGER = logging.getLogger(__name__)
# Right after the opening: the second base has computed and waits for its second person, this one has approved already.
COMPUTED, APPROVED = 1, 4
# The public draw of the demonstration; nobody could know it before registration closed.
DRAWN = "03 09 14 21 26 33 + 07"


def draw_lots(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Before anything is computed the province enters the public draw, and a second person types it again, unless somebody has done it."""
    draw = draw_of(scene.notice, scene.round)
    close = closing(scene.policy, scene.round)
    if draw is not None and draw.stage != "drawn" and (close is None or span.before > close[1]):
        inside = Span(max(span.after, close[1]) if close else span.after, span.before)
        at = inside.moment("lottery")
        if draw.stage == "committed":
            draw = lottery_draws.enter(draw, public_draw=DRAWN, actor=scene.officer, at=at, policy=scene.policy)
        checker = scene.province_lead if draw.drawn_by_id != scene.province_lead.pk else scene.officer
        lottery_draws.confirm(
            draw, public_draw=draw.public_draw, actor=checker, at=max(at, draw.drawn_at or at) + timedelta(minutes=5)
        )
    yield 1, 1


def admit_first(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """In the first hour of the window two bases are ahead of the others, unless people may still come or the assessment has not begun."""
    if any(
        window.closes > span.after if window.key in ("registration", "confirmation") else window.opens > span.after
        for window in scene.policy.windows
        if window.key in ("registration", "confirmation", "assessment") and window.round == scene.round
    ):
        return
    for done, place in enumerate((COMPUTED, APPROVED), 1):
        for base in scene.bases[place : place + 1]:
            if base.pk in scene.crews:
                finish_marks(scene, base, span)
                _admit(scene, base, span, approve=place == APPROVED)
        yield done, 2


def admit_everywhere(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Before the window closes every base has computed and approved, the own one too."""
    bases = at_work(scene)
    for number, base in enumerate(bases, 1):
        finish_marks(scene, base, span)
        _admit(scene, base, span, approve=True)
        yield number, len(bases)


def _admit(scene: Scene, base: TrainingBase, span: Span, *, approve: bool) -> None:
    mine = AllocationRun.objects.filter(notice=scene.notice, round=scene.round, base=base, kind=RunKind.BASE_ADMISSION)
    window = scene.window("base_admission")
    if window is None or mine.filter(state="published").exists():
        return
    crew = scene.crews[base.pk]
    inside = span.within(window.opens, window.closes)
    at = inside.after + (inside.before - inside.after) * 0.9
    try:
        run = runs.compute(
            kind=RunKind.BASE_ADMISSION,
            notice=scene.notice,
            base=base,
            actor=crew.checker,
            at=at,
            round=scene.round,
        )
        if approve:
            approver = next(user for user in (crew.second, crew.checker) if user.pk != run.made_by_id)
            releases.approve_and_publish(run, actor=approver, at=at + (inside.before - at) / 2)
    except Refused as refused:
        if refused.code != "NOBODY_LISTED":
            LOGGER.warning("%s: %s", base.name, refused)


def object_once(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """A visitor doubts one entry of one list, so that the page of objections is not empty."""
    shown = Publicity.objects.filter(
        run__notice=scene.notice,
        run__round=scene.round,
        run__base=scene.bases[APPROVED % len(scene.bases)],
        objections=None,
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
        publicity.answer(
            objection,
            upheld=False,
            words="演练：已调取成绩册核对，名单与锁定的成绩一致。",
            actor=scene.officer,
            at=at,
            policy=scene.policy,
        )
        yield number, len(waiting)


def reallocate(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """In the last days of the window the province reallocates, unless somebody has done it."""
    mine = AllocationRun.objects.filter(notice=scene.notice, round=scene.round, kind=RunKind.REALLOCATION)
    window = scene.window("reallocation")
    if window is not None and scene.policy.reallocation.enabled and not mine.filter(state="published").exists():
        inside = span.within(window.opens, window.closes)
        late = inside.before - (inside.before - inside.after) / 3
        at = Span(late, inside.before - timedelta(days=1)).moment("reallocation")
        try:
            run = runs.compute(
                kind=RunKind.REALLOCATION, notice=scene.notice, actor=scene.officer, at=at, round=scene.round
            )
            releases.approve_and_publish(run, actor=scene.province_lead, at=at + timedelta(hours=1))
        except Refused as refused:
            LOGGER.warning("%s", refused)
    yield 1, 1
