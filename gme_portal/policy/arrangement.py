"""A year's holidays (放假安排) in the lines an administrator copies from the State Council's notice (国务院办公厅关于部分节假日安排的通知).

One span per line: `1月28日至2月4日 放假 春节` · `1月26日 上班 春节` · `10月1日至8日 放假 国庆节、中秋节`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from gme_portal.policy.errors import DocumentError, Problem
from gme_portal.policy.working_days import SATURDAY

_DAY = r"(\d{1,2})\s*月\s*(\d{1,2})\s*日"
_LINE = re.compile(
    rf"{_DAY}(?:\s*(?:至|到|[-—–~～]+)\s*(?:(\d{{1,2}})\s*月)?\s*(\d{{1,2}})\s*日)?\s*(放假|上班)(?:\s+(\S.*))?"
)
_WORD = {True: "上班", False: "放假"}


class ArrangementError(DocumentError):
    """Lines that are not a year's holidays; `problems` names each line."""


@dataclass(frozen=True, slots=True, order=True)
class ArrangedDay:
    """One day that a holiday concerns: a day off (also a weekend inside a holiday), or a weekend day that is worked (调休)."""

    day: date
    is_working: bool
    name: str


def parse_arrangement(year: int, text: str) -> tuple[ArrangedDay, ...]:
    """The days of a year's lines, in order. Raises ArrangementError with every line that cannot be."""
    found: dict[date, ArrangedDay] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            days = _parse_line(year, line.strip())
        except ValueError as error:
            problems.append(Problem("", str(error), number))
            continue
        for one in days:
            if one.day in found:
                problems.append(Problem("", f"{one.day.month}月{one.day.day}日写了两次，请只留一处", number))
            found[one.day] = one
    if not problems and not any(not one.is_working and one.day.weekday() < SATURDAY for one in found.values()):
        problems.append(Problem("", f"{year}年没有任何一个工作日放假，请按国务院办公厅的通知逐行填写"))
    if problems:
        raise ArrangementError(f"{year}年放假安排", problems)
    return tuple(sorted(found.values()))


def _parse_line(year: int, line: str) -> list[ArrangedDay]:
    """Raises ValueError with the Chinese sentence."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"“{line}”读不懂，请写成“1月28日至2月4日 放假 春节”或“1月26日 上班 春节”")
    month, day, last_month, last_day, word, name = match.groups()
    first = _date(year, int(month), int(day))
    last = _date(year, int(last_month or month), int(last_day)) if last_day else first
    if last < first:
        raise ValueError(f"“{line}”的结束日期早于开始日期；跨年的假期请把每年的日子写在各自的年份里")
    working = word == _WORD[True]
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    if working and any(one.weekday() < SATURDAY for one in days):
        raise ValueError(f"“{line}”里有本来就上班的日子；“上班”只写调休上班的周六、周日")
    return [ArrangedDay(one, working, (name or "").strip()) for one in days]


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"{year}年没有{month}月{day}日") from None


def arrangement_lines(days: Iterable[ArrangedDay]) -> tuple[str, ...]:
    """The lines that `parse_arrangement` reads, spans joined; days off first within a holiday's place in the year."""
    spans: list[list[ArrangedDay]] = []
    for one in sorted(days):
        last = spans[-1][-1] if spans else None
        if last and (last.is_working, last.name, last.day + timedelta(days=1)) == (one.is_working, one.name, one.day):
            spans[-1].append(one)
        else:
            spans.append([one])
    return tuple(_line(span) for span in spans)


def _line(span: list[ArrangedDay]) -> str:
    first, last = span[0], span[-1]
    until = "" if first == last else f"至{last.day.month}月{last.day.day}日"
    return f"{first.day.month}月{first.day.day}日{until} {_WORD[first.is_working]} {first.name}".rstrip()
