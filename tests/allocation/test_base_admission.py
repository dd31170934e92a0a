"""Admission at one base: the worked examples of the rule, its edges, and the engine against exhaustion."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from admissions.allocation import engine, verify
from admissions.allocation.engine.admission import admit
from admissions.allocation.order import Worth
from admissions.allocation.problem import parse
from tests.allocation import brute
from tests.allocation.cases import admission, candidate, small_admissions, specialty


def solve(problem: dict[str, Any]) -> dict[str, Any]:
    """Solve, and let the verifier agree."""
    result = engine.solve(parse(problem))
    assert verify.check(problem, result) == []
    return result


def test_choice_number_gives_no_priority() -> None:
    result = solve(
        admission(
            [specialty("儿科", 1, shortage=True, capacity=1, rank=1), specialty("内科", 1), specialty("外科", 1)],
            [
                candidate("a1", 92, "外科 内科"),
                candidate("a2", 88, "外科 内科"),
                candidate("a3", 80, "内科"),
                candidate("a4", 70, "儿科"),
                candidate("a5", 75, "内科 儿科"),
            ],
        )
    )
    assert result["assignment"] == {"a1": "外科", "a2": "内科", "a3": None, "a4": None, "a5": "儿科"}
    assert result["choice_no"] == {"a1": 1, "a2": 2, "a3": None, "a4": None, "a5": 2}
    assert result["seats_moved_to"] == {}


def test_an_unfilled_seat_moves_to_a_shortage_specialty() -> None:
    result = solve(
        admission(
            [specialty("全科", 1, shortage=True, capacity=2, rank=1), specialty("内科", 2)],
            [candidate("a1", 90, "内科"), *(candidate(f"a{n}", 84 - 2 * n, "全科") for n in (2, 3, 4))],
        )
    )
    assert result["assignment"] == {"a1": "内科", "a2": "全科", "a3": "全科", "a4": None}
    assert result["seats_moved_to"] == {"全科": 1}
    assert result["admitted_by_specialty"] == {"全科": 2, "内科": 1}
    assert result["by_specialty"]["全科"] == {
        "admitted": ["a2", "a3"],
        "last_admitted": "a3",
        "rejected_here": ["a4"],
        "cutoff_tie_decided_by": None,
    }


def test_no_seat_moves_where_the_policy_switches_it_off() -> None:
    problem = admission(
        [specialty("全科", 1, shortage=True, capacity=2, rank=1), specialty("内科", 2)],
        [candidate("a1", 90, "全科"), candidate("a2", 80, "全科")],
        transfer="none",
    )
    assert solve(problem)["assignment"] == {"a1": "全科", "a2": None}


def test_an_adjusted_94_never_displaces_a_listed_61() -> None:
    both = "骨科 精神科"
    result = solve(
        admission(
            [specialty("精神科", 1, shortage=True, capacity=1, rank=1), specialty("骨科", 1)],
            [
                candidate("a1", 95, "骨科"),
                candidate("a2", 94, "骨科", adjust=True, eligible=both),
                candidate("a3", 61, "精神科"),
                candidate("a4", 60, "骨科", adjust=True, eligible=both),
                candidate("a5", 59, "骨科 精神科"),
            ],
        )
    )
    assert result["assignment"] == {"a1": "骨科", "a2": None, "a3": "精神科", "a4": None, "a5": None}


def test_a_seat_already_moved_returns_when_its_own_specialty_is_asked_for() -> None:
    """a1 takes 内科's idle seat for 全科; then a2, refused by 外科, wants 内科 itself, and a listed non-shortage choice goes first."""
    problem = admission(
        [specialty("全科", 0, shortage=True, capacity=1, rank=1), specialty("内科", 1), specialty("外科", 1)],
        [candidate("a1", 95, "全科"), candidate("a2", 60, "外科 内科"), candidate("a3", 90, "外科")],
    )
    assert solve(problem)["assignment"] == {"a1": None, "a2": "内科", "a3": "外科"}


def test_moved_seats_follow_the_published_transfer_order_before_the_marks() -> None:
    problem = admission(
        [
            specialty("儿科", 0, shortage=True, capacity=5, rank=2),
            specialty("全科", 0, shortage=True, capacity=5, rank=1),
            specialty("内科", 1),
        ],
        [candidate("a1", 95, "儿科"), candidate("a2", 60, "全科")],
    )
    assert solve(problem)["assignment"] == {"a1": None, "a2": "全科"}


