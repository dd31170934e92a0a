"""The notice says what breaks a tie: its chain is followed by the order, the record, the explanations and the verifier alike."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from admissions.allocation import engine, verify
from admissions.allocation.problem import ProblemError, parse
from tests.allocation.cases import admission, candidate, person, programme, reallocation, specialty

LABELS = {"skill": "技能考核"}


def equal_but_for(chain: list[str], **fields: tuple[Any, Any]) -> dict[str, Any]:
    """Two applicants with the same total for one seat who differ in these fields: (of the better one, of the other)."""
    rows = []
    for place, name in enumerate(("better", "worse")):
        row = candidate(name, 85, "内科", lottery=place) | {"licence": False, "own_staff": False}
        row["scores"]["内科"]["skill"] = 8000
        for field, values in fields.items():
            (row["scores"]["内科"] if field in ("written", "interview", "skill") else row)[field] = values[place]
        rows.append(row)
    problem = admission([specialty("内科", 1)], rows)
    problem["policy"] |= {"tie_chain": chain}
    if "skill" in chain:
        problem["policy"] |= {"labels": LABELS}
    else:
        for row in rows:
            del row["scores"]["内科"]["skill"]
    return problem


@pytest.mark.parametrize(
    ("chain", "fields", "decided_by", "words"),
    [
        (["interview", "written", "lottery"], {"interview": (8700, 8600), "written": (8000, 9900)}, "interview", "同分比面试成绩（87 对 86）。"),
        (["skill", "lottery"], {"skill": (8150, 8100), "written": (1, 9900)}, "skill", "同分比技能考核（81.5 对 81）。"),
        (["county", "written", "lottery"], {"county": (True, False), "written": (1, 2)}, "county", "同分，县级及以下医疗卫生机构人员优先。"),
        (["licence", "skill", "lottery"], {"licence": (True, False), "skill": (1, 2)}, "licence", "同分，有医师资格者优先。"),
        (["written", "own_staff", "lottery"], {"own_staff": (True, False)}, "own_staff", "同分且笔试成绩相同，单位人优先。"),
        (["skill", "written", "lottery"], {"interview": (1, 2)}, "lottery", "同分且技能考核、笔试成绩相同，比抽签号，小者在前（0 对 1）。"),
        (["lottery"], {"written": (1, 2), "lottery": (3, 8)}, "lottery", "同分，比抽签号，小者在前（3 对 8）。"),
    ],
)  # fmt: skip
def test_the_item_that_decides_is_named(
    chain: list[str], fields: dict[str, tuple[Any, Any]], decided_by: str, words: str
) -> None:
    problem = equal_but_for(chain, **fields)
    result = engine.solve(parse(problem))
    assert result["assignment"] == {"better": "内科", "worse": None}
    assert result["by_specialty"]["内科"]["cutoff_tie_decided_by"] == decided_by
    assert f"末位录取 85.00 分，{words}" in result["explanations"]["worse"]
    assert verify.check(problem, result) == []


def test_the_order_of_reallocation_follows_the_chain_after_county_and_total() -> None:
    rows = [
        person("x1", 85, "p1", "全科", lottery=1, licence=False),
        person("x2", 85, "p1", "全科", lottery=2, licence=True),
        person("x3", 85, "p1", "全科", lottery=3, licence=False),
        person("x4", 70, "p1", "全科", lottery=4, licence=False, county=True),
    ]
    rows[2]["score"]["written"] = 9900
    for chain, placed in (
        (["licence", "written", "lottery"], ["x4", "x2", "x3", "x1"]),
        (["written", "lottery"], ["x4", "x3", "x1", "x2"]),
    ):
        problem = reallocation([programme("p1", "全科", seats=4)], rows) | {"policy": {"tie_chain": chain}}
        result = engine.solve(parse(problem))
        assert result["placed"] == placed
        assert verify.check(problem, result) == []


def test_the_usual_chain_written_out_decides_and_explains_the_same() -> None:
    rows = [candidate(f"a{n}", 85, "内科", county=n == 2, lottery=9 - n) for n in range(3)]
    plain = admission([specialty("内科", 1)], rows)
    said = copy.deepcopy(plain)
    said["policy"]["tie_chain"] = ["written", "interview", "county", "lottery"]
    first, second = engine.solve(parse(plain)), engine.solve(parse(said))
    assert first | {"input_sha256": ""} == second | {"input_sha256": ""}
    assert "同分且各项成绩相同，县级及以下医疗卫生机构人员优先" in first["explanations"]["a0"]


def test_a_result_by_another_chain_is_refused() -> None:
    problem = equal_but_for(["interview", "written", "lottery"], interview=(8700, 8600), written=(8000, 9900))
    other = copy.deepcopy(problem)
    other["policy"]["tie_chain"] = ["written", "interview", "lottery"]
    result = engine.solve(parse(other)) | {"input_sha256": parse(problem).sha256}
    assert {breach.guarantee for breach in verify.check(problem, result)} == {"V1", "V2", "V7"}


@pytest.mark.parametrize(
    ("policy", "path"),
    [
        ({"tie_chain": ["written"]}, "policy.tie_chain"),
        ({"tie_chain": []}, "policy.tie_chain"),
        ({"tie_chain": "lottery"}, "policy.tie_chain"),
        ({"tie_chain": ["lottery", "written"]}, "policy.tie_chain[0]"),
        ({"tie_chain": ["total", "lottery"]}, "policy.tie_chain[0]"),
        ({"tie_chain": ["written", "written", "lottery"]}, "policy.tie_chain[1]"),
        ({"tie_chain": ["skill", "lottery"]}, "applicants[0].scores.内科.skill"),
        ({"tie_chain": ["licence", "lottery"]}, "applicants[0].licence"),
        ({"labels": {"skill": "技能"}}, "policy.labels.skill"),
        ({"labels": {"county": "县级"}}, "policy.labels.county"),
        ({"labels": {"written": ""}}, "policy.labels.written"),
        ({"labels": []}, "policy.labels"),
    ],
)
def test_a_chain_that_cannot_be_followed_is_refused_with_its_path(policy: dict[str, Any], path: str) -> None:
    problem = admission([specialty("内科", 1)], [candidate("a1", 85, "内科")])
    problem["policy"] |= policy
    with pytest.raises(ProblemError) as caught:
        parse(problem)
    assert [fault.path for fault in caught.value.faults] == [path]


def test_what_the_chain_does_not_need_is_checked_all_the_same() -> None:
    for change, path in (
        ({"licence": 1}, "applicants[0].licence"),
        ({"scores": {"内科": {"total": 1, "written": -1}}}, "applicants[0].scores.内科.written"),
        ({"scores": {"内科": {"total": 1, "skill": 1}}}, "applicants[0].scores.内科.skill"),
    ):
        problem = admission([specialty("内科", 1)], [candidate("a1", 85, "内科") | change])
        problem["policy"]["tie_chain"] = ["county", "lottery"]
        with pytest.raises(ProblemError) as caught:
            parse(problem)
        assert [fault.path for fault in caught.value.faults] == [path]
