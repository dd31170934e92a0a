from __future__ import annotations

from datetime import date

import pytest

from gme_portal.policy.working_days import WorkingCalendar, YearUnknown

# 国务院办公厅关于2025年部分节假日安排的通知：国庆、中秋 10月1日至8日放假，9月28日（星期日）、10月11日（星期六）上班。
AUTUMN = {date(2025, 9, 28): True, date(2025, 10, 11): True, **{date(2025, 10, day): False for day in range(1, 9)}}
CALENDAR = WorkingCalendar({2025: AUTUMN})


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 9, 27), False),  # 普通的星期六
        (date(2025, 9, 28), True),  # 调休的星期日
        (date(2025, 9, 30), True),  # 放假前一天
        (date(2025, 10, 1), False),
        (date(2025, 10, 8), False),  # 放假最后一天，星期三
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), True),  # 调休的星期六
        (date(2025, 10, 12), False),
    ],
)
def test_a_holiday_is_no_working_day_and_a_shifted_weekend_is_one(day: date, worked: bool) -> None:
    assert CALENDAR.is_working(day) is worked


def test_adding_counts_from_the_next_day_on() -> None:
    assert CALENDAR.add(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert CALENDAR.add(date(2025, 9, 30), 3) == date(2025, 10, 11)
    assert CALENDAR.add(date(2025, 10, 4), 0) == date(2025, 10, 4)


def test_counting_includes_both_ends() -> None:
    assert CALENDAR.count(date(2025, 9, 28), date(2025, 10, 11)) == 6
    assert CALENDAR.count(date(2025, 10, 1), date(2025, 10, 8)) == 0
    assert CALENDAR.count(date(2025, 10, 9), date(2025, 10, 9)) == 1
    assert CALENDAR.count(date(2025, 10, 9), date(2025, 10, 8)) == 0


def test_a_year_without_data_is_an_error_that_says_so() -> None:
    with pytest.raises(YearUnknown, match="没有2026年的放假调休安排") as caught:
        CALENDAR.is_working(date(2026, 1, 5))
    assert caught.value.year == 2026


def test_counting_over_new_year_needs_both_years() -> None:
    assert CALENDAR.add(date(2025, 12, 30), 1) == date(2025, 12, 31)
    with pytest.raises(YearUnknown):
        CALENDAR.add(date(2025, 12, 30), 2)
    both = WorkingCalendar({2025: AUTUMN, 2026: {date(2026, 1, 1): False, date(2026, 1, 2): False}})
    assert both.add(date(2025, 12, 30), 2) == date(2026, 1, 5)


def test_a_year_that_was_given_without_exceptions_is_known() -> None:
    assert WorkingCalendar({2030: {}}).is_working(date(2030, 1, 1))


def test_a_day_under_another_year_and_a_negative_step_are_refused() -> None:
    with pytest.raises(ValueError, match="2025-01-01"):
        WorkingCalendar({2026: {date(2025, 1, 1): False}})
    with pytest.raises(ValueError, match="-1"):
        CALENDAR.add(date(2025, 1, 2), -1)
