"""How times, marks and amounts are said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from gme_portal import wording

LAST_SECOND = datetime(2025, 7, 20, 13, 59, 59, tzinfo=UTC)


def test_an_instant_is_said_in_beijing_time_whatever_its_zone() -> None:
    assert wording.beijing(LAST_SECOND) == "2025年7月20日（星期日）21:59"
    assert wording.beijing(LAST_SECOND, "second") == "2025年7月20日（星期日）21:59:59"
    assert wording.beijing(LAST_SECOND, "short") == "7月20日 21:59"
    assert wording.beijing(LAST_SECOND, "time") == "21:59"


def test_late_evening_in_utc_is_the_next_day_in_beijing() -> None:
    assert wording.beijing(datetime(2025, 7, 20, 16, tzinfo=UTC), "date") == "2025年7月21日（星期一）"


def test_a_date_has_no_hour() -> None:
    assert wording.beijing(date(2025, 7, 20)) == "2025年7月20日（星期日）"
    assert wording.beijing(date(2025, 7, 20), "short") == "7月20日"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 分 00 秒"),
        (65, "1 分 05 秒"),
        (3599, "59 分 59 秒"),
        (3600, "1 小时 0 分"),
        (86399, "23 小时 59 分"),
        (86400, "1 天 0 小时"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units(seconds: int, words: str) -> None:
    assert wording.span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("hundredths", "said"), [(None, "—"), (0, "0.00"), (5, "0.05"), (8850, "88.50"), (10000, "100.00"), (-25, "-0.25")]
)
def test_marks_have_two_decimals(hundredths: int | None, said: str) -> None:
    assert wording.mark(hundredths) == said


@pytest.mark.parametrize(
    ("ratio", "said"), [(None, "—"), (0, "0%"), (0.914, "91.4%"), (0.99999, "99.9%"), (1, "100%"), (1.1, "110%")]
)
def test_only_what_is_full_is_said_to_be_full(ratio: float | None, said: str) -> None:
    assert wording.percent(ratio) == said


def test_file_sizes_count_1024_bytes() -> None:
    assert (wording.kilobytes(149 * 1024), wording.kilobytes(900), wording.kilobytes(3 * 1024 * 1024)) == (
        "149 KB",
        "900 字节",
        "3.0 MB",
    )


def test_the_end_of_a_day_is_said_as_the_day_that_ends() -> None:
    midnight = datetime(2025, 8, 9, 16, 0, tzinfo=UTC)
    assert wording.beijing(midnight, "until") == "2025年8月9日（星期六）24:00"
    assert wording.beijing(midnight, "short_until") == "8月9日 24:00"
    assert wording.beijing(midnight + timedelta(minutes=1), "short_until") == "8月10日 00:01"
