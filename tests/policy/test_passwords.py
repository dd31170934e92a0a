"""Passwords as a notice wants them: every edge from both sides, what input methods add, and several notices at once."""

from __future__ import annotations

import pytest

from gme_portal.policy.passwords import Demands, strictest
from gme_portal.policy.schema import PasswordRule

ALL = ("letter", "digit", "special")
RULE = PasswordRule(8, 16, ALL, clause="《手册》(二)注意(5)")
DEMANDS = Demands(8, 16, ALL, clause="《手册》(二)注意(5)")
SIGNS = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""


def codes(password: str, demands: Demands = DEMANDS) -> list[str]:
    return [one.code for one in demands.refusals(password)]


@pytest.mark.parametrize(
    ("length", "expected"), [(7, ["PASSWORD_SHORT"]), (8, []), (9, []), (15, []), (16, []), (17, ["PASSWORD_LONG"])]
)
def test_the_length_on_both_sides_of_both_edges(length: int, expected: list[str]) -> None:
    assert codes("aB3#" + "x" * (length - 4)) == expected


def test_a_refusal_counts_and_names_the_clause() -> None:
    (short,) = DEMANDS.refusals("aB3#xyz")
    assert short.sentence == "密码至少 8 位，您输入了 7 位。"
    assert (short.clause, short.field) == ("《手册》(二)注意(5)", "password")
    (long,) = DEMANDS.refusals("aB3#" + "x" * 13)
    assert long.sentence == "密码最多 16 位，您输入了 17 位。"


@pytest.mark.parametrize(
    ("password", "missing"),
    [("12345678#", "字母"), ("abcdefgh#", "数字"), ("abcdefg1", "特殊字符（如 # @ !）"), ("abcdefgh", "数字、特殊字符（如 # @ !）")],
)  # fmt: skip
def test_each_missing_class_is_named(password: str, missing: str) -> None:
    (refusal,) = DEMANDS.refusals(password)
    assert refusal.sentence == f"密码还缺少：{missing}。"


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_of_a_keyboard_is_a_special_character(sign: str) -> None:
    assert codes(f"abcdef1{sign}") == []


@pytest.mark.parametrize(
    "password",
    [
        "ａbcdef1#x",  # full-width letter
        "abcdefg１#x",  # full-width digit
        "abcdefg1＃",  # full-width sign, as a Chinese input method gives it
        "abcdefg1。#",
        "密码abcdef1#",
        "abc def1#",
        " abcdef1#",
        "abcdef1# ",
        "abcdef1#\u3000",
        "abcdef1#\u00a0",
        "abcdef1#😀",
        "abcdef1#👨‍👩‍👧",
        "abcdef1#é",
        "abcdef1#\t",
        "abcdef1#\x00",
        "abcdef1#\n",
    ],
)
def test_what_cannot_be_typed_everywhere_is_refused(password: str) -> None:
    assert "PASSWORD_SIGNS" in codes(password)


def test_a_full_width_character_is_no_letter_digit_or_sign() -> None:
    assert codes("ａｂｃｄｅｆ１＃") == ["PASSWORD_SIGNS", "PASSWORD_CLASSES"]


def test_nothing_typed_is_short_and_lacks_everything() -> None:
    assert codes("") == ["PASSWORD_SHORT", "PASSWORD_CLASSES"]


def test_in_words_before_anything_is_typed() -> None:
    assert DEMANDS.sentence == (
        "8–16 位，须同时包含字母、数字、特殊字符（如 # @ !），只用半角字符，不能有空格、汉字和表情。（依据：《手册》(二)注意(5)）"
    )
    assert [one["test"] for one in DEMANDS.parts] == ["length", *ALL, "plain"]


# Several notices


def test_nobody_says_anything() -> None:
    assert strictest([]) is None


def test_of_several_each_part_of_the_strictest_counts_and_all_are_cited() -> None:
    other = PasswordRule(10, 20, ("digit",), clause="《乙》三")
    assert strictest([RULE, other]) == Demands(10, 16, ALL, clause="《手册》(二)注意(5)；《乙》三")
    assert strictest([other, RULE]) == Demands(10, 16, ALL, clause="《乙》三；《手册》(二)注意(5)")


def test_the_same_clause_is_cited_once() -> None:
    assert strictest([RULE, RULE]) == DEMANDS


@pytest.mark.parametrize(("low", "high"), [(16, 16), (17, 20)])
def test_where_lengths_cannot_go_together_the_longer_wins(low: int, high: int) -> None:
    found = strictest([RULE, PasswordRule(low, 20, (), clause="《丙》一")])
    assert found is not None
    assert (found.low, found.high) == (low, high)
