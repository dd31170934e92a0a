"""Jilin's notice of 2024 (002), residency: each sentence about who may register on both sides of its edge, with rule and clause."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from applicants.eligibility import Choice, facts, judge
from applicants.eligibility.derive import choice_facts, person_facts
from gme_portal.policy import Policy
from gme_portal.policy.conditions import evaluate
from gme_portal.policy.moments import SHANGHAI
from tests.eligibility.asking import ask, outcome, sentence
from tests.eligibility.conftest import BACHELOR
from tests.policy.reading import notice

AT = datetime(2024, 6, 20, 9, tzinfo=SHANGHAI)
Make = Callable[..., dict[str, Any]]
GRADUATE = {**BACHELOR, "graduated_on": "2024-06-20"}
ENROLLED = {**BACHELOR, "enrolled": True, "graduated_on": None, "degree_awarded": False}
COLLEGE = {**GRADUATE, "level": "college", "degree_awarded": False, "degree_type": None, "major_code": "520101K"}
ADULT = {**GRADUATE, "full_time": False, "adult_education": True}
MASTER = {**GRADUATE, "level": "master", "major": "内科学", "major_code": "105101"}
DOCTOR = {**MASTER, "level": "doctor"}
PHYSICIAN = {"kind": "physician", "category": "clinical"}
ASSISTANT = {"kind": "assistant", "category": "clinical"}
EMPLOYER = {"prefecture": "2201", "level": "county", "specialty": "内科", "consent": True}
COMMISSION = {"graduated_year": 2024, "prefecture": "2224", "in_breach": False}
UNIT_TYPES = pytest.mark.parametrize("person_type", ["own_staff", "delegated"])


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("jilin-2024-residency")


@pytest.fixture
def applicant(applicant: Make) -> Make:
    """A graduate of the year with diploma and degree, 社会人."""
    return lambda **changes: applicant(**{"education": [GRADUATE], **changes})


@pytest.fixture
def unit_person(applicant: Make) -> Make:
    """A county hospital's resident in internal medicine, 单位人."""
    return lambda **changes: applicant(**{"person_type": "delegated", "employer": EMPLOYER, **changes})


@pytest.fixture
def commissioned(applicant: Make) -> Make:
    return lambda **changes: applicant(**{"person_type": "commissioned", "commission": COMMISSION, **changes})


# 1. 附件1 一(一)


@pytest.mark.parametrize(
    ("education", "licence", "expected"),
    [
        ([GRADUATE], None, "pass"),
        ([{**GRADUATE, "field": "stomatology", "major_code": "100301K"}], None, "pass"),
        ([{**GRADUATE, "field": "tcm", "major_code": "100501K"}], None, "fail"),
        ([{**GRADUATE, "field": "other", "major_code": "100401K"}], None, "fail"),
        ([{**GRADUATE, "full_time": False}], None, "fail"),
        ([{**GRADUATE, "full_time": False}], PHYSICIAN, "pass"),
        ([{**GRADUATE, "full_time": False}], ASSISTANT, "fail"),
        ([{**GRADUATE, "full_time": False}], {"kind": "physician", "category": "tcm"}, "fail"),
        ([COLLEGE], None, "fail"),
        ([COLLEGE], PHYSICIAN, "pass"),
        ([ENROLLED], None, "fail"),
        ([], None, "fail"),
    ],
)
def test_a_full_time_clinical_or_dental_graduate_or_a_licensed_physician(
    policy: Policy, applicant: Make, education: list[Any], licence: object, expected: str
) -> None:
    verdict = ask(policy, applicant(education=education, licence=licence), AT)
    assert outcome(verdict, "clinical-or-dental-graduate") == (expected, "002 附件1 一(一)")
    if expected == "fail":
        assert verdict.verdict == "ineligible"
        assert all(
            "clinical-or-dental-graduate" in {finding.rule for finding in one.reasons}
            for one in verdict.specialties.values()
        )


def test_a_final_year_student_is_told_to_fill_in_the_date_of_the_diploma(policy: Policy, applicant: Make) -> None:
    verdict = ask(policy, applicant(education=[ENROLLED]), AT)
    assert "应届毕业生请按毕业证书上的日期填写" in sentence(verdict, "clinical-or-dental-graduate")


@pytest.mark.parametrize(
    ("education", "expected"),
    [
        ([GRADUATE], "pass"),
        ([{**GRADUATE, "degree_awarded": False}], "fail"),
        ([GRADUATE, MASTER], "pass"),
        ([GRADUATE, {**MASTER, "degree_awarded": False}], "fail"),
    ],
)
def test_diploma_and_degree_both(policy: Policy, applicant: Make, education: list[Any], expected: str) -> None:
    verdict = ask(policy, applicant(education=education), AT)
    assert outcome(verdict, "diploma-and-degree") == (expected, "002 附件1 一(一)")
    assert verdict.verdict == ("eligible" if expected == "pass" else "ineligible")


