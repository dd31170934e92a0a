"""What bases of the demonstration have done with their plan before registration: distributed their 其他, asked for more seats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F

from bases.models import TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.demo.cast import demo_file
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from quotas.distributing import Portion
from quotas.models import IncreaseRequest, OthersPool, Quota
from quotas.queries import pools_of
from quotas.services import increases, others
from quotas.terms import PlanTerms

OTHER = "other"
# The smallest base leaves it to whoever plays the province to look after it.
LEFT = 1
ASKED_BEFORE = timedelta(hours=18)
NOT_GRANTED = "演练：本专业计划已满足全省需要。"


def distribute_others(notice: Notice, at: datetime) -> None:
    """Every base but the smallest has said what its 其他 is for, and the province has approved; nothing where that is done or the plan has none."""
    terms = PlanTerms.of(policy_of(version_in_force(notice)))
    officer = User.objects.get(login_name="province.officer")
    pools = sorted(pools_of(notice), key=lambda pool: (-pool.planned, pool.base.code))
    for pool in pools[:-LEFT]:
        if not pool.distributions.all():
            lead = User.objects.filter(role=Role.BASE_LEAD, base_staff__base=pool.base).earliest("login_name")
            made = others.propose(pool=pool, portions=portions(pool, terms), actor=lead, at=at, terms=terms)
            others.approve(made, actor=officer, at=at, terms=terms)


def ask_for_more(notice: Notice, bases: Sequence[TrainingBase], at: datetime) -> None:
    """The given bases ask for as many seats as their capacity allows in the specialty with most room. The first one waits for its answer, the
    second has been granted them, the third has not; nothing where the notice does not provide for it or somebody has asked already."""
    terms = PlanTerms.of(policy_of(version_in_force(notice)))
    if not terms.increase or IncreaseRequest.objects.filter(quota__notice=notice).exists():
        return
    officer = User.objects.get(login_name="province.officer")
    for base, answer in zip(bases, ("", "approve", "refuse"), strict=False):
        asked = _ask(notice, base, at - ASKED_BEFORE, terms)
        if asked is not None and answer == "approve":
            increases.approve(asked, actor=officer, at=at, terms=terms)
        elif asked is not None and answer == "refuse":
            increases.refuse(asked, reason=NOT_GRANTED, actor=officer, at=at)


def _ask(notice: Notice, base: TrainingBase, at: datetime, terms: PlanTerms) -> IncreaseRequest | None:
    rooms = Quota.objects.filter(notice=notice, base=base).annotate(room=F("capacity") - F("seats"))
    quota = rooms.filter(room__gte=1).order_by("-room", "specialty__position").first()
    if quota is not None and quota.capacity is not None:
        lead = User.objects.filter(role=Role.BASE_LEAD, base_staff__base=base).earliest("login_name")
        reason = "演练：报考人数多于计划，师资和床位允许。"
        return increases.ask(
            quota=quota, seats=quota.capacity - quota.seats, reason=reason, actor=lead, at=at, terms=terms
        )
    return None


def portions(pool: OthersPool, terms: PlanTerms) -> list[Portion]:
    """All seats of a pool by the shares of `fixtures/demo.toml`, the largest remainders rounded up."""
    shares = demo_file()["distribution"]
    word = next((word for word in shares if word in pool.base.name), OTHER)
    planned = set(Quota.objects.filter(notice=pool.notice, base=pool.base).values_list("specialty_id", flat=True))
    weights = {code: share for code, share in shares[word].items() if code in terms.codes - terms.shortage - planned}
    exact = {code: pool.planned * weight / sum(weights.values()) for code, weight in weights.items()}
    seats = {code: int(number) for code, number in exact.items()}
    for code in sorted(exact, key=lambda code: (seats[code] - exact[code], code))[: pool.planned - sum(seats.values())]:
        seats[code] += 1
    return [Portion(code, number) for code, number in seats.items() if number]
