"""Assistant general practice, the notice of 2021 (000) and the manual of 2025 (003, 001): every rule on both sides of its edge."""

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
from tests.eligibility.asking import ask, outcome, sentence
from tests.eligibility.conftest import BACHELOR, COMMISSION, EMPLOYER
from tests.policy.reading import notice

Make = Callable[..., dict[str, Any]]
IN_2021, IN_2025 = datetime(2021, 7, 1, 9, tzinfo=SHANGHAI), datetime(2025, 7, 1, 9, tzinfo=SHANGHAI)
COLLEGE = {
    **BACHELOR, "level": "college", "major_code": "520101K", "degree_awarded": False, "degree_type": None,
    "graduated_on": "2021-06-20",
}  # fmt: skip
ENROLLED = {**COLLEGE, "enrolled": True, "graduated_on": None}
ASSISTANT = {"kind": "assistant", "category": "clinical"}
PHYSICIAN = {"kind": "physician", "category": "clinical"}
TCM_ASSISTANT = {"kind": "assistant", "category": "tcm"}


@pytest.fixture(scope="module")
def old() -> Policy:
    return notice("yunnan-2021-assistant-gp")


@pytest.fixture(scope="module")
def new() -> Policy:
    return notice("yunnan-2025-assistant-gp")


@pytest.fixture
def applicant(applicant: Make) -> Make:
    """A college graduate in clinical medicine, without anything special."""
    return lambda **changes: applicant(**{"education": [COLLEGE], **changes})


# ---- 2021 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "licence", "expected"),
    [
        ({}, None, "pass"),
        ({"field": "tcm"}, None, "pass"),
        ({"field": "stomatology"}, None, "fail"),
        ({"field": "other"}, None, "fail"),
        ({"full_time": False, "adult_education": True}, None, "fail"),
        ({"field": "other"}, ASSISTANT, "pass"),
        ({"field": "other"}, TCM_ASSISTANT, "pass"),
        ({"field": "other"}, PHYSICIAN, "pass"),
    ],
)
def test_2021_college_graduates_in_medicine_or_licence_holders(
    old: Policy, applicant: Make, change: dict[str, object], licence: object, expected: str
) -> None:
    verdict = ask(old, applicant(education=[{**COLLEGE, **change}], licence=licence), IN_2021)
    assert outcome(verdict, "college-major") == (expected, "000 一(二)")
    assert (verdict.verdict == "eligible") == (expected == "pass")


def test_2021_a_bachelor_is_sent_to_the_residency(old: Policy, applicant: Make) -> None:
    verdict = ask(old, applicant(education=[BACHELOR]), IN_2021)
    assert outcome(verdict, "college-major") == ("fail", "000 一(二)")
    assert "住院医师规范化培训" in sentence(verdict, "college-major")
    assert ask(old, applicant(education=[COLLEGE, BACHELOR]), IN_2021).verdict == "eligible"


def test_2021_a_final_year_student_shows_the_diploma_at_confirmation(old: Policy, applicant: Make) -> None:
    clause = "000 一(二)；000 四(一)2(2)"
    assert outcome(ask(old, applicant(), IN_2021), "diploma-at-confirmation") == ("pass", clause)
    student = ask(old, applicant(education=[ENROLLED]), IN_2021)
    assert outcome(student, "diploma-at-confirmation") == ("needs_review", clause)
    assert student.verdict == "needs_review"
    licensed = ask(old, applicant(education=[ENROLLED], licence={"kind": "assistant", "category": "clinical"}), IN_2021)
    assert licensed.verdict == "eligible"
    assert outcome(ask(old, applicant(education=[BACHELOR]), IN_2021), "diploma-at-confirmation") is None
    dentist = ask(old, applicant(education=[{**ENROLLED, "field": "stomatology"}]), IN_2021)
    assert dentist.verdict == "ineligible"


