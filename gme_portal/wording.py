"""How times, marks and amounts are said in Chinese, the same on screen, on paper and in messages.

Pure: no Django, no clock. Instants are aware; they are always said in Beijing time (北京时间), whatever the server's zone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
NOTHING = "—"


def _local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=BEIJING) if moment.tzinfo is None else moment.astimezone(BEIJING)


def day_text(day: date) -> str:
    """2025年7月20日（星期日）."""
    return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def beijing(moment: datetime | date, style: str = "full") -> str:
    """An instant in Beijing time, or a plain date, which has no hour and is said as a date (short: 7月20日).

    `style`: full 2025年7月20日（星期日）22:00 · second: with seconds · date: without the hour · short 7月20日 22:00 · time 22:00;
    until and short_until say midnight as 24:00 of the day before.
    """
    if not isinstance(moment, datetime):
        return f"{moment.month}月{moment.day}日" if style == "short" else day_text(moment)
    local = _local(moment)
    if style == "time":
        return f"{local:%H:%M}"
    if style == "short_until" and (local.hour, local.minute, local.second) == (0, 0, 0):
        local -= timedelta(days=1)
        return f"{local.month}月{local.day}日 24:00"
    if style in ("short", "short_until"):
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    if style == "date":
        return day_text(local)
    if style == "until" and (local.hour, local.minute, local.second) == (0, 0, 0):
        return day_text(local - timedelta(days=1)) + "24:00"
    return day_text(local) + (f"{local:%H:%M:%S}" if style == "second" else f"{local:%H:%M}")


def span(length: timedelta) -> str:
    """How long something still takes, in its two largest units: 2 天 3 小时 · 3 小时 20 分 · 12 分 05 秒. Never negative."""
    seconds = max(0, int(length.total_seconds()))
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days} 天 {hours} 小时"
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {seconds:02d} 秒"


def mark(hundredths: int | None) -> str:
    """A mark kept as an integer of hundredths, said with two decimals: 8850 → 88.50."""
    if hundredths is None:
        return NOTHING
    sign, units = ("-", -hundredths) if hundredths < 0 else ("", hundredths)
    return f"{sign}{units // 100}.{units % 100:02d}"


def percent(ratio: float | None) -> str:
    """0.914 → 91.4%; whole percentages have no decimal. Never rounds up to 100% what is not full."""
    if ratio is None:
        return NOTHING
    shown = round(ratio * 100, 1)
    if shown >= 100 > ratio * 100:
        shown = 99.9
    return f"{shown:.0f}%" if shown == int(shown) else f"{shown:.1f}%"


def kilobytes(size: int | None) -> str:
    """A file size as people say it; below 1 MB in KB (1024 bytes), as the notices count photos."""
    if size is None:
        return NOTHING
    if size < 1024:
        return f"{size} 字节"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"
