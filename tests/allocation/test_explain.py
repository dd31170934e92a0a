"""Explanations: true in every case, in words that a person understands and numbers that anyone can check."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings

from admissions.allocation import engine
from admissions.allocation.explain.reallocation import FALLS
from admissions.allocation.problem import parse
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


def explain(problem: dict[str, Any], name: str) -> str:
    text = engine.solve(parse(problem))["explanations"][name]
    assert isinstance(text, str)
    return text


def test_the_line_and_the_field_that_broke_the_tie_are_named() -> None:
    rows = [
        candidate("a1", 85, "内科", interview=88),
        candidate("a2", 85, "内科"),
        candidate("a3", 84, "内科"),
    ]
    rows[1]["scores"]["内科"]["interview"] = 8650
    problem = admission([specialty("内科", 1)], rows)
    assert explain(problem, "a1") == "录取到内科（第1志愿）：第1名，共3人，录取1人；末位录取 85.00 分。"
    expected = "未录取。第1志愿内科：第2名，共3人，录取1人；末位录取 85.00 分，同分比面试成绩（88 对 86.5）。您未选择服从本基地其他专业调剂。"
    assert explain(problem, "a2") == expected
    assert "第3名，共3人，录取1人；末位录取 85.00 分，您 84.00 分。" in explain(problem, "a3")


def test_county_and_lottery_are_named_when_they_decide() -> None:
    county = [candidate("a1", 85, "内科", county=True), candidate("a2", 85, "内科")]
    assert "同分且各项成绩相同，县级及以下医疗卫生机构人员优先" in explain(
        admission([specialty("内科", 1)], county), "a2"
    )
    drawn = [candidate("a1", 85, "内科", lottery=3), candidate("a2", 85, "内科", lottery=12)]
    assert "比抽签号，小者在前（3 对 12）" in explain(admission([specialty("内科", 1)], drawn), "a2")


def test_those_before_the_line_who_went_elsewhere_are_counted() -> None:
    rows = [candidate("a1", 95, "外科 内科"), candidate("a2", 90, "内科"), candidate("a3", 80, "内科")]
    text = explain(admission([specialty("内科", 1), specialty("外科", 1)], rows), "a3")
    assert "第3名，共3人，录取1人；末位录取 90.00 分，您 80.00 分，排在末位之前的另1人已录取到其更靠前的志愿。" in text


def test_moved_seats_say_where_they_come_from_and_why_there_are_no_more() -> None:
    specialties = [specialty("全科", 1, shortage=True, capacity=2, rank=1), specialty("内科", 2), specialty("外科", 1)]
    rows = [candidate(f"a{n}", 90 - n, "全科") for n in range(3)]
    problem = admission(specialties, rows)
    assert explain(problem, "a1").endswith("您使用的是移入名额：全科名额1个，另从未招满的内科、外科移入1个。")
    assert "（全科名额1个，另从未招满的内科、外科移入1个，已达培训容量2人）" in explain(problem, "a2")
    specialties = [specialty("全科", 1, shortage=True, capacity=9, rank=1), specialty("内科", 1)]
    assert "没有更多未用名额可以移入" in explain(admission(specialties, rows), "a2")


def test_a_last_one_by_adjustment_is_told_apart_from_a_line() -> None:
    """Behind all who chose it, with more points than they have: nobody is to think that those points were needed."""
    rows = [
        candidate("a1", 95, "外科"),
        candidate("a2", 94, "外科", adjust=True, eligible="外科 内科"),
        candidate("a3", 61, "内科"),
    ]
    problem = admission([specialty("外科", 1), specialty("内科", 2)], rows)
    assert explain(problem, "a3") == (
        "录取到内科（第1志愿）：第1名，共1人，录取2人；末位录取 94.00 分（按调剂，排在按志愿录取者之后）。"
    )
    assert explain(problem, "a2").startswith("按服从调剂录取到内科：录取2人，末位录取 94.00 分。")


def test_a_shortage_specialty_without_seats_says_what_is_lacking() -> None:
    row = candidate("a1", 90, "全科")
    for capacity, words in (
        (0, "录取0人；该专业没有可以安排的名额。"),
        (3, "录取0人；该专业没有名额，也没有未用名额可以移入。"),
        (None, "录取0人；该专业没有名额，也没有未用名额可以移入。"),
    ):
        problem = admission([specialty("全科", 0, shortage=True, capacity=capacity, rank=1)], [row])
        assert f"第1名，共1人，{words}" in explain(problem, "a1"), capacity


def test_what_adjustment_did_is_told_by_reason() -> None:
    specialties = [
        specialty("外科", 1),
        specialty("内科", 1),
        specialty("眼科", 0),
        specialty("全科", 0, shortage=True, capacity=1, rank=1),
    ]
    everything = "外科 内科 眼科 全科"
    rows = [
        candidate("a1", 95, "外科"),
        candidate("a2", 60, "全科"),
        candidate("a3", 90, "外科", adjust=True, eligible=everything),
        candidate("a4", 70, "外科", adjust=True, eligible="外科"),
    ]
    problem = admission(specialties, rows)
    text = explain(problem, "a3")
    assert "全科，名额由按志愿报考者或调剂中排序在您之前者取得" in text
    assert "内科，未招满的名额已按规定移给紧缺专业" in text
    assert "眼科，该专业没有可以安排的名额" in text
    assert explain(problem, "a4").endswith("您服从调剂，但没有其他符合报考条件的专业可以调剂。")


def test_the_closed_set_of_an_unplaced_person_is_counted() -> None:
    programmes = [programme("p1", "全科"), programme("p2", "内科"), programme("p3", "儿科", seats=5)]
    rows = [
        person("x1", 90, "p1 p2", "全科 内科"),
        person("x2", 80, "p1 p2", "全科 内科"),
        person("x3", 70, "p1", "全科"),
    ]
    expected = (
        "省级调剂排序第3名，共3人。未安排。您可去的1个专业及其占用者可去的专业共2个、2个名额，"
        "均由排序在您之前者取得。您只接受所填志愿，未参加省级统一调剂。"
    )
    assert explain(reallocation(programmes, rows), "x3") == expected


@settings(max_examples=100, deadline=None)
@given(small_admissions())
def test_places_numbers_and_lines_are_right(problem: dict[str, Any]) -> None:
    result = engine.solve(parse(problem))
    for row in problem["applicants"]:
        text = result["explanations"][row["id"]]
        seat = result["assignment"][row["id"]]
        assert text.startswith("未录取。") == (seat is None)
        for number, code in enumerate(row["choices"], start=1):
            listed = [each for each in problem["applicants"] if code in each["choices"] and code in each["eligible"]]
            if row not in listed:
                assert f"第{number}志愿{code}：您不符合该专业的报考条件，未参加排序。" in text
                continue
            found = re.search(rf"第{number}志愿(?:{code}|）)：(第\d+名，共\d+人，录取\d+人)", text)
            if code == seat or row["id"] in result["by_specialty"][code]["rejected_here"]:
                listed.sort(key=lambda each: brute.strict_key(problem, each, code))
                admitted = result["admitted_by_specialty"][code]
                assert found is not None
                assert found[1] == f"第{listed.index(row) + 1}名，共{len(listed)}人，录取{admitted}人"
            else:
                assert found is None


@settings(max_examples=60, deadline=None)
@given(small_reallocations())
def test_the_tier_that_would_fall_is_the_one_exhaustion_finds(problem: dict[str, Any]) -> None:
    result = engine.solve(parse(problem))
    best, _ = brute.best_seating(problem)
    for row in problem["applicants"]:
        seat, (wishes, _) = result["assignment"][row["id"]], brute.whole_list(problem, row)
        text = result["explanations"][row["id"]]
        names = {each["id"]: each["base"] + each["specialty"] for each in problem["programmes"]}
        for wish in wishes if seat is None else wishes[: wishes.index(seat) if seat in wishes else None]:
            if seat is None:
                assert "未能安排：" not in text
                continue
            number = row["wishes"].index(wish) + 1
            said = re.search(rf"第{number}志愿{names[wish]}未能安排：(?:若安排给您，)?([^。]*)。", text)
            assert said is not None
            has_seats = any(each["id"] == wish and each["seats"] for each in problem["programmes"])
            if not has_seats:
                assert said[1] == "没有剩余名额"
            else:
                forced, _ = brute.best_seating(problem, (row["id"], wish))
                first = next(tier for tier in range(1, 7) if forced[tier - 1] != best[tier - 1])
                assert said[1] == FALLS[first]