@pytest.mark.parametrize(
    ("level", "licence", "expected"),
    [
        ("village", None, "pass"),
        ("township", None, "pass"),
        ("county", None, "pass"),
        ("prefecture", None, "needs_review"),
        ("province", None, "needs_review"),
        ("province", ASSISTANT, "pass"),
        (None, None, "needs_review"),
    ],
)
def test_2021_the_future_is_in_primary_care(
    old: Policy, applicant: Make, level: str | None, licence: object, expected: str
) -> None:
    person = applicant(person_type="delegated", employer={**EMPLOYER, "level": level}, licence=licence)
    assert outcome(ask(old, person, IN_2021), "primary-care") == (expected, "000 一(二)；000 一(一)")


def test_2021_who_has_no_unit_is_not_asked_for_it(old: Policy, applicant: Make) -> None:
    assert outcome(ask(old, applicant(), IN_2021), "primary-care") is None


def test_2021_the_commissioned(old: Policy, applicant: Make) -> None:
    def ask_with(**changes: object) -> Any:
        base = {
            "person_type": "commissioned",
            "employer": EMPLOYER,
            "commission": {**COMMISSION, "graduated_year": 2021},
        }
        return ask(old, applicant(**{**base, **changes}), IN_2021)

    good = ask_with()
    assert good.verdict == "eligible"
    assert good.open_codes == ("AGP", "AGP-TCM")
    assert outcome(good, "commissioned-diploma") == ("pass", "000 四(二)")
    assert outcome(ask_with(education=[ENROLLED]), "commissioned-diploma") == ("fail", "000 四(二)")
    clause = "000 四(二)；000 六(二)"
    assert outcome(good, "commissioned-honours-contract") == ("pass", clause)
    breach = ask_with(commission={**COMMISSION, "in_breach": True})
    assert outcome(breach, "commissioned-honours-contract") == ("fail", clause)
    late = ask_with(commission={**COMMISSION, "graduated_year": 2020})
    assert outcome(good, "commissioned-graduates-of-the-year") == ("pass", "000 四(二)；000 四(二)3")
    assert outcome(late, "commissioned-graduates-of-the-year") == ("needs_review", "000 四(二)；000 四(二)3")
    assert outcome(ask_with(employer=None), "unit-consent") == ("needs_review", "000 四(四)5")


def test_masters_have_no_place_in_it(old: Policy, new: Policy, applicant: Make) -> None:
    for policy, at in ((old, IN_2021), (new, IN_2025)):
        verdict = ask(policy, applicant(person_type="professional_master"), at)
        assert verdict.verdict == "ineligible"
        assert "没有“专硕”" in sentence(verdict, "person-type")


# ---- 2025 -------------------------------------------------------------------------------------------------------

WHOM = "001 三(一)1；001 三(一)2；001 三(一)3；000 一(二)"


@pytest.mark.parametrize(
    ("education", "licence", "expected"),
    [
        ([COLLEGE], None, "pass"),
        ([{**COLLEGE, "field": "tcm"}], None, "fail"),
        ([{**COLLEGE, "field": "stomatology"}], None, "fail"),
        ([{**COLLEGE, "full_time": False, "adult_education": True}], None, "fail"),
        ([ENROLLED], None, "fail"),
        ([BACHELOR], None, "fail"),
        ([COLLEGE, BACHELOR], None, "pass"),
        ([], None, "fail"),
        ([], ASSISTANT, "pass"),
        ([BACHELOR], PHYSICIAN, "pass"),
        ([], TCM_ASSISTANT, "fail"),
    ],
)
def test_2025_college_graduates_in_clinical_medicine_or_licence_holders(
    new: Policy, applicant: Make, education: list[object], licence: object, expected: str
) -> None:
    verdict = ask(new, applicant(education=education, licence=licence), IN_2025)
    assert outcome(verdict, "college-clinical-medicine") == (expected, WHOM)
    assert (verdict.verdict == "eligible") == (expected == "pass")


@pytest.mark.parametrize(
    ("nationality", "expected"), [("CN", "pass"), ("HK", "pass"), ("MO", "pass"), ("TW", "pass"), ("other", "fail")]
)
def test_2025_chinese_nationals(new: Policy, applicant: Make, nationality: str, expected: str) -> None:
    verdict = ask(new, applicant(nationality=nationality), IN_2025)
    assert outcome(verdict, "nationality") == (expected, "001 三(二)；003 (二)注意(3)")


