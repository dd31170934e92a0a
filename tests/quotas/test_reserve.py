"""Seats that the plan keeps for commissioned people (其中订单定向, 000 附件2): theirs until the province opens them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from bases.models import TrainingBase
from bases.services.catalogue import load_world
from gme_portal.accounts.models import User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.refusals import Refused
from quotas.models import Quota
from quotas.queries import free_seats, reserves_of
from quotas.services import seats
from quotas.services.moves import MoveRule, move
from tests.bases.people import make_user
from tests.quotas.conftest import AT
from tests.quotas.factories import make_notice, make_quota
from tests.quotas.races import THREADS, race


@pytest.fixture
def quota(notice: Notice) -> Quota:
    """64 seats of which 59 are kept, as at the provincial hospital in 2021, in small: 6 of which 4."""
    return make_quota(notice, TrainingBase.objects.get(code="yn-tcm"), "中医全科", 6, reserved=4)


@pytest.fixture
def officer(world: dict[str, int]) -> User:
    return make_user("province_officer")


def take(quota: Quota, people: int, *, commissioned: int = 0) -> None:
    kept = {quota.pk: commissioned} if commissioned else {}
    seats.take(notice=quota.notice, counts={quota.pk: people}, commissioned=kept, at=AT)
    quota.refresh_from_db()


def give_back(quota: Quota, people: int, *, commissioned: int = 0) -> None:
    kept = {quota.pk: commissioned} if commissioned else {}
    seats.release(notice=quota.notice, counts={quota.pk: people}, commissioned=kept, at=AT)
    quota.refresh_from_db()


def test_others_get_what_is_not_kept(quota: Quota) -> None:
    with pytest.raises(Refused, match="另有 4 个留给订单定向医学生"):
        take(quota, 3)
    take(quota, 2)
    assert (quota.free, quota.kept, quota.open_to_others) == (4, 4, 0)
    with pytest.raises(Refused, match="名额不足"):
        take(quota, 1)
    take(quota, 4, commissioned=4)
    assert (quota.free, quota.kept) == (0, 0)


def test_commissioned_people_may_take_open_seats_too(quota: Quota) -> None:
    take(quota, 5, commissioned=5)
    assert (quota.kept, quota.open_to_others) == (0, 1)
    take(quota, 1)
    with pytest.raises(Refused):
        take(quota, 1, commissioned=1)


def test_a_seat_given_back_by_a_commissioned_person_is_kept_again(quota: Quota) -> None:
    take(quota, 6, commissioned=4)
    give_back(quota, 1, commissioned=1)
    assert (quota.free, quota.kept, quota.open_to_others) == (1, 1, 0)
    give_back(quota, 1)
    assert (quota.free, quota.kept, quota.open_to_others) == (2, 1, 1)
    with pytest.raises(Refused, match="不能释放"):
        give_back(quota, 4, commissioned=4)


def test_nobody_counts_more_commissioned_people_than_people(quota: Quota) -> None:
    with pytest.raises(ValueError, match="among those counted"):
        take(quota, 1, commissioned=2)
    with pytest.raises(ValueError, match="never negative"):
        take(quota, 1, commissioned=-1)


def test_kept_seats_are_not_on_offer_and_cannot_be_moved_away(notice: Notice, quota: Quota, at: datetime) -> None:
    assert [row.free_now for row in free_seats(notice)] == [2]
    other = make_quota(notice, quota.base, "中医", 1)
    rule = MoveRule(allowed=True, shortage=frozenset({"3500"}), clause="000 五(二)")
    lead = make_user("base_lead", base=quota.base)
    with pytest.raises(Refused, match="另有 4 个留给订单定向医学生，最多调出 2 个"):
        move(quota_from=quota, quota_to=other, seats=3, reason="示例", actor=lead, at=at, rule=rule)
    move(quota_from=quota, quota_to=other, seats=2, reason="示例", actor=lead, at=at, rule=rule)
    assert "yn-tcm" not in [row.base.code for row in free_seats(notice) if row.specialty_id == "3600"]


def test_only_commissioned_people_may_hope_for_what_is_all_kept(quota: Quota) -> None:
    assert (quota.seats_for("commissioned"), quota.seats_for("social")) == (6, 2)


def test_the_province_opens_what_nobody_will_come_for(
    notice: Notice, quota: Quota, officer: User, at: datetime
) -> None:
    take(quota, 1, commissioned=1)
    line = seats.release_reserve(quota=quota, seats=2, reason=" 2 人未履约 ", actor=officer, at=at)
    quota.refresh_from_db()
    assert (quota.seats, quota.reserved, quota.kept, quota.open_to_others) == (6, 2, 1, 4)
    assert (line.kind, line.delta, line.reserved_delta, line.actor, line.note) == (
        "correction",
        0,
        -2,
        officer,
        "2 人未履约",
    )
    assert AuditEvent.objects.get(action="quota.reserve_released").detail == {"seats": 2, "reserved": 2}
    assert [(row.planned_reserve, row.reserved) for row in reserves_of(notice)] == [(4, 2)]
    take(quota, 4)


@pytest.mark.parametrize(
    ("role", "number", "reason", "code"),
    [
        ("base_lead", 1, "示例", "NOT_YOURS"),
        ("province_officer", 0, "示例", "SEATS_NOT_POSITIVE"),
        ("province_officer", 1, " ", "REASON_MISSING"),
        ("province_officer", 5, "示例", "RESERVE_EXCEEDED"),
    ],
)
def test_opening_has_its_limits(quota: Quota, at: datetime, role: str, number: int, reason: str, code: str) -> None:
    actor = make_user(role, base=quota.base) if role.startswith("base") else make_user(role)
    with pytest.raises(Refused) as caught:
        seats.release_reserve(quota=quota, seats=number, reason=reason, actor=actor, at=at)
    assert caught.value.code == code


def test_the_database_keeps_the_reserve(quota: Quota) -> None:
    for name, wrong in (
        ("quota_reserve_kept", {"taken": 3}),
        ("quota_reserve_kept", {"reserved": 7}),
        ("quota_reserve_within_seats", {"taken": 1, "reserved_taken": 2}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Quota.objects.filter(pk=quota.pk).update(**wrong)
    with pytest.raises(IntegrityError, match="its ledger explains"), transaction.atomic():
        _unexplained(quota)


def _unexplained(quota: Quota) -> None:
    """A reserve that no ledger line explains, found where a commit would find it."""
    Quota.objects.filter(pk=quota.pk).update(reserved=3)
    connection.check_constraints()


def test_forty_others_at_once_leave_the_kept_seats_alone(transactional_db: None) -> None:
    load_world(folder=settings.BASE_DIR / "fixtures")
    base = TrainingBase.objects.get(code="yn-tcm")
    contested = make_quota(make_notice(), base, "中医全科", THREADS, reserved=25)
    taken = race(lambda: seats.take(notice=contested.notice, counts={contested.pk: 1}, at=AT))
    contested.refresh_from_db()
    assert (taken, contested.open_to_others, contested.kept) == (15, 0, 25)
