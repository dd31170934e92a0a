"""The calendar file (日历, RFC 5545) with the dates that concern one person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from gme_portal.policy.schema import Window

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar_file(windows: list[Window], *, title: str, uid: str, url: str, at: datetime) -> bytes:
    """One event per window; the registration close also rings a day before. Lines end with CRLF and are folded at 75 bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//GME Portal//ZH",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{title.translate(_ESCAPES)}",
    ]
    for window in windows:
        lines += _event(window, title, uid, url, at)
    return "".join(folded + "\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line)).encode()


def _event(window: Window, title: str, uid: str, url: str, at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{window.key}-{uid}@gme-portal"
    yield f"DTSTAMP:{_utc(at)}"
    yield f"DTSTART:{_utc(window.opens)}"
    yield f"DTEND:{_utc(window.closes)}"
    yield f"SUMMARY:{f'{window.label}（{title}）'.translate(_ESCAPES)}"
    yield f"URL:{url}"
    if window.key == "registration":
        yield from (
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER;RELATED=END:-P1D",
            "DESCRIPTION:报名明天截止",
            "END:VALARM",
        )
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 bytes, never cut inside a character; a continuation begins with a space."""
    rest, limit = line, 75
    while len(rest.encode()) > limit:
        cut = rest.encode()[: limit - (0 if rest is line else 1)].decode(errors="ignore")
        yield cut if rest is line else " " + cut
        rest = rest[len(cut) :]
    yield rest if rest is line else " " + rest
