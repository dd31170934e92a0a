"""Understanding a plan sheet (招收计划表): base × specialty either way round, with its sums. Touches no database; every fault names its cell.

Columns: 培训基地, one per specialty, optionally "…容量" after it (the most the base can train), optionally "其中…" (a part of the column before;
"其中订单定向" is kept for commissioned people), optionally 其他 (the specialties that have no column, as one number), 合计. A sheet headed 培训专业
has its rows and columns exchanged, as 002 附件2 prints it. A "/" or an empty cell means not open, which is not 0. Sums must be there and hold.
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
TURNED_HEADINGS = frozenset({"培训专业", "专业", "培训基地培训专业", "专业名称"})
TOTAL_NAMES = frozenset({"合计", "总计", "小计", "总数"})
OTHERS_NAMES = frozenset({"其他", "其它", "其他专业", "其它专业"})
IGNORED_HEADINGS = frozenset({"", "序号", "备注", "所在州市", "州市"})
NOT_OPEN = frozenset({"", "/", "／", "-", "—", "－"})
CAPACITY_SUFFIX = "容量"
RESERVED_WORD = "定向"
_NUMBER = re.compile(r"^(\d{1,4})(?:\.0)?(?:（(.+)）)?$")

Cells = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class PlannedSeats:
    """One open cell: `seats` planned for a specialty at a base, both by code, of them `reserved` for commissioned people; `cell` is its place in
    the sheet, as "C3"."""

    base: str
    specialty: str
    seats: int
    capacity: int | None
    reserved: int
    note: str
    cell: str


@dataclass(frozen=True, slots=True)
class PlannedOthers:
    """The 其他 of a base: `seats` for specialties that the base still has to name."""

    base: str
    seats: int
    cell: str


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """What a sheet says: open cells row by row, the 其他 of bases, the sum of all and the cell where it stands."""

    seats: list[PlannedSeats]
    others: list[PlannedOthers]
    total: int
    total_cell: str


@dataclass(frozen=True, slots=True)
class _Column:
    kind: str  # seats | others | capacity | reserved | part | total
    heading: str
    specialty: str = ""


@dataclass(slots=True)
class _Sheet:
    """What is known while reading: where the block stands, meanings of columns, sums so far, columns that cannot be summed, faults, what was found."""

    top: int
    left: int
    turned: bool
    columns: dict[int, _Column] = field(default_factory=dict)
    sums: dict[int, int] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)
    faults: list[Refusal] = field(default_factory=list)
    seats: list[PlannedSeats] = field(default_factory=list)
    others: list[PlannedOthers] = field(default_factory=list)
    total_cell: str = ""

    def place(self, row: int, column: int) -> str:
        """The cell of the sheet as it was given, from row and column of the block."""
        down, across = (column, row) if self.turned else (row, column)
        return f"{letter(self.left + across)}{self.top + down + 1}"

    def fault(self, code: str, sentence: str, row: int, column: int) -> None:
        place = self.place(row, column)
        self.faults.append(Refusal(code, f"{place} 单元格：{sentence}", field=place))


def parse(rows: Cells, *, specialties: Mapping[str, str], bases: Mapping[str, str]) -> PlanSheet:
    """Understand a sheet. `specialties` and `bases` map folded names to codes.

    Raises Refused with every fault: PLAN_NO_HEADINGS, PLAN_UNKNOWN_COLUMN, PLAN_COLUMN_TWICE, PLAN_UNKNOWN_BASE, PLAN_BASE_TWICE,
    PLAN_NOT_A_NUMBER, PLAN_OVER_CAPACITY, PLAN_PART_TOO_BIG, PLAN_NO_SUMS, PLAN_SUM_DIFFERS."""
    sheet, block = _block(rows)
    _read_headings(sheet, block[0], specialties)
    if sheet.faults:
        raise Refused.many(sheet.faults)
    seen: dict[str, int] = {}
    summed = False
    for index in range(1, len(block)):
        name = _text(block[index], 0)
        if not name:
            continue
        if fold_name(name) in TOTAL_NAMES:
            _check_column_sums(sheet, block[index], index)
            summed = True
            break
        code = bases.get(fold_name(name))
        if code is None:
            sheet.fault("PLAN_UNKNOWN_BASE", f"不认识培训基地“{name}”。请核对名称，或先登记该基地。", index, 0)
        elif code in seen:
            first = sheet.place(seen[code], 0)
            sheet.fault("PLAN_BASE_TWICE", f"“{name}”与 {first} 单元格是同一家基地。请合并。", index, 0)
        else:
            seen[code] = index
        _read_row(sheet, block[index], index, code or "")
    if not summed:
        sheet.fault("PLAN_NO_SUMS", "表格最后没有各基地的“合计”，无法核对。请补上合计。", len(block) - 1, 0)
    if sheet.faults:
        raise Refused.many(sheet.faults)
    total = sum(cell.seats for cell in sheet.seats) + sum(cell.seats for cell in sheet.others)
    return PlanSheet(sheet.seats, sheet.others, total, sheet.total_cell)


def _text(row: Sequence[Any], column: int) -> str:
    value = row[column] if column < len(row) else None
    return "" if value is None else str(value).strip()


def _block(rows: Cells) -> tuple[_Sheet, list[list[Any]]]:
    """The table from its corner cell on, one base per row whichever way round it was written."""
    for top, row in enumerate(rows[:HEADING_ROWS]):
        for left in range(len(row)):
            corner = fold_name(_text(row, left))
            if corner in BASE_HEADINGS:
                return _Sheet(top, left, turned=False), [list(line[left:]) for line in rows[top:]]
            if corner in TURNED_HEADINGS:
                width = max(len(line) for line in rows[top:]) - left
                lines = [[*line[left:], *[None] * (width - len(line[left:]))] for line in rows[top:]]
                return _Sheet(top, left, turned=True), [list(line) for line in zip(*lines, strict=True)]
    raise Refused("PLAN_NO_HEADINGS", f"前 {HEADING_ROWS} 行没有找到“培训基地”或“培训专业”表头。请使用招收计划模板。")


def _read_headings(sheet: _Sheet, row: Sequence[Any], specialties: Mapping[str, str]) -> None:
    before = ""
    for column in range(1, len(row)):
        heading = _text(row, column)
        folded = fold_name(heading)
        meaning = _meaning(heading, folded, specialties, before)
        if meaning is None:
            if folded not in IGNORED_HEADINGS:
                sheet.fault("PLAN_UNKNOWN_COLUMN", f"不认识“{heading}”。请改为培训专业的名称。", 0, column)
            continue
        if meaning.kind != "part" and any(
            (one.kind, one.specialty) == (meaning.kind, meaning.specialty) for one in sheet.columns.values()
        ):
            sheet.fault("PLAN_COLUMN_TWICE", f"“{heading}”出现了两次。请合并。", 0, column)
            continue
        sheet.columns[column] = meaning
        before = meaning.specialty if meaning.kind == "seats" else before
        if meaning.kind == "total":
            break  # what stands behind the sum belongs to no table
    if not any(one.kind == "total" for one in sheet.columns.values()):
        sheet.fault("PLAN_NO_SUMS", "没有每个基地的“合计”，无法核对。请补上合计。", 0, max(len(row) - 1, 0))


def _meaning(heading: str, folded: str, specialties: Mapping[str, str], before: str) -> _Column | None:
    if folded in TOTAL_NAMES:
        return _Column("total", heading)
    if folded in OTHERS_NAMES:
        return _Column("others", heading)
    if folded.startswith("其中") and before:
        return _Column("reserved" if RESERVED_WORD in folded else "part", heading, before)
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
    others = 0
    for column, one in sheet.columns.items():
        if column not in numbers:
            continue
        place = sheet.place(index, column)
        if one.kind == "seats":
            capacity, reserved, parts = _beside(sheet, numbers, one.specialty)
            note = "；".join(filter(None, [remarks[column], *parts]))
            sheet.seats.append(PlannedSeats(base, one.specialty, numbers[column], capacity, reserved, note, place))
        elif one.kind == "others":
            others = numbers[column]
            if others:
                sheet.others.append(PlannedOthers(base, others, place))
        else:
            _check_beside(sheet, one, numbers[column], by_specialty.get(one.specialty), index, column)
    total = next(column for column, one in sheet.columns.items() if one.kind == "total")
    computed = sum(number or 0 for number in by_specialty.values()) + others
    if numbers.get(total, 0) != computed:
        written = numbers.get(total, 0)
        sheet.fault(
            "PLAN_SUM_DIFFERS", f"该基地的合计写的是 {written}，各专业相加是 {computed}。请核对。", index, total
        )


def _beside(sheet: _Sheet, numbers: Mapping[int, int], specialty: str) -> tuple[int | None, int, list[str]]:
    """What stands beside a specialty's seats: its capacity, its reserve, and its "of which" columns in words."""
    capacity: int | None = None
    reserved = 0
    parts: list[str] = []
    for column, one in sheet.columns.items():
        if one.specialty == specialty and column in numbers:
            if one.kind == "capacity":
                capacity = numbers[column]
            elif one.kind in ("part", "reserved"):
                parts.append(f"{one.heading} {numbers[column]}")
                reserved += numbers[column] if one.kind == "reserved" else 0
    return capacity, reserved, parts


def _check_beside(sheet: _Sheet, one: _Column, number: int, seats: int | None, index: int, column: int) -> None:
    if one.kind == "capacity" and (seats is None or number < seats):
        sheet.fault(
            "PLAN_OVER_CAPACITY",
            f"容量 {number} 小于该专业的计划 {seats or 0}，或该专业没有计划。请核对。",
            index,
            column,
        )
    if one.kind in ("part", "reserved") and number > (seats or 0):
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
        if one.kind == "total":
            sheet.total_cell = sheet.place(index, column)
        if column in sheet.unreadable or (one.kind == "capacity" and number is None):
            continue
        if (number or 0) != computed:
            sheet.fault(
                "PLAN_SUM_DIFFERS",
                f"“{one.heading}”的合计写的是 {number or 0}，各基地相加是 {computed}。请核对。",
                index,
                column,
            )
