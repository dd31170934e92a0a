"""Moments as notices write them, always in Beijing time: "2025-07-20 22:00", and "24:00" for the first instant of the next day."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}):(\d{2})")
_SPAN = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2})")


def parse_moment(text: str) -> datetime:
    """ "2025-08-06 24:00" → 2025-08-07 00:00 +08:00. Raises ValueError for any other spelling or an impossible date."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, hour, minute = date.fromisoformat(match[1]), int(match[2]), int(match[3])
    if (hour, minute) == (24, 0):
        if day == date.max:
            raise ValueError(text)
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


def parse_span(text: str) -> tuple[time, time]:
    """ "08:00-11:30" → (08:00, 11:30). Raises ValueError unless the first is earlier."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    begins, ends = time.fromisoformat(match[1]), time.fromisoformat(match[2])
    if begins >= ends:
        raise ValueError(text)
    return begins, ends


def day_words(day: date) -> str:
    """2025年7月20日（星期日）"""
    return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def opening_words(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{day_words(local.date())}{local:%H:%M}"


def closing_words(at: datetime) -> str:
    """Like `opening_words`, but midnight is said as 24:00 of the day before, as notices do."""
    local = at.astimezone(SHANGHAI)
    if local.time() == time(0):
        return f"{day_words(local.date() - timedelta(days=1))}24:00"
    return opening_words(at)
