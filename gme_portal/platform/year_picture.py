"""A year at a glance (年历): months of weeks of days, each day with what it is, for the page that shows the working days."""

from __future__ import annotations

from calendar import Calendar
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gme_portal.policy.arrangement import ArrangedDay
from gme_portal.policy.working_days import SATURDAY
from gme_portal.wording import day_text

KINDS = {"off": "放假", "worked": "调休上班", "weekend": "周末", "plain": "上班"}


@dataclass(frozen=True, slots=True)
class Day:
    """`kind` is a key of KINDS; `mark` the sign beside the number (休, 班); `words` says all of it for a reader."""

    day: date
    kind: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Month:
    """`weeks` run from Monday; None where a week reaches out of the month."""

    number: int
    weeks: list[list[Day | None]]


def months(year: int, arranged: Iterable[ArrangedDay]) -> list[Month]:
    """The twelve months of a year whose holidays are known."""
    named = {one.day: one for one in arranged}
    weeks_of = Calendar().monthdatescalendar
    return [
        Month(
            number,
            [[_day(day, named) if day.month == number else None for day in week] for week in weeks_of(year, number)],
        )
        for number in range(1, 13)
    ]


def counts(pictured: Iterable[Month]) -> Counter[str]:
    """How many days of each kind, and under `working` how many are worked."""
    found = Counter(day.kind for month in pictured for week in month.weeks for day in week if day)
    return found + Counter(working=found["plain"] + found["worked"])


def _day(day: date, named: dict[date, ArrangedDay]) -> Day:
    one = named.get(day)
    if one is None:
        kind = "weekend" if day.weekday() >= SATURDAY else "plain"
    else:
        kind = "worked" if one.is_working else "off"
    words = f"{day_text(day)}{KINDS[kind]}" + (f"：{one.name}" if one and one.name else "")
    return Day(day, kind, {"off": "休", "worked": "班"}.get(kind, ""), words)
