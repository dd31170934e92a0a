"""The notice of 2021 (000), residency: every rule on both sides of its edge, with its clause."""

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
from gme_portal.policy import Policy
from gme_portal.policy.moments import SHANGHAI
from tests.eligibility.asking import ask, outcome, sentence
from tests.eligibility.conftest import BACHELOR, COMMISSION, EMPLOYER
from tests.policy.reading import notice

AT = datetime(2021, 7, 1, 9, tzinfo=SHANGHAI)
Make = Callable[..., dict[str, Any]]
GRADUATE = {**BACHELOR, "graduated_on": "2021-06-20"}
ENROLLED = {**BACHELOR, "enrolled": True, "graduated_on": None, "degree_awarded": False}
COLLEGE = {**GRADUATE, "level": "college", "degree_awarded": False, "degree_type": None, "major_code": "520101K"}
COMMISSIONED = {**COMMISSION, "graduated_year": 2021}
PHYSICIAN = {"kind": "physician", "category": "clinical"}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("yunnan-2021-residency")


@pytest.fixture
def applicant(applicant: Make) -> Make:
    """A graduate of the year of this notice."""
    return lambda **changes: applicant(**{"education": [GRADUATE], **changes})


@pytest.fixture
def commissioned(applicant: Make) -> Make:
    return lambda **changes: applicant(
        **{"person_type": "commissioned", "commission": COMMISSIONED, "employer": EMPLOYER, **changes}
    )


def test_a_graduate_of_the_year_may_choose_all_37_specialties(policy: Policy, applicant: Make) -> None:
    verdict = ask(policy, applicant(), AT)
    assert verdict.verdict == "eligible"
    assert len(verdict.open_codes) == 37


@pytest.mark.parametrize(
    ("field", "licence", "expected"),
    [
        ("clinical", None, "pass"),
        ("stomatology", None, "pass"),
        ("tcm", None, "pass"),
        ("integrated", None, "pass"),
        ("technology", None, "fail"),
        ("other", None, "fail"),
        ("other", PHYSICIAN, "pass"),
        ("other", {"kind": "assistant", "category": "clinical"}, "fail"),
    ],
)
def test_a_major_fit_for_the_licence_examination_or_a_licence(
    policy: Policy, applicant: Make, field: str, licence: object, expected: str
) -> None:
    verdict = ask(policy, applicant(education=[{**GRADUATE, "field": field}], licence=licence), AT)
    assert outcome(verdict, "licence-exam-major") == (expected, "000 一(一)")
    assert (verdict.verdict == "eligible") == (expected == "pass")


def test_bachelor_or_above(policy: Policy, applicant: Make) -> None:
    for level in ("bachelor", "master", "doctor"):
        assert ask(policy, applicant(education=[{**GRADUATE, "level": level}]), AT).verdict == "eligible"
    college = ask(policy, applicant(education=[COLLEGE]), AT)
    assert college.verdict == "ineligible"
    assert outcome(college, "licence-exam-major") == ("fail", "000 一(一)")
    assert "助理全科医生培训" in sentence(college, "licence-exam-major")
    assert ask(policy, applicant(education=[COLLEGE], licence=PHYSICIAN), AT).verdict == "eligible"
    assert ask(policy, applicant(education=[]), AT).verdict == "ineligible"


def test_a_final_year_student_shows_the_diploma_at_confirmation(policy: Policy, applicant: Make) -> None:
    clause = "000 一(一)；000 四(一)2(2)"
    assert outcome(ask(policy, applicant(), AT), "diploma-at-confirmation") == ("pass", clause)
    student = ask(policy, applicant(education=[ENROLLED]), AT)
    assert student.verdict == "needs_review"
    assert outcome(student, "diploma-at-confirmation") == ("needs_review", clause)


def test_only_a_medical_record_still_enrolled_waits_for_the_confirmation(policy: Policy, applicant: Make) -> None:
    nurse = {**GRADUATE, "field": "other", "major": "护理学", "major_code": "101101"}
    turned = ask(policy, applicant(education=[nurse, ENROLLED]), AT)
    assert turned.verdict == "needs_review", "the medical record is the one that has to be finished"
    assert outcome(ask(policy, applicant(education=[COLLEGE]), AT), "diploma-at-confirmation") is None


def test_a_major_nobody_could_classify_is_for_a_person_to_look_at(policy: Policy, applicant: Make) -> None:
    known = facts.from_dict(applicant())
    unknown = replace(known, education=(replace(known.education[0], field=None),))
    assert outcome(judge(policy, unknown, AT), "licence-exam-major") == ("needs_review", "000 一(一)")


