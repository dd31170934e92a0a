"""Hubei's notice of 2024 (004): who may register, and for what; each sentence on both sides of its edge, with rule and clause."""

from __future__ import annotations

import json
import re
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
from tests.eligibility.conftest import BACHELOR
from tests.policy.reading import notice

AT = datetime(2024, 4, 10, 9, tzinfo=SHANGHAI)
Make = Callable[..., dict[str, Any]]
GRADUATE = {**BACHELOR, "graduated_on": "2023-06-30"}
EARLIER = {**GRADUATE, "graduated_on": "2022-06-30"}
ENROLLED = {**BACHELOR, "enrolled": True, "graduated_on": None, "degree_awarded": False}
DENTIST = {**GRADUATE, "field": "stomatology", "major": "口腔医学", "major_code": "100301K"}
MASTER = {**GRADUATE, "level": "master", "major": "内科学", "major_code": "105101"}
PHYSICIAN = {"kind": "physician", "category": "clinical"}
ASSISTANT = {"kind": "assistant", "category": "clinical"}
EMPLOYER = {"prefecture": "4201", "level": "county", "specialty": "内科", "consent": True}
DENTAL = ("2800", "2900", "3000", "3100", "3200", "3300", "3400")
AT_HOME = Choice(
    "内科", base_prefecture="4201", employer_prefecture_offers_specialty=True, agreement_with_employer=False
)
ABROAD = replace(AT_HOME, base_prefecture="4205")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("hubei-2024-residency")


@pytest.fixture
def applicant(applicant: Make) -> Make:
    """A bachelor of clinical medicine of 2023, without a licence, for society's places."""
    return lambda **changes: applicant(**{"education": [GRADUATE], **changes})


@pytest.fixture
def delegate(applicant: Make) -> Make:
    """A county hospital's physician in internal medicine, sent by the hospital."""
    return lambda **changes: applicant(
        **{"person_type": "delegated", "employer": EMPLOYER, "licence": PHYSICIAN, "title": "junior", **changes}
    )


def test_a_recent_graduate_may_choose_every_specialty_in_both_rounds(policy: Policy, applicant: Make) -> None:
    for key in ("first", "second"):
        verdict = ask(policy, applicant(), AT, round=key)
        assert verdict.verdict == "eligible"
        assert verdict.open_codes == policy.specialties.codes
        assert all(one.verdict == "eligible" for one in verdict.specialties.values())


@pytest.mark.parametrize(
    ("nationality", "expected"), [("CN", "pass"), ("HK", "pass"), ("MO", "pass"), ("TW", "pass"), ("other", "fail")]
)
def test_chinese_nationality(policy: Policy, applicant: Make, nationality: str, expected: str) -> None:
    verdict = ask(policy, applicant(nationality=nationality), AT)
    assert outcome(verdict, "chinese-nationality") == (expected, "004 二(一)1")
    assert (verdict.verdict == "ineligible") is (expected == "fail")


@pytest.mark.parametrize(
    ("education", "licence", "expected"),
    [
        ([GRADUATE], None, "pass"),
        ([DENTIST], None, "pass"),
        ([{**GRADUATE, "level": "college", "degree_awarded": False, "degree_type": None}], None, "fail"),
        ([{**GRADUATE, "level": "college", "degree_awarded": False, "degree_type": None}], PHYSICIAN, "pass"),
        ([{**GRADUATE, "level": "college", "degree_awarded": False, "degree_type": None}], ASSISTANT, "fail"),
        ([{**GRADUATE, "field": "other", "major": "护理学", "major_code": "101101"}], None, "fail"),
        ([], None, "fail"),
    ],
)
def test_a_clinical_or_dental_education_or_a_licence(
    policy: Policy, applicant: Make, education: list[Any], licence: object, expected: str
) -> None:
    verdict = ask(policy, applicant(education=education, licence=licence), AT)
    assert outcome(verdict, "clinical-or-dental-graduate") == (expected, "004 二(一)2")
    assert (verdict.verdict == "ineligible") is (expected == "fail")


