"""Marks in a spreadsheet (成绩表): the columns, the template with everybody in it, and an uploaded file read into changes without storing any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from admissions.allocation import canonical
from admissions.models import Application
from admissions.queries.mark_book import ABSENT, ABSENT_WORDS, FAILED, PASSED, Row, items, mark_text
from admissions.scoring import format_mark, looks_like_ranks
from bases.queries import fold_name
from gme_portal.policy import Policy
from gme_portal.sheets import Column, Fault, read, write
from gme_portal.sheets import Row as SheetRow

NUMBER, NAME = "number", "name"
MAX_ROWS = 2000
CHECK_WORDS = (PASSED, FAILED, *ABSENT_WORDS)


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that would be different: as it stands and as it would be ("" for nothing)."""

    application: Application
    component: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What applying a file would do. Nothing may be applied while `faults` is not empty. `digest` names exactly these changes."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    same: int = 0
    not_in_file: list[Row] = field(default_factory=list)
    digest: str = ""

    def entries(self) -> dict[UUID, dict[str, str]]:
        """The changes as `services.marks.enter` takes them."""
        found: dict[UUID, dict[str, str]] = {}
        for change in self.changes:
            found.setdefault(change.application.pk, {})[change.component] = change.after
        return found


def columns(policy: Policy) -> list[Column]:
    """报名号 is the key, 姓名 only proves it; each component and check by its label."""
    marks = [
        Column(
            component.key,
            component.label,
            aliases=(f"{component.label}成绩", f"{component.label}（满分{component.full_mark // 100}）"),
            kind="mark",
            choices=ABSENT_WORDS,
            minimum=0,
            maximum=component.full_mark / 100,
            width=6,
        )
        for component in policy.scoring.components
    ]
    checks = [
        Column(check.key, check.label, aliases=(f"{check.label}结果",), kind="choice", choices=CHECK_WORDS, width=6)
        for check in policy.scoring.checks
    ]
    return [
        Column(NUMBER, "报名号", required=True, unique=True, width=8),
        Column(NAME, "姓名", required=True, width=8),
        *marks,
        *checks,
    ]


def filled_template(rows: Sequence[Row], policy: Policy, *, title: str, watermark: str) -> bytes:
    """The sheet to fill in, with everybody who sits the assessment and the marks that stand."""
    notes = [
        "请只填写成绩列，最多两位小数；缺考填“缺考”；空格表示不改动。不要改报名号。",
        "、".join(
            f"{one.label}满分 {one.full_mark // 100} 分，{one.share}" for one in items(policy) if not one.is_check
        )
        + "。",
    ]
    if policy.scoring.checks:
        notes.append(f"{'、'.join(one.label for one in policy.scoring.checks)}填“{PASSED}”或“{FAILED}”。")
    lines = [
        {
            NUMBER: row.application.number,
            NAME: row.application.applicant.user.name,
            **{key: _cell(row, key) for key in row.marks},
        }
        for row in rows
    ]
    return write(title, columns(policy), lines, note_lines=notes, watermark=watermark)


def _cell(row: Row, key: str) -> Decimal | str:
    mark = row.marks[key]
    return mark_text(mark) if mark.value is None else Decimal(mark.value) / 100


def plan_import(content: bytes, rows: Sequence[Row], policy: Policy) -> ImportPlan:
    """Read a file against the marks that stand. An empty cell changes nothing. Raises Refused when it is no readable sheet."""
    sheet_columns = columns(policy)
    reading = read(content, sheet_columns, max_rows=MAX_ROWS)
    people = {row.application.number: row for row in rows}
    faults = list(reading.faults)
    letters = {column.key: chr(65 + place) for place, column in enumerate(sheet_columns)}
    for line in reading.rows:
        faults += _whose(line, people, letters)
    faults += _ranks(reading.rows, policy)
    if faults:
        return ImportPlan(faults=sorted(faults, key=lambda fault: (fault.row, fault.column)))
    changes, same = _changes(reading.rows, people, policy)
    named = {line.values[NUMBER] for line in reading.rows}
    left_out = [row for number, row in people.items() if number not in named]
    told = [[one.application.number, one.component, one.before, one.after] for one in changes]
    return ImportPlan(changes, [], same, left_out, canonical.digest(told))


def _whose(line: SheetRow, people: Mapping[str, Row], letters: Mapping[str, str]) -> list[Fault]:
    """A row must name somebody of this sheet, and its name must be theirs: a shifted column shows itself here."""
    number, name = line.values.get(NUMBER), line.values.get(NAME)
    if not number or not name:
        return []
    row = people.get(str(number))
    if row is None:
        sentence = f"第 {line.number} 行「报名号」：本基地参加考核的人员中没有 {number}。请核对报名号；未审核通过或未现场确认的不能录入成绩。"
        return [Fault(line.number, letters[NUMBER], "报名号", str(number), sentence)]
    right = row.application.applicant.user.name
    if fold_name(str(name)) != fold_name(right):
        sentence = f"第 {line.number} 行「姓名」：报名号 {number} 是{right}，表中写的是“{name}”。请核对是否错行。"
        return [Fault(line.number, letters[NAME], "姓名", str(name), sentence)]
    return []


def _ranks(lines: Sequence[SheetRow], policy: Policy) -> list[Fault]:
    """A ranking pasted in place of marks has cost other recruitments a whole round."""
    found = []
    for component in policy.scoring.components:
        marks = [_hundredths(line.values.get(component.key)) for line in lines]
        if looks_like_ranks([mark for mark in marks if mark is not None]):
            sentence = f"「{component.label}」一列恰好是 1 到 {len([m for m in marks if m is not None])}，像是名次而不是分数。请改为分数后重新上传。"
            found.append(Fault(0, "", component.label, "", sentence))
    return found


def _typed(value: Any) -> str:
    """A cell as `services.marks.enter` takes it."""
    mark = _hundredths(value)
    if mark is not None:
        return format_mark(mark)
    return str(value) if value in (PASSED, FAILED) else ABSENT


def _hundredths(value: Any) -> int | None:
    return int(value * 100) if isinstance(value, Decimal) else None


def _changes(lines: Sequence[SheetRow], people: Mapping[str, Row], policy: Policy) -> tuple[list[Change], int]:
    changes: list[Change] = []
    same = 0
    for line in lines:
        row = people[str(line.values[NUMBER])]
        for item in items(policy):
            value = line.values.get(item.key)
            if value is None:
                continue
            before, after = mark_text(row.marks.get(item.key)), _typed(value)
            if before == after:
                same += 1
            else:
                changes.append(Change(row.application, item.key, item.label, before, after))
    return changes, same