@pytest.mark.parametrize(
    ("ban", "expected"),
    [
        ({"programme": "residency", "from": "2018-07-02", "until": "2021-07-02"}, "fail"),
        ({"programme": "residency", "from": "2018-07-01", "until": "2021-07-01"}, "pass"),
        ({"programme": "assistant_gp", "from": "2020-07-02", "until": "2022-07-02"}, "pass"),
    ],
)
def test_a_withdrawal_closes_residency_for_three_years(
    policy: Policy, applicant: Make, ban: object, expected: str
) -> None:
    verdict = ask(policy, applicant(bans=[ban]), AT)
    assert outcome(verdict, "integrity-ban") == (expected, "000 六(三)1；000 六(三)2")
    assert ("2021年7月2日（星期五）" in sentence(verdict, "integrity-ban")) == (expected == "fail")


@pytest.mark.parametrize("person_type", ["own_staff", "delegated", "commissioned"])
def test_the_unit_agrees_in_writing(policy: Policy, commissioned: Make, person_type: str) -> None:
    def ask_with(employer: object) -> tuple[str, str] | None:
        return outcome(ask(policy, commissioned(person_type=person_type, employer=employer), AT), "unit-consent")

    assert ask_with(EMPLOYER) == ("pass", "000 四(四)5")
    assert ask_with({**EMPLOYER, "consent": False}) == ("fail", "000 四(四)5")
    assert ask_with({**EMPLOYER, "consent": None}) == ("needs_review", "000 四(四)5")
    # A graduate under contract may have no unit yet; who is delegated without a unit is not delegated.
    without = "needs_review" if person_type == "commissioned" else "fail"
    assert ask_with(None) == (without, "000 四(四)5")


def test_nobody_asks_a_letter_of_those_without_a_unit(policy: Policy, applicant: Make) -> None:
    assert outcome(ask(policy, applicant(employer={**EMPLOYER, "consent": False}), AT), "unit-consent") is None


@pytest.mark.parametrize("level", ["village", "township", "county", "prefecture", "province"])
def test_the_level_of_the_unit_prefers_and_never_refuses(policy: Policy, applicant: Make, level: str) -> None:
    person = applicant(person_type="delegated", employer={**EMPLOYER, "level": level})
    assert ask(policy, person, AT).verdict == "eligible", "000 一(一) 倾斜: tie chain and reallocation, no condition"
    assert policy.scoring.tie_chain[0] == "county"
    assert "county_first" in policy.reallocation.priority


def test_the_commissioned_train_in_general_practice(policy: Policy, commissioned: Make) -> None:
    verdict = ask(policy, commissioned(), AT)
    assert verdict.open_codes == ("0700", "3600")
    for name, expected in (("全科", "pass"), ("中医全科", "pass"), ("中医", "fail"), ("内科", "fail")):
        wish = Choice(name, base_prefecture="5325")
        assert outcome(ask(policy, commissioned(), AT, wish), "commissioned-general-practice") == (
            expected,
            "000 六(二)",
        )


def test_who_is_under_contract_trains_in_general_practice_as_a_delegate_too(policy: Policy, applicant: Make) -> None:
    """定向医学生履约报到就业后，须按规定作为单位委派人员参加全科专业 (六(二))."""
    delegate = applicant(person_type="delegated", employer=EMPLOYER, commission=COMMISSIONED)
    assert ask(policy, delegate, AT).open_codes == ("0700", "3600")
    free = applicant(person_type="delegated", employer=EMPLOYER)
    assert len(ask(policy, free, AT).open_codes) == 37
    breached = {**delegate, "commission": {**COMMISSIONED, "in_breach": True}}
    assert len(ask(policy, breached, AT).open_codes) == 37, "the sentence is about those who honour it"


def test_the_commissioned_hold_a_diploma(policy: Policy, commissioned: Make) -> None:
    assert outcome(ask(policy, commissioned(), AT), "commissioned-diploma") == ("pass", "000 四(二)")
    for education in ([ENROLLED], [COLLEGE], []):
        verdict = ask(policy, commissioned(education=education), AT)
        assert verdict.verdict == "ineligible"
        assert outcome(verdict, "commissioned-diploma") == ("fail", "000 四(二)")