def test_a_licensed_physician_from_college_is_for_a_person_to_decide(policy: Policy, unit_person: Make) -> None:
    verdict = ask(policy, unit_person(education=[COLLEGE], licence=PHYSICIAN), AT, "内科")
    assert verdict.verdict == "needs_review"
    assert outcome(verdict, "college-with-licence") == ("needs_review", "002 附件1 一(一)")
    assert outcome(ask(policy, unit_person(), AT, "内科"), "college-with-licence") is None


# 2. 附件1 一(一)3


@pytest.mark.parametrize(
    ("education", "expected"),
    [
        ([GRADUATE, MASTER], "pass"),
        ([GRADUATE, {**MASTER, "degree_type": "academic"}], "fail"),
        ([GRADUATE, {**DOCTOR, "degree_type": "academic"}], "fail"),
        ([GRADUATE, {**MASTER, "degree_type": "academic"}, DOCTOR], "pass"),
        ([GRADUATE, {**MASTER, "degree_type": None}], "needs_review"),
        ([{**GRADUATE, "degree_type": "academic"}], "pass"),
        (
            [
                GRADUATE,
                {**MASTER, "degree_type": "academic", "enrolled": True, "graduated_on": None, "degree_awarded": False},
            ],
            "fail",
        ),
    ],
)
def test_no_postgraduates_of_an_academic_degree(
    policy: Policy, applicant: Make, education: list[Any], expected: str
) -> None:
    verdict = ask(policy, applicant(education=education), AT)
    assert outcome(verdict, "no-academic-postgraduates") == (expected, "002 附件1 一(一)3")
    assert verdict.verdict == {"pass": "eligible", "fail": "ineligible"}.get(expected, expected)


# 3. 附件1 一(一)4


@pytest.mark.parametrize(
    ("person_type", "licence", "expected"),
    [
        ("delegated", PHYSICIAN, "pass"),
        ("own_staff", PHYSICIAN, "pass"),
        ("delegated", None, "fail"),
        ("delegated", ASSISTANT, "fail"),
        ("social", PHYSICIAN, "fail"),
    ],
)
def test_adult_education_needs_a_unit_and_a_licence(
    policy: Policy, applicant: Make, person_type: str, licence: object, expected: str
) -> None:
    employer = None if person_type == "social" else EMPLOYER
    person = applicant(person_type=person_type, employer=employer, licence=licence, education=[COLLEGE, ADULT])
    verdict = ask(policy, person, AT, "内科")
    rule = "adult-education-needs-unit-and-licence"
    assert outcome(verdict, rule) == (expected, "002 附件1 一(一)4")
    assert verdict.verdict == ("eligible" if expected == "pass" else "ineligible")
    assert "培训期间不得转变培训身份" in sentence(verdict, rule), "the type may not change later"


def test_the_highest_education_counts_and_not_an_earlier_one(policy: Policy, applicant: Make) -> None:
    rule = "adult-education-needs-unit-and-licence"
    for education in ([ADULT, MASTER], [ADULT, GRADUATE], [COLLEGE, GRADUATE]):
        assert outcome(ask(policy, applicant(education=education), AT), rule) is None, education


# 4. 附件1 一(一)5


def test_the_commissioned_choose_general_practice_only(policy: Policy, commissioned: Make) -> None:
    verdict = ask(policy, commissioned(), AT)
    assert verdict.verdict == "eligible"
    assert verdict.open_codes == ("0700",)
    clause = "002 附件1 一(一)5；002 附件1 三(三)1"
    assert outcome(ask(policy, commissioned(), AT, "全科"), "commissioned-general-practice") == ("pass", clause)
    closed = ask(policy, commissioned(), AT, "内科")
    assert outcome(closed, "commissioned-general-practice") == ("fail", clause)
    assert sentence(closed, "commissioned-general-practice") == "免费医学生限报全科专业，不能选内科；请选全科。"


def test_who_is_in_breach_of_a_commission_is_refused_everything(
    policy: Policy, applicant: Make, commissioned: Make
) -> None:
    rule, clause = "commissioned-honours-contract", "002 附件1 一(一)5"
    breach = {**COMMISSION, "in_breach": True}
    for person in (commissioned(commission=breach), applicant(commission=breach)):
        verdict = ask(policy, person, AT)
        assert verdict.verdict == "ineligible"
        assert verdict.open_codes == ()
        assert outcome(verdict, rule) == ("fail", clause)
    assert outcome(ask(policy, commissioned(), AT), rule) == ("pass", clause)
    assert outcome(ask(policy, applicant(), AT), rule) is None


