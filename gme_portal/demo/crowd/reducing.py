"""Shorter training (年限减免): some people ask, and base, association and province decide one after the other, over days."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from admissions.models import Application, Offer, YearReduction
from admissions.queries.year_reductions import filing_refusal, specialties_for, verdict_of
from admissions.services import year_reductions
from gme_portal.accounts.models import Role, User
from gme_portal.demo import arrivals
from gme_portal.demo.crowd.span import Span, chance
from gme_portal.demo.filling import delivered
from gme_portal.demo.moments import working_moment
from gme_portal.demo.papers import draw_paper
from gme_portal.demo.scene import Scene
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refused

LOGGER = logging.getLogger(__name__)
# Of those whom the rules let ask, so many do, in the first part of the window, and no more than this.
ASKS, PART, MOST = 0.85, 0.6, 12
MONTHS = (12, 12, 6, 18)
# What a step says to the requests it gets, one after the other; "" leaves it for whoever plays.
BASE_SAYS = ("approve", "return", "approve", "less", "approve", "refuse", "approve")
OFFICE_SAYS = ("approve", "less", "approve", "approve", "refuse", "approve", "")
DECIDED_WITHIN, CORRECTED_WITHIN = timedelta(days=5), timedelta(days=3)
PAPER = "年限减免证明"
GROUNDS = "演练：已取得临床医学专业学位，所学专业与培训专业一致，并有临床工作经历。"


def ask_and_decide(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Requests come in and move on. The own base's step is its lead's until the window closes."""
    asking = list(_asking(scene, span))
    for number, (at, application) in enumerate(sorted(asking, key=lambda pair: pair[0]), 1):
        _ask(scene, application, at)
        yield number, len(asking)
    yield from _move_on(scene, span, own=False)


def decide_everywhere(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Before the window closes the own base has spoken too."""
    yield from _move_on(scene, span, own=True)


def _asking(scene: Scene, span: Span) -> Iterator[tuple[datetime, Application]]:
    """Whose request is due: of the people placed, or still waiting for a result, some to whom the rules do not say no."""
    left = MOST - YearReduction.objects.filter(notice=scene.notice).count()
    for row in _people(scene):
        window, key = _window(scene, row), f"reduction:{arrivals.person_behind(row.applicant, scene).serial}"
        if left <= 0 or window is None or not chance(key, ASKS):
            continue
        at = span.planned(key, window.opens, window.opens + (window.closes - window.opens) * PART)
        quota = next(iter(specialties_for(row, at)), None) if at is not None else None
        if at is None or quota is None or filing_refusal(row, quota, policy=scene.policy, at=at) is not None:
            continue
        if verdict_of(row, quota, scene.policy, at).verdict != "ineligible":
            left -= 1
            yield at, row


def _people(scene: Scene) -> QuerySet[Application]:
    """Fictional people who may hope, or know, that they will be trained, and have not asked yet."""
    mine = Offer.objects.filter(application=OuterRef("pk"))
    rows = Application.objects.filter(
        notice=scene.notice,
        round=scene.round,
        state="approved",
        applicant__user__is_demo=True,
        applicant__user__last_login=None,
        base__in=list(scene.crews),
        year_reductions=None,
    )
    hopeless = Exists(mine.filter(state__in=("declined", "lapsed", "absent", "revoked")))
    return rows.exclude(hopeless).select_related("applicant__user", "notice", "base").order_by("number")


def _window(scene: Scene, row: Application) -> Window | None:
    return scene.window("year_reduction", row.applicant.person_type)


def _ask(scene: Scene, row: Application, at: datetime, months: int = 0) -> None:
    quota = specialties_for(row, at)[0]
    proof = draw_paper(PAPER, [f"姓名：{row.applicant.user.name}", f"培训专业：{quota.specialty.name}"])
    asked = months or Random(f"gme-demo-months:{row.number}").choice(MONTHS)
    try:
        year_reductions.file(
            row,
            quota=quota,
            months=min(asked, quota.specialty.years * 12 - 1),
            grounds=GROUNDS,
            proof=proof.content,
            actor=row.applicant.user,
            at=at,
            policy=scene.policy,
        )
    except Refused as refused:
        LOGGER.warning("%s: %s", row.number, refused)
        return
    delivered(row.applicant)


def _move_on(scene: Scene, span: Span, *, own: bool) -> Iterator[tuple[int, int]]:
    """Whatever is due until the end of the stretch, step after step."""
    rows = YearReduction.objects.filter(notice=scene.notice, application__round=scene.round)
    listed = list(rows.order_by("filed_at", "pk").values_list("pk", flat=True))
    for place, pk in enumerate(listed):
        while _one_step(scene, span, pk, place, own=own):
            pass
        yield place + 1, len(listed)


def _one_step(scene: Scene, span: Span, pk: UUID, place: int, *, own: bool) -> bool:
    """One decision about the `place`-th request, or its return to the queue; False when nothing is due."""
    row = YearReduction.objects.select_related(
        "application__applicant__user", "application__notice", "quota__base"
    ).get(pk=pk)
    person, last = row.application.applicant.user, row.decisions.order_by("at").last()
    since = max(row.filed_at, last.at) if last else row.filed_at
    key = f"{row.application.number}:{row.filing}:{row.step}:{row.state}"
    if row.state == "returned" and person.is_demo and person.last_login is None:
        window = _window(scene, row.application)
        at = _due(key, since, CORRECTED_WITHIN, span)
        if at is None or window is None or not window.is_open(at):
            return False
        _ask(scene, row.application, at, months=row.months)
        return bool(YearReduction.objects.filter(pk=pk, state="waiting").exists())
    if row.state != "waiting" or (row.step == "base" and row.quota.base_id == scene.own.pk and not own):
        return False
    says = BASE_SAYS if row.step == "base" else OFFICE_SAYS
    said = says[place % len(says)] if row.filing == 1 or row.step != "base" else "approve"
    at = _due(key, since, DECIDED_WITHIN, span)
    if at is None or not said:
        return False
    _decide(scene, row, said, at)
    return True


def _due(key: str, since: datetime, within: timedelta, span: Span) -> datetime | None:
    at = working_moment(Random(f"gme-demo-reduction:{key}"), since, since + within)
    return max(at, min(since + timedelta(minutes=30), span.before)) if at < span.before else None


def _decide(scene: Scene, row: YearReduction, said: str, at: datetime) -> None:
    before = row.granted if row.granted is not None else row.months
    less = max(before // 2, 1) if said == "less" else None
    decision = "approve" if said == "less" else said
    words = {
        "less": "演练：按规定核减。",
        "return": "演练：证明材料不清晰，请重新上传。",
        "refuse": "演练：所学专业与培训专业方向不一致。",
    }.get(said, "")
    year_reductions.decide(
        row,
        decision,
        months=less,
        words=words,
        tested=decision == "approve",
        actor=_actor(scene, row),
        at=at,
        policy=scene.policy,
    )
    delivered(row.application.applicant)


def _actor(scene: Scene, row: YearReduction) -> User:
    """Who is of this step and has not spoken on this filing yet."""
    if row.step == "base":
        return scene.crews[row.quota.base_id].maker
    if row.step == "association":
        return User.objects.get(is_demo=True, role=Role.ASSOCIATION)
    return scene.officer
