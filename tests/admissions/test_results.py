"""What a person learns of their result: everything at the published instant, nothing a millisecond before (R13), and what is still open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from admissions.models import AllocationRun, Application
from admissions.queries import progress
from admissions.queries.results import result_of, total_of
from admissions.services import offers, releases
from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from quotas.models import EntryKind, Quota, SeatEntry
from tests.admissions.ranked import (
    APPROVED,
    OVER,
    RELEASED,
    another_lead,
    applicant,
    computed,
    make_base,
    mark_all,
    small_year,
)
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def people(notice: Notice) -> dict[str, Application]:
    """a, b, d, e admitted, c not; approved on 6 August, to be released on 7 August at 0:00."""
    base, people = small_year(notice)
    run: AllocationRun = computed(notice, base)
    releases.approve_and_publish(run, actor=another_lead(base), at=APPROVED)
    return people


def test_nothing_is_known_before_the_instant(people: dict[str, Application], policy: Policy) -> None:
    found = result_of(people["a"], policy=policy, at=RELEASED - MILLISECOND)
    assert not found.is_published
    assert (found.outcomes, found.marks, found.offer, found.publicities, found.open_seats) == ([], [], None, [], [])
    assert result_of(people["a"], policy=policy, at=RELEASED).is_admitted


def test_the_admitted_see_place_total_and_rank(people: dict[str, Application], policy: Policy) -> None:
    found = result_of(people["b"], policy=policy, at=RELEASED)
    total = total_of(found.outcomes)
    assert found.offer is not None
    assert total is not None
    assert progress.place_label(found.offer) == "第二志愿录取"
    assert (found.offer.quota.specialty.name, total.total) == ("骨科", 8800)
    assert {mark.value for mark in found.marks} == {8800}
    assert found.publicities[0].opens_at == RELEASED
    assert not found.open_seats, "somebody admitted is not offered other seats"


def test_who_was_not_admitted_sees_why_and_what_is_still_open(people: dict[str, Application], policy: Policy) -> None:
    found = result_of(people["c"], policy=policy, at=RELEASED)
    assert found.is_published
    assert not found.is_admitted
    assert "内科" in found.outcomes[0].explanation
    assert found.open_seats == [], "every seat of the only base is taken"
    sentence = progress.what_next(people["c"], policy, policy.window("reallocation"), RELEASED)
    assert "您已同意省级统一调剂" in sentence
    assert "2025年8月20日（星期三）24:00" in sentence


def test_without_the_consent_there_is_the_second_round(people: dict[str, Application], policy: Policy) -> None:
    sentence = progress.what_next(people["e"], policy, policy.window("reallocation"), RELEASED)
    assert sentence.startswith("您没有选择服从省级统一调剂")
    assert "第二批次（补录）" in sentence


def test_admitted_after_the_publicity(people: dict[str, Application], policy: Policy, notice: Notice) -> None:
    offers.admit_after_publicity(notice, policy=policy, at=OVER)
    found = result_of(people["a"], policy=policy, at=OVER)
    assert found.offer is not None
    assert found.offer.state == "admitted"


def test_another_persons_result_does_not_appear(people: dict[str, Application], policy: Policy) -> None:
    assert {outcome.application for outcome in result_of(people["d"], policy=policy, at=RELEASED).outcomes} == {
        people["d"]
    }


def test_the_page_says_it_to_the_millisecond(
    people: dict[str, Application],
    notice: Notice,
    sign_in: Callable[[User], Client],
    clock_at: Callable[[datetime], datetime],
) -> None:
    client, url = sign_in(people["a"].applicant.user), reverse("apply:result", args=[notice.slug])
    clock_at(RELEASED - MILLISECOND)
    before = client.get(url).content.decode()
    assert "92.00" not in before
    assert "结果公布前，这里不显示成绩和名次" in before
    clock_at(RELEASED)
    after = client.get(url).content.decode()
    for words in ("92.00", "第一志愿录取", "公示中", "排第 1 名", "报到时间"):
        assert words in after
    assert "已公布的录取名单中没有您" in sign_in(people["c"].applicant.user).get(url).content.decode()


def test_a_place_that_was_taken_back_before_its_instant_never_existed_for_its_owner(
    people: dict[str, Application], policy: Policy
) -> None:
    run = AllocationRun.objects.get()
    asker = StaffFactory(role=Role.PROVINCE_LEAD)
    releases.ask_undo(run, reason="示例：第二组面试成绩登记错误", actor=asker, at=APPROVED)
    releases.confirm_undo(run, actor=StaffFactory(role=Role.PROVINCE_OFFICER), at=APPROVED)
    for at in (RELEASED - MILLISECOND, RELEASED, OVER):
        assert result_of(people["a"], policy=policy, at=at).offer is None


def test_open_seats_are_those_the_public_may_count(
    people: dict[str, Application], policy: Policy, notice: Notice
) -> None:
    """What another base has approved and not shown yet is neither told nor hinted at by what is left (R13)."""
    other = make_base(notice, {"内科": 1, "骨科": 1})
    mark_all(notice, other, {applicant(notice, other, ["内科"]): "70"})
    run = computed(notice, other)
    late = RELEASED + timedelta(hours=12)
    releases.approve_and_publish(run, actor=another_lead(other), at=APPROVED)
    AllocationRun.objects.filter(pk=run.pk).update(published_at=late)

    def left(at: datetime) -> dict[str, int]:
        seats = result_of(people["c"], policy=policy, at=at).open_seats
        return {one.quota.specialty.name: one.free for one in seats if one.quota.base_id == other.pk}

    assert left(late - MILLISECOND) == {"内科": 1, "骨科": 1}
    assert left(late) == {"骨科": 1}


def test_open_seats_leave_out_what_is_kept_for_commissioned_people(
    people: dict[str, Application], policy: Policy, notice: Notice
) -> None:
    other = make_base(notice, {"内科": 2, "骨科": 1})
    quota = Quota.objects.get(base=other, specialty__name="内科")
    under = notice.versions.first()
    SeatEntry.objects.create(
        quota=quota, kind=EntryKind.CORRECTION, delta=0, reserved_delta=2, at=APPROVED, decided_under=under
    )
    Quota.objects.filter(pk=quota.pk).update(reserved=2)
    seats = result_of(people["c"], policy=policy, at=RELEASED).open_seats
    assert [(one.quota.specialty.name, one.free) for one in seats] == [("骨科", 1)]