def test_a_final_year_student_is_looked_at_and_not_refused_in_april(policy: Policy, applicant: Make) -> None:
    student = ask(policy, applicant(education=[ENROLLED]), AT, "内科")
    assert student.verdict == "needs_review"
    assert outcome(student, "graduates-this-year") == ("needs_review", "004 二(一)2")
    assert outcome(ask(policy, applicant(), AT, "内科"), "graduates-this-year") is None
    nurse = {**GRADUATE, "field": "other", "major": "护理学", "major_code": "101101"}
    turned = ask(policy, applicant(education=[nurse, ENROLLED]), AT, "内科")
    assert turned.verdict == "needs_review", "the clinical record is the one that has to be finished"
    physician = ask(policy, applicant(education=[ENROLLED], licence=PHYSICIAN), AT, "内科")
    assert outcome(physician, "graduates-this-year") == ("pass", "004 二(一)2"), "或已……取得……执业医师资格证书"


# 二(二)1


def test_dentists_choose_dental_specialties_only(policy: Policy, applicant: Make) -> None:
    verdict = ask(policy, applicant(education=[DENTIST]), AT)
    assert verdict.open_codes == DENTAL
    closed = ask(policy, applicant(education=[DENTIST]), AT, "全科")
    assert closed.verdict == "ineligible"
    assert outcome(closed, "dental-majors-choose-dental") == ("fail", "004 二(二)1")
    assert sentence(closed, "dental-majors-choose-dental").startswith("口腔医学专业毕业生限定申报口腔医学类专业")
    opened = ask(policy, applicant(education=[DENTIST]), AT, "口腔全科")
    assert opened.verdict == "eligible"
    assert outcome(opened, "dental-majors-choose-dental") == ("pass", "004 二(二)1")
    assert outcome(ask(policy, applicant(), AT, "内科"), "dental-majors-choose-dental") is None


# 二(二)2


@pytest.mark.parametrize(
    ("code", "major", "opened"),
    [
        ("100202TK", "麻醉学", {"全科", "麻醉科"}),
        ("100203TK", "医学影像学", {"全科", "放射科", "超声医学科", "核医学科"}),
        ("100206TK", "放射医学", {"全科", "放射科", "核医学科", "放射肿瘤科"}),
        ("100204TK", "眼视光医学", {"全科", "眼科"}),
        ("100205TK", "精神医学", {"全科", "精神科"}),
        ("100207TK", "儿科学", {"全科", "儿科", "儿外科"}),
    ],
)
def test_a_major_with_a_direction_keeps_it_or_general_practice(
    policy: Policy, applicant: Make, code: str, major: str, opened: set[str]
) -> None:
    verdict = ask(policy, applicant(education=[{**GRADUATE, "major": major, "major_code": code}]), AT)
    assert {policy.specialties.name(one) for one in verdict.open_codes} == opened
    for specialty in verdict.specialties.values():
        (finding,) = [one for one in specialty.findings if one.rule == "fixed-direction-majors"]
        assert finding.clause == "004 二(二)2"
        assert finding.verdict == ("pass" if specialty.name in opened else "fail")


def test_the_direction_binds_bachelors_and_nobody_else(policy: Policy, applicant: Make) -> None:
    anaesthetist = {**GRADUATE, "major": "麻醉学", "major_code": "100202TK"}
    by_name = {**anaesthetist, "major_code": None}
    rule = "fixed-direction-majors"
    assert outcome(ask(policy, applicant(education=[by_name]), AT, "内科"), rule) == ("fail", "004 二(二)2")
    with_master = ask(policy, applicant(education=[anaesthetist, MASTER]), AT, "内科")
    assert outcome(with_master, rule) is None, "“本科毕业生”"
    assert outcome(ask(policy, applicant(), AT, "麻醉科"), rule) is None, "clinical medicine has no direction"
    student = applicant(education=[{**ENROLLED, "major": "麻醉学", "major_code": "100202TK"}])
    assert ask(policy, student, AT, "内科").verdict == "ineligible", "also before graduation"


def test_a_major_nobody_can_classify_is_looked_at(policy: Policy, applicant: Make) -> None:
    typed = facts.from_dict(applicant())
    unknown = replace(typed, education=(replace(typed.education[0], major="临床麻醉", major_code="", field=None),))
    verdict = judge(policy, unknown, AT, Choice("内科"))
    assert verdict.verdict == "needs_review"
    assert outcome(verdict, "fixed-direction-majors") == ("needs_review", "004 二(二)2")


