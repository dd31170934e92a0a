"""The verifier must catch what a wrong engine would do. Each mutant below writes a complete, consistent record; only its seats are wrong."""

from __future__ import annotations

import ast
import copy
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import admissions.allocation.verify as verifier
from admissions.allocation import engine, verify
from admissions.allocation.engine import admission_record
from admissions.allocation.engine.admission import admit
from admissions.allocation.engine.reallocation import reallocate, record
from admissions.allocation.order import Worth
from admissions.allocation.outcome import AdmissionOutcome, ReallocationOutcome
from admissions.allocation.problem import BaseAdmission, parse
from admissions.allocation.standing import Standing
from tests.allocation import brute
from tests.allocation.cases import (
    admission,
    candidate,
    person,
    programme,
    reallocation,
    small_admissions,
    small_reallocations,
    specialty,
)

Seats = dict[str, str | None]


def written_up(problem: dict[str, Any], seats: Seats) -> dict[str, Any]:
    """A record with these seats in which everything else is right: tallies, digest, an explanation for each."""
    parsed = parse(problem)
    names = [person.id for person in parsed.applicants]
    if isinstance(parsed, BaseAdmission):
        index = {row.code: number for number, row in enumerate(parsed.specialties)}
        worth = Worth(parsed)
        right = admit(parsed, worth)
        placed = [None if seats[name] is None else index[seats[name]] for name in names]
        walks = [own + tail for own, tail in zip(right.listed, right.tail, strict=True)]
        asked = [len(walk) if seat is None else walk.index(seat) + 1 for walk, seat in zip(walks, placed, strict=True)]
        outcome = AdmissionOutcome(right.listed, right.tail, asked, placed)
        result = admission_record.record(parsed, outcome, Standing(len(parsed.specialties), outcome, worth))
    else:
        index = {row.id: number for number, row in enumerate(parsed.programmes)}
        solved = reallocate(parsed)
        placed = [None if seats[name] is None else index[seats[name]] for name in names]
        result = record(parsed, ReallocationOutcome(solved.order, solved.wishes, solved.acceptable, placed))
    return result | {"explanations": dict.fromkeys(names, "……"), "input_sha256": parsed.sha256, "engine": "mutant"}


def broken(problem: dict[str, Any], seats: Seats) -> set[str]:
    return {breach.guarantee for breach in verify.check(problem, written_up(problem, seats))}


# ---- mutants of base admission ------------------------------------------------------------------------------------------------------


def choice_number_priority(problem: dict[str, Any]) -> Seats:
    """First all first choices, for good; then all second choices among what is left; and so on."""
    seats: Seats = {row["id"]: None for row in problem["applicants"]}
    lists = {row["id"]: brute.wish_list(problem, row) for row in problem["applicants"]}
    rows = {row["id"]: row for row in problem["applicants"]}
    for number in range(max(map(len, lists.values()), default=0)):
        asking = [(name, lists[name][number]) for name in lists if seats[name] is None and number < len(lists[name])]
        for name, code in sorted(asking, key=lambda each: brute.strict_key(problem, rows[each[0]], each[1])):
            if brute.legal(problem, [*(seat for seat in seats.values() if seat), code]):
                seats[name] = code
    return seats


def first_come(problem: dict[str, Any]) -> Seats:
    """Whoever is first in the file takes the best seat still there."""
    seats: Seats = {row["id"]: None for row in problem["applicants"]}
    for row in problem["applicants"]:
        for code in brute.wish_list(problem, row):
            if brute.legal(problem, [*(seat for seat in seats.values() if seat), code]):
                seats[row["id"]] = code
                break
    return seats


def ignoring_capacity(problem: dict[str, Any]) -> Seats:
    changed = copy.deepcopy(problem)
    for row in changed["specialties"]:
        row["capacity"] = None
    return brute.by_rounds(changed)


def two_way_transfer(problem: dict[str, Any]) -> Seats:
    """Idle shortage seats serve other specialties as well, which the notice forbids (000 五(二))."""
    changed = copy.deepcopy(problem)
    idle = sum(row["quota"] for row in problem["specialties"] if row["shortage"])
    for row in changed["specialties"]:
        row["quota"] += 0 if row["shortage"] else idle
    return brute.by_rounds(changed)


TIGHT = admission(
    [specialty("全科", 1, shortage=True, capacity=1, rank=1), specialty("内科", 1), specialty("外科", 1)],
    [
        candidate("b1", 60, "内科"),
        candidate("b2", 90, "外科 内科"),
        candidate("b3", 95, "外科"),
        candidate("b4", 70, "内科"),
        candidate("b5", 80, "全科"),
        candidate("b6", 75, "全科"),
    ],
)
ROOMY = admission(
    [specialty("全科", 1, shortage=True, capacity=1, rank=1), specialty("内科", 2)],
    [candidate("c1", 90, "全科"), candidate("c2", 80, "全科"), candidate("c3", 70, "内科")],
)
IDLE_SHORTAGE = admission(
    [specialty("全科", 2, shortage=True, capacity=2, rank=1), specialty("内科", 1)],
    [candidate("d1", 90, "内科"), candidate("d2", 80, "内科")],
)


