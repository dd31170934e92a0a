"""Seat moves inside a base: other → shortage, never back (000 五(二)), within capacity, never below what is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gme_portal.refusals import Refused
from quotas.shifting import Line, Move, refusals, shifted

LINES = [
    Line("P", "儿科", shortage=True, seats=3, taken=1, capacity=5),
    Line("G", "全科", shortage=True, seats=4),
    Line("M", "内科", shortage=False, seats=6, taken=4),
    Line("S", "外科", shortage=False, seats=2),
]
CLAUSE = "000 五(二)"


def codes(*moves: Move, allowed: bool = True) -> list[str]:
    return [refusal.code for refusal in refusals(LINES, moves, allowed=allowed, clause=CLAUSE)]


def test_idle_seats_go_to_a_shortage_specialty_and_the_total_stays() -> None:
    moved = shifted(LINES, [Move("M", "P", 2), Move("S", "G", 1)])
    assert [line.seats for line in moved] == [5, 5, 4, 1]
    assert sum(line.seats for line in moved) == sum(line.seats for line in LINES)


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (Move("P", "M", 1), "MOVE_FROM_SHORTAGE"),
        (Move("P", "G", 1), "MOVE_FROM_SHORTAGE"),
        (Move("M", "S", 1), "MOVE_TO_OTHER"),
        (Move("M", "M", 1), "MOVE_TO_ITSELF"),
        (Move("M", "P", 0), "MOVE_NOT_POSITIVE"),
        (Move("M", "P", -1), "MOVE_NOT_POSITIVE"),
        (Move("M", "G", 3), "MOVE_BELOW_TAKEN"),
        (Move("X", "P", 1), "MOVE_UNKNOWN_SPECIALTY"),
        (Move("M", "X", 1), "MOVE_UNKNOWN_SPECIALTY"),
    ],
)
def test_what_the_notice_forbids_is_refused(move: Move, code: str) -> None:
    assert codes(move) == [code]


def test_capacity_binds_where_one_is_set() -> None:
    assert codes(Move("M", "P", 2)) == []
    assert codes(Move("M", "P", 2), Move("S", "P", 1)) == ["MOVE_OVER_CAPACITY"]
    assert codes(Move("M", "G", 2), Move("S", "G", 2)) == []


def test_moves_are_judged_together() -> None:
    assert codes(Move("M", "P", 1), Move("M", "G", 1)) == []
    assert codes(Move("M", "P", 1), Move("M", "G", 2)) == ["MOVE_BELOW_TAKEN"]


def test_a_policy_may_forbid_all_moves() -> None:
    assert codes(Move("M", "P", 1), allowed=False) == ["MOVE_NOT_ALLOWED"]


def test_a_refusal_says_how_much_would_be_possible_and_which_clause_speaks() -> None:
    (refusal,) = refusals(LINES, [Move("M", "G", 3)], clause=CLAUSE)
    assert str(refusal) == "内科现有 6 个名额，已录取 4 人，最多调出 2 个。（依据：000 五(二)）"
    first, second = refusals(LINES, [Move("P", "M", 1), Move("M", "S", 1)])
    assert (first.field, second.field) == ("source-1", "target-2")
    with pytest.raises(Refused, match="紧缺专业"):
        shifted(LINES, [Move("P", "M", 1)])


@given(st.lists(st.tuples(st.sampled_from("PGMS"), st.sampled_from("PGMS"), st.integers(-1, 4)), max_size=4))
def test_legal_moves_keep_every_law(raw: list[tuple[str, str, int]]) -> None:
    moves = [Move(*each) for each in raw]
    if refusals(LINES, moves):
        return
    after = shifted(LINES, moves)
    assert sum(line.seats for line in after) == sum(line.seats for line in LINES)
    for before, now in zip(LINES, after, strict=True):
        assert now.seats >= now.taken
        assert now.capacity is None or now.seats <= now.capacity
        assert now.seats >= before.seats if now.shortage else now.seats <= before.seats