@pytest.mark.parametrize("person_type", ["own_staff", "delegated", "commissioned"])
def test_2025_the_unit_agrees_in_writing(new: Policy, applicant: Make, person_type: str) -> None:
    clause = "003 (三)2请注意(2)；001 四(二)2(3)4)"

    def ask_with(employer: object) -> Any:
        return ask(new, applicant(person_type=person_type, employer=employer, commission=COMMISSION), IN_2025)

    assert outcome(ask_with(EMPLOYER), "unit-consent") == ("pass", clause)
    assert outcome(ask_with({**EMPLOYER, "consent": False}), "unit-consent") == ("fail", clause)
    nobody = ask_with(None)
    assert outcome(nobody, "unit-consent") == ("needs_review" if person_type == "commissioned" else "fail", clause)
    if person_type == "commissioned":
        assert "卫生行政管理部门" in sentence(nobody, "unit-consent"), "who signs where no unit is known yet"
    assert outcome(ask(new, applicant(), IN_2025), "unit-consent") is None


def test_2025_the_commissioned_choose_the_one_specialty(new: Policy, applicant: Make) -> None:
    def ask_with(commission: object) -> Any:
        return ask(new, applicant(person_type="commissioned", employer=EMPLOYER, commission=commission), IN_2025)

    clause = "001 四(二)2(3)4)；000 四(二)"
    assert ask_with(COMMISSION).open_codes == ("AGP",)
    assert outcome(ask_with(COMMISSION), "commissioned-honours-contract") == ("pass", clause)
    assert outcome(ask_with({**COMMISSION, "in_breach": True}), "commissioned-honours-contract") == ("fail", clause)


def test_2025_the_future_is_in_primary_care(new: Policy, applicant: Make) -> None:
    for level, expected in (("township", "pass"), ("county", "pass"), ("prefecture", "needs_review")):
        person = applicant(person_type="delegated", employer={**EMPLOYER, "level": level})
        assert outcome(ask(new, person, IN_2025), "primary-care") == (expected, "001 三(一)1；000 一(一)")


def test_2025_a_licence_prefers_and_never_refuses(new: Policy, applicant: Make) -> None:
    assert ask(new, applicant(), IN_2025).verdict == ask(new, applicant(licence=ASSISTANT), IN_2025).verdict
    assert new.scoring.tie_chain[0] == "licence", "具有助理医师资格证者优先 (001 三(二)2)"


# ---- both years -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("programme", "until", "expected"),
    [("assistant_gp", 2, "fail"), ("assistant_gp", 1, "pass"), ("residency", 2, "pass")],
)
def test_a_withdrawal_closes_it_for_two_years(
    old: Policy, new: Policy, applicant: Make, programme: str, until: int, expected: str
) -> None:
    for policy, at, clause in (
        (old, IN_2021, "000 六(三)1；000 六(三)2"),
        (new, IN_2025, "001 八(一)；001 八(二)"),
    ):
        ban = {"programme": programme, "from": f"{at.year - 2}-06-01", "until": f"{at.year}-07-0{until}"}
        verdict = ask(policy, applicant(bans=[ban]), at)
        assert outcome(verdict, "integrity-ban") == (expected, clause)
        assert ("2 年内不得报名" in sentence(verdict, "integrity-ban")) == (expected == "fail")


def test_the_command_answers_for_the_one_specialty(tmp_path: Path, applicant: Make) -> None:
    case = {
        "policy": "yunnan-2025-assistant-gp", "round": "first", "at": IN_2025.isoformat(),
        "applicant": applicant(education=[{**COLLEGE, "field": "tcm"}]),
    }  # fmt: skip
    file, out = tmp_path / "case.json", StringIO()
    file.write_text(json.dumps(case, ensure_ascii=False), encoding="utf-8")
    call_command("eligibility", str(file), stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["verdict"] == "ineligible"
    assert list(answer["specialties"]) == ["助理全科"]
    assert [one["clause"] for one in answer["findings"] if one["verdict"] == "fail"] == [WHOM]
