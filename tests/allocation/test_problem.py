"""Input is read strictly: every fault is named with its path, all of them at once, and nothing is guessed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admissions.allocation import canonical, quick, strict
from admissions.allocation.problem import BaseAdmission, ProblemError, Reallocation, parse
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

BASE = admission(
    [specialty("儿科", 1, shortage=True, capacity=2, rank=1), specialty("内科", 3)],
    [candidate("a1", 92, "内科 儿科", lottery=1), candidate("a2", 80, "儿科", lottery=2)],
)
PROVINCE = reallocation(
    [programme("p1", "全科", shortage=True), programme("p2", "内科", place="Q", seats=0)],
    [person("x1", 90, "p1 p2", "全科 内科 牙科", lottery=1), person("x2", 80, "", "", lottery=2)],
)


def faults(problem: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, str]:
    """Path → sentence after a change to a good problem."""
    changed = copy.deepcopy(problem)
    change(changed)
    with pytest.raises(ProblemError) as caught:
        parse(changed)
    return {fault.path: fault.sentence for fault in caught.value.faults}


def test_good_problems_are_read_with_their_digest() -> None:
    base, province = parse(BASE), parse(PROVINCE)
    assert isinstance(base, BaseAdmission)
    assert isinstance(province, Reallocation)
    assert base.sha256 == canonical.digest(BASE)
    assert base.applicants[0].marks(1).total == 9200
    assert province.programmes[1].seats == 0


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda p: p.update(note="x"), "note"),
        (lambda p: p.pop("policy"), "policy"),
        (lambda p: p.update(kind="lottery"), "kind"),
        (lambda p: p["policy"].update(transfer="two_way"), "policy.transfer"),
        (lambda p: p["specialties"].append(dict(p["specialties"][1])), "specialties[2].code"),
        (lambda p: p["specialties"][0].update(quota=-1), "specialties[0].quota"),
        (lambda p: p["specialties"][0].update(capacity=0), "specialties[0].capacity"),
        (lambda p: p["specialties"][1].update(quota=10**100), "specialties[1].quota"),
        (lambda p: p["applicants"][0].update(lottery=10**4000), "applicants[0].lottery"),
        (lambda p: p["applicants"][0].update(lottery=-(10**4000)), "applicants[0].lottery"),
        (lambda p: p["specialties"][1].update(transfer_rank=1), "specialties[1].transfer_rank"),
        (lambda p: p["specialties"][1].update(quota="3"), "specialties[1].quota"),
        (lambda p: p["applicants"][0].update(colour="red"), "applicants[0].colour"),
        (lambda p: p["applicants"][0].update(id=""), "applicants[0].id"),
        (lambda p: p["applicants"][1].update(id="a1"), "applicants[1].id"),
        (lambda p: p["applicants"][1].update(lottery=1), "applicants[1].lottery"),
        (lambda p: p["applicants"][0].update(county=0), "applicants[0].county"),
        (lambda p: p["applicants"][0].update(choices=["内科", "内科"]), "applicants[0].choices[1]"),
        (lambda p: p["applicants"][0].update(choices=["牙科"]), "applicants[0].choices[0]"),
        (lambda p: p["applicants"][0]["eligible"].append("牙科"), "applicants[0].eligible[2]"),
        (lambda p: p["applicants"][0].update(choices="内科"), "applicants[0].choices"),
        (lambda p: p["applicants"][0]["scores"].pop("内科"), "applicants[0].scores.内科"),
        (lambda p: p["applicants"][0]["scores"]["内科"].pop("total"), "applicants[0].scores.内科.total"),
        (lambda p: p["applicants"][0]["scores"]["内科"].update(total=-1), "applicants[0].scores.内科.total"),
        (lambda p: p["applicants"][0]["scores"]["内科"].update(total=85.5), "applicants[0].scores.内科.total"),
        (lambda p: p["applicants"][0]["scores"]["内科"].update(total=True), "applicants[0].scores.内科.total"),
        (lambda p: p["applicants"][0]["scores"].update(牙科={}), "applicants[0].scores.牙科"),
        (lambda p: p["applicants"].append(None), "applicants[2]"),
    ],
)
def test_a_fault_of_a_base_admission_is_named_with_its_path(
    change: Callable[[dict[str, Any]], object], path: str
) -> None:
    assert list(faults(BASE, change)) == [path]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda p: p["adjacent"]["K"].append("M"), "adjacent.K"),
        (lambda p: p["programmes"][1].update(id="p1"), "programmes[1].id"),
        (lambda p: p["programmes"][1].update(seats=-2), "programmes[1].seats"),
        (lambda p: p["programmes"][1].pop("base"), "programmes[1].base"),
        (lambda p: p["applicants"][0]["wishes"].append("p9"), "applicants[0].wishes[2]"),
        (lambda p: p["applicants"][0].update(geo="nearby"), "applicants[0].geo"),
        (lambda p: p["applicants"][0].update(consent="yes"), "applicants[0].consent"),
        (lambda p: p["applicants"][1].update(lottery=1), "applicants[1].lottery"),
        (lambda p: p["applicants"][1].update(score=None), "applicants[1].score"),
        (lambda p: p["applicants"][1]["score"].update(written=-5), "applicants[1].score.written"),
    ],
)
def test_a_fault_of_a_reallocation_is_named_with_its_path(
    change: Callable[[dict[str, Any]], object], path: str
) -> None:
    found = faults(PROVINCE, change)
    assert path in found
    assert len(found) <= 2


def test_all_faults_come_at_once_in_sentences() -> None:
    def change(problem: dict[str, Any]) -> None:
        problem["applicants"][0]["scores"]["内科"]["interview"] = -1
        problem["applicants"][1] = {"id": "a1"}

    found = faults(BASE, change)
    assert found["applicants[0].scores.内科.interview"] == "不能为负数（现为 -1）"
    assert found["applicants[1].id"] == "「a1」与第 1 条重复"
    assert found["applicants[1].choices"] == "缺少这个字段"


def test_a_whole_hash_may_be_a_lottery_number() -> None:
    problem = copy.deepcopy(BASE)
    problem["applicants"][0]["lottery"] = 2**256 - 1
    parse(problem)


def test_marks_are_needed_only_where_the_applicant_is_ranked() -> None:
    listed_but_ineligible = candidate("a1", 90, "内科 儿科", eligible="内科", lottery=1)
    del listed_but_ineligible["scores"]["儿科"]
    parse(BASE | {"applicants": [listed_but_ineligible]})
    adjusting = candidate("a1", 90, "内科", eligible="内科 儿科", adjust=True, lottery=1)
    del adjusting["scores"]["儿科"]
    found = faults(BASE, lambda problem: problem.update(applicants=[adjusting]))
    assert found == {"applicants[0].scores.儿科": "缺少成绩：该专业参加排序，必须有成绩"}


@pytest.mark.parametrize("data", [None, [], "x", 3, {}, {"kind": ["base-admission"]}])
def test_what_is_no_problem_at_all_is_refused(data: Any) -> None:
    with pytest.raises(ProblemError):
        parse(data)


def test_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical.dumps({"乙": [1, None], "甲": {"b": True, "a": "é"}}) == '{"乙":[1,null],"甲":{"a":"é","b":true}}'
    assert canonical.digest({"a": 1, "b": 2}) == canonical.digest({"b": 2, "a": 1})
    assert canonical.digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "NaN", "[1,", "", "1" * 5000, "[" * 100_000])
def test_json_that_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(canonical.NotJson):
        canonical.loads(text)


SPOILERS: list[Any] = [
    None,
    True,
    -1,
    1.5,
    2**70,
    10**100,
    "",
    "\ud800",
    "牙科",
    "a1",
    [],
    ["内科"],
    [[]],
    {},
    {"total": 1},
]


def spoil(draw: st.DrawFn, value: Any) -> Any:
    """The same JSON with one value somewhere inside replaced, left out, doubled or joined by an unknown key."""
    if isinstance(value, (dict, list)) and value and draw(st.integers(0, 5)):
        copied = value.copy()
        key = draw(st.sampled_from(sorted(copied) if isinstance(copied, dict) else range(len(copied))))
        copied[key] = spoil(draw, copied[key])
        return copied
    if isinstance(value, dict):
        rest = dict(value)
        if rest and draw(st.booleans()):
            del rest[draw(st.sampled_from(sorted(rest)))]
        else:
            rest["unknown"] = 1
        return rest
    if isinstance(value, list) and value and draw(st.booleans()):
        return [*value, draw(st.sampled_from(value))]
    return draw(st.sampled_from(SPOILERS))


@settings(max_examples=400, deadline=None)
@given(st.one_of(small_admissions(), small_reallocations()), st.data())
def test_bulk_checks_let_nothing_through_that_field_by_field_reading_faults(
    problem: dict[str, Any], data: st.DataObject
) -> None:
    assert quick.sound(problem)
    spoiled = data.draw(st.composite(spoil)(problem))
    assert quick.sound(spoiled) == (not strict.faults(spoiled))