# 二(二)3


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"education": [EARLIER]}, "fail"),
        ({"education": [{**EARLIER, "graduated_on": "2022-12-31"}]}, "fail"),
        ({"education": [{**EARLIER, "graduated_on": "2023-01-01"}]}, None),
        ({"education": [{**EARLIER, "full_time": False}]}, None),
        ({"education": [{**EARLIER, "major": "麻醉学", "major_code": "100202TK"}]}, None),
        ({"education": [EARLIER], "licence": PHYSICIAN}, None),
        ({"education": [EARLIER], "licence": ASSISTANT}, "fail"),
        ({"education": [EARLIER, MASTER]}, None),
    ],
)
def test_earlier_graduates_without_a_licence_choose_general_practice(
    policy: Policy, applicant: Make, change: dict[str, Any], expected: str | None
) -> None:
    rule, clause = "unlicensed-earlier-graduates-general-practice", "004 二(二)3"
    verdict = ask(policy, applicant(**change), AT, "内科")
    assert outcome(verdict, rule) == (expected and (expected, clause))
    general = ask(policy, applicant(**change), AT, "全科")
    assert general.verdict == "eligible"
    assert outcome(general, rule) == (expected and ("pass", clause))


def test_a_second_bachelor_does_not_make_the_clinical_one_recent(policy: Policy, applicant: Make) -> None:
    law = {**GRADUATE, "major": "法学", "major_code": "030101K", "field": "other", "graduated_on": "2024-01-10"}
    rule = "unlicensed-earlier-graduates-general-practice"
    verdict = ask(policy, applicant(education=[EARLIER, law]), AT, "内科")
    assert outcome(verdict, rule) == ("fail", "004 二(二)3")
    assert outcome(ask(policy, applicant(education=[GRADUATE, law]), AT, "内科"), rule) is None
    part_time = {**EARLIER, "full_time": False, "adult_education": True}
    assert outcome(ask(policy, applicant(education=[part_time, law]), AT, "内科"), rule) is None, "全日制"


def test_a_student_of_unknown_degree_type_is_looked_at(policy: Policy, applicant: Make) -> None:
    student = {**MASTER, "enrolled": True, "graduated_on": None, "degree_awarded": False, "degree_type": None}
    verdict = ask(policy, applicant(education=[GRADUATE, student]), AT, "内科")
    assert verdict.verdict == "needs_review"
    assert outcome(verdict, "no-academic-postgraduates-enrolled") == ("needs_review", "004 二(四)2")
    assert outcome(verdict, "professional-masters-do-not-register") == ("needs_review", "004 二(三)2")


def test_every_refusal_says_what_would_change_it(policy: Policy) -> None:
    """The contract: one sentence that says what the rule asks and, where it fails, what would change the answer."""
    refused = [rule for rule in policy.eligibility if rule.outcome == "ineligible"]
    assert [rule.id for rule in refused if not re.search("请|须|可以|才可", rule.sentence_fail)] == []


def test_who_is_delegated_by_an_employer_is_exempt(policy: Policy, delegate: Make) -> None:
    verdict = ask(policy, delegate(education=[EARLIER], licence=None), AT, AT_HOME)
    assert verdict.verdict == "eligible"
    assert all("unlicensed" not in one.rule for one in verdict.findings)


def test_whether_own_staff_count_as_delegated_is_for_a_person_to_say(policy: Policy, applicant: Make) -> None:
    own = applicant(person_type="own_staff", employer=EMPLOYER, education=[EARLIER])
    verdict = ask(policy, own, AT, "内科")
    assert outcome(verdict, "unlicensed-earlier-graduates-own-staff") == ("needs_review", "004 二(二)3")
    assert ask(policy, own, AT, "全科").verdict == "eligible"
    licensed = ask(policy, {**own, "licence": PHYSICIAN}, AT, "内科")
    assert licensed.verdict == "eligible"


# 二(三)1, 三(二)


def test_a_delegate_of_the_prefecture_is_eligible(policy: Policy, delegate: Make) -> None:
    verdict = ask(policy, delegate(), AT, AT_HOME)
    assert verdict.verdict == "eligible"
    for rule in ("delegated-by-employer", "delegated-title", "delegated-base-in-employer-prefecture"):
        assert outcome(verdict, rule) == ("pass", "004 二(三)1")
    assert outcome(verdict, "delegated-practised-specialty") == ("pass", "004 三(二)；004 二(三)1")