@pytest.mark.parametrize(
    ("mutant", "problem"),
    [
        (choice_number_priority, TIGHT),
        (first_come, TIGHT),
        (ignoring_capacity, ROOMY),
        (two_way_transfer, IDLE_SHORTAGE),
    ],
)
def test_mutants_of_base_admission_break_legality_or_leave_a_claim(mutant: Any, problem: dict[str, Any]) -> None:
    seats = mutant(problem)
    assert seats != brute.by_rounds(problem)
    assert "V1" in broken(problem, seats)
    assert broken(problem, brute.by_rounds(problem)) == set()


def test_a_result_without_claims_that_is_not_the_best_for_the_applicants_is_refused() -> None:
    """Each specialty ranks first whom the other one gets: both results are free of claims, and only recomputing tells them apart."""
    rows = [candidate("a1", 80, "内科 外科"), candidate("a2", 80, "外科 内科")]
    rows[0]["scores"]["外科"]["total"] = rows[1]["scores"]["内科"]["total"] = 9000
    problem = admission([specialty("内科", 1), specialty("外科", 1)], rows)
    assert broken(problem, {"a1": "外科", "a2": "内科"}) == {"V2"}
    assert broken(problem, {"a1": "内科", "a2": "外科"}) == set()


@settings(max_examples=60, deadline=None)
@given(small_admissions(most_applicants=8, most_specialties=5))
def test_wherever_a_mutant_of_base_admission_decides_otherwise_it_is_caught(problem: dict[str, Any]) -> None:
    right = brute.by_rounds(problem)
    for mutant in (choice_number_priority, first_come, ignoring_capacity, two_way_transfer):
        seats = mutant(problem)
        assert (broken(problem, seats) == set()) == (seats == right), mutant.__name__


# ---- mutants of reallocation --------------------------------------------------------------------------------------------------------


def walk_without_look_ahead(problem: dict[str, Any]) -> Seats:
    """Down the provincial order, everybody takes the best programme still free."""
    left = {row["id"]: row["seats"] for row in problem["programmes"]}
    seats: Seats = {row["id"]: None for row in problem["applicants"]}
    for row in brute.provincial(problem):
        seat = next((name for name in chain(*brute.whole_list(problem, row)) if left[name]), None)
        if seat is not None:
            seats[row["id"]] = seat
            left[seat] -= 1
    return seats


def with_tiers(*numbers: int) -> Any:
    """An engine that maximises these tiers (1 to 6) in this order."""

    def solve(problem: dict[str, Any]) -> Seats:
        def value(seats: Seats) -> tuple[Any, ...]:
            return tuple(brute.tiers(problem, seats)[number - 1] for number in numbers)

        return max(brute.all_seatings(problem), key=value)

    return solve


LOOK_AHEAD = reallocation(
    [
        programme("p1", "全科", shortage=True),
        programme("p2", "内科"),
        programme("p3", "儿科", place="Q", shortage=True),
    ],
    [person("x1", 90, "p2 p1", "内科 全科"), person("x2", 80, "p2", "内科"), person("x3", 70, "p1 p3", "全科 儿科")],
)
SHORTAGE_OR_WISH = reallocation(
    [programme("p1", "儿科", shortage=True), programme("p2", "眼科")],
    [person("x1", 90, "p2 p1", "儿科 眼科")],
)
COUNTY = reallocation(
    [programme("p1", "全科")], [person("x1", 90, "p1", "全科"), person("x2", 60, "p1", "全科", county=True)]
)
TWO_WISHES = reallocation(
    [programme("p1", "全科"), programme("p2", "内科")],
    [person("x1", 90, "p1 p2", "全科 内科"), person("x2", 80, "p1 p2", "全科 内科")],
)
TWO_ADJUSTED = reallocation(
    [programme("p1", "全科", place="Q"), programme("p2", "全科", place="K")],
    [person(name, 90 - n, "", "全科", consent="province") for n, name in enumerate(("x1", "x2"))],
)


