"""Reading the plan in a fixed number of queries."""

from __future__ import annotations

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from bases.models import Specialty, Track, TrainingBase
from gme_portal.notices.models import Notice
from quotas.models import Distribution, IncreaseRequest, OthersPool, Share
from quotas.queries import (
    Tally,
    free_seats,
    increases_of,
    ledger,
    ledger_of_notice,
    matrix,
    open_bases,
    open_specialties,
    pools_of,
    reserves_of,
    tally,
)
from quotas.services.moves import MoveRule, move
from tests.bases.people import make_user
from tests.quotas.factories import make_notice, make_quota


@pytest.fixture
def small(notice: Notice) -> Notice:
    first, second = TrainingBase.objects.get(code="yn-first"), TrainingBase.objects.get(code="qj-first")
    make_quota(notice, first, "外科", 4, taken=1)
    make_quota(notice, first, "全科", 3, taken=3)
    make_quota(notice, second, "内科", 2)
    return notice


def test_the_matrix_has_holes_where_a_specialty_is_not_open(small: Notice) -> None:
    plan = matrix(small)
    assert [row.name for row in plan.specialties] == ["内科", "全科", "外科"]
    assert [row.base.code for row in plan.rows] == ["yn-first", "qj-first"]
    assert [[cell and cell.free for cell in row.cells] for row in plan.rows] == [[None, 0, 3], [2, None, None]]
    assert [row.total for row in plan.rows] == [Tally(7, 7, 4), Tally(2, 2, 0)]
    assert plan.column_totals == [Tally(2, 2, 0), Tally(3, 3, 3), Tally(4, 4, 1)]
    assert plan.total == tally(small) == Tally(9, 9, 4)


def test_a_notice_without_a_plan_is_empty_everywhere(notice: Notice) -> None:
    empty = make_notice("yunnan-2021-residency")
    assert matrix(empty).rows == []
    assert not free_seats(empty).exists()
    assert tally(empty) == Tally()


def test_free_seats_leave_out_what_is_full(small: Notice) -> None:
    found = [
        (row.base.code, row.base.prefecture.short_name, row.specialty.name, row.free_now) for row in free_seats(small)
    ]
    assert found == [("qj-first", "曲靖", "内科", 2), ("yn-first", "昆明", "外科", 3)]


def test_what_is_open_at_a_base_in_specialty_order(small: Notice) -> None:
    first = TrainingBase.objects.get(code="yn-first")
    assert [row.specialty.name for row in open_specialties(small, first)] == ["全科", "外科"]
    assert [(row.code, row.planned_seats, row.seats_now) for row in open_bases(small)] == [
        ("yn-first", 7, 7),
        ("qj-first", 2, 2),
    ]


def test_the_ledger_tells_why(small: Notice, at: datetime) -> None:
    quota = open_specialties(small, TrainingBase.objects.get(code="qj-first")).get()
    lead, other = make_user("base_lead", base=quota.base), make_quota(small, quota.base, "全科", 1)
    rule = MoveRule(allowed=True, shortage=frozenset({"0700"}), clause="000 五(二)")
    move(quota_from=quota, quota_to=other, seats=1, reason="示例原因", actor=lead, at=at, rule=rule)
    assert [(line.get_kind_display(), line.delta, line.note) for line in ledger(quota)] == [
        ("下达计划", 2, ""),
        ("调出", -1, "示例原因"),
    ]
    lines = [(line.quota.specialty.name, line.delta, line.actor) for line in ledger_of_notice(small, quota.base)]
    assert lines == [("内科", 2, None), ("内科", -1, lead), ("全科", 1, None), ("全科", 1, lead)]
    assert ledger_of_notice(small).count() == 6


@pytest.mark.parametrize("size", [1, 25])
def test_the_number_of_queries_does_not_grow(
    notice: Notice, django_assert_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    base = TrainingBase.objects.get(code="kmmu-first")
    for specialty in Specialty.objects.filter(track=Track.RESIDENCY)[:size]:
        make_quota(notice, base, specialty, 2)
    with django_assert_num_queries(2):  # one of them for 其他, which is nowhere here
        plan = matrix(notice)
        assert [cell.specialty.name + row.base.prefecture.name for row in plan.rows for cell in row.cells if cell]
    with django_assert_num_queries(1):
        assert len([row.specialty.name + row.base.prefecture.name for row in free_seats(notice)]) == size
    with django_assert_num_queries(1):
        assert len([row.specialty.name + row.base.name for row in open_specialties(notice, base)]) == size
    with django_assert_num_queries(1):
        assert [row.prefecture.name for row in open_bases(notice)] == ["昆明市"]
    with django_assert_num_queries(1):
        assert len([row.quota.specialty.name + row.quota.base.name for row in ledger_of_notice(notice)]) == size


@pytest.mark.parametrize("size", [1, 12])
def test_neither_does_that_of_what_waits_for_the_province(
    notice: Notice, at: datetime, django_assert_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    someone = make_user("province_officer")
    for base in TrainingBase.objects.filter(tracks__contains=["residency"])[:size]:
        quota = make_quota(notice, base, "中医全科", 5, reserved=3)
        IncreaseRequest.objects.create(quota=quota, seats=1, reason="示例", asked_by=someone, asked_at=at)
        pool = OthersPool.objects.create(notice=notice, base=base, planned=2, adopted_at=at)
        for state in ("asked", "withdrawn"):
            decided = {"decided_by": someone, "decided_at": at} if state == "withdrawn" else {}
            made = Distribution.objects.create(pool=pool, asked_by=someone, asked_at=at, state=state, **decided)
            Share.objects.create(distribution=made, specialty_id="0100", seats=2)
    with django_assert_num_queries(3):
        shown = [
            (pool.base.prefecture.name, share.specialty.name, one.asked_by.name)
            for pool in pools_of(notice)
            for one in pool.distributions.all()
            for share in one.shares.all()
        ]
        assert len(shown) == 2 * size
    with django_assert_num_queries(1):
        rows = increases_of(notice)
        assert len([row.quota.base.name + row.quota.specialty.name + row.asked_by.name for row in rows]) == size
    with django_assert_num_queries(1):
        assert len([row.base.name + row.specialty.name for row in reserves_of(notice)]) == size