@pytest.mark.parametrize(
    ("employer", "expected"),
    [
        (EMPLOYER, "pass"),
        ({**EMPLOYER, "consent": False}, "fail"),
        ({**EMPLOYER, "consent": None}, "needs_review"),
        (None, "fail"),
    ],
)
def test_delegates_come_from_an_employer_and_not_by_themselves(
    policy: Policy, delegate: Make, employer: object, expected: str
) -> None:
    verdict = ask(policy, delegate(employer=employer), AT, AT_HOME)
    assert outcome(verdict, "delegated-by-employer") == (expected, "004 二(三)1")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("none", "pass"),
        ("junior", "pass"),
        ("intermediate", "fail"),
        ("senior", "fail"),
        (None, "needs_review"),
    ],
)
def test_delegates_are_not_yet_of_intermediate_rank(
    policy: Policy, delegate: Make, title: str | None, expected: str
) -> None:
    verdict = ask(policy, delegate(title=title), AT, AT_HOME)
    assert outcome(verdict, "delegated-title") == (expected, "004 二(三)1")


def test_the_rank_matters_to_delegates_only(policy: Policy, applicant: Make) -> None:
    assert ask(policy, applicant(title="senior"), AT).verdict == "eligible"


@pytest.mark.parametrize(("practised", "expected"), [("内科", "pass"), ("外科", "fail"), (None, "needs_review")])
def test_delegates_train_in_what_they_practise(
    policy: Policy, delegate: Make, practised: str | None, expected: str
) -> None:
    verdict = ask(policy, delegate(employer={**EMPLOYER, "specialty": practised}), AT, AT_HOME)
    assert outcome(verdict, "delegated-practised-specialty") == (expected, "004 三(二)；004 二(三)1")


def test_a_base_elsewhere_while_the_prefecture_has_one_is_closed(policy: Policy, delegate: Make) -> None:
    verdict = ask(policy, delegate(), AT, replace(ABROAD, agreement_with_employer=True))
    assert verdict.verdict == "ineligible"
    assert outcome(verdict, "delegated-base-in-employer-prefecture") == ("fail", "004 二(三)1")


def test_without_one_the_employer_signs_with_the_nearest_base(policy: Policy, delegate: Make) -> None:
    none_at_home = replace(ABROAD, employer_prefecture_offers_specialty=False)
    unsigned = ask(policy, delegate(), AT, none_at_home)
    assert unsigned.verdict == "ineligible"
    assert outcome(unsigned, "delegated-agreement-with-base") == ("fail", "004 二(三)1")
    signed = ask(policy, delegate(), AT, replace(none_at_home, agreement_with_employer=True))
    assert signed.verdict == "needs_review", "whether it is the nearest, and the letter itself, only a person can see"
    assert outcome(signed, "delegated-agreement-with-base") == ("pass", "004 二(三)1")
    assert outcome(signed, "delegated-nearest-base") == ("needs_review", "004 二(三)1")
    unseen = ask(policy, delegate(), AT, replace(none_at_home, agreement_with_employer=None))
    assert outcome(unseen, "delegated-agreement-with-base") == ("needs_review", "004 二(三)1")


def test_before_a_base_is_chosen_a_delegates_place_is_open(policy: Policy, delegate: Make) -> None:
    verdict = ask(policy, delegate(), AT)
    assert verdict.verdict == "needs_review"
    assert verdict.open_codes == ("0100",), "what is practised is known already"


# 二(三)2, 二(三)3, 二(四)