@pytest.mark.parametrize(
    ("mutant", "problem", "guarantee"),
    [
        (walk_without_look_ahead, LOOK_AHEAD, "V3"),
        (with_tiers(1, 3, 4, 5, 6, 2), SHORTAGE_OR_WISH, "V3"),
        (with_tiers(1, 2), COUNTY, "V3"),
        (lambda problem: {"x1": "p2", "x2": "p1"}, TWO_WISHES, "V5"),
        (lambda problem: {"x1": "p1", "x2": "p2"}, TWO_ADJUSTED, "V5"),
    ],
)
def test_mutants_of_reallocation_break_the_tier_they_neglect(
    mutant: Any, problem: dict[str, Any], guarantee: str
) -> None:
    seats = mutant(problem)
    assert seats != brute.best_seating(problem)[1]
    assert guarantee in broken(problem, seats)
    assert broken(problem, brute.best_seating(problem)[1]) == set()


@settings(max_examples=60, deadline=None)
@given(small_reallocations())
def test_wherever_a_mutant_of_reallocation_decides_otherwise_it_is_caught(problem: dict[str, Any]) -> None:
    right = brute.best_seating(problem)[1]
    for mutant in (walk_without_look_ahead, with_tiers(1, 3, 4, 5, 6, 2), with_tiers(2, 1, 4, 5, 6)):
        seats = mutant(problem)
        assert (broken(problem, seats) == set()) == (seats == right)


def test_an_unplaced_person_before_a_placed_one_is_named() -> None:
    problem = reallocation([programme("p1", "全科")], [person("x1", 90, "p1", "全科"), person("x2", 60, "p1", "全科")])
    (breach,) = verify.check(problem, written_up(problem, {"x1": None, "x2": "p1"}))
    assert breach.guarantee == "V4"
    assert breach.sentence == "x1 未安排，而排序在后的 x2 占用了经让位可以给他的 p1。"


# ---- any wrong seat -----------------------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(small_admissions(), st.data())
def test_no_other_admission_passes(problem: dict[str, Any], data: st.DataObject) -> None:
    seats = {
        row["id"]: data.draw(st.sampled_from([*brute.wish_list(problem, row), None])) for row in problem["applicants"]
    }
    assume(seats != brute.by_rounds(problem))
    assert broken(problem, seats) & {"V1", "V2"}


@settings(max_examples=100, deadline=None)
@given(small_reallocations(), st.data())
def test_no_other_reallocation_passes(problem: dict[str, Any], data: st.DataObject) -> None:
    others = [seats for seats in brute.all_seatings(problem) if seats != brute.best_seating(problem)[1]]
    assume(others)
    assert broken(problem, data.draw(st.sampled_from(others))) & {"V3", "V4", "V5"}


def test_a_result_for_changed_input_or_with_changed_tallies_is_refused() -> None:
    result = engine.solve(parse(TIGHT))
    later = copy.deepcopy(TIGHT)
    later["applicants"][0]["scores"]["内科"]["total"] = 6001
    assert [breach.guarantee for breach in verify.check(later, result)] == ["V7"]
    for key in ("choice_no", "admitted_by_specialty", "seats_moved_to", "by_specialty", "explanations", "engine"):
        assert [breach.guarantee for breach in verify.check(TIGHT, result | {key: None})] == ["V7"], key
    seated = engine.solve(parse(LOOK_AHEAD))
    for key in ("filled", "shortage_filled", "county_placed", "placed", "choice_rank"):
        assert [breach.guarantee for breach in verify.check(LOOK_AHEAD, seated | {key: None})] == ["V7"], key


@pytest.mark.parametrize("problem", [TIGHT, LOOK_AHEAD])
def test_what_the_contract_does_not_know_is_refused(problem: dict[str, Any]) -> None:
    result = engine.solve(parse(problem)) | {"note": "x"}
    assert [str(breach) for breach in verify.check(problem, result)] == ["V7 结果中有不认识的字段：note。"]


@pytest.mark.parametrize(
    "result",
    [
        None,
        [],
        {},
        {"assignment": []},
        {"assignment": {}},
        {"assignment": {"c1": ["全科"], "c2": 1, "c3": "牙科", "zz": None}},
    ],
)
def test_a_result_without_a_seat_or_null_for_exactly_everyone_is_refused(result: Any) -> None:
    assert {breach.guarantee for breach in verify.check(ROOMY, result)} == {"V1"}


def test_seats_beyond_the_plan_or_against_consent_are_named() -> None:
    assert broken(COUNTY, {"x1": "p1", "x2": "p1"}) == {"V1"}
    result = engine.solve(parse(ROOMY))
    result["assignment"]["c3"] = "全科"
    sentences = [breach.sentence for breach in verify.check(ROOMY, result)]
    assert "c3 被录取到 全科，但不符合报考条件，或既未填报也未服从调剂。" in sentences
    assert "全科 录取 2 人，超过培训容量 1 人。" in sentences


def test_the_verifier_shares_no_code_with_the_engine() -> None:
    allowed = "admissions.allocation.verify"
    for path in Path(verifier.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert all(name.startswith(allowed) or not name.startswith("admissions") for name in names), path
