"""What an amendment may not touch any more, on both sides of the moment from which it may not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from gme_portal.policy import Policy, loads
from gme_portal.policy.amending import Settled, has_begun, refusals
from gme_portal.policy.extensions import Extension, conflicts, extend
from gme_portal.policy.moments import SHANGHAI
from tests.factories import POLICIES

SECOND = timedelta(seconds=1)
TEXT = (POLICIES / "yunnan-2025-residency.toml").read_text(encoding="utf-8")
OLD = loads(TEXT, "old")


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


OPENS, CLOSES = beijing("2025-06-25T10:00:00"), beijing("2025-07-20T22:00:00")
ASSESSMENT, ADMISSION = beijing("2025-07-28T09:00:00"), beijing("2025-08-01T00:00:00")


def edited(*pairs: tuple[str, str]) -> Policy:
    text = TEXT
    for before, after in pairs:
        assert text.count(before) >= 1, before
        text = text.replace(before, after, 1)
    return loads(text, "new")


def codes(new: Policy, at: datetime, settled: Collection[Settled] = (), old: Policy = OLD) -> list[str]:
    return [one.code for one in refusals(old, new, at=at, settled=settled)]


LATER = ('closes = "2025-07-20 22:00"', 'closes = "2025-07-22 22:00"')
EARLIER = ('closes = "2025-07-20 22:00"', 'closes = "2025-07-20 21:59"')


def test_before_the_first_window_everything_may_change() -> None:
    assert not has_begun(OLD, OPENS - SECOND)
    assert has_begun(OLD, OPENS)
    assert codes(edited(EARLIER, ("max_specialties = 3", "max_specialties = 2")), OPENS - SECOND) == []


def test_a_window_that_has_opened_never_becomes_shorter() -> None:
    assert codes(edited(EARLIER), OPENS - SECOND) == []
    assert codes(edited(EARLIER), OPENS) == ["WINDOW_SHORTENED"]
    assert codes(edited(LATER), OPENS) == [], "later is no harm while it is open"


def test_an_extension_is_not_taken_back_by_a_text_that_does_not_know_it() -> None:
    extension = Extension("registration", "first", (), CLOSES + timedelta(days=1))
    old = extend(OLD, [extension])
    assert codes(extend(edited(("max_specialties = 3", "max_specialties = 4")), [extension]), CLOSES, old=old) == []
    assert codes(edited(("max_specialties = 3", "max_specialties = 4")), CLOSES, old=old) == ["WINDOW_SHORTENED"]


def test_a_window_that_is_over_does_not_open_again_by_a_text() -> None:
    assert codes(edited(LATER), CLOSES - SECOND) == []
    assert codes(edited(LATER), CLOSES) == ["WINDOW_OVER"]


def test_the_beginning_of_a_window_moves_until_it_has_come() -> None:
    moved = edited(('opens = "2025-07-28 09:00"', 'opens = "2025-07-29 09:00"'))
    assert codes(moved, ASSESSMENT - SECOND) == []
    assert codes(moved, ASSESSMENT) == ["WINDOW_MOVED"]


def test_a_new_beginning_lies_ahead() -> None:
    moved = edited(('opens = "2025-07-28 09:00"', 'opens = "2025-07-23 09:00"'))
    assert codes(moved, beijing("2025-07-23T09:00:00")) == []
    assert codes(moved, beijing("2025-07-23T09:00:01")) == ["WINDOW_IN_PAST"]


def test_a_window_that_has_begun_may_be_split_but_nobody_loses_time() -> None:
    first, *others = [kind.code for kind in OLD.person_types]

    def split(closes: str) -> Policy:
        head = '[[windows.registration]]\nopens = "2025-06-25 10:00"'
        own = f'{head}\ncloses = "{closes}"\nperson_types = ["{first}"]\nclause = "003 (六)"\n\n'
        rest = "person_types = [" + ", ".join(f'"{code}"' for code in others) + "]"
        return edited((head, f"{own}{head}\n{rest}"))

    assert codes(split("2025-07-20 22:00"), OPENS) == []
    assert codes(split("2025-07-19 22:00"), OPENS) == ["WINDOW_SHORTENED"]


WEIGHTS = ("weight = 40", "weight = 30"), ("weight = 20", "weight = 30")


def test_scoring_stands_from_the_first_assessment_or_the_first_confirmed_marks() -> None:
    new = edited(*WEIGHTS)
    assert codes(new, ASSESSMENT - SECOND) == []
    assert codes(new, ASSESSMENT) == ["SETTLED"]
    assert codes(new, ASSESSMENT - SECOND, [Settled.MARKS]) == ["SETTLED"]


def test_how_seats_are_given_stands_from_the_first_admission() -> None:
    new = edited(
        ('direction = "other_to_shortage"', 'direction = "none"'),
        ("[quota_moves]\nallowed = true", "[quota_moves]\nallowed = false"),
    )
    assert codes(new, ADMISSION - SECOND) == []
    assert codes(new, ADMISSION) == ["SETTLED"]
    assert codes(new, ADMISSION - SECOND, [Settled.LISTS]) == ["SETTLED"]


def test_conditions_stand_from_the_close_of_their_round() -> None:
    new = edited(('id = "bachelor-record"\nclause = "003 (三)3请注意"\ncondition = { fact = "bachelor_completed", is = true }',
                  'id = "bachelor-record"\nclause = "003 (三)3请注意"\ncondition = { fact = "nationality", is = "CN" }'))  # fmt: skip
    assert codes(new, CLOSES - SECOND) == []
    assert codes(new, CLOSES) == ["SETTLED"]


def test_a_sentence_or_a_clause_may_always_be_corrected() -> None:
    new = edited(
        ("学历信息含已毕业的本科学历。", "学历信息中有已毕业的本科学历。"),
        ('clause = "003 说明4；001 五(一)；001 五(二)"', 'clause = "003 说明4"'),
    )
    assert codes(new, beijing("2025-09-30T00:00:00"), list(Settled)) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((("max_specialties = 3", "max_specialties = 2"),), "TAKEN_AWAY"),
        ((("year = 2025", "year = 2026"),), "SETTLED"),
        ((('kinds = ["base", "province"]', 'kinds = ["base"]'),), "SETTLED"),
    ],
)
def test_what_people_rely_on_stands_from_the_first_window(change: tuple[tuple[str, str], ...], code: str) -> None:
    assert codes(edited(*change), OPENS - SECOND) == []
    assert code in codes(edited(*change), OPENS)


# Extensions over a calendar


def test_an_extension_moves_one_close_and_says_where_it_was() -> None:
    later = CLOSES + timedelta(hours=26)
    extended = extend(OLD, [Extension("registration", "first", (), later)])
    window = extended.window("registration", "social")
    assert window is not None
    assert (window.closes, window.extended_from) == (later, CLOSES)
    assert extended.digest == OLD.digest
    assert [one for one in extended.windows if one.key != "registration"] == [
        one for one in OLD.windows if one.key != "registration"
    ]


def test_an_extension_for_one_base_is_seen_by_that_base_alone() -> None:
    later = beijing("2025-08-09T00:00:00")
    extended = extend(OLD, [Extension("assessment", "first", (), later, "shili-1")])

    def closes(base: str) -> datetime:
        window = extended.window("assessment", round="first", base=base)
        assert window is not None
        return window.closes

    assert closes("shili-1") == later
    assert closes("shili-2") == closes("") == beijing("2025-08-07T00:00:00")


def test_for_all_and_for_one_base_the_later_holds() -> None:
    own, general = beijing("2025-08-08T00:00:00"), beijing("2025-08-07T12:00:00")
    both = [Extension("review", "first", (), own, "shili-1"), Extension("review", "first", (), general)]

    def closes(extensions: list[Extension], base: str) -> datetime:
        window = extend(OLD, extensions).window("review", base=base)
        assert window is not None
        return window.closes

    assert (closes(both, "shili-1"), closes(both, "shili-2")) == (own, general)
    assert closes([*both, Extension("review", "first", (), own + SECOND)], "shili-1") == own + SECOND


def test_an_extension_for_all_must_fit_the_calendar_and_one_for_a_base_may_lag() -> None:
    beyond = beijing("2025-07-28T09:00:01")

    def found(base: str) -> tuple[str, ...]:
        return conflicts(OLD, Extension("registration", "first", (), beyond, base))

    assert len(found("")) == 1
    assert "招录考核" in found("")[0]
    assert found("shili-1") == ()
    assert conflicts(OLD, Extension("registration", "first", (), beyond - SECOND)) == ()