def test_any_place_in_the_transfer_order_comes_before_none() -> None:
    """However large the number of the place is."""
    problem = admission(
        [
            specialty("儿科", 0, shortage=True, capacity=5),
            specialty("全科", 0, shortage=True, capacity=5, rank=2**62 + 1),
            specialty("内科", 1),
        ],
        [candidate("a1", 95, "儿科"), candidate("a2", 60, "全科")],
    )
    assert solve(problem)["assignment"] == {"a1": None, "a2": "全科"}


def test_adjustment_asks_shortage_specialties_first_and_then_the_others_in_file_order() -> None:
    everything = "外科 内科 儿科 全科"
    specialties = [
        specialty("外科", 0),
        specialty("内科", 9),
        specialty("儿科", 1, shortage=True, capacity=1, rank=2),
        specialty("全科", 1, shortage=True, capacity=1, rank=1),
    ]
    applicants = [candidate(f"a{n}", 90 - n, "外科", adjust=True, eligible=everything) for n in range(4)]
    result = solve(admission(specialties, applicants))
    assert result["assignment"] == {"a0": "全科", "a1": "儿科", "a2": "内科", "a3": "内科"}
    assert set(result["choice_no"].values()) == {"adjust"}


def test_ties_fall_to_written_then_interview_then_county_then_lottery() -> None:
    rows = [
        candidate("first", 90, "内科", written=88, interview=92, lottery=5),
        candidate("second", 90, "内科", written=87, interview=95, lottery=1),
        candidate("third", 90, "内科", written=87, interview=93, county=True, lottery=4),
        candidate("fourth", 90, "内科", written=87, interview=93, lottery=2),
        candidate("fifth", 90, "内科", written=87, interview=93, lottery=3),
    ]
    expected = {1: "written", 2: "interview", 3: "county", 4: "lottery", 5: None}
    for seats, field in expected.items():
        at_line = solve(admission([specialty("内科", seats)], rows))["by_specialty"]["内科"]
        assert at_line["admitted"] == [row["id"] for row in rows[:seats]]
        assert at_line["cutoff_tie_decided_by"] == field


def test_closed_specialties_empty_lists_and_nobody_at_all_are_normal() -> None:
    closed = [specialty("内科", 0), specialty("全科", 0, shortage=True, capacity=0, rank=1)]
    nowhere = candidate("a1", 90, "内科 全科", adjust=True)
    ineligible = candidate("a2", 80, "内科", eligible="")
    assert solve(admission(closed, [nowhere, ineligible]))["assignment"] == {"a1": None, "a2": None}
    assert solve(admission(closed, []))["assignment"] == {}
    assert solve(admission([], []))["admitted_by_specialty"] == {}


def test_an_ineligible_choice_is_dropped_and_the_next_one_counts_as_the_first() -> None:
    result = solve(
        admission([specialty("内科", 1), specialty("外科", 1)], [candidate("a1", 90, "外科 内科", eligible="内科")])
    )
    assert result["choice_no"] == {"a1": 1}
    assert "第1志愿外科：您不符合该专业的报考条件，未参加排序。" in result["explanations"]["a1"]


@settings(max_examples=120, deadline=None)
@given(small_admissions())
def test_the_result_is_the_claim_free_one_that_is_best_for_every_applicant(problem: dict[str, Any]) -> None:
    assert solve(problem)["assignment"] == brute.best_for_applicants(problem)


@settings(max_examples=100, deadline=None)
@given(small_admissions(most_applicants=9, most_specialties=5), st.integers(0, 99))
def test_heaps_agree_with_choosing_anew_every_round_in_any_order_of_proposals(
    problem: dict[str, Any], seed: int
) -> None:
    parsed = parse(problem)
    order = list(range(len(parsed.applicants)))
    random.Random(seed).shuffle(order)
    codes = [row.code for row in parsed.specialties]
    seats = [None if seat is None else codes[seat] for seat in admit(parsed, Worth(parsed), order).seat]
    assert dict(zip((person.id for person in parsed.applicants), seats, strict=True)) == brute.by_rounds(problem)
    assert solve(problem)["assignment"] == brute.by_rounds(problem)