@pytest.mark.parametrize(
    ("change", "rule", "clause"),
    [
        ({"person_type": "professional_master"}, "person-type", "004 二(三)2"),
        ({"person_type": "commissioned"}, "person-type", "004 二(三)3"),
        ({"holds_training_certificate": True}, "no-training-certificate", "004 二(四)1"),
        (
            {
                "education": [
                    GRADUATE,
                    {
                        **MASTER,
                        "enrolled": True,
                        "graduated_on": None,
                        "degree_awarded": False,
                        "degree_type": "academic",
                    },
                ]
            },
            "no-academic-postgraduates-enrolled",
            "004 二(四)2",
        ),
        ({"in_national_platform": True}, "not-in-national-platform", "004 二(四)3"),
        (
            {"education": [{**GRADUATE, "field": "tcm", "major": "中医学", "major_code": "100501K"}]},
            "no-tcm-or-technology-majors",
            "004 二(四)4",
        ),
        (
            {"education": [{**GRADUATE, "field": "integrated", "major": "中西医临床医学", "major_code": "100601K"}]},
            "no-tcm-or-technology-majors",
            "004 二(四)4",
        ),
        (
            {"education": [{**GRADUATE, "field": "technology", "major": "医学检验技术", "major_code": "101001"}]},
            "no-tcm-or-technology-majors",
            "004 二(四)4",
        ),
        (
            {"bans": [{"programme": "residency", "from": "2023-09-01", "until": "2026-09-01"}]},
            "integrity-ban",
            "004 四(四)",
        ),
    ],
)
@pytest.mark.parametrize("round", ["first", "second"])
def test_who_must_not_register_is_refused_every_specialty_with_that_rule_named(
    policy: Policy, applicant: Make, change: dict[str, Any], rule: str, clause: str, round: str
) -> None:
    verdict = ask(policy, applicant(**change), AT, round=round)
    assert verdict.verdict == "ineligible"
    assert outcome(verdict, rule) == ("fail", clause)
    assert len(verdict.specialties) == 35
    for one in verdict.specialties.values():
        assert one.verdict == "ineligible"
        assert rule in {finding.rule for finding in one.reasons}


def test_the_other_side_of_each_of_these_edges(policy: Policy, applicant: Make) -> None:
    academic = {**MASTER, "degree_type": "academic"}
    graduated = ask(policy, applicant(education=[GRADUATE, academic]), AT)
    assert graduated.verdict == "eligible", "only academic postgraduates still enrolled are refused"
    student = {**ENROLLED, "degree_type": "academic"}
    assert outcome(ask(policy, applicant(education=[student]), AT), "no-academic-postgraduates-enrolled") == (
        "pass",
        "004 二(四)2",
    ), "a bachelor's degree is no postgraduate one"
    for change, rule in (
        ({"holds_training_certificate": False}, "no-training-certificate"),
        ({"in_national_platform": False}, "not-in-national-platform"),
        ({"bans": [{"programme": "residency", "from": "2021-04-10", "until": "2024-04-10"}]}, "integrity-ban"),
        ({"bans": [{"programme": "assistant_gp", "from": "2023-09-01", "until": "2025-09-01"}]}, "integrity-ban"),
    ):
        verdict = ask(policy, applicant(**change), AT)
        assert verdict.verdict == "eligible"
        found = outcome(verdict, rule)
        assert found is not None
        assert found[0] == "pass"


def test_what_nobody_has_said_is_looked_at(policy: Policy, applicant: Make) -> None:
    for key, rule in (
        ("holds_training_certificate", "no-training-certificate"),
        ("in_national_platform", "not-in-national-platform"),
    ):
        verdict = ask(policy, applicant(**{key: None}), AT)
        assert verdict.verdict == "needs_review"
        found = outcome(verdict, rule)
        assert found is not None
        assert found[0] == "needs_review"


def test_a_master_or_a_commissioned_graduate_does_not_slip_in_as_somebody_else(policy: Policy, applicant: Make) -> None:
    enrolled = {**MASTER, "enrolled": True, "graduated_on": None, "degree_awarded": False}
    verdict = ask(policy, applicant(education=[GRADUATE, enrolled]), AT)
    assert outcome(verdict, "professional-masters-do-not-register") == ("fail", "004 二(三)2")
    assert ask(policy, applicant(education=[GRADUATE, MASTER]), AT).verdict == "eligible", "a master who has graduated"
    commission = {"graduated_year": 2024, "prefecture": "4201", "in_breach": False}
    bound = ask(policy, applicant(commission=commission), AT)
    assert outcome(bound, "commissioned-graduates-not-here") == ("fail", "004 二(三)3")
    before = ask(policy, applicant(commission={**commission, "graduated_year": 2023}), AT)
    assert outcome(before, "commissioned-graduates-not-here") == ("pass", "004 二(三)3")