def test_the_agreement_itself_only_a_person_can_see(policy: Policy, commissioned: Make) -> None:
    for commission in (None, {**COMMISSION, "in_breach": None}):
        verdict = ask(policy, commissioned(commission=commission), AT, "全科")
        assert verdict.verdict == "needs_review"
        assert outcome(verdict, "commissioned-honours-contract") == ("needs_review", "002 附件1 一(一)5")


# 5. 附件1 一(一)1, 三(三)1, 三(五)1


@UNIT_TYPES
@pytest.mark.parametrize(("practised", "expected"), [("内科", "pass"), ("外科", "fail"), (None, "needs_review")])
def test_a_units_people_train_in_what_they_practise(
    policy: Policy, unit_person: Make, person_type: str, practised: str | None, expected: str
) -> None:
    person = unit_person(person_type=person_type, employer={**EMPLOYER, "specialty": practised})
    verdict = ask(policy, person, AT, "内科")
    assert outcome(verdict, "unit-person-practised-specialty") == (expected, "002 附件1 三(三)1")
    assert verdict.verdict == {"pass": "eligible", "fail": "ineligible"}.get(expected, expected)


def test_all_other_specialties_are_closed_to_a_units_person(policy: Policy, unit_person: Make) -> None:
    assert ask(policy, unit_person(), AT).open_codes == ("0100",)


@UNIT_TYPES
@pytest.mark.parametrize(
    ("employer", "expected"),
    [
        (EMPLOYER, "pass"),
        ({**EMPLOYER, "prefecture": "2101"}, "fail"),
        ({**EMPLOYER, "prefecture": None}, "needs_review"),
        (None, "fail"),
    ],
)
def test_a_units_person_works_in_the_province(
    policy: Policy, unit_person: Make, person_type: str, employer: object, expected: str
) -> None:
    verdict = ask(policy, unit_person(person_type=person_type, employer=employer), AT, "内科")
    assert outcome(verdict, "unit-person-has-contract") == (expected, "002 附件1 一(一)1")


@UNIT_TYPES
@pytest.mark.parametrize(("consent", "expected"), [(True, "pass"), (False, "fail"), (None, "needs_review")])
def test_the_unit_agrees(
    policy: Policy, unit_person: Make, person_type: str, consent: bool | None, expected: str
) -> None:
    person = unit_person(person_type=person_type, employer={**EMPLOYER, "consent": consent})
    assert outcome(ask(policy, person, AT, "内科"), "unit-consent") == (expected, "002 附件1 三(五)1")


# 6. 附件1 一(一)2, 三(三)1


def test_the_social_choose_anything_and_are_asked_for_no_consent_of_a_unit(policy: Policy, applicant: Make) -> None:
    verdict = ask(policy, applicant(), AT)
    assert verdict.verdict == "eligible"
    assert verdict.open_codes == policy.specialties.codes
    assert {"unit-consent", "unit-person-practised-specialty"}.isdisjoint(
        finding.rule for one in verdict.specialties.values() for finding in one.findings
    )
    assert policy.transfer.required_for == ("social",), "at filing they must obey provincial transfer"


def test_the_social_have_no_employer(policy: Policy, applicant: Make) -> None:
    rule, clause = "social-person-is-not-employed", "002 附件1 一(一)2"
    assert outcome(ask(policy, applicant(), AT), rule) == ("pass", clause)
    employed = ask(policy, applicant(employer=EMPLOYER), AT)
    assert employed.verdict == "needs_review", "they may have left"
    assert outcome(employed, rule) == ("needs_review", clause)


def test_a_kind_of_people_the_notice_does_not_have(policy: Policy, applicant: Make) -> None:
    verdict = ask(policy, applicant(person_type="professional_master"), AT)
    assert verdict.verdict == "ineligible"
    assert verdict.findings[0].sentence.startswith("本次招录没有“专硕”这一人员类型；可选“社会人”、")


def test_what_the_notice_does_not_say_refuses_nobody(policy: Policy, applicant: Make) -> None:
    for change in (
        {"nationality": "HK"},
        {"holds_training_certificate": True},
        {"in_national_platform": True},
        {"title": "senior"},
    ):
        assert ask(policy, applicant(**change), AT).verdict == "eligible", change
    dentist = applicant(education=[{**GRADUATE, "field": "stomatology", "major_code": "100301K"}])
    assert len(ask(policy, dentist, AT).open_codes) == 35


# 7. 附件1 三(三)4, 五(二): the rules of a year reduction are written in the same language


