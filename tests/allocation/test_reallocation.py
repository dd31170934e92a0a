"""Provincial reallocation: the worked examples, and the engine against exhaustion over all six tiers."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings

from admissions.allocation import engine, verify
from admissions.allocation.problem import parse
from tests.allocation import brute
from tests.allocation.cases import crowded_reallocation, person, programme, reallocation, small_reallocations


def solve(problem: dict[str, Any]) -> dict[str, Any]:
    """Solve, and let the verifier agree."""
    result = engine.solve(parse(problem))
    assert verify.check(problem, result) == []
    return result


def test_three_seats_are_filled_where_a_walk_by_score_fills_two() -> None:
    programmes = [
        programme("p1", "全科", shortage=True),
        programme("p2", "内科"),
        programme("p3", "儿科", place="Q", shortage=True),
    ]
    people = [
        person("x1", 90, "p2 p1", "内科 全科"),
        person("x2", 80, "p2", "内科"),
        person("x3", 70, "p1 p3", "全科 儿科"),
    ]
    result = solve(reallocation(programmes, people))
    assert result["assignment"] == {"x1": "p1", "x2": "p2", "x3": "p3"}
    assert (result["filled"], result["shortage_filled"], result["county_placed"]) == (3, 2, 0)
    assert result["placed"] == ["x1", "x2", "x3"]
    assert result["choice_rank"] == {"x1": 2, "x2": 1, "x3": 2}


def test_shortage_comes_before_the_wish() -> None:
    programmes = [programme("p1", "儿科", shortage=True), programme("p2", "眼科")]
    result = solve(reallocation(programmes, [person("x1", 90, "p2", "儿科 眼科", consent="province")]))
    assert result["assignment"] == {"x1": "p1"}
    assert result["choice_rank"] == {"x1": "adjust"}
    assert "第1志愿K基地眼科未能安排：若安排给您，紧缺专业会少招人。" in result["explanations"]["x1"]


def test_county_level_goes_first_among_the_placed() -> None:
    people = [person("x1", 90, "p1", "全科"), person("x2", 60, "p1", "全科", county=True)]
    assert solve(reallocation([programme("p1", "全科")], people))["assignment"] == {"x1": None, "x2": "p1"}


def test_where_county_level_does_not_go_first_it_may_still_break_a_tie() -> None:
    people = [
        person("x1", 90, "p1", "全科", lottery=1),
        person("x2", 80, "p1", "全科", lottery=2),
        person("x3", 80, "p1", "全科", county=True, lottery=3),
    ]
    problem = reallocation([programme("p1", "全科", seats=2)], people) | {"policy": {"county_first": False}}
    assert solve(problem)["assignment"] == {"x1": "p1", "x2": None, "x3": "p1"}


def test_geography_and_eligibility_bound_both_wishes_and_adjustment() -> None:
    programmes = [
        programme("p1", "全科", place="K"),
        programme("p2", "全科", place="Q"),
        programme("p3", "内科", place="K"),
    ]
    for geo, seat in (("same", None), ("same_or_adjacent", "p2"), ("any", "p2")):
        away = person("x1", 90, "p2", "全科", geo=geo)
        assert solve(reallocation(programmes, [away]))["assignment"] == {"x1": seat}
    far = person("x1", 90, "p2 p3", "全科", prefecture="Z", geo="same_or_adjacent", consent="province")
    result = solve(reallocation(programmes, [far]))
    assert result["assignment"] == {"x1": None}
    assert "第1志愿Q基地全科：不在您可去的地域范围内，未参加排序。" in result["explanations"]["x1"]
    assert "第2志愿K基地内科：您不符合该专业的报考条件，未参加排序。" in result["explanations"]["x1"]


def test_adjustment_prefers_the_own_prefecture_then_shortage_then_the_id() -> None:
    programmes = [
        programme("p1", "全科", place="Q", shortage=True),
        programme("p2", "全科", place="K", shortage=True),
        programme("p3", "全科", place="K", shortage=True),
    ]
    people = [person(f"x{n}", 90 - n, "", "全科", consent="province") for n in range(3)]
    assert solve(reallocation(programmes, people))["assignment"] == {"x0": "p2", "x1": "p3", "x2": "p1"}


def test_nothing_left_and_nobody_waiting_are_normal() -> None:
    waiting = [person("x1", 90, "p1", "全科")]
    assert solve(reallocation([programme("p1", "全科", seats=0)], waiting))["assignment"] == {"x1": None}
    assert solve(reallocation([programme("p1", "全科")], []))["filled"] == 0
    assert solve(reallocation([], []))["placed"] == []


@settings(max_examples=200, deadline=None)
@given(small_reallocations())
def test_the_result_is_the_one_best_seating_by_the_six_tiers(problem: dict[str, Any]) -> None:
    assert solve(problem)["assignment"] == brute.best_seating(problem)[1]


@settings(max_examples=25, deadline=None)
@given(small_reallocations(most_applicants=5, most_programmes=5))
def test_also_with_one_more_of_each(problem: dict[str, Any]) -> None:
    assert solve(problem)["assignment"] == brute.best_seating(problem)[1]


@pytest.mark.parametrize("seed", range(60))
def test_long_chains_of_people_who_make_room_end_in_the_one_result_that_the_verifier_accepts(seed: int) -> None:
    """The verifier's certificates leave exactly one answer at any size, so they are the yardstick where exhaustion cannot go."""
    chance = random.Random(seed)
    solve(crowded_reallocation(chance, chance.randint(10, 80), chance.randint(3, 25)))
