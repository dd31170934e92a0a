"""Dates as notices write them in running Chinese: `2025 年 6 月 25 日 10:00-7 月 20 日 22:00`, `4月8日0时-4月23日24时`, `8月2日—6日`, `7月16日18:00前`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gme_portal.policy.moments import SHANGHAI

_CLOCK = r"(?:(?:上午|下午|晚上)?\s*(\d{1,2})\s*\s*(?:[:：]\s*(\d{2})|[时点]))?"
_DAY = r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*" + _CLOCK
_FIRST = r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*日?\s*" + _CLOCK  # `8 月 11—20 日`
_TO = r"\s*(?:至|到|[-—–~～]+)\s*"
_LATER = r"(?:(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*)?(\d{1,2})\s*日\s*" + _CLOCK
_SPAN = re.compile(_FIRST + _TO + _LATER)
_MOMENT = re.compile(_DAY)
_ALONE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")


@dataclass(frozen=True, slots=True)
class Span:
    """A period in a text, half-open; `start` and `end` are its place in the text."""

    opens: datetime
    closes: datetime
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """`X 前`: something has to be done before `closes`; without an hour the day itself is still in time."""

    closes: datetime
    start: int
    end: int


def spans(text: str, year: int) -> list[Span]:
    """Every period of a text; `year` is meant where none is written. What is no date is passed over."""
    found = []
    for match in _SPAN.finditer(text):
        y, m, d, hour, minute, y2, m2, d2, hour2, minute2 = match.groups()
        first_year = int(y or year)
        opens = _moment(first_year, int(m), int(d), hour, minute, closing=False)
        closes = _moment(int(y2 or first_year), int(m2 or m), int(d2), hour2, minute2, closing=True)
        if opens and closes and opens < closes:
            found.append(Span(opens, closes, match.start(), match.end()))
    return found


def deadlines(text: str, year: int) -> list[Deadline]:
    """Every `…日前` of a text that is not the end of a period."""
    inside = [(span.start, span.end) for span in spans(text, year)]
    found = []
    for match in _MOMENT.finditer(text):
        y, m, d, hour, minute = match.groups()
        closes = _moment(int(y or year), int(m), int(d), hour, minute, closing=True)
        if (
            closes
            and text[match.end() :].lstrip().startswith(("前", "之前"))
            and not any(a <= match.start() < b for a, b in inside)
        ):
            found.append(Deadline(closes, match.start(), match.end()))
    return found


def dates_alone(text: str) -> Iterator[date]:
    """Dates that fill a line, as the one under a notice (落款) does."""
    for line in text.splitlines():
        match = _ALONE.fullmatch(line.strip())
        if match and (day := _day(*(int(part) for part in match.groups()))):
            yield day


def mentions(text: str, day: date) -> bool:
    """Is the day of a month named anywhere? `8月2日—6日` names the 6th as well."""
    named = rf"(?<!\d){day.month}\s*月\s*{day.day}\s*日"
    later = rf"(?<!\d){day.month}\s*月\s*\d{{1,2}}\s*日?\s*[^，。；\n]{{0,12}}{_TO}{day.day}\s*日"
    iso = rf"{day.year}-0?{day.month}-0?{day.day}(?!\d)"
    return any(re.search(pattern, text) for pattern in (named, later, iso))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(year: int, month: int, day: int, hour: str | None, minute: str | None, *, closing: bool) -> datetime | None:
    found = _day(year, month, day)
    hours = int(hour) if hour else (24 if closing else 0)
    if found is None or hours > 24 or int(minute or 0) > 59:
        return None
    return datetime.combine(found, time(0), tzinfo=SHANGHAI) + timedelta(hours=hours, minutes=int(minute or 0))