def reduction(policy: Policy, data: dict[str, Any], specialty: str) -> dict[str, str]:
    """Rule of the year reduction → what it comes to; rules that do not apply are left out."""
    assert policy.year_reduction is not None
    person = facts.from_dict(data)
    known = {**person_facts(person, policy, AT), **choice_facts(person, policy, specialty, None)}
    found = {}
    for rule in policy.year_reduction.rules:
        if evaluate(rule.applies, known) is not False:
            holds = evaluate(rule.condition, known)
            found[rule.id] = "pass" if holds else "needs_review" if holds is None else rule.outcome
    return found


def test_a_clinical_masters_or_doctors_degree_may_apply(policy: Policy, applicant: Make) -> None:
    for record in (MASTER, DOCTOR, {**MASTER, "field": "stomatology"}):
        asked = reduction(policy, applicant(education=[GRADUATE, record]), "0100")
        assert asked["clinical-degree-or-physician"] == "pass"
        assert set(asked.values()) == {"pass"}


def test_a_bachelor_without_a_licence_may_not(policy: Policy, applicant: Make) -> None:
    assert reduction(policy, applicant(), "0100")["clinical-degree-or-physician"] == "ineligible"
    other = applicant(education=[GRADUATE, {**MASTER, "field": "other", "major": "护理", "major_code": None}])
    assert reduction(policy, other, "0100")["clinical-degree-or-physician"] == "ineligible"
    unfinished = applicant(education=[GRADUATE, {**MASTER, "degree_awarded": False}])
    assert reduction(policy, unfinished, "0100")["clinical-degree-or-physician"] == "ineligible"


def test_how_much_experience_a_physician_needs_a_person_decides(policy: Policy, applicant: Make) -> None:
    asked = reduction(policy, applicant(licence=PHYSICIAN), "0100")
    assert asked == {"clinical-experience": "needs_review", "no-foreign-non-clinical-doctorate": "pass"}


@pytest.mark.parametrize(
    ("major", "specialty", "expected"),
    [
        ("内科学", "0100", "pass"),
        ("内科学", "0700", "ineligible"),
        ("神经病学", "0600", "pass"),
        ("麻醉学", "1900", "pass"),
        ("外科学", "1400", "needs_review"),
        ("老年医学", "0100", "needs_review"),
    ],
)
def test_the_degrees_major_is_the_specialty(
    policy: Policy, applicant: Make, major: str, specialty: str, expected: str
) -> None:
    person = applicant(education=[GRADUATE, {**MASTER, "major": major, "major_code": None}])
    assert reduction(policy, person, specialty)["postgraduate-major-is-specialty"] == expected


@pytest.mark.parametrize(
    ("field", "foreign", "expected"),
    [
        ("clinical", True, "pass"),
        ("stomatology", True, "pass"),
        ("other", True, "ineligible"),
        ("technology", True, "ineligible"),
        ("other", False, "pass"),
    ],
)
def test_a_foreign_doctorate_outside_clinical_medicine_closes_it(
    policy: Policy, applicant: Make, field: str, foreign: bool, expected: str
) -> None:
    person = applicant(education=[GRADUATE, {**DOCTOR, "field": field, "foreign": foreign}])
    assert reduction(policy, person, "0100")["no-foreign-non-clinical-doctorate"] == expected


# A typed major, and the command


def test_a_major_nobody_could_classify_is_looked_at(policy: Policy, applicant: Make) -> None:
    known = facts.from_dict(applicant())
    unknown = replace(known, education=(replace(known.education[0], major="临床", major_code="", field=None),))
    verdict = judge(policy, unknown, AT, Choice("内科"))
    assert verdict.verdict == "needs_review"
    assert outcome(verdict, "clinical-or-dental-graduate") == ("needs_review", "002 附件1 一(一)")


def test_the_command_answers_with_the_clause(tmp_path: Path, commissioned: Make) -> None:
    case = {
        "policy": "jilin-2024-residency", "round": "second", "at": AT.isoformat(), "applicant": commissioned(),
        "choice": {
            "base_prefecture": "2201", "specialty": "内科",
            "employer_prefecture_offers_specialty": None, "agreement_with_employer": None,
        },
    }  # fmt: skip
    file, out = tmp_path / "case.json", StringIO()
    file.write_text(json.dumps(case, ensure_ascii=False), encoding="utf-8")
    call_command("eligibility", str(file), stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["verdict"] == "ineligible"
    (failed,) = [one for one in answer["specialties"]["内科"]["findings"] if one["verdict"] == "fail"]
    assert failed == {
        "rule": "commissioned-general-practice",
        "verdict": "fail",
        "clause": "002 附件1 一(一)5；002 附件1 三(三)1",
        "sentence": "免费医学生限报全科专业，不能选内科；请选全科。",
    }
