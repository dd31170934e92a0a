"""Reading notices: the version in force and its policy; and the working days."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from gme_portal.notices.models import CalendarDay, CalendarYear, Notice, NoticeVersion
from gme_portal.policy import Policy, loads
from gme_portal.policy.arrangement import ArrangedDay
from gme_portal.policy.working_days import WorkingCalendar


@lru_cache(maxsize=32)
def _parsed(digest: str, source: str) -> Policy:
    return loads(source, digest)


def version_in_force(notice: Notice) -> NoticeVersion:
    """The newest adopted version. Raises NoticeVersion.DoesNotExist for a notice without one."""
    return notice.versions.latest("number")


def policy_of(version: NoticeVersion) -> Policy:
    """The policy that a version holds; parsed once per process and digest."""
    return _parsed(version.digest, version.source)


def open_notices() -> list[Notice]:
    """Notices that people may work with, newest first."""
    return list(Notice.objects.filter(is_open=True))


def arranged_days(year: int) -> tuple[ArrangedDay, ...]:
    """The days of a year that a public holiday concerns, in order; none for a year that is not in the table."""
    rows = CalendarDay.objects.filter(year=year).values_list("day", "is_working", "name")
    return tuple(ArrangedDay(*row) for row in rows)


def working_calendar() -> WorkingCalendar:
    """Every year in the table. Two queries."""
    years: dict[int, dict[date, bool]] = {year: {} for year in CalendarYear.objects.values_list("year", flat=True)}
    for day, is_working in CalendarDay.objects.values_list("day", "is_working"):
        years[day.year][day] = is_working
    return WorkingCalendar(years)
