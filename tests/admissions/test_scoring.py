"""Marks in whole hundredths: what is read, what is refused, and one rounding, half up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admissions.scoring import format_mark, is_blank, looks_like_ranks, parse_mark, weighted_total
from gme_portal.policy.schema import Component
from gme_portal.refusals import Refused

KUNMING = (
    Component("written", "理论笔试", 10000, 40),
    Component("skills", "技能操作", 10000, 20),
    Component("interview", "面试", 10000, 40),
)
JILIN = (Component("written", "笔试", 6000, 60), Component("interview", "面试", 4000, 40))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("88", 8800),
        ("88.5", 8850),
        ("88.50", 8850),
        (" 88.05 ", 8805),
        ("８８．５", 8850),
        ("\u300088\u3000", 8800),
        ("0", 0),
        ("-0", None),
        ("100", 10000),
        ("100.00", 10000),
        ("099", 9900),
    ],
)
def test_a_mark_is_read_as_people_type_it(text: str, mark: int | None) -> None:
    if mark is None:
        with pytest.raises(Refused):
            parse_mark(text, 10000)
    else:
        assert parse_mark(text, 10000) == mark


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "MARK_BLANK"),
        ("　 ", "MARK_BLANK"),
        ("100.01", "MARK_OVER_FULL"),
        ("100.5", "MARK_OVER_FULL"),
        ("885", "MARK_OVER_FULL"),
        ("-1", "MARK_NEGATIVE"),
        ("－1", "MARK_NEGATIVE"),
        ("88.555", "MARK_TOO_FINE"),
        ("88.500", "MARK_TOO_FINE"),
        ("缺考", "MARK_NOT_NUMBER"),
        ("88分", "MARK_NOT_NUMBER"),
        ("8²", "MARK_NOT_NUMBER"),
        ("①", "MARK_NOT_NUMBER"),
        ("八十八", "MARK_NOT_NUMBER"),
        ("88,5", "MARK_NOT_NUMBER"),
        ("88.", "MARK_NOT_NUMBER"),
        (".5", "MARK_NOT_NUMBER"),
        ("1e2", "MARK_NOT_NUMBER"),
        ("88 5", "MARK_NOT_NUMBER"),
        ("nan", "MARK_NOT_NUMBER"),
        ("٨٨", "MARK_NOT_NUMBER"),
    ],
)
def test_what_is_no_mark_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_mark(text, 10000)
    assert caught.value.code == code
    assert "请填 0 到 100 之间的数，最多两位小数" in str(caught.value)


def test_the_limit_is_the_component_s_own_full_mark() -> None:
    assert parse_mark("60", 6000) == 6000
    with pytest.raises(Refused, match=r"60.01 分超过满分 60 分。"):
        parse_mark("60.01", 6000)


def test_blank_is_told_apart_before_reading() -> None:
    assert is_blank(" \u3000\t")
    assert not is_blank("0")


@given(st.integers(0, 10000))
def test_a_written_mark_is_read_back(mark: int) -> None:
    assert parse_mark(format_mark(mark), 10000) == mark


def test_a_mark_is_written_with_two_decimals() -> None:
    assert [format_mark(mark) for mark in (8850, 5, 0, 10000)] == ["88.50", "0.05", "0.00", "100.00"]
    with pytest.raises(ValueError, match="negative"):
        format_mark(-1)


def test_totals_are_weighted_by_per_cent_of_the_full_mark() -> None:
    assert weighted_total(KUNMING, {"written": 8850, "skills": 9000, "interview": 8600}) == 8780
    assert weighted_total(JILIN, {"written": 5000, "interview": 3550}) == 8550


def test_a_total_is_rounded_once_half_up_to_the_published_precision() -> None:
    halves = (Component("a", "甲", 10000, 50), Component("b", "乙", 10000, 50))
    assert weighted_total(halves, {"a": 8001, "b": 8000}) == 8001  # 80.005
    assert weighted_total(halves, {"a": 8090, "b": 8000}, precision=1) == 8050  # 80.45
    assert weighted_total(halves, {"a": 8089, "b": 8000}, precision=1) == 8040  # 80.445: not by way of 80.45
    assert weighted_total(halves, {"a": 8100, "b": 8000}, precision=0) == 8100
    assert weighted_total(halves, {"a": 8099, "b": 8000}, precision=0) == 8000


def test_a_missing_mark_or_a_strange_precision_gives_no_total() -> None:
    with pytest.raises(Refused) as caught:
        weighted_total(KUNMING, {"written": 8850})
    assert (caught.value.code, caught.value.field) == ("MARK_MISSING", "skills")
    with pytest.raises(ValueError, match="precision"):
        weighted_total(KUNMING, {}, precision=3)


@given(st.integers(0, 6000), st.integers(0, 4000), st.integers(0, 2))
def test_totals_equal_exact_fractions(written: int, interview: int, precision: int) -> None:
    thirds = (Component("w", "笔试", 6000, 70), Component("i", "面试", 4000, 30))
    exact = Fraction(70 * written, 6000) + Fraction(30 * interview, 4000)
    scale = 10**precision
    rounded = (exact * scale + Fraction(1, 2)).__floor__()
    assert weighted_total(thirds, {"w": written, "i": interview}, precision) == rounded * 100 // scale


def test_a_pasted_ranking_is_recognised() -> None:
    assert looks_like_ranks([300, 100, 200])
    assert looks_like_ranks([100, 200])
    assert not looks_like_ranks([])
    assert not looks_like_ranks([100])
    assert not looks_like_ranks([100, 100, 200])
    assert not looks_like_ranks([8850, 9000, 100])