def test_chinese_medicine_beside_clinical_medicine_is_looked_at(policy: Policy, applicant: Make) -> None:
    tcm = {**GRADUATE, "field": "tcm", "major": "中医学", "major_code": "100501K"}
    both = ask(policy, applicant(education=[tcm, MASTER]), AT, "内科")
    assert outcome(both, "no-tcm-or-technology-majors") == ("pass", "004 二(四)4")
    assert outcome(both, "mixed-majors") == ("needs_review", "004 二(四)4")
    licensed = ask(policy, applicant(education=[tcm, MASTER], licence=PHYSICIAN), AT, "内科")
    assert licensed.verdict == "eligible"


# The command


def run(tmp_path: Path, case: dict[str, Any]) -> dict[str, Any]:
    file, out = tmp_path / "case.json", StringIO()
    file.write_text(json.dumps(case, ensure_ascii=False), encoding="utf-8")
    call_command("eligibility", str(file), stdout=out)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


@pytest.fixture
def case() -> dict[str, Any]:
    """The example of the contract, with one of each of its alternatives: a delegate with an earlier no-show."""
    return {
        "policy": "hubei-2024-residency", "round": "first", "at": "2024-04-10T09:00:00+08:00",
        "applicant": {
            "nationality": "CN", "person_type": "delegated",
            "education": [
                {
                    "level": "bachelor", "full_time": True, "adult_education": False, "major": "临床医学",
                    "major_code": "100201K", "field": "clinical", "degree_awarded": True, "degree_type": None,
                    "graduated_on": "2021-06-30", "enrolled": False, "foreign": False,
                }
            ],
            "licence": {"kind": "physician", "category": "clinical"},
            "employer": {"prefecture": "4201", "level": "township", "specialty": "全科", "consent": True},
            "title": "none", "holds_training_certificate": False, "in_national_platform": False, "commission": None,
            "bans": [{"programme": "residency", "from": "2023-09-01", "until": "2026-09-01"}],
        },
        "choice": {
            "base_prefecture": "4201", "specialty": "全科",
            "employer_prefecture_offers_specialty": True, "agreement_with_employer": False,
        },
    }  # fmt: skip


def test_the_example_of_the_contract(tmp_path: Path, case: dict[str, Any]) -> None:
    banned = run(tmp_path, case)
    assert banned["verdict"] == "ineligible"
    (failed,) = [one for one in banned["findings"] if one["verdict"] == "fail"]
    assert (failed["rule"], failed["clause"]) == ("integrity-ban", "004 四(四)")
    assert "至2026年9月1日（星期二），当日起可以报名" in failed["sentence"]
    case["applicant"]["bans"] = []
    for key in ("first", "second"):
        answer = run(tmp_path, {**case, "round": key})
        assert answer["verdict"] == "eligible"
        assert list(answer["specialties"]) == ["全科"]
        assert all(one["verdict"] == "pass" for one in answer["findings"])


def test_the_command_names_the_rule_on_every_specialty(tmp_path: Path, case: dict[str, Any]) -> None:
    del case["choice"]
    case["applicant"] |= {"person_type": "professional_master", "bans": []}
    answer = run(tmp_path, {**case, "round": "second"})
    assert answer["verdict"] == "ineligible"
    assert len(answer["specialties"]) == 35
    for one in answer["specialties"].values():
        assert {"rule": "person-type", "verdict": "fail", "clause": "004 二(三)2"}.items() <= one["findings"][0].items()


def test_a_dentist_asks_for_everything(tmp_path: Path, case: dict[str, Any]) -> None:
    del case["choice"]
    person = case["applicant"] | {"person_type": "social", "employer": None, "licence": None, "bans": []}
    person["education"][0] |= {"field": "stomatology", "major": "口腔医学", "major_code": "100301K"}
    answer = run(tmp_path, {**case, "applicant": person})
    opened = {name for name, one in answer["specialties"].items() if one["verdict"] == "eligible"}
    assert len(opened) == 7
    assert all(name.startswith("口腔") for name in opened)
    (failed,) = [one for one in answer["specialties"]["内科"]["findings"] if one["verdict"] == "fail"]
    assert (failed["rule"], failed["clause"]) == ("dental-majors-choose-dental", "004 二(二)1")
