"""Working days (工作日): Monday to Friday, less the public holidays, plus the weekend days that are worked in their place (调休).

Pure: the arrangement of each year (国务院办公厅关于部分节假日安排的通知) comes in as plain data. Nothing is guessed: a year that was not
given is an error, because until it is announced nobody knows which of its days are worked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from gme_portal.policy.moments import SHANGHAI
from gme_portal.policy.schema import PublicityRule

SATURDAY = 5


class YearUnknown(LookupError):
    """The holidays of `year` are not in the table; `str()` is the Chinese sentence that says so."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"工作日历中没有{year}年的放假调休安排，无法按工作日计算；请平台管理员按国务院办公厅的通知录入{year}年"
        )


class WorkingCalendar:
    """The working days of the years it was given.

    `years`: year → {day: is_working} for the days that differ from the ordinary week, or for every day; a day that is not named is worked
    from Monday to Friday. A year with no entry at all is unknown. Raises ValueError for a day under another year."""

    def __init__(self, years: Mapping[int, Mapping[date, bool]]) -> None:
        for year, days in years.items():
            for day in days:
                if day.year != year:
                    raise ValueError(f"{day} is not a day of {year}")
        self._years = {year: dict(days) for year, days in years.items()}

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted(self._years))

    def is_working(self, day: date) -> bool:
        """Raises YearUnknown."""
        named = self._years.get(day.year)
        if named is None:
            raise YearUnknown(day.year)
        return named.get(day, day.weekday() < SATURDAY)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which is not counted itself; for n = 0 `day` as it is. Raises YearUnknown; ValueError for n < 0."""
        if n < 0:
            raise ValueError(n)
        while n:
            day += timedelta(days=1)
            n -= self.is_working(day)
        return day

    def count(self, first: date, last: date) -> int:
        """How many working days there are from `first` to `last`, both included; 0 where `last` is earlier. Raises YearUnknown."""
        return sum(self.is_working(first + timedelta(days=step)) for step in range((last - first).days + 1))


def shown_until(opens: datetime, rule: PublicityRule, calendar: WorkingCalendar | None) -> datetime:
    """The midnight (Beijing) after a list that comes out at `opens` has been on show (公示) for the whole days that the rule asks for; a day that
    had begun by then does not count. Raises YearUnknown, also where working days are asked for and no calendar is given."""
    local = opens.astimezone(SHANGHAI)
    before = local.date() - timedelta(days=local.time() == time(0))
    if rule.kind == "calendar":
        last = before + timedelta(days=rule.days)
    elif calendar is None:
        raise YearUnknown(local.year)
    else:
        last = calendar.add(before, rule.days)
    return datetime.combine(last + timedelta(days=1), time(0), tzinfo=SHANGHAI)
