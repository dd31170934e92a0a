"""Three values: true, false and unknown; unknown never turns into a yes or a no by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gme_portal.policy.conditions import (
    ALWAYS,
    Compare,
    Condition,
    Every,
    Facts,
    Negation,
    Some,
    evaluate,
    facts_used,
    scope_of,
    words,
)
from gme_portal.policy.vocabulary import FACTS, Fact

LICENCE = Compare("holds_licence", "is", True)
OWN = Compare("person_type", "in", ("own_staff", "delegated"))
JUNIOR = Compare("title", "at_most", "junior")
MEDICAL = Compare("higher_fields", "any_of", ("clinical", "stomatology"))
RECENT = Compare("bachelor_graduated_year", "at_least", 2023)


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        (LICENCE, {"holds_licence": True}, True),
        (LICENCE, {"holds_licence": False}, False),
        (LICENCE, {"holds_licence": None}, None),
        (LICENCE, {}, None),
        (OWN, {"person_type": "delegated"}, True),
        (OWN, {"person_type": "social"}, False),
        (JUNIOR, {"title": "junior"}, True),
        (JUNIOR, {"title": "intermediate"}, False),
        (RECENT, {"bachelor_graduated_year": 2023}, True),
        (RECENT, {"bachelor_graduated_year": 2022}, False),
        (MEDICAL, {"higher_fields": frozenset({"tcm", "clinical"})}, True),
        (MEDICAL, {"higher_fields": frozenset({"tcm"})}, False),
        (MEDICAL, {"higher_fields": frozenset()}, False),
        (MEDICAL, {"higher_fields": frozenset({"tcm", None})}, None),
        (MEDICAL, {"higher_fields": frozenset({"clinical", None})}, True),
        (Negation(LICENCE), {}, None),
        (Negation(LICENCE), {"holds_licence": False}, True),
        (Every((LICENCE, OWN)), {"person_type": "social"}, False),
        (Every((LICENCE, OWN)), {"person_type": "own_staff"}, None),
        (Some((LICENCE, OWN)), {"person_type": "own_staff"}, True),
        (Some((LICENCE, OWN)), {"person_type": "social"}, None),
        (ALWAYS, {}, True),
    ],
)
def test_evaluate(condition: Compare, facts: Facts, expected: bool | None) -> None:
    assert evaluate(condition, facts) is expected


@given(
    st.dictionaries(st.sampled_from(["holds_licence", "has_employer", "banned"]), st.sampled_from([True, False, None]))
)
def test_de_morgan_holds_in_three_values(facts: dict[str, bool | None]) -> None:
    parts = tuple(Compare(name, "is", True) for name in ("holds_licence", "has_employer", "banned"))
    assert evaluate(Negation(Every(parts)), facts) == evaluate(Some(tuple(Negation(part) for part in parts)), facts)


def test_a_condition_knows_what_it_speaks_about() -> None:
    condition = Every((LICENCE, Negation(Compare("specialty", "is", "0700"))))
    assert facts_used(condition) == {"holds_licence", "specialty"}
    assert scope_of(condition) == "choice"
    assert scope_of(LICENCE, OWN) == "person"


def test_a_condition_says_itself_in_chinese() -> None:
    assert words(Every((Some((LICENCE, MEDICAL)), JUNIOR))) == (
        "（已取得医师资格，或者本科及以上专业类别含临床医学类、口腔医学类之一），并且职称不高于初级"
    )
    assert words(Compare("specialty", "is", "0700"), {"0700": "全科"}) == "培训专业为全科"
    assert words(ALWAYS) == "所有人"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Compare("banned", "is", False), "不处于禁止报名期"),
        (Negation(Compare("banned", "is", True)), "不处于禁止报名期"),
        (Negation(Compare("banned", "is", False)), "处于禁止报名期"),
        (Negation(Compare("person_type", "is", "social")), "人员类型不为社会人"),
        (Negation(Compare("nationality", "in", ("HK", "MO"))), "国籍及地区不为香港、澳门中的任何一个"),
        (Negation(Compare("higher_fields", "any_of", ("tcm",))), "本科及以上专业类别不含中医学类"),
        (Negation(Compare("title", "at_least", "intermediate")), "职称低于中级"),
        (Negation(Compare("title", "at_most", "junior")), "职称高于初级"),
        (Negation(Every((LICENCE, JUNIOR))), "并非“"),
    ],
)
def test_what_is_denied_is_said_as_people_say_it(condition: Condition, said: str) -> None:
    assert words(condition).startswith(said)


@pytest.mark.parametrize("fact", [fact for fact in FACTS.values() if fact.kind == "flag"], ids=lambda fact: fact.name)
def test_every_flag_can_be_denied(fact: Fact) -> None:
    assert fact.negative not in ("", fact.label)
