"""Every rule of the policy on both sides of its edge, with its clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from applicants.eligibility import Choice, Verdict, facts, judge
from gme_portal.policy import Policy
from gme_portal.policy.moments import SHANGHAI
from tests.eligibility.asking import outcome
from tests.eligibility.conftest import BACHELOR, COMMISSION, EMPLOYER

AT = datetime(2025, 7, 1, 9, tzinfo=SHANGHAI)
Make = Callable[..., dict[str, Any]]
PHYSICIAN = {"kind": "physician", "category": "clinical"}
ASSISTANT = {"kind": "assistant", "category": "clinical"}


def ask(policy: Policy, data: dict[str, Any], specialty: str | None = None, at: datetime = AT) -> Verdict:
    return judge(policy, facts.from_dict(data), at, Choice(specialty) if specialty else None)


def test_a_graduate_of_the_year_may_choose_every_specialty(policy: Policy, applicant: Make) -> None:
    verdict = ask(policy, applicant())
    assert verdict.verdict == "eligible"
    assert verdict.open_codes == policy.specialties.codes
    assert all(one.verdict == "eligible" and not one.reasons for one in verdict.specialties.values())


@pytest.mark.parametrize(
    ("nationality", "expected"), [("CN", "eligible"), ("TW", "eligible"), ("other", "needs_review")]
)
def test_identity_document(policy: Policy, applicant: Make, nationality: str, expected: str) -> None:
    verdict = ask(policy, applicant(nationality=nationality))
    assert verdict.verdict == expected
    assert outcome(verdict, "identity-document") == (
        "pass" if expected == "eligible" else "needs_review",
        "003 (二)注意(3)",
    )


def test_the_bachelors_record_must_be_there(policy: Policy, applicant: Make) -> None:
    enrolled = {**BACHELOR, "enrolled": True, "graduated_on": None, "degree_awarded": False}
    college = {**BACHELOR, "level": "college", "degree_awarded": False, "degree_type": None}
    master = {**BACHELOR, "level": "master"}
    clause = "003 (三)3请注意"
    assert outcome(ask(policy, applicant()), "bachelor-record") == ("pass", clause)
    for education in ([enrolled], [college], [master], []):
        verdict = ask(policy, applicant(education=education))
        assert verdict.verdict == "ineligible"
        assert outcome(verdict, "bachelor-record") == ("fail", clause)
    assert ask(policy, applicant(education=[BACHELOR, master])).verdict == "eligible"


@pytest.mark.parametrize(
    ("field", "licence", "expected"),
    [
        ("clinical", None, "pass"),
        ("stomatology", None, "pass"),
        ("tcm", None, "fail"),
        ("integrated", None, "fail"),
        ("technology", None, "fail"),
        ("other", None, "fail"),
        ("other", PHYSICIAN, "pass"),
        ("other", ASSISTANT, "fail"),
        ("tcm", {"kind": "physician", "category": "tcm"}, "fail"),
    ],
)
def test_the_major_fits_the_licence_examination(
    policy: Policy, applicant: Make, field: str, licence: object, expected: str
) -> None:
    verdict = ask(policy, applicant(education=[{**BACHELOR, "field": field}], licence=licence))
    assert outcome(verdict, "licence-exam-major") == (expected, "000 一(一)；003 (一)3")


def test_a_major_nobody_could_classify_is_for_a_person_to_look_at(policy: Policy, applicant: Make) -> None:
    known = facts.from_dict(applicant())
    unknown = replace(known, education=(replace(known.education[0], field=None),))
    assert judge(policy, unknown, AT).verdict == "needs_review"
    assert judge(policy, replace(unknown, licence=facts.Licence("physician", "clinical")), AT).verdict == "eligible"


@pytest.mark.parametrize(
    ("ban", "expected"),
    [
        ({"programme": "residency", "from": "2022-07-02", "until": "2025-07-02"}, "fail"),
        ({"programme": "residency", "from": "2022-07-01", "until": "2025-07-01"}, "pass"),
        ({"programme": "residency", "from": "2025-07-01", "until": "2028-07-01"}, "fail"),
        ({"programme": "residency", "from": "2025-07-02", "until": "2028-07-02"}, "pass"),
        ({"programme": "assistant_gp", "from": "2024-07-02", "until": "2026-07-02"}, "pass"),
    ],
)
def test_a_ban_counts_by_day_and_programme(policy: Policy, applicant: Make, ban: object, expected: str) -> None:
    assert outcome(ask(policy, applicant(bans=[ban])), "integrity-ban") == (expected, "000 六(三)1")


def test_a_ban_says_its_end_and_counts_in_beijing_time(policy: Policy, applicant: Make) -> None:
    banned = applicant(bans=[{"programme": "residency", "from": "2022-07-02", "until": "2025-07-02"}])
    verdict = ask(policy, banned)
    assert any("至2025年7月2日（星期三）" in one.sentence for one in verdict.findings)
    evening_in_utc = datetime.fromisoformat("2025-07-01T16:00:00+00:00")
    assert ask(policy, banned, at=evening_in_utc).verdict == "eligible", "already 2 July in Beijing"


def test_a_registration_level_refusal_appears_on_every_specialty(policy: Policy, applicant: Make) -> None:
    verdict = ask(policy, applicant(education=[]))
    assert len(verdict.specialties) == 35
    for one in verdict.specialties.values():
        assert one.verdict == "ineligible"
        assert "bachelor-record" in {finding.rule for finding in one.reasons}
    assert verdict.open_codes == ()


@pytest.mark.parametrize("person_type", ["own_staff", "delegated"])
def test_staff_of_a_unit_bring_its_consent(policy: Policy, applicant: Make, person_type: str) -> None:
    def ask_with(employer: object) -> Verdict:
        return ask(policy, applicant(person_type=person_type, employer=employer))

    clause = "003 (三)2请注意(2)"
    assert outcome(ask_with(EMPLOYER), "unit-consent") == ("pass", clause)
    assert outcome(ask_with({**EMPLOYER, "consent": False}), "unit-consent") == ("fail", clause)
    assert outcome(ask_with({**EMPLOYER, "consent": None}), "unit-consent") == ("needs_review", clause)
    assert outcome(ask_with(None), "unit-consent") == ("fail", clause), "no unit, no consent"
    assert outcome(ask(policy, applicant(employer={**EMPLOYER, "consent": False})), "unit-consent") is None, (
        "社会人 need none"
    )


def test_the_commissioned_train_in_general_practice_only(policy: Policy, applicant: Make) -> None:
    person = applicant(person_type="commissioned", commission=COMMISSION)
    verdict = ask(policy, person)
    assert verdict.verdict == "eligible"
    assert verdict.open_codes == ("0700",)
    closed = ask(policy, person, "内科")
    assert outcome(closed, "commissioned-general-practice") == ("fail", "003 说明6")
    assert closed.specialties["0100"].reasons[0].sentence == "订单定向医学生的专业方向为全科，不能选内科；请选全科。"


def test_who_is_under_contract_trains_in_general_practice_whatever_the_type(policy: Policy, applicant: Make) -> None:
    assert ask(policy, applicant(commission=COMMISSION)).open_codes == ("0700",)
    assert len(ask(policy, applicant(commission={**COMMISSION, "in_breach": True})).open_codes) == 35
    assert len(ask(policy, applicant()).open_codes) == 35


def test_a_record_still_enrolled_gives_no_licence_exam(policy: Policy, applicant: Make) -> None:
    nurse = {**BACHELOR, "field": "other", "major": "护理学", "major_code": "101101"}
    student = {**BACHELOR, "enrolled": True, "graduated_on": None, "degree_awarded": False}
    verdict = ask(policy, applicant(education=[nurse, student]))
    assert outcome(verdict, "licence-exam-major") == ("fail", "000 一(一)；003 (一)3")
    assert outcome(ask(policy, applicant(education=[nurse, BACHELOR])), "licence-exam-major") == (
        "pass",
        "000 一(一)；003 (一)3",
    )


def test_the_commissioned_honour_their_contract(policy: Policy, applicant: Make) -> None:
    def ask_with(commission: object) -> Verdict:
        return ask(policy, applicant(person_type="commissioned", commission=commission), "全科")

    assert ask_with(COMMISSION).verdict == "eligible"
    assert outcome(ask_with({**COMMISSION, "in_breach": True}), "commissioned-honours-contract") == (
        "fail",
        "000 四(二)",
    )
    assert ask_with(None).verdict == "needs_review"


def test_a_professional_master_follows_the_roster_of_the_school(policy: Policy, applicant: Make) -> None:
    person = facts.from_dict(applicant(person_type="professional_master"))
    assert judge(policy, person, AT).verdict == "needs_review", "without the roster nobody can tell"
    assigned = replace(person, assigned_specialty="骨科", assigned_base="B01")
    assert judge(policy, assigned, AT, Choice("骨科", base="B01")).verdict == "eligible"
    assert judge(policy, assigned, AT, Choice("骨科")).verdict == "needs_review", "no base named yet"
    assert judge(policy, assigned, AT, Choice("骨科", base="B02")).verdict == "ineligible"
    other = judge(policy, assigned, AT, Choice("外科", base="B01"))
    assert outcome(other, "assigned-specialty") == ("fail", "003 说明5")


def test_the_roster_binds_the_commissioned_too(policy: Policy, applicant: Make) -> None:
    person = replace(
        facts.from_dict(applicant(person_type="commissioned", commission=COMMISSION)),
        assigned_specialty="全科",
        assigned_base="B01",
    )
    assert judge(policy, person, AT, Choice("全科", base="B01")).verdict == "eligible"
    assert outcome(judge(policy, person, AT, Choice("全科", base="B02")), "assigned-base") == ("fail", "003 说明5")


def test_a_person_type_that_does_not_register_is_refused_with_its_clause(policy: Policy, applicant: Make) -> None:
    kinds = tuple(
        replace(kind, registers=kind.code != "social", refusal="由学校统一录入。") for kind in policy.person_types
    )
    closed = ask(replace(policy, person_types=kinds), applicant())
    assert outcome(closed, "person-type") == ("fail", "003 说明2")
    assert closed.open_codes == ()
    unknown = ask(replace(policy, person_types=policy.person_types[1:]), applicant())
    assert "没有“社会人”" in unknown.findings[0].sentence


def test_every_refusal_says_what_and_where(policy: Policy) -> None:
    for rule in policy.eligibility:
        assert rule.clause
        assert all(
            sentence.endswith("。") for sentence in (rule.sentence_pass, rule.sentence_fail, rule.sentence_review)
        )
