"""The plan while the year goes on: bases move seats to where people are short, ask for more, and distribute late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q

from bases.models import TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.demo.crowd.span import Span
from gme_portal.demo.distributing import portions
from gme_portal.demo.scene import Scene
from gme_portal.refusals import Refused
from quotas.models import IncreaseRequest, Quota, SeatMove
from quotas.queries import pools_of
from quotas.services import increases, moves, others
from quotas.services.moves import MoveRule
from quotas.terms import PlanTerms

# Which of the other bases move seats, and how many at most.
MOVING, SEATS = slice(1, 4), 2
MOVED_FOR = "演练：报名人数少于计划，按规定调给紧缺专业。"


def move_seats(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """When it is known who comes, some bases move seats that nobody wants to a shortage specialty; nothing where the notice does not let them."""
    rule = MoveRule.of(scene.policy)
    bases = (
        [base for base in scene.bases[MOVING] if base.pk in scene.crews] if rule.allowed and not scene.is_later else []
    )
    for number, base in enumerate(bases, 1):
        if not SeatMove.objects.filter(notice=scene.notice, base=base).exists():
            _move(scene, base, span, rule)
        yield number, len(bases)


def _move(scene: Scene, base: TrainingBase, span: Span, rule: MoveRule) -> None:
    """From where most seats are left over to the shortage specialty that most people want."""
    approved = Q(application__state="approved", application__round=scene.round)
    quotas = Quota.objects.filter(notice=scene.notice, base=base).select_related("base", "specialty", "notice")
    left = {
        quota: quota.open_to_others - quota.choices.filter(approved).count()
        for quota in quotas.order_by("specialty__position")
    }
    short = [quota for quota in left if quota.specialty_id in rule.shortage and _room(quota)]
    spare = [quota for quota in left if quota.specialty_id not in rule.shortage and left[quota] > 0]
    if not short or not spare:
        return
    source, target = max(spare, key=left.__getitem__), min(short, key=left.__getitem__)
    moves.move(
        quota_from=source,
        quota_to=target,
        seats=min(SEATS, left[source], _room(target)),
        reason=MOVED_FOR,
        actor=scene.crews[base.pk].checker,
        at=span.moment(f"move:{base.code}"),
        rule=rule,
    )


def _room(quota: Quota) -> int:
    return SEATS if quota.capacity is None else max(quota.capacity - quota.seats, 0)


def answer_increases(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Before results the province answers who still waits for more seats."""
    terms = PlanTerms.of(scene.policy)
    waiting = list(IncreaseRequest.objects.filter(quota__notice=scene.notice, state="asked").order_by("asked_at"))
    for number, asked in enumerate(waiting, 1):
        at = span.moment(f"increase:{asked.pk}", not_before=asked.asked_at)
        try:
            increases.approve(asked, actor=scene.officer, at=at, terms=terms)
        except Refused:  # the capacity has been used up meanwhile
            increases.refuse(asked, reason="演练：超出培训容量。", actor=scene.officer, at=at)
        yield number, len(waiting)


def distribute_late(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Whoever has not said what its 其他 is for is let do so late, in time for people to choose it."""
    terms = PlanTerms.of(scene.policy)
    waiting = [] if scene.is_later else [pool for pool in pools_of(scene.notice) if pool.distributed_at is None]
    for number, pool in enumerate(waiting, 1):
        at = span.moment(f"late:{pool.base.code}")
        others.allow_late(pool, actor=scene.officer, at=at)
        made = pool.distributions.filter(state="asked").first()
        if made is None:
            lead = User.objects.filter(role=Role.BASE_LEAD, base_staff__base=pool.base).earliest("login_name")
            late = at + timedelta(minutes=20)
            made = others.propose(pool=pool, portions=portions(pool, terms), actor=lead, at=late, terms=terms)
        others.approve(made, actor=scene.officer, at=at + timedelta(minutes=40), terms=terms)
        yield number, len(waiting)