def test_the_commissioned_honour_their_contract(policy: Policy, commissioned: Make) -> None:
    clause = "000 四(二)；000 四(二)3"

    def ask_with(commission: object) -> tuple[str, str] | None:
        return outcome(ask(policy, commissioned(commission=commission), AT), "commissioned-honours-contract")

    assert ask_with(COMMISSIONED) == ("pass", clause)
    assert ask_with({**COMMISSIONED, "in_breach": True}) == ("fail", clause)
    assert ask_with(None) == ("needs_review", clause)


@pytest.mark.parametrize(("year", "expected"), [(2021, "pass"), (2020, "needs_review"), (2022, "needs_review")])
def test_graduates_of_other_years_are_looked_at(policy: Policy, commissioned: Make, year: int, expected: str) -> None:
    verdict = ask(policy, commissioned(commission={**COMMISSIONED, "graduated_year": year}), AT)
    assert outcome(verdict, "commissioned-graduates-of-the-year") == (expected, "000 四(二)；000 四(二)3")


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("5325", "pass"),  # their own
        ("5301", "pass"),  # 红河—昆明 share a border
        ("5303", "pass"),
        ("5329", "fail"),
        (None, "needs_review"),
    ],
)
def test_who_is_not_on_the_list_trains_near_the_future_place_of_work(
    policy: Policy, commissioned: Make, base: str | None, expected: str
) -> None:
    verdict = ask(policy, commissioned(), AT, Choice("全科", base_prefecture=base))
    assert outcome(verdict, "commissioned-near-employment") == (expected, "000 四(二)3")


def test_who_is_on_the_list_trains_where_it_says(policy: Policy, commissioned: Make) -> None:
    person = replace(facts.from_dict(commissioned()), assigned_specialty="全科", assigned_base="B01")
    far_away = Choice("全科", base_prefecture="5329", base="B01")
    verdict = judge(policy, person, AT, far_away)
    assert verdict.verdict == "eligible", "the province decided; adjacency is for those not on the list"
    assert outcome(verdict, "commissioned-near-employment") is None
    assert outcome(verdict, "commissioned-graduates-of-the-year") is None
    assert outcome(verdict, "assigned-base") == ("pass", "000 四(二)；000 四(三)1")
    other = judge(policy, person, AT, replace(far_away, base="B02"))
    assert outcome(other, "assigned-base") == ("fail", "000 四(二)；000 四(三)1")
    tcm = judge(policy, person, AT, replace(far_away, specialty="中医全科"))
    assert outcome(tcm, "assigned-specialty") == ("fail", "000 四(二)；000 四(三)1")


def test_a_master_is_on_the_list_of_the_school(policy: Policy, applicant: Make) -> None:
    person = facts.from_dict(applicant(person_type="professional_master"))
    clause = "000 四(二)；000 四(三)1"
    missing = judge(policy, person, AT, Choice("骨科"))
    assert outcome(missing, "assigned-specialty") == ("needs_review", clause), "补录: told to write to the platform"
    listed = replace(person, assigned_specialty="骨科", assigned_base="B01")
    assert judge(policy, listed, AT, Choice("骨科", base="B01")).verdict == "eligible"
    assert outcome(judge(policy, listed, AT, Choice("外科", base="B01")), "assigned-specialty") == ("fail", clause)
    assert outcome(judge(policy, listed, AT, Choice("骨科", base="B02")), "assigned-base") == ("fail", clause)


def test_what_the_notice_does_not_say_refuses_nobody(policy: Policy, applicant: Make) -> None:
    for change in (
        {"education": [{**GRADUATE, "full_time": False, "adult_education": True}]},
        {"education": [{**GRADUATE, "level": "master", "degree_type": "academic"}]},
        {"holds_training_certificate": True},
        {"in_national_platform": True},
        {"title": "senior"},
    ):
        assert ask(policy, applicant(**change), AT).verdict == "eligible", change
    dentist = ask(policy, applicant(education=[{**GRADUATE, "field": "stomatology", "major_code": "100301K"}]), AT)
    assert len(dentist.open_codes) == 37


def test_the_command_answers_with_the_clause(tmp_path: Path, commissioned: Make) -> None:
    case = {
        "policy": "yunnan-2021-residency", "round": "first", "at": AT.isoformat(), "applicant": commissioned(),
        "choice": {
            "base_prefecture": "5301", "specialty": "内科",
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
        "clause": "000 六(二)",
        "sentence": "定向医学生须参加全科专业培训，不能选内科；请选全科或中医全科。",
    }
