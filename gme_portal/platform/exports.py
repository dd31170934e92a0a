"""The working days of a year as a spreadsheet."""

from __future__ import annotations

from gme_portal.platform.year_picture import KINDS, Month
from gme_portal.policy.arrangement import ArrangedDay
from gme_portal.sheets import Column, write
from gme_portal.wording import WEEKDAYS

COLUMNS = (
    Column("day", "日期", kind="date"),
    Column("weekday", "星期"),
    Column("kind", "安排"),
    Column("name", "节假日"),
)


def year_sheet(year: int, pictured: list[Month], arranged: tuple[ArrangedDay, ...], source: str) -> bytes:
    """Every day of the year, one row each."""
    names = {one.day: one.name for one in arranged}
    days = [day for month in pictured for week in month.weeks for day in week if day]
    rows = (
        {
            "day": one.day,
            "weekday": WEEKDAYS[one.day.weekday()],
            "kind": KINDS[one.kind],
            "name": names.get(one.day, ""),
        }
        for one in days
    )
    return write(f"{year}年工作日历", COLUMNS, rows, note_lines=[f"依据：{source}"])
