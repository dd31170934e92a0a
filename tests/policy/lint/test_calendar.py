"""Impossible calendars, each found and each just not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from gme_portal.policy import Policy
from gme_portal.policy.lint import Finding, lint
from gme_portal.policy.lint.calendar import calendar_findings
from gme_portal.policy.moments import SHANGHAI
from gme_portal.policy.schema import YearReductionRule
from tests.policy.lint.conftest import CALENDAR, policy_of

Edited = Callable[..., Policy]
SHOW = 'opens = "2025-08-07 00:00"\ncloses = "2025-08-09 24:00"'
REALLOCATION = 'opens = "2025-08-11 00:00"\ncloses = "2025-08-20 24:00"'
REPORT = 'opens = "2025-08-10 00:00"\ncloses = "2025-09-01 18:00"'
WORKING = ('days = 3\nkind = "calendar"', 'days = 3\nkind = "working"')


def found(policy: Policy, code: str) -> list[Finding]:
    return [one for one in lint(policy, CALENDAR) if one.code == code]


def test_the_policy_as_it_is_has_only_what_its_own_notes_say(edited: Edited) -> None:
    assert {one.code for one in lint(edited(), CALENDAR)} == {"NOTED_CONTRADICTION"}


def test_publicity_shorter_than_the_working_days_it_promises(edited: Edited) -> None:
    """7, 8 August are Thursday and Friday; the third working day is Monday the 11th."""
    short = edited(WORKING, (REALLOCATION, 'opens = "2025-08-12 00:00"\ncloses = "2025-08-20 24:00"'))
    (finding,) = found(short, "PUBLICITY_TOO_SHORT")
    assert finding.severity == "矛盾"
    assert (
        "满 3 个工作日要到2025年8月11日（星期一）24:00，而写明的公示时间2025年8月9日（星期六）24:00就截止"
        in finding.sentence
    )
    assert finding.clauses == ("示例", "001 五(四)")
    fits = edited(WORKING, (SHOW, 'opens = "2025-08-06 24:00"\ncloses = "2025-08-11 24:00"'),
                  (REALLOCATION, 'opens = "2025-08-12 00:00"\ncloses = "2025-08-20 24:00"'),
                  (REPORT, 'opens = "2025-08-12 00:00"\ncloses = "2025-09-01 18:00"'))  # fmt: skip
    assert lint(fits, CALENDAR) == [one for one in lint(fits, CALENDAR) if one.code == "NOTED_CONTRADICTION"]


def test_publicity_that_reaches_into_the_reallocation(edited: Edited) -> None:
    late = edited(WORKING, (SHOW, 'opens = "2025-08-07 00:00"\ncloses = "2025-08-10 24:00"'))
    (finding,) = found(late, "PUBLICITY_CANNOT_FIT")
    assert "而第一批次省级调剂在2025年8月11日（星期一）00:00就开始" in finding.sentence
    assert "001 五(六)" in finding.clauses
    assert not found(edited(), "PUBLICITY_CANNOT_FIT"), "three calendar days do fit"


def test_a_list_that_comes_out_at_noon_needs_one_day_more(edited: Edited) -> None:
    noon = edited((SHOW, 'opens = "2025-08-07 12:00"\ncloses = "2025-08-10 12:00"'))
    assert "2025年8月10日（星期日）24:00" in found(noon, "PUBLICITY_TOO_SHORT")[0].sentence


@pytest.mark.parametrize(("calendar", "known"), [(None, False), (CALENDAR, True)])
def test_working_days_without_their_year_are_not_guessed(edited: Edited, calendar: object, known: bool) -> None:
    said = lint(edited(WORKING), calendar)  # type: ignore[arg-type]
    codes = [one.code for one in said]
    assert [one.severity for one in said if one.code == "YEAR_UNKNOWN"] == ([] if known else ["错误"])
    assert ("PUBLICITY_TOO_SHORT" in codes) is known


def test_reporting_in_before_the_list_was_shown_long_enough(edited: Edited) -> None:
    early = edited((REPORT, 'opens = "2025-08-09 23:59"\ncloses = "2025-09-01 18:00"'))
    assert (
        "报到在2025年8月9日（星期六）23:59开始，而公示要到2025年8月9日（星期六）24:00才满"
        in found(early, "REPORT_IN_TOO_EARLY")[0].sentence
    )
    assert not found(edited(), "REPORT_IN_TOO_EARLY")


def test_a_notice_dated_after_its_registration_opened(edited: Edited) -> None:
    own = "own = true\n"
    assert not found(edited((own, f'{own}issued_on = "2025-06-25"\n')), "ISSUED_AFTER_OPENING"), (
        "the same day is in time"
    )
    (finding,) = found(edited((own, f'{own}issued_on = "2025-06-26"\n')), "ISSUED_AFTER_OPENING")
    assert "落款为2025年6月26日（星期四），而网上报名在2025年6月25日（星期三）10:00已经开始" in finding.sentence


def test_a_window_of_another_year(edited: Edited) -> None:
    assert not found(edited(), "OUTSIDE_YEAR")
    until = edited((REPORT, 'opens = "2025-08-10 00:00"\ncloses = "2025-12-31 24:00"'))
    assert not found(until, "OUTSIDE_YEAR"), "24:00 of the last day is still this year"
    beyond = edited((REPORT, 'opens = "2025-08-10 00:00"\ncloses = "2026-01-01 00:01"'))
    assert found(beyond, "OUTSIDE_YEAR")[0].path == "windows.report_in"


def test_marks_that_are_still_made_while_the_list_is_public(edited: Edited) -> None:
    assessed = (
        'opens = "2025-07-28 09:00"\ncloses = "2025-08-06 24:00"',
        'opens = "2025-07-28 09:00"\ncloses = "2025-08-07 00:01"',
    )
    assert found(edited(assessed), "PUBLICITY_BEFORE_RESULTS")
    assert not found(edited(), "PUBLICITY_BEFORE_RESULTS")


def test_confirmation_that_ends_before_the_last_have_signed_up(edited: Edited) -> None:
    confirmed = (
        'opens = "2025-07-21 08:00"\ncloses = "2025-07-25 17:00"',
        'opens = "2025-07-11 08:00"\ncloses = "2025-07-20 21:59"',
    )
    (finding,) = found(edited(confirmed), "CLOSED_TOO_EARLY")
    assert "最后报名的人无法办理" in finding.sentence
    same = (confirmed[0], 'opens = "2025-07-11 08:00"\ncloses = "2025-07-20 22:00"')
    assert not found(edited(same), "CLOSED_TOO_EARLY")


@pytest.mark.parametrize(("deadline", "late"), [("2025-06-25 10:00", False), ("2025-06-25 10:01", True)])
def test_a_roster_that_comes_after_people_are_to_be_found_on_it(edited: Edited, deadline: str, late: bool) -> None:
    kind = 'code = "professional_master"\n'
    policy = edited((kind, f'{kind}roster = "school"\nroster_deadline = "{deadline}"\n'))
    assert bool(found(policy, "ROSTER_TOO_LATE")) is late


def test_choices_without_any_time_to_file_them(edited: Edited) -> None:
    policy = edited()
    nobody = replace(policy, windows=tuple(one for one in policy.windows if one.key != "registration"))
    assert {one.severity for one in found(nobody, "CHOICES_WITHOUT_WINDOW")} == {"错误"}
    assert len(found(nobody, "CHOICES_WITHOUT_WINDOW")) == len(policy.person_types)
    assert not found(policy, "CHOICES_WITHOUT_WINDOW")


def test_a_reduction_without_time(edited: Edited) -> None:
    rule = YearReductionRule(("base",), "年限减免申请表", (), "示例")
    assert found(replace(edited(), year_reduction=rule), "REDUCTION_WITHOUT_WINDOW")
    assert not found(edited(), "REDUCTION_WITHOUT_WINDOW")


def test_what_an_extension_breaks_is_found_although_the_text_is_sound(edited: Edited) -> None:
    policy = edited()
    later = datetime(2025, 8, 8, tzinfo=SHANGHAI)
    moved = tuple(replace(one, closes=later) if one.key == "base_admission" else one for one in policy.windows)
    (finding,) = [
        one for one in calendar_findings(replace(policy, windows=moved), CALENDAR) if one.code == "CALENDAR_BROKEN"
    ]
    assert finding.severity == "错误"
    assert "公示于2025年8月7日（星期四）00:00开始，而基地录取要到2025年8月7日（星期四）24:00才截止" in finding.sentence


def test_an_answer_may_not_take_longer_than_the_time_for_invitations() -> None:
    policy = policy_of("hubei-2024-residency")
    assert policy.invitations is not None
    span = next(one for one in policy.windows if one.key == "invitation")
    hours = int((span.closes - span.opens).total_seconds() // 3600)
    for wanted in (hours, hours + 1):
        rule = replace(policy.invitations, reply_hours=wanted)
        assert bool(found(replace(policy, invitations=rule), "REPLY_TOO_LONG")) is (wanted > hours)


def test_acceptance_that_is_still_open_when_the_province_reallocates(edited: Edited) -> None:
    policy = edited()
    reallocation = next(one for one in policy.windows if one.key == "reallocation")
    for closes, late in ((reallocation.opens, False), (reallocation.closes, True)):
        window = replace(
            reallocation,
            key="acceptance",
            label="接受录取确认",
            opens=datetime(2025, 8, 7, tzinfo=SHANGHAI),
            closes=closes,
        )
        assert bool(found(replace(policy, windows=(*policy.windows, window)), "ACCEPTANCE_TOO_LATE")) is late
