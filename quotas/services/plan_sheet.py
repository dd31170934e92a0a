"""Understanding a plan sheet (招收计划表): base × specialty, with its sums. Touches no database; every fault names its cell.

Columns: 培训基地, one per specialty, optionally "…容量" after it (the most the base can train), optionally "其中…" (a part of the column
before), 合计. A "/" or an empty cell means not open, which is not 0. Row and column sums must be there and must hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bases.queries import fold_name
from gme_portal.refusals import Refusal, Refused
from gme_portal.sheets.reading import letter

HEADING_ROWS = 12
BASE_HEADINGS = frozenset({"培训基地", "基地", "基地名称", "住院医师规范化培训基地", "培训基地名称"})
TOTAL_NAMES = frozenset({"合计", "总计", "小计", "总数"})
IGNORED_HEADINGS = frozenset({"", "序号", "备注", "所在州市", "州市"})
NOT_OPEN = frozenset({"", "/", "／", "-", "—", "－"})
CAPACITY_SUFFIX = "容量"
_NUMBER = re.compile(r"^(\d{1,4})(?:\.0)?(?:（(.+)）)?$")

Cells = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class PlannedSeats:
    """One open cell: `seats` planned for a specialty at a base, both by code; `cell` is its place in the sheet, as "C3"."""

    base: str
    specialty: str
    seats: int
    capacity: int | None
    note: str
    cell: str


@dataclass(frozen=True, slots=True)
class _Column:
    kind: str  # seats | capacity | part | total
    heading: str
    specialty: str = ""


@dataclass(slots=True)
class _Sheet:
    """What is known while reading: meanings of columns, sums so far, columns that cannot be summed, faults, what was found."""

    columns: dict[int, _Column] = field(default_factory=dict)
    sums: dict[int, int] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)
    faults: list[Refusal] = field(default_factory=list)
    found: list[PlannedSeats] = field(default_factory=list)

    def fault(self, code: str, sentence: str, row: int, column: int) -> None:
        place = f"{letter(column)}{row + 1}"
        self.faults.append(Refusal(code, f"{place} 单元格：{sentence}", field=place))


def parse(rows: Cells, *, specialties: Mapping[str, str], bases: Mapping[str, str]) -> list[PlannedSeats]:
    """Every open cell of the sheet, row by row. `specialties` and `bases` map folded names to codes.

    Raises Refused with every fault: PLAN_NO_HEADINGS, PLAN_UNKNOWN_COLUMN, PLAN_COLUMN_TWICE, PLAN_UNKNOWN_BASE, PLAN_BASE_TWICE,
    PLAN_NOT_A_NUMBER, PLAN_OVER_CAPACITY, PLAN_PART_TOO_BIG, PLAN_NO_SUMS, PLAN_SUM_DIFFERS."""
    heading = _heading_row(rows)
    sheet = _Sheet()
    _read_headings(sheet, rows[heading], heading, specialties)
    if sheet.faults:
        raise Refused.many(sheet.faults)
    base_column = _base_column(rows[heading])
    seen: dict[str, int] = {}
    summed = False
    for index in range(heading + 1, len(rows)):
        name = _text(rows[index], base_column)
        if not name:
            continue
        if fold_name(name) in TOTAL_NAMES:
            _check_column_sums(sheet, rows[index], index)
            summed = True
            break
        code = bases.get(fold_name(name))
        if code is None:
            sheet.fault(
                "PLAN_UNKNOWN_BASE", f"不认识培训基地“{name}”。请核对名称，或先登记该基地。", index, base_column
            )
        elif code in seen:
            sheet.fault(
                "PLAN_BASE_TWICE", f"“{name}”与第 {seen[code] + 1} 行是同一家基地。请合并为一行。", index, base_column
            )
        else:
            seen[code] = index
        _read_row(sheet, rows[index], index, code or "")
    if not summed:
        sheet.fault("PLAN_NO_SUMS", "表格最后没有“合计”行，无法核对。请补上合计。", len(rows) - 1, base_column)
    if sheet.faults:
        raise Refused.many(sheet.faults)
    return sheet.found


def _text(row: Sequence[Any], column: int) -> str:
    value = row[column] if column < len(row) else None
    return "" if value is None else str(value).strip()


def _base_column(row: Sequence[Any]) -> int:
    return next(index for index in range(len(row)) if fold_name(_text(row, index)) in BASE_HEADINGS)


def _heading_row(rows: Cells) -> int:
    for index, row in enumerate(rows[:HEADING_ROWS]):
        if any(fold_name(_text(row, column)) in BASE_HEADINGS for column in range(len(row))):
            return index
    raise Refused("PLAN_NO_HEADINGS", f"前 {HEADING_ROWS} 行没有找到“培训基地”表头。请使用招收计划模板。")


def _read_headings(sheet: _Sheet, row: Sequence[Any], index: int, specialties: Mapping[str, str]) -> None:
    before = ""
    for column in range(len(row)):
        heading = _text(row, column)
        folded = fold_name(heading)
        meaning = _meaning(heading, folded, specialties, before)
        if meaning is None:
            if folded not in BASE_HEADINGS | IGNORED_HEADINGS:
                sheet.fault("PLAN_UNKNOWN_COLUMN", f"不认识表头“{heading}”。请改为培训专业的名称。", index, column)
            continue
        if meaning.kind != "part" and any(
            (one.kind, one.specialty) == (meaning.kind, meaning.specialty) for one in sheet.columns.values()
        ):
            sheet.fault("PLAN_COLUMN_TWICE", f"“{heading}”出现了两列。请合并。", index, column)
            continue
        sheet.columns[column] = meaning
        before = meaning.specialty if meaning.kind == "seats" else before
    if not any(one.kind == "total" for one in sheet.columns.values()):
        sheet.fault("PLAN_NO_SUMS", "表头没有“合计”列，无法核对。请补上合计。", index, max(len(row) - 1, 0))


def _meaning(heading: str, folded: str, specialties: Mapping[str, str], before: str) -> _Column | None:
    if folded in TOTAL_NAMES:
        return _Column("total", heading)
    if folded.startswith("其中") and before:
        return _Column("part", heading, before)
    if folded in specialties:
        return _Column("seats", heading, specialties[folded])
    owner = specialties.get(folded.removesuffix(CAPACITY_SUFFIX))
    return _Column("capacity", heading, owner) if owner and folded.endswith(CAPACITY_SUFFIX) else None


def _number(sheet: _Sheet, row: Sequence[Any], index: int, column: int) -> tuple[int | None, str]:
    """The number in a cell (None when not open) and the remark in its brackets, as in "10（傣医学）"."""
    text = fold_name(_text(row, column))
    if text in NOT_OPEN:
        return None, ""
    match = _NUMBER.match(text)
    if match is None:
        sheet.fault(
            "PLAN_NOT_A_NUMBER", f"“{_text(row, column)}”不是人数。请填 0 至 9999 的整数；不开设填“/”。", index, column
        )
        sheet.unreadable.add(column)
        return None, ""
    return int(match[1]), match[2] or ""


def _read_row(sheet: _Sheet, row: Sequence[Any], index: int, base: str) -> None:
    numbers: dict[int, int] = {}
    remarks: dict[int, str] = {}
    faults_before = len(sheet.faults)
    for column in sheet.columns:
        number, remark = _number(sheet, row, index, column)
        if number is not None:
            numbers[column] = number
            remarks[column] = remark
            sheet.sums[column] = sheet.sums.get(column, 0) + number
    if len(sheet.faults) > faults_before:
        return
    by_specialty = {one.specialty: numbers.get(column) for column, one in sheet.columns.items() if one.kind == "seats"}
    for column, one in sheet.columns.items():
        if one.kind == "seats" and column in numbers:
            capacity, parts = _beside(sheet, numbers, one.specialty)
            note = "；".join(filter(None, [remarks[column], *parts]))
            sheet.found.append(
                PlannedSeats(base, one.specialty, numbers[column], capacity, note, f"{letter(column)}{index + 1}")
            )
        elif column in numbers:
            _check_beside(sheet, one, numbers[column], by_specialty.get(one.specialty), index, column)
    total = next(column for column, one in sheet.columns.items() if one.kind == "total")
    computed = sum(number or 0 for number in by_specialty.values())
    if numbers.get(total, 0) != computed:
        sheet.fault(
            "PLAN_SUM_DIFFERS",
            f"本行合计写的是 {numbers.get(total, 0)}，各专业相加是 {computed}。请核对。",
            index,
            total,
        )


def _beside(sheet: _Sheet, numbers: Mapping[int, int], specialty: str) -> tuple[int | None, list[str]]:
    """The capacity beside a specialty's seats, and its "of which" columns in words."""
    capacity: int | None = None
    parts: list[str] = []
    for column, one in sheet.columns.items():
        if one.specialty == specialty and column in numbers:
            if one.kind == "capacity":
                capacity = numbers[column]
            elif one.kind == "part":
                parts.append(f"{one.heading} {numbers[column]}")
    return capacity, parts


def _check_beside(sheet: _Sheet, one: _Column, number: int, seats: int | None, index: int, column: int) -> None:
    if one.kind == "capacity" and (seats is None or number < seats):
        sheet.fault(
            "PLAN_OVER_CAPACITY",
            f"容量 {number} 小于该专业的计划 {seats or 0}，或该专业没有计划。请核对。",
            index,
            column,
        )
    if one.kind == "part" and number > (seats or 0):
        sheet.fault(
            "PLAN_PART_TOO_BIG",
            f"“{one.heading}”{number} 人，多于该专业的计划 {seats or 0} 人。请核对。",
            index,
            column,
        )


def _check_column_sums(sheet: _Sheet, row: Sequence[Any], index: int) -> None:
    for column, one in sheet.columns.items():
        number, _ = _number(sheet, row, index, column)
        computed = sheet.sums.get(column, 0)
        if column in sheet.unreadable or (one.kind == "capacity" and number is None):
            continue
        if (number or 0) != computed:
            sheet.fault(
                "PLAN_SUM_DIFFERS",
                f"“{one.heading}”列合计写的是 {number or 0}，各行相加是 {computed}。请核对。",
                index,
                column,
            )
