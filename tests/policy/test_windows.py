"""Windows are half-open and in Beijing time, to the instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from gme_portal.policy import Policy, loads
from gme_portal.policy.moments import SHANGHAI, closing_words, opening_words, parse_moment, parse_span


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2025-06-25T09:59:59.999999", False),
        ("2025-06-25T10:00:00", True),
        ("2025-07-20T21:59:59", True),
        ("2025-07-20T21:59:59.999", True),
        ("2025-07-20T22:00:00", False),
        ("2025-07-20T22:00:01", False),
    ],
)
def test_registration_is_open_up_to_but_not_at_its_last_moment(policy: Policy, at: str, is_open: bool) -> None:
    assert policy.window("registration").is_open(beijing(at)) is is_open


def test_the_zone_of_the_clock_does_not_matter(policy: Policy) -> None:
    window = policy.window("registration")
    assert window.is_open(datetime(2025, 7, 20, 13, 59, 59, tzinfo=UTC))
    assert not window.is_open(datetime(2025, 7, 20, 14, 0, tzinfo=UTC))


def test_24_00_is_the_first_instant_of_the_next_day(policy: Policy) -> None:
    assert parse_moment("2025-12-31 24:00") == beijing("2026-01-01T00:00:00")
    assert closing_words(parse_moment("2025-08-06 24:00")) == "2025年8月6日（星期三）24:00"
    assert opening_words(parse_moment("2025-08-07 00:00")) == "2025年8月7日（星期四）00:00"
    assert policy.window("base_admission").is_open(beijing("2025-08-06T23:59:59"))
    assert not policy.window("base_admission").is_open(beijing("2025-08-07T00:00:00"))


@pytest.mark.parametrize(
    "text",
    [
        "2025-08-06",
        "2025-08-06T24:00",
        "2025-8-6 10:00",
        "2025-02-30 10:00",
        "2025-08-06 24:01",
        "2025-08-06 25:00",
        "",
    ],
)
def test_other_spellings_of_a_moment_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_moment(text)


@pytest.mark.parametrize("text", ["11:30-08:00", "08:00-08:00", "8-11", "08:00-24:30"])
def test_daily_hours_run_forward(text: str) -> None:
    with pytest.raises(ValueError):
        parse_span(text)


def test_the_calendar_of_the_whole_journey(policy: Policy) -> None:
    keys = [key for _, _, key in policy.milestones()]
    assert [at for at, _, _ in policy.milestones()] == sorted(at for at, _, _ in policy.milestones())
    assert keys[0] == "registration.opens"
    assert keys[-1] == "report_in.closes"
    assert keys.index("base_admission.closes") < keys.index("publicity.opens"), "an end comes before a beginning"
    assert policy.training_starts_on == date(2025, 9, 1)
    publicity = policy.window("publicity")
    assert publicity.closes - publicity.opens >= timedelta(days=policy.publicity.days)


def test_a_window_of_ones_own_comes_before_the_one_for_everybody(text: str) -> None:
    from_notice = '[[windows.registration]]\nopens = "2025-06-25 10:00"'
    own = (
        '[[windows.registration]]\nopens = "2025-07-01 09:00"\ncloses = "2025-07-05 18:00"\n'
        'person_types = ["professional_master"]\nclause = "003 说明3"\n\n'
    )
    policy = loads(text.replace(from_notice, own + from_notice), "test")
    assert policy.window("registration", "professional_master").opens == beijing("2025-07-01T09:00:00")
    assert policy.window("registration", "social").opens == beijing("2025-06-25T10:00:00")
    assert policy.window("registration").opens == beijing("2025-06-25T10:00:00")


def test_a_round_without_windows_has_none(policy: Policy) -> None:
    assert policy.window("registration", "social", round="second") is None
    assert policy.window("nothing") is None
