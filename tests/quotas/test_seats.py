"""Seats are taken by a count in the database: never more than there are, whoever comes at once (R4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Barrier
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from bases.models import TrainingBase
from bases.services.catalogue import load_world
from gme_portal.notices.models import Notice
from gme_portal.refusals import Refused
from quotas.models import Quota, SeatEntry
from quotas.services import seats
from tests.quotas.conftest import AT
from tests.quotas.factories import make_notice, make_quota
from tests.quotas.races import THREADS, race

SEATS = 20


def base(code: str = "yn-first") -> TrainingBase:
    return TrainingBase.objects.get(code=code)


def test_all_or_none(notice: Notice, at: datetime) -> None:
    medicine, surgery = make_quota(notice, base(), "内科", 2), make_quota(notice, base(), "外科", 1)
    seats.take(notice=notice, counts={medicine.id: 2, surgery.id: 1}, at=at)
    with pytest.raises(Refused, match="名额不足") as caught:
        seats.take(notice=notice, counts={medicine.id: 1, surgery.id: 1}, at=at)
    assert [(refusal.code, refusal.field) for refusal in caught.value.refusals] == [
        ("QUOTA_FULL", str(pk)) for pk in sorted([medicine.id, surgery.id])
    ]
    seats.release(notice=notice, counts={surgery.id: 1}, at=at)
    seats.take(notice=notice, counts={surgery.id: 1, medicine.id: 0}, at=at)
    assert [Quota.objects.get(pk=quota.pk).free for quota in (medicine, surgery)] == [0, 0]


def test_nothing_is_given_back_that_was_not_taken(notice: Notice, at: datetime) -> None:
    quota = make_quota(notice, base(), "内科", 2, taken=1)
    with pytest.raises(Refused, match="不能释放 2 个"):
        seats.release(notice=notice, counts={quota.id: 2}, at=at)
    with pytest.raises(ValueError, match="never negative"):
        seats.take(notice=notice, counts={quota.id: -1}, at=at)


def test_a_quota_of_another_notice_is_unknown(notice: Notice, at: datetime) -> None:
    other = make_quota(make_notice("yunnan-2021-residency"), base(), "内科", 2)
    for pk in (other.id, uuid4()):
        with pytest.raises(Refused) as caught:
            seats.take(notice=notice, counts={pk: 1}, at=at)
        assert caught.value.code == "QUOTA_UNKNOWN"


def test_the_database_refuses_what_a_service_would_get_wrong(notice: Notice) -> None:
    quota = make_quota(notice, base(), "全科", 2, capacity=2)
    for name, wrong in (("quota_not_oversubscribed", {"taken": 3}), ("quota_within_capacity", {"seats": 3})):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Quota.objects.filter(pk=quota.pk).update(**wrong)
    with pytest.raises(IntegrityError, match="quota_once"), transaction.atomic():
        make_quota(notice, base(), "全科", 1)


def test_the_ledger_only_grows_and_explains_every_seat(notice: Notice, at: datetime) -> None:
    quota = make_quota(notice, base(), "内科", 2)
    for change in (lambda: SeatEntry.objects.update(delta=5), lambda: SeatEntry.objects.filter(quota=quota).delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    correction = {"quota": quota, "kind": "correction", "at": at, "decided_under": notice.versions.first()}
    unexplained: list[Callable[[], object]] = [
        lambda: Quota.objects.filter(pk=quota.pk).update(seats=3),
        lambda: SeatEntry.objects.create(**correction, delta=1),
        lambda: SeatEntry.objects.create(**correction, delta=0, reserved_delta=1),
        lambda: Quota.objects.filter(pk=quota.pk).update(reserved=1),
    ]
    for change in unexplained:
        with pytest.raises(IntegrityError, match="its ledger explains"), transaction.atomic():
            _commit_would_check(change)


def _commit_would_check(change: Callable[[], object]) -> None:
    change()
    connection.check_constraints()


@pytest.fixture
def contested(transactional_db: None) -> Quota:
    load_world(folder=settings.BASE_DIR / "fixtures")
    return make_quota(make_notice(), base(), "内科", SEATS)


def test_forty_at_once_take_exactly_twenty_seats(contested: Quota) -> None:
    taken = race(lambda: seats.take(notice=contested.notice, counts={contested.id: 1}, at=AT))
    contested.refresh_from_db()
    assert (taken, contested.taken) == (SEATS, SEATS)


def test_negative_control_count_then_write_oversubscribes(contested: Quota) -> None:
    """The same race against a naive service must fail, or the test above proves nothing. Its constraint is off, its rows are admissions."""
    everybody_has_counted = Barrier(THREADS)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_admission (quota uuid)")

    def naive() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM naive_admission WHERE quota = %s", [contested.id])
            count = cursor.fetchone()[0]
            everybody_has_counted.wait()
            if count >= SEATS:
                raise Refused("QUOTA_FULL", "名额不足")
            cursor.execute("INSERT INTO naive_admission VALUES (%s)", [contested.id])

    try:
        assert race(naive) == THREADS > SEATS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE naive_admission")


def test_two_admissions_over_the_same_quotas_never_wait_for_each_other(contested: Quota) -> None:
    """Taken in opposite order by the callers, locked in id order by the service: no deadlock, and the sums agree."""
    other = make_quota(contested.notice, contested.base, "外科", SEATS)
    orders = iter([{contested.id: 1, other.id: 1}, {other.id: 1, contested.id: 1}] * (THREADS // 2))
    taken = race(lambda: seats.take(notice=contested.notice, counts=next(orders), at=AT))
    assert taken == SEATS
    assert Quota.objects.filter(taken=F("seats")).count() == 2
