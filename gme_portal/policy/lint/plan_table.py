"""A plan's table (招收计划表) as it stands: whether its rows, columns and total add up, and whether its heading stands over its columns.

Which way the table lies does not matter: bases down and specialties across, or the other way, or two tables side by side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gme_portal.policy.lint.findings import Finding
from gme_portal.policy.model import Policy

TOTALS = frozenset({"合计", "总计", "小计", "总数"})
_NUMBER = re.compile(r"(\d{1,6})(?:\.0)?(?:[（(].*[）)])?")
_NOTHING = frozenset({"", "/", "／", "-", "—", "－"})
_BESIDE = re.compile(r"^其中|容量$")

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Table:
    """`heads`: the heading of each column, its rows joined; `names`: the columns that hold names; `numbers`: those that hold figures;
    `data`: (row as a person counts it, cells) of every row with a name and a figure; `loose`: rows with figures and no name."""

    heads: list[str]
    names: list[int]
    numbers: list[int]
    data: list[tuple[int, list[str]]]
    loose: list[tuple[int, list[str]]]


def plan_findings(tables: Mapping[str, Rows], policy: Policy) -> Iterator[Finding]:
    """Each table by itself, and all of them together against the total of the notice."""
    seats = 0
    for path, rows in tables.items():
        table = _read(rows)
        yield from _one(table, policy, path)
        seats += _seats(table)
    total = policy.plan.total if policy.plan is not None else 0
    if tables and total and policy.plan is not None and seats != total:
        sentence = f"通知写的计划总数是 {total} 人，计划表各处相加是 {seats} 人。"
        yield Finding("PLAN_TOTAL_DIFFERS", "plan.total", sentence, (policy.plan.clause,), "错误")


def table_findings(rows: Rows, policy: Policy, path: str) -> Iterator[Finding]:
    """One table by itself, such as one that stands in the text of a notice."""
    return _one(_read(rows), policy, path)


def _one(table: _Table, policy: Policy, path: str) -> Iterator[Finding]:
    if not table.numbers or not table.data:
        yield Finding("PLAN_EMPTY", path, "计划表里没有读到任何人数。", (), "错误")
        return
    yield from _shifted(table, path)
    yield from _columns(table, path)
    yield from _rows(table, path)
    yield from _twice(table, policy, path)


def _read(rows: Rows) -> _Table:
    plain = [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, start=1)]
    plain = [(number, row) for number, row in plain if any(row) and not row[0].startswith("#")]
    width = max((len(row) for _, row in plain), default=0)
    plain = [(number, row + [""] * (width - len(row))) for number, row in plain]
    first = next(
        (index for index, (_, row) in enumerate(plain) if _label(row) and any(map(_is_number, row))), len(plain)
    )
    heading = [row for _, row in plain[:first] if not any(map(_is_number, row))]
    loose = [(number, row) for number, row in plain if any(map(_is_number, row)) and not _label(row)]
    data = [(number, row) for number, row in plain[first:] if _label(row) and any(map(_is_number, row))]
    numbers = [column for column in range(width) if any(_is_number(row[column]) for _, row in data)]
    names = [column for column in range(width) if column not in numbers and any(row[column] for _, row in data)]
    heads = ["".join(row[column] for row in heading) for column in range(width)]
    return _Table(heads, names, numbers, data, loose)


def _cell(value: Any) -> str:
    return "" if value is None else "".join(str(value).split())


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None


def _figure(cell: str) -> int:
    match = _NUMBER.fullmatch(cell)
    return int(match[1]) if match else 0


def _label(row: Sequence[str]) -> str:
    return next((cell for cell in row if cell and not _is_number(cell) and cell not in _NOTHING), "")


def _named(table: _Table, row: Sequence[str], column: int) -> str:
    """The name that a figure stands behind: the nearest name to its left."""
    left = [name for name in table.names if name < column]
    return row[left[-1]] if left else ""


def _sums(table: _Table) -> dict[int, int]:
    """Column → the sum of its figures, totals left out."""
    return {
        column: sum(_figure(row[column]) for _, row in table.data if _named(table, row, column) not in TOTALS)
        for column in table.numbers
    }


def _shifted(table: _Table, path: str) -> Iterator[Finding]:
    """Figures in the heading that are the sums of the columns beside theirs."""
    sums = _sums(table)
    for number, row in table.loose:
        written = [(column, _figure(cell)) for column, cell in enumerate(row) if _is_number(cell)]
        for step in (-1, 1):
            if len(written) > 1 and all(sums.get(column + step) == figure for column, figure in written):
                figures = "、".join(str(figure) for _, figure in written)
                over = "、".join(table.heads[column] or f"第 {column + 1} 列" for column, _ in written)
                sentence = f"表头错了一格：第 {number} 行的 {figures} 是{'左' if step < 0 else '右'}边一列的合计，却写在“{over}”之下。"
                yield Finding("PLAN_HEADER_SHIFTED", path, sentence)


def _columns(table: _Table, path: str) -> Iterator[Finding]:
    sums = _sums(table)
    for number, row in table.data:
        for column in table.numbers:
            if (
                _named(table, row, column) in TOTALS
                and _is_number(row[column])
                and _figure(row[column]) != sums[column]
            ):
                head = table.heads[column] or f"第 {column + 1} 列"
                sentence = f"第 {number} 行“{head}”的{_named(table, row, column)}写的是 {_figure(row[column])}，各行相加是 {sums[column]}。"
                yield Finding("PLAN_SUM_DIFFERS", path, sentence, (), "错误")


def _rows(table: _Table, path: str) -> Iterator[Finding]:
    totals = [column for column in table.numbers if table.heads[column] in TOTALS]
    if len(totals) != 1:
        return
    parts = [column for column in table.numbers if column not in totals and not _BESIDE.search(table.heads[column])]
    for number, row in table.data:
        computed = sum(_figure(row[column]) for column in parts)
        if parts and _figure(row[totals[0]]) != computed:
            sentence = f"第 {number} 行“{_label(row)}”的合计写的是 {_figure(row[totals[0]])}，各列相加是 {computed}。"
            yield Finding("PLAN_SUM_DIFFERS", path, sentence, (), "错误")


def _twice(table: _Table, policy: Policy, path: str) -> Iterator[Finding]:
    """A base or a specialty in two rows or columns; a specialty also under two of its names."""
    labels = [row[column] for column in table.names for _, row in table.data if row[column]]
    heads = [table.heads[column] for column in table.numbers if not _BESIDE.search(table.heads[column])]
    for names in (labels, heads if len(table.names) == 1 else []):  # tables side by side repeat their headings
        known = Counter(_same(name, policy) for name in names if name not in TOTALS and name not in _NOTHING)
        for key, times in known.items():
            if times > 1:
                also = "、".join(dict.fromkeys(name for name in names if _same(name, policy) == key))
                yield Finding("PLAN_TWICE", path, f"“{also}”在计划表中有 {times} 处，请合并为一处。", (), "错误")


def _same(name: str, policy: Policy) -> str:
    code = policy.specialties.find(name)
    return policy.specialties.name(code) if code else name


def _seats(table: _Table) -> int:
    """All seats of a table, counted once."""
    sums = _sums(table)
    return sum(
        sums[column]
        for column in table.numbers
        if table.heads[column] not in TOTALS and not _BESIDE.search(table.heads[column])
    )
