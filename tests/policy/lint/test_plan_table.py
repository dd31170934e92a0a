"""A plan's table against itself and against the notice: sums, headings, a specialty twice."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from gme_portal.policy.lint import Finding, lint
from gme_portal.policy.schema import PlanRule
from tests.policy.lint.conftest import POLICIES, policy_of

PLANS = POLICIES.parent / "plans"
REAL = ["jilin-2024-residency", "jilin-2024-assistant-gp", "yunnan-2021-assistant-gp"]
SMALL = [
    ["培训基地", "内科", "全科", "合计"],
    ["甲医院", "3", "4", "7"],
    ["乙医院", "/", "5", "5"],
    ["合计", "3", "9", "12"],
]


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def found(plan: object, name: str = "yunnan-2025-residency", total: int = 0) -> list[Finding]:
    policy = replace(policy_of(name), plan=PlanRule(total, False, "000 首段") if total else None)
    return [one for one in lint(policy, None, plan) if one.code.startswith("PLAN")]  # type: ignore[arg-type]


def put(cell: str, row: int, column: int) -> list[list[str]]:
    return [[cell if (r, c) == (row, column) else one for c, one in enumerate(cells)] for r, cells in enumerate(SMALL)]


def test_a_table_that_adds_up() -> None:
    assert found(SMALL, total=12) == []


def test_a_row_a_column_and_the_total_that_do_not() -> None:
    assert "第 2 行“甲医院”的合计写的是 8，各列相加是 7。" in [one.sentence for one in found(put("8", 1, 3))]
    sentences = [one.sentence for one in found(put("6", 2, 2))]
    assert "第 3 行“乙医院”的合计写的是 5，各列相加是 6。" in sentences
    assert "第 4 行“全科”的合计写的是 9，各行相加是 10。" in sentences
    assert {one.severity for one in found(put("6", 2, 2))} == {"错误"}


def test_the_total_of_the_notice() -> None:
    (finding,) = found(SMALL, total=13)
    assert finding.sentence == "通知写的计划总数是 13 人，计划表各处相加是 12 人。"
    assert finding.clauses == ("000 首段",)
    assert found({"西医": SMALL, "中医": SMALL}, total=24) == [], "several tables make one plan"


def test_a_specialty_in_two_quota_columns_also_under_its_other_name() -> None:
    twice = [[*row[:3], one, *row[3:]] for row, one in zip(SMALL, ["全科医学科", "1", "1", "2"], strict=True)]
    (finding,) = [one for one in found(twice) if one.code == "PLAN_TWICE"]
    assert finding.sentence == "“全科、全科医学科”在计划表中有 2 处，请合并为一处。"
    assert not [one for one in found(SMALL) if one.code == "PLAN_TWICE"]


def test_a_base_in_two_rows() -> None:
    (finding,) = [one for one in found([*SMALL[:2], ["甲医院", "1", "1", "2"], *SMALL[2:]]) if one.code == "PLAN_TWICE"]
    assert "“甲医院”" in finding.sentence


def test_a_table_that_lies_the_other_way_is_read_as_well() -> None:
    across = [list(column) for column in zip(*SMALL, strict=True)]
    assert found(across, total=12) == []
    across[1][1] = "9"
    assert len([one for one in found(across) if one.code == "PLAN_SUM_DIFFERS"]) == 2
    doubled = [*across[:3], ["全科", "1", "1", "2"], *across[3:]]
    assert [one.code for one in found(doubled) if one.code == "PLAN_TWICE"] == ["PLAN_TWICE"]


def test_parts_and_capacities_are_not_counted() -> None:
    beside = [
        ["培训基地", "全科", "其中：订单定向", "全科容量", "合计"],
        ["甲医院", "4", "3", "6", "4"],
        ["合计", "4", "3", "", "4"],
    ]
    assert found(beside, total=4) == []


def test_a_table_without_figures() -> None:
    assert [one.code for one in found([["培训基地", "内科"], ["甲医院", "/"]])] == ["PLAN_EMPTY"]


@pytest.mark.parametrize("name", REAL)
def test_the_tables_of_the_notices_add_up_and_a_changed_figure_is_found(name: str) -> None:
    """standards.md: 9 × 12 of Jilin make 577; 520 + 191 of Yunnan make 711."""
    total = {"jilin-2024-residency": 577, "jilin-2024-assistant-gp": 10, "yunnan-2021-assistant-gp": 711}[name]
    cells = rows(PLANS / f"{name}.csv")
    assert found(cells, name, total) == []
    at = next(index for index, row in enumerate(cells) if len(row) > 1 and row[1].isdigit())
    cells[at][1] = str(int(cells[at][1]) + 1)
    assert {one.code for one in found(cells, name, total)} == {"PLAN_SUM_DIFFERS", "PLAN_TOTAL_DIFFERS"}
