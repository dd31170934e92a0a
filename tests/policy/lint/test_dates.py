"""Dates as the five notices write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from gme_portal.policy.lint.dates import dates_alone, deadlines, mentions, spans
from gme_portal.policy.moments import SHANGHAI


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [
        ("（1）6月28日09:00至7月12日18:00期间登录", at(2021, 6, 28, 9), at(2021, 7, 12, 18)),  # 000
        ("2025 年 6 月 25 日 10:00-7 月 20 日 22:00。", at(2025, 6, 25, 10), at(2025, 7, 20, 22)),  # 001
        ("2025 年 6 月 25 日 10: 00--2025 年 7 月 20 日 22: 00", at(2025, 6, 25, 10), at(2025, 7, 20, 22)),  # 003
        ("2024年6月14日0:00—6月30日24:00", at(2024, 6, 14), at(2024, 7, 1)),  # 002
        ("4月8日0时-4月23日24时", at(2021, 4, 8), at(2021, 4, 24)),  # 004
        ("8月2日—6日期间，省毕教办", at(2021, 8, 2), at(2021, 8, 7)),  # 000
        ("8 月 11—20 日期间", at(2021, 8, 11), at(2021, 8, 21)),  # 001
        ("于7月1日-4日（具体时间", at(2021, 7, 1), at(2021, 7, 5)),  # 002
        ("(3月25日-4月7日)", at(2021, 3, 25), at(2021, 4, 8)),  # 004
    ],
)
def test_periods(text: str, opens: datetime, closes: datetime) -> None:
    (span,) = spans(text, 2021)
    assert (span.opens, span.closes) == (opens, closes)


@pytest.mark.parametrize(
    "text", ["2月30日-3月1日", "6月30日-6月28日", "7月1日25:00-7月2日", "8:00-11:30，14:00-17:00", "0871-68179573"]
)
def test_what_is_no_period(text: str) -> None:
    assert spans(text, 2021) == []


def test_deadlines_but_not_the_end_of_a_period() -> None:
    text = "7月16日18:00前确认；8月10日前，报送；7月1日-4日前往；6月30日24点前完成"
    assert [one.closes for one in deadlines(text, 2024)] == [at(2024, 7, 16, 18), at(2024, 8, 11), at(2024, 7, 1)]


def test_the_date_under_a_notice_fills_its_line() -> None:
    assert list(
        dates_alone("印发于 2021 年 6 月 1 日。\n办公室\n2021 年 6 月 29 日\n2025 年×年×月\n2021年2月30日")
    ) == [date(2021, 6, 29)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("8月2日—6日期间", True),
        ("8月6日前", True),
        ("18月6日", False),
        ("8月16日", False),
        ("2024-08-06", True),
        ("8月5日", False),
    ],
)
def test_whether_a_day_is_named(text: str, named: bool) -> None:
    assert mentions(text, date(2024, 8, 6)) is named
