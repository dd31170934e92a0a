from __future__ import annotations

from datetime import date

import pytest

from gme_portal.policy.arrangement import ArrangedDay, ArrangementError, arrangement_lines, parse_arrangement

# 国办发明电〔2024〕12号，节选
LINES = """\
1月1日 放假 元旦
1月26日 上班 春节
1月28日至2月4日 放假 春节

9月28日 上班 国庆节、中秋节
10月1日-8日 放假 国庆节、中秋节
"""


def problems(text: str) -> str:
    with pytest.raises(ArrangementError) as caught:
        parse_arrangement(2025, text)
    return str(caught.value)


def test_lines_as_the_notice_has_them() -> None:
    days = parse_arrangement(2025, LINES)
    assert len(days) == 1 + 1 + 8 + 1 + 8
    assert days[0] == ArrangedDay(date(2025, 1, 1), False, "元旦")
    assert days[1] == ArrangedDay(date(2025, 1, 26), True, "春节")
    assert days[-1] == ArrangedDay(date(2025, 10, 8), False, "国庆节、中秋节")


def test_what_is_written_is_read_again() -> None:
    days = parse_arrangement(2025, LINES)
    written = arrangement_lines(days)
    assert written == (
        "1月1日 放假 元旦",
        "1月26日 上班 春节",
        "1月28日至2月4日 放假 春节",
        "9月28日 上班 国庆节、中秋节",
        "10月1日至10月8日 放假 国庆节、中秋节",
    )
    assert parse_arrangement(2025, "\n".join(written)) == days


def test_every_wrong_line_is_named() -> None:
    said = problems("1月1日 放假 元旦\n春节放假\n2月30日 放假\n1月27日 上班 春节\n5月5日至1日 放假\n1月1日 放假")
    assert "第 2 行 “春节放假”读不懂" in said
    assert "第 3 行 2025年没有2月30日" in said
    assert "第 4 行 “1月27日 上班 春节”里有本来就上班的日子" in said
    assert "第 5 行 “5月5日至1日 放假”的结束日期早于开始日期" in said
    assert "第 6 行 1月1日写了两次" in said
    assert "共 5 处问题" in said


@pytest.mark.parametrize("text", ["", "1月4日 放假 元旦", "1月26日 上班 春节"])
def test_a_year_in_which_no_working_day_is_off_cannot_be(text: str) -> None:
    assert "没有任何一个工作日放假" in problems(text)


def test_a_holiday_may_begin_or_end_on_a_weekend() -> None:
    assert len(parse_arrangement(2025, "1月1日至1月4日 放假 元旦")) == 4
