"""Seats kept for commissioned people (其中订单定向) through choosing, admission, reallocation and what is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from admissions.models import RunKind
from admissions.queries import problems
from admissions.services import offers, releases, report_in, runs
from bases.models import TrainingBase
from gme_portal.accounts.models import Role
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services.working_days import seed
from gme_portal.refusals import Refused
from quotas.models import Quota
from quotas.services.seats import release_reserve
from tests.admissions.ranked import (
    APPROVED,
    OVER,
    REALLOCATING,
    another_lead,
    applicant,
    computed,
    mark_all,
    officer,
    province_lead,
    quotas_of,
)
from tests.factories import ApplicationFactory, BaseFactory, QuotaFactory, SpecialtyFactory, reviewer_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(notice: Notice) -> TrainingBase:
    """全科 3 of which 2 are kept."""
    seed(at=APPROVED)
    base = BaseFactory()
    QuotaFactory(notice=notice, base=base, specialty=SpecialtyFactory(code="0700", name="全科"), seats=3, reserved=2)
    return base


def general(notice: Notice, base: TrainingBase) -> Quota:
    return quotas_of(notice, base, "全科")[0]


def test_others_compete_for_what_is_not_kept(notice: Notice, base: TrainingBase) -> None:
    bound = applicant(notice, base, ["全科"], person_type="commissioned")
    best, second = (applicant(notice, base, ["全科"], consents=[]) for _ in range(2))
    mark_all(notice, base, {bound: "50", best: "90", second: "80"})
    run = computed(notice, base)
    assert (run.beside["reserved"], run.beside["kept"]) == ({"全科": 1}, {"全科": 1})
    assert {row["code"]: row["quota"] for row in run.problem["specialties"]} == {"全科": 1}
    assert run.result["assignment"] == {best.number: "全科", second.number: None}
    releases.approve_and_publish(run, actor=officer(), at=APPROVED)
    quota = general(notice, base)
    assert (quota.taken, quota.reserved_taken, quota.kept, quota.open_to_others) == (2, 1, 1, 0)


def test_what_is_taken_back_or_not_claimed_is_kept_again(notice: Notice, base: TrainingBase) -> None:
    bound = applicant(notice, base, ["全科"], person_type="commissioned")
    other = applicant(notice, base, ["全科"], consents=[])
    mark_all(notice, base, {bound: "50", other: "90"})
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    releases.ask_undo(run, reason="示例原因", actor=officer(), at=APPROVED)
    releases.confirm_undo(run, actor=province_lead(), at=APPROVED)
    quota = general(notice, base)
    assert (quota.taken, quota.reserved_taken, quota.kept) == (0, 0, 2)
    policy = policy_of(version_in_force(notice))
    releases.approve_and_publish(computed(notice, base, at=APPROVED), actor=officer(), at=APPROVED)
    offers.admit_after_publicity(notice, policy=policy, at=OVER)
    late = report_in.deadline(policy, "commissioned", "first", base.code)
    assert late is not None
    report_in.mark_absent(
        bound.offers.get(state="admitted"), actor=reviewer_of(base, Role.BASE_LEAD), at=late, policy=policy
    )
    quota = general(notice, base)
    assert (quota.taken, quota.reserved_taken, quota.kept, quota.open_to_others) == (1, 0, 2, 0)


def test_more_commissioned_people_than_the_reserve_use_open_seats(notice: Notice, base: TrainingBase) -> None:
    for _ in range(3):
        applicant(notice, base, ["全科"], person_type="commissioned")
    run = computed(notice, base)
    assert (run.beside["reserved"], run.beside["kept"]) == ({"全科": 3}, {})
    releases.approve_and_publish(run, actor=officer(), at=APPROVED)
    assert general(notice, base).reserved_taken == 3


def test_kept_seats_are_offered_to_the_province_only_when_it_has_opened_them(
    notice: Notice, base: TrainingBase
) -> None:
    waiting = applicant(notice, base, ["全科"], consents=["province"])
    mark_all(notice, base, {waiting: "60", applicant(notice, base, ["全科"], consents=[]): "90"})
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    policy = policy_of(version_in_force(notice))
    offered = lambda: {  # noqa: E731
        row["specialty"]: row["seats"]
        for row in problems.reallocation(notice, policy=policy, at=REALLOCATING).problem["programmes"]
    }
    assert offered() == {"全科": 0}
    release_reserve(quota=general(notice, base), seats=1, reason="示例原因", actor=officer(), at=REALLOCATING)
    assert offered() == {"全科": 1}
    run = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING)
    releases.approve_and_publish(run, actor=province_lead(), at=REALLOCATING + timedelta(hours=1))
    quota = general(notice, base)
    assert (quota.taken, quota.reserved, quota.kept, quota.open_to_others) == (2, 1, 1, 0)


def test_opening_a_reserve_makes_a_computed_result_stale(notice: Notice, base: TrainingBase) -> None:
    mark_all(notice, base, {applicant(notice, base, ["全科"], consents=[]): "90"})
    run = computed(notice, base)
    release_reserve(quota=general(notice, base), seats=1, reason="示例原因", actor=officer(), at=APPROVED)
    with pytest.raises(Refused, match="数据已变化"):
        releases.approve_and_publish(run, actor=another_lead(base), at=APPROVED)


def test_a_specialty_that_is_all_kept_cannot_be_chosen_by_others(notice: Notice) -> None:
    specialty = SpecialtyFactory(code="0700", name="全科")
    kept = QuotaFactory(notice=notice, specialty=specialty, seats=2, reserved=2)
    with pytest.raises(Refused) as caught:
        ApplicationFactory(notice=notice, quotas=[kept])
    assert caught.value.code == "SPECIALTY_CLOSED"
    assert ApplicationFactory(notice=notice, quotas=[kept], person_type="commissioned").choices.count() == 1
