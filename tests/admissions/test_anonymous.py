"""An anonymous input says less of everybody and has the same result, whatever the case."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from admissions.allocation import engine, verify
from admissions.allocation.problem import parse
from admissions.queries.anonymous import anonymise

CODES = ("儿科", "全科", "内科", "外科")
PLACES = ("A", "B", "C")


def other_name(number: str) -> str:
    return hashlib.sha256(f"salt|{number}".encode()).hexdigest()[:20]


def scores(draw: Any) -> dict[str, int]:
    return {key: draw(st.integers(0, 2)) for key in ("total", "written", "interview")}


@st.composite
def admissions(draw: Any) -> dict[str, Any]:
    rows = []
    for rank, code in enumerate(CODES):
        shortage = rank < 2
        quota = draw(st.integers(0, 2))
        capacity = quota + draw(st.integers(0, 2)) if shortage and draw(st.booleans()) else None
        rows.append(
            {
                "code": code,
                "shortage": shortage,
                "quota": quota,
                "capacity": capacity,
                "transfer_rank": rank + 1 if shortage else None,
            }
        )
    people = []
    count = draw(st.integers(1, 7))
    lots = draw(st.permutations(range(1, count + 1)))
    for number in range(count):
        eligible = draw(st.lists(st.sampled_from(CODES), unique=True))
        score = scores(draw)
        people.append(
            {
                "id": f"p{number}",
                "choices": draw(st.lists(st.sampled_from(CODES), unique=True, max_size=3)),
                "accept_adjust": draw(st.booleans()),
                "eligible": eligible,
                "county": draw(st.booleans()),
                "lottery": lots[number],
                "scores": dict.fromkeys(eligible, score),
            }
        )
    transfer = draw(st.sampled_from(("none", "unfilled_nonshortage_to_shortage")))
    chain = draw(st.sampled_from((["written", "interview", "county", "lottery"], ["county", "written", "lottery"])))
    return {
        "kind": "base-admission",
        "specialties": rows,
        "policy": {"transfer": transfer, "tie_chain": chain},
        "applicants": people,
    }


@st.composite
def reallocations(draw: Any) -> dict[str, Any]:
    programmes = [
        {
            "id": f"q{number}",
            "base": f"示例{number}",
            "specialty": draw(st.sampled_from(CODES)),
            "prefecture": draw(st.sampled_from(PLACES)),
            "shortage": draw(st.booleans()),
            "seats": draw(st.integers(0, 2)),
        }
        for number in range(draw(st.integers(1, 5)))
    ]
    count = draw(st.integers(1, 6))
    lots = draw(st.permutations(range(1, count + 1)))
    ids = [row["id"] for row in programmes]
    people = [
        {
            "id": f"p{number}",
            "prefecture": draw(st.sampled_from(PLACES)),
            "geo": draw(st.sampled_from(("same", "same_or_adjacent", "any"))),
            "eligible": draw(st.lists(st.sampled_from(CODES), unique=True)),
            "county": draw(st.booleans()),
            "consent": draw(st.sampled_from(("province", "wishes_only"))),
            "wishes": draw(st.lists(st.sampled_from(ids), unique=True, max_size=3)),
            "lottery": lots[number],
            "score": scores(draw),
        }
        for number in range(count)
    ]
    return {
        "kind": "provincial-reallocation",
        "adjacent": {"A": ["B"], "B": ["A"]},
        "programmes": programmes,
        "applicants": people,
    }


def same_under_other_names(problem: dict[str, Any]) -> dict[str, Any]:
    result = engine.solve(parse(problem))
    public = anonymise(problem, result, other_name)
    again = engine.solve(parse(public))
    assert again["assignment"] == {other_name(name): seat for name, seat in result["assignment"].items()}
    assert verify.check(public, again) == []
    if "specialties" in problem:
        assert again["choice_no"] == {other_name(name): choice for name, choice in result["choice_no"].items()}
    return public


@settings(max_examples=400, deadline=None)
@given(admissions())
def test_a_base_admits_the_same_people(problem: dict[str, Any]) -> None:
    same_under_other_names(problem)


@settings(max_examples=400, deadline=None)
@given(reallocations())
def test_the_province_places_the_same_people(problem: dict[str, Any]) -> None:
    same_under_other_names(problem)


def person(name: str, total: int, choices: list[str], lottery: int, **values: Any) -> dict[str, Any]:
    score = {"total": total, "written": values.pop("written", 7000), "interview": 7100}
    row = {
        "id": name,
        "choices": choices,
        "accept_adjust": False,
        "eligible": list(CODES),
        "county": True,
        "lottery": lottery,
        "scores": dict.fromkeys(CODES, score),
    }
    return row | values


def base_of(*people: dict[str, Any], **seats: int) -> dict[str, Any]:
    return {
        "kind": "base-admission",
        "specialties": [
            {"code": code, "shortage": False, "quota": seats.get(code, 0), "capacity": None, "transfer_rank": None}
            for code in CODES
        ],
        "policy": {"transfer": "none"},
        "applicants": list(people),
    }


def rows(problem: dict[str, Any]) -> dict[str, dict[str, Any]]:
    names = {other_name(row["id"]): row["id"] for row in problem["applicants"]}
    public = same_under_other_names(problem)
    return {names[row["id"]]: row for row in public["applicants"]}


def test_choices_behind_the_seat_are_left_out() -> None:
    found = rows(
        base_of(
            person("first", 9000, ["内科", "外科", "儿科"], 1),
            person("second", 8000, ["内科", "外科", "儿科"], 2),
            person("none", 7000, ["内科", "外科"], 3),
            内科=1,
            外科=1,
        )
    )
    assert found["first"]["choices"] == found["first"]["eligible"] == ["内科"]
    assert found["second"]["choices"] == ["内科", "外科"], "what was refused before stays: it is why"
    assert found["none"]["choices"] == ["内科", "外科"]
    assert all(row["scores"].keys() == set(row["eligible"]) for row in found.values())


def test_adjustment_is_kept_only_as_far_as_it_went() -> None:
    wide = person("wide", 8000, ["内科"], 2, accept_adjust=True)
    found = rows(base_of(person("first", 9000, ["内科"], 1, accept_adjust=True), wide, 内科=1, 全科=1, 外科=1))
    assert (found["first"]["accept_adjust"], found["first"]["eligible"]) == (False, ["内科"])
    assert found["wide"]["accept_adjust"]
    assert set(found["wide"]["eligible"]) == {"内科", "儿科", "全科"}, "外科 comes after what they got"


def test_marks_and_flags_stay_only_where_they_told_equals_apart() -> None:
    found = rows(
        base_of(
            person("alone", 9000, ["内科"], 1),
            person("better", 8000, ["内科"], 9, written=8800),
            person("worse", 8000, ["内科"], 4, written=8700),
            person("lucky", 7000, ["内科"], 5),
            person("unlucky", 7000, ["内科"], 8),
            内科=3,
        )
    )
    assert [found[name]["scores"]["内科"]["written"] for name in ("alone", "better", "worse")] == [0, 8800, 8700]
    assert [found[name]["scores"]["内科"]["interview"] for name in ("better", "worse", "lucky")] == [0, 0, 7100]
    assert [found[name]["county"] for name in ("alone", "better", "lucky")] == [False, False, True]
    assert (found["lucky"]["lottery"], found["unlucky"]["lottery"]) == (1, 2), "their order, not their places"
    assert sorted(row["lottery"] for row in found.values()) == [1, 2, 3, 4, 5]


def test_the_province_keeps_county_and_forgets_homes_that_decide_nothing() -> None:
    base = {"licence": False, "wishes": ["q"], "score": {"total": 8000, "written": 1, "interview": 2}, "lottery": 1}
    problem = {
        "kind": "provincial-reallocation",
        "adjacent": {},
        "programmes": [
            {"id": "q", "base": "示例", "specialty": "全科", "prefecture": "A", "shortage": True, "seats": 1}
        ],
        "applicants": [
            base
            | {
                "id": "x",
                "prefecture": "A",
                "geo": "any",
                "eligible": ["全科", "内科"],
                "county": True,
                "consent": "wishes_only",
            },
        ],
    }
    problem["applicants"][0].pop("licence")
    row = rows(problem)["x"]
    assert (row["county"], row["prefecture"], row["eligible"]) == (True, "—", ["全科"])
    assert row["score"] == {"total": 8000, "written": 0, "interview": 0}
