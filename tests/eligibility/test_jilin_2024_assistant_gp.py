"""Jilin's notice of 2024 (002), assistant general practitioners: each sentence on both sides of its edge, with rule and clause."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from gme_portal.policy import Policy
from gme_portal.policy.moments import SHANGHAI
from tests.eligibility.asking import ask, outcome
from tests.eligibility.conftest import BACHELOR
from tests.policy.reading import notice

AT = datetime(2024, 7, 2, 9, tzinfo=SHANGHAI)
Make = Callable[..., dict[str, Any]]
COLLEGE = {
    **BACHELOR, "level": "college", "degree_awarded": False, "degree_type": None, "major_code": "520101K",
    "graduated_on": "2024-06-20",
}  # fmt: skip
ENROLLED = {**COLLEGE, "enrolled": True, "graduated_on": None}
EMPLOYER = {"prefecture": "2201", "level": "township", "specialty": "全科", "consent": True}
COMMISSION = {"graduated_year": 2024, "prefecture": "2224", "in_breach": False}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("jilin-2024-assistant-gp")


@pytest.fixture
def applicant(applicant: Make) -> Make:
    """A college graduate of the year in clinical medicine, 社会人."""
    return lambda **changes: applicant(**{"education": [COLLEGE], **changes})


@pytest.mark.parametrize(
    ("education", "expected"),
    [
        ([COLLEGE], "pass"),
        ([{**COLLEGE, "graduated_on": "2019-06-30"}], "pass"),
        ([COLLEGE, {**BACHELOR, "full_time": False, "adult_education": True}], "pass"),
        ([{**COLLEGE, "field": "stomatology", "major_code": "520102K"}], "fail"),
        ([{**COLLEGE, "field": "tcm", "major_code": "520401K"}], "fail"),
        ([{**COLLEGE, "full_time": False}], "fail"),
        ([{**COLLEGE, "full_time": False, "adult_education": True}], "fail"),
        ([BACHELOR], "fail"),
        ([ENROLLED], "fail"),
        ([], "fail"),
    ],
)
def test_a_full_time_clinical_college_graduate(
    policy: Policy, applicant: Make, education: list[Any], expected: str
) -> None:
    verdict = ask(policy, applicant(education=education), AT)
    assert outcome(verdict, "clinical-college-graduate") == (expected, "002 附件1 一(二)")
    assert verdict.verdict == ("eligible" if expected == "pass" else "ineligible")
    assert list(verdict.specialties) == ["AGP"]


@pytest.mark.parametrize(
    ("employer", "expected"),
    [
        (EMPLOYER, "pass"),
        ({**EMPLOYER, "level": "village"}, "pass"),
        ({**EMPLOYER, "level": "county"}, "pass"),
        ({**EMPLOYER, "level": "prefecture"}, "fail"),
        ({**EMPLOYER, "prefecture": "1501"}, "fail"),
        ({**EMPLOYER, "level": None}, "needs_review"),
        (None, "fail"),
    ],
)
def test_a_units_person_has_a_contract_in_the_province(
    policy: Policy, applicant: Make, employer: object, expected: str
) -> None:
    verdict = ask(policy, applicant(person_type="delegated", employer=employer), AT)
    assert outcome(verdict, "unit-person-has-contract") == (expected, "002 附件1 一(二)1")


@pytest.mark.parametrize(
    ("level", "expected"), [("village", "pass"), ("township", "pass"), ("county", "needs_review"), ("prefecture", None)]
)
def test_whether_a_county_hospital_is_rural_primary_care_is_for_a_person_to_say(
    policy: Policy, applicant: Make, level: str, expected: str | None
) -> None:
    verdict = ask(policy, applicant(person_type="delegated", employer={**EMPLOYER, "level": level}), AT)
    clause = "002 附件1 一(二)1；002 附件1 一(二)"
    assert outcome(verdict, "unit-is-rural-primary-care") == (expected and (expected, clause))
    assert verdict.verdict == {"pass": "eligible", None: "ineligible"}.get(expected, expected)


@pytest.mark.parametrize(("consent", "expected"), [(True, "pass"), (False, "fail"), (None, "needs_review")])
def test_the_unit_signs_the_form(policy: Policy, applicant: Make, consent: bool | None, expected: str) -> None:
    person = applicant(person_type="delegated", employer={**EMPLOYER, "consent": consent})
    verdict = ask(policy, person, AT)
    assert outcome(verdict, "unit-consent") == (expected, "002 附件1 三(六)2")
    assert verdict.verdict == {"pass": "eligible", "fail": "ineligible"}.get(expected, expected)
    assert policy.scoring.tie_chain[0] == "own_staff", "and comes first where everything is equal (附件1 一(二)1)"


def test_the_social_have_no_employer(policy: Policy, applicant: Make) -> None:
    rule, clause = "social-person-is-not-employed", "002 附件1 一(二)2"
    assert outcome(ask(policy, applicant(), AT), rule) == ("pass", clause)
    assert outcome(ask(policy, applicant(employer=EMPLOYER), AT), rule) == ("needs_review", clause)


def test_commissioned_college_graduates_who_honour_their_contract(policy: Policy, applicant: Make) -> None:
    rule, clause = "commissioned-honours-contract", "002 三(一)"
    person = applicant(person_type="commissioned", commission=COMMISSION)
    assert ask(policy, person, AT).verdict == "eligible"
    breach = ask(policy, {**person, "commission": {**COMMISSION, "in_breach": True}}, AT)
    assert breach.verdict == "ineligible"
    assert outcome(breach, rule) == ("fail", clause)
    unseen = ask(policy, {**person, "commission": None}, AT)
    assert outcome(unseen, rule) == ("needs_review", clause)


def test_a_bases_own_staff_are_no_kind_of_this_notice(policy: Policy, applicant: Make) -> None:
    verdict = ask(policy, applicant(person_type="own_staff", employer=EMPLOYER), AT)
    assert verdict.verdict == "ineligible"
    assert verdict.findings[0].rule == "person-type"


def test_an_assistants_licence_is_not_needed(policy: Policy, applicant: Make) -> None:
    licence = {"kind": "assistant", "category": "clinical"}
    assert ask(policy, applicant(licence=licence), AT).verdict == ask(policy, applicant(), AT).verdict == "eligible"


def test_the_command_answers_without_a_choice(tmp_path: Path, applicant: Make) -> None:
    case = {
        "policy": "jilin-2024-assistant-gp",
        "round": "first",
        "at": AT.isoformat(),
        "applicant": applicant(education=[{**BACHELOR, "graduated_on": "2024-06-30"}]),
    }
    file, out = tmp_path / "case.json", StringIO()
    file.write_text(json.dumps(case, ensure_ascii=False), encoding="utf-8")
    call_command("eligibility", str(file), stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["verdict"] == "ineligible"
    assert list(answer["specialties"]) == ["助理全科"]
    (failed,) = [one for one in answer["findings"] if one["verdict"] == "fail"]
    assert (failed["rule"], failed["clause"]) == ("clinical-college-graduate", "002 附件1 一(二)")
