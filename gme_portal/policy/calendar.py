"""Reading the windows (时间安排) of a policy: `[[windows.registration]]` with `opens` and `closes`, or `on` for a single day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from gme_portal.policy.citing import Citing
from gme_portal.policy.moments import SHANGHAI, closing_words, opening_words, parse_moment, parse_span
from gme_portal.policy.reading import Reader, parse_day
from gme_portal.policy.schema import WINDOW_KEYS, Window

_HINT = "请写成 2025-07-20 22:00（北京时间，当日末写 24:00）"
NEVER = datetime(2000, 1, 1, tzinfo=SHANGHAI)


def read_windows(root: Reader, citing: Citing, types: tuple[str, ...], rounds: tuple[str, ...]) -> tuple[Window, ...]:
    table = root.table("windows")
    if table is None:
        return ()
    windows = [
        _read_window(one, key, citing, types, rounds)
        for key in WINDOW_KEYS
        for one in table.tables(key, required=False)
    ]
    table.done()
    return tuple(windows)


def _read_window(table: Reader, key: str, citing: Citing, types: tuple[str, ...], rounds: tuple[str, ...]) -> Window:
    opens, closes = _read_day(table) if table.has("on") else _read_span(table)
    clause, note = citing.read(table)
    window = Window(
        key=key,
        label=table.text("label", default=WINDOW_KEYS[key]),
        opens=opens,
        closes=closes,
        person_types=table.texts("person_types", default=(), allowed=types),
        round=table.text("round", default="first", allowed=rounds),
        clause=clause,
        note=note,
        hours=read_hours(table),
    )
    table.done()
    return window


def _read_span(table: Reader) -> tuple[datetime, datetime]:
    opens, closes = table.parsed("opens", parse_moment, _HINT), table.parsed("closes", parse_moment, _HINT)
    if opens and closes and closes <= opens:
        table.blame("closes", f"截止时间{closing_words(closes)}不晚于开始时间{opening_words(opens)}")
    return opens or NEVER, closes or NEVER


def _read_day(table: Reader) -> tuple[datetime, datetime]:
    day = table.parsed("on", parse_day, "请写成 2025-09-01")
    opens = datetime.combine(day, time(0), tzinfo=SHANGHAI) if day else NEVER
    return opens, opens + timedelta(days=1)


def read_hours(table: Reader) -> tuple[tuple[time, time], ...]:
    hours: list[tuple[time, time]] = []
    for index, text in enumerate(table.texts("hours", default=())):
        try:
            span = parse_span(text)
        except ValueError:
            table.blame(f"hours[{index}]", f"“{text}”读不懂，请写成 08:00-11:30")
            continue
        if hours and span[0] < hours[-1][1]:
            table.blame(f"hours[{index}]", "时段有重叠或未按先后排列")
        hours.append(span)
    return tuple(hours)
