"""Reading an uploaded sheet: columns by heading, every bad cell named by row, letter and heading; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from gme_portal.files import sandbox
from gme_portal.files.inspection import sniff
from gme_portal.refusals import Refused
from gme_portal.sheets.cells import BadCell, convert, shown
from gme_portal.sheets.columns import Column, Fault, Reading, Row
from gme_portal.sheets.decode import SAVE_AS

MAX_COLUMNS = 120
HEADING_ROWS = 12  # title and notes may stand above the headings
IGNORED_HEADERS = ("序号", "备注")
MAX_FAULTS = 200


def read(
    content: bytes, columns: Sequence[Column], *, max_rows: int, ignored: Collection[str] = IGNORED_HEADERS
) -> Reading:
    """Read the first visible sheet of an .xlsx.

    `max_rows`: rows of data allowed. `ignored`: headings that may be there and are not read; any other unknown heading is a fault, because a
    column read as something else is worse than none. Headings may be the column's header, an alias or its key, with blanks and full-width forms
    folded; the heading row is the one among the first twelve that knows most of them.

    Raises `Refused` when there is no sheet to speak of: SHEET_EMPTY, SHEET_NOT_XLSX, SHEET_BROKEN, SHEET_MACROS, SHEET_TOO_BIG,
    SHEET_TOO_MANY_ROWS, SHEET_TOO_MANY_COLUMNS, SHEET_NO_HEADINGS, or a limit of the bounded child. Everything else is in `Reading.faults`.
    """
    grid = cells(content, max_rows=max_rows + HEADING_ROWS)
    heading = _heading_row(grid, columns)
    places, faults = _places(grid[heading], heading + 1, columns, {_folded(name) for name in ignored})
    if faults:
        return Reading([], faults)
    rows: list[Row] = []
    for index in range(heading + 1, len(grid)):
        if any(cell is not None for cell in grid[index]):
            row, bad = _row(grid[index], index + 1, places)
            rows.append(row)
            faults.extend(bad)
    if not rows:
        raise Refused("SHEET_EMPTY", "表头下面没有数据。请填写后重新上传。")
    if len(rows) > max_rows:
        raise Refused("SHEET_TOO_MANY_ROWS", f"表格有 {len(rows)} 行数据，最多 {max_rows} 行。请分成几个文件上传。")
    faults.extend(_duplicates(rows, places))
    faults.sort(key=lambda fault: (fault.row, len(fault.column), fault.column))
    return Reading(rows, faults[:MAX_FAULTS])


def cells(content: bytes, *, max_rows: int) -> list[list[Any]]:
    """The raw cells of the first visible sheet of an .xlsx, for a reader that finds its own way about.

    Raises `Refused`: the codes of `read` up to SHEET_TOO_MANY_COLUMNS, or a limit of the bounded child."""
    _check_kind(content)
    limits = {"max_rows": max_rows, "max_columns": MAX_COLUMNS}
    rows: list[list[Any]] = sandbox.run("gme_portal.sheets.decode:rows_of", content, limits).data["rows"]
    return rows


def letter(index: int) -> str:
    """Excel's name of the column with this 0-based index: 0 → A, 26 → AA."""
    name, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _check_kind(content: bytes) -> None:
    if not content:
        raise Refused("SHEET_EMPTY", "文件是空的。请重新选择文件。")
    kind = sniff(content)
    if kind == "ole":
        raise Refused("SHEET_NOT_XLSX", f"这是旧版 .xls 或加密的表格，不能读取。{SAVE_AS}")
    if kind != "zip":
        raise Refused("SHEET_NOT_XLSX", f"文件不是 .xlsx 表格（改扩展名不能改变格式）。{SAVE_AS}")


def _folded(heading: Any) -> str:
    """Headings compare without blanks, stars, brackets' width and letter case."""
    text = shown(heading).replace("（", "(").replace("）", ")")
    return re.sub(r"[\s\u3000*＊]", "", text).lower()


def _names(columns: Sequence[Column]) -> dict[str, Column]:
    return {_folded(name): column for column in columns for name in (column.header, column.key, *column.aliases)}


def _heading_row(grid: list[list[Any]], columns: Sequence[Column]) -> int:
    known = _names(columns)
    hits = [len({known[_folded(cell)].key for cell in row if _folded(cell) in known}) for row in grid[:HEADING_ROWS]]
    if not any(cell is not None for row in grid for cell in row):
        raise Refused("SHEET_EMPTY", "表格是空的。请下载模板填写后上传。")
    if max(hits) == 0:
        headers = "、".join(column.header for column in columns if column.required) or columns[0].header
        raise Refused(
            "SHEET_NO_HEADINGS", f"没有找到表头。前 {HEADING_ROWS} 行内须有一行写明：{headers}。请下载模板填写。"
        )
    return hits.index(max(hits))


def _places(
    heading: list[Any], row: int, columns: Sequence[Column], ignored: set[str]
) -> tuple[list[tuple[int, Column]], list[Fault]]:
    """Where each column stands, and what is wrong with the headings."""
    known = _names(columns)
    places: dict[str, tuple[int, Column]] = {}
    faults: list[Fault] = []
    for index, cell in enumerate(heading):
        name = _folded(cell)
        if not name or name in ignored:
            continue
        column, text, at = known.get(name), shown(cell), f"第 {row} 行 {letter(index)} 列「{shown(cell)}」："
        if column is None:
            faults.append(
                Fault(row, letter(index), text, text, f"{at}不认识这个表头。请改为模板中的表头，或删去该列。")
            )
        elif column.key in places:
            first = letter(places[column.key][0])
            faults.append(Fault(row, letter(index), text, text, f"{at}与 {first} 列重复。请只保留一列。"))
        else:
            places[column.key] = (index, column)
    for column in columns:
        if column.required and column.key not in places:
            faults.append(Fault(row, "", column.header, "", f"第 {row} 行缺少表头「{column.header}」。请补上该列。"))
    return list(places.values()), faults


def _row(cells: list[Any], number: int, places: list[tuple[int, Column]]) -> tuple[Row, list[Fault]]:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for index, column in places:
        cell = cells[index] if index < len(cells) else None
        try:
            values[column.key] = convert(cell, column)
        except BadCell as bad:
            values[column.key] = None
            now = f"，现为“{shown(cell)}”" if cell is not None else ""
            faults.append(_fault(number, index, column, shown(cell), f"{bad}{now}。"))
    return Row(number, values), faults


def _fault(number: int, index: int, column: Column, value: str, what: str) -> Fault:
    return Fault(
        number, letter(index), column.header, value, f"第 {number} 行 {letter(index)} 列「{column.header}」：{what}"
    )


def _duplicates(rows: list[Row], places: list[tuple[int, Column]]) -> list[Fault]:
    faults: list[Fault] = []
    for index, column in places:
        if not column.unique:
            continue
        first: dict[Any, int] = {}
        for row in rows:
            value = row.values[column.key]
            if value is None:
                continue
            if value in first:
                faults.append(
                    _fault(row.number, index, column, str(value), f"与第 {first[value]} 行重复，现为“{value}”。")
                )
            first.setdefault(value, row.number)
    return faults
