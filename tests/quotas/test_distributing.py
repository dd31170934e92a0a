"""Which distributions of 其他 are legal: all of the pool, to specialties the plan does not name, within capacity (002 附件2 注; 附件5 四)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotas.distributing import Portion, refusals

NAMES = {"0100": "内科", "0900": "外科", "1400": "骨科", "0700": "全科", "2200": "放射科"}
SHORTAGE, PLANNED = {"0700"}, {"2200"}


def codes(*portions: Portion, pool: int = 10) -> list[tuple[str, str]]:
    found = refusals(portions, pool=pool, names=NAMES, shortage=SHORTAGE, planned=PLANNED, clause="002 附件2")
    assert {one.clause for one in found} <= {"002 附件2"}
    return [(one.code, one.field) for one in found]


def test_all_of_the_pool_and_nothing_more() -> None:
    assert codes(Portion("0100", 6, 6), Portion("0900", 4)) == []
    assert codes(Portion("0100", 6), Portion("0900", 5)) == [("POOL_EXCEEDED", "")]
    assert codes(Portion("0100", 6), Portion("0900", 3)) == [("POOL_LEFT", "")]
    assert codes() == [("POOL_LEFT", "")]


@pytest.mark.parametrize(
    ("portion", "code"),
    [
        (Portion("0700", 4), "SHARE_OF_SHORTAGE"),
        (Portion("2200", 4), "SHARE_PLANNED"),
        (Portion("9999", 4), "SHARE_UNKNOWN_SPECIALTY"),
        (Portion("0100", 4), "SHARE_TWICE"),
        (Portion("0900", 4, 3), "CAPACITY_EXCEEDED"),
    ],
)
def test_where_seats_of_others_may_not_go(portion: Portion, code: str) -> None:
    assert codes(Portion("0100", 6), portion) == [(code, portion.specialty)]


def test_no_seats_is_no_portion() -> None:
    assert codes(Portion("0100", 10), Portion("0900", 0)) == [("SEATS_NOT_POSITIVE", "0900")]
    assert codes(Portion("0100", 11), Portion("0900", -1)) == [("SEATS_NOT_POSITIVE", "0900")]


def test_how_many_are_missing_or_too_many_is_said() -> None:
    (over,) = refusals([Portion("0100", 12)], pool=10, names=NAMES, shortage=SHORTAGE, planned=PLANNED)
    (under,) = refusals([Portion("0100", 7)], pool=10, names=NAMES, shortage=SHORTAGE, planned=PLANNED)
    assert "多 2 个" in over.sentence
    assert "还差 3 个" in under.sentence


@given(st.lists(st.tuples(st.sampled_from([*NAMES, "9999"]), st.integers(-1, 8)), max_size=5), st.integers(1, 12))
def test_what_is_legal_keeps_every_law(raw: list[tuple[str, int]], pool: int) -> None:
    portions = [Portion(*each) for each in raw]
    if codes(*portions, pool=pool):
        return
    given_to = [portion.specialty for portion in portions]
    assert sum(portion.seats for portion in portions) == pool
    assert len(given_to) == len(set(given_to))
    assert not set(given_to) & (SHORTAGE | PLANNED)
    assert min(portion.seats for portion in portions) >= 1
