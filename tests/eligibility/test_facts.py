"""The contract is read strictly: unknown keys and impossible values are refused with their path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from applicants.eligibility import Choice, facts, judge
from applicants.eligibility.derive import choice_facts, person_facts
from gme_portal.policy import Policy
from gme_portal.policy.moments import SHANGHAI
from gme_portal.policy.vocabulary import FACTS, MAJORS
from tests.eligibility.conftest import BACHELOR, COMMISSION, EMPLOYER
from tests.policy.reading import rows

Make = Callable[..., dict[str, Any]]
AT = datetime(2025, 7, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"nationality": "US"}, "nationality"),
        ({"person_type": "student"}, "person_type"),
        ({"person_type": None}, "person_type"),
        ({"age": 25}, "age"),
        ({"education": None}, "education"),
        ({"education": [{**BACHELOR, "level": "phd"}]}, "education[0].level"),
        ({"education": [{**BACHELOR, "level": None}]}, "education[0].level"),
        ({"education": [{**BACHELOR, "field": "nursing"}]}, "education[0].field"),
        ({"education": [BACHELOR, {**BACHELOR, "full_time": 1}]}, "education[1].full_time"),
        ({"education": [{**BACHELOR, "graduated_on": "2025-02-30"}]}, "education[0].graduated_on"),
        ({"education": [{**BACHELOR, "graduated_on": None}]}, "education[0].graduated_on"),
        ({"education": [{**BACHELOR, "graduated_on": "1949-07-01"}]}, "education[0].graduated_on"),
        ({"education": [{**BACHELOR, "enrolled": True, "degree_awarded": False}]}, "education[0].graduated_on"),
        ({"education": [{**BACHELOR, "enrolled": True, "graduated_on": None}]}, "education[0].degree_awarded"),
        ({"education": ["临床医学"]}, "education[0]"),
        ({"licence": {"kind": "nurse", "category": "clinical"}}, "licence.kind"),
        ({"licence": {"kind": "none", "category": "clinical"}}, "licence.kind"),
        ({"licence": "yes"}, "licence"),
        ({"employer": {**EMPLOYER, "prefecture": "530100"}}, "employer.prefecture"),
        ({"employer": {**EMPLOYER, "prefecture": "５３０１"}}, "employer.prefecture"),
        ({"employer": {**EMPLOYER, "prefecture": "9901"}}, "employer.prefecture"),
        ({"commission": {**COMMISSION, "prefecture": "99"}}, "commission.prefecture"),
        ({"employer": {**EMPLOYER, "salary": 1}}, "employer.salary"),
        ({"title": "professor"}, "title"),
        ({"bans": [{"programme": "residency", "from": "2025-01-01", "until": "2025-01-01"}]}, "bans[0].until"),
        ({"bans": [{"programme": "nursing", "from": "2025-01-01", "until": "2026-01-01"}]}, "bans[0].programme"),
        (
            {"commission": {"graduated_year": "2025", "prefecture": "5301", "in_breach": False}},
            "commission.graduated_year",
        ),
    ],
)
def test_each_mistake_is_named_by_its_path(applicant: Make, changes: dict[str, Any], path: str) -> None:
    with pytest.raises(facts.FactsError) as caught:
        facts.from_dict(applicant(**changes))
    assert path in {problem.path for problem in caught.value.problems}


def test_adult_education_may_be_full_time_and_is_not_what_notices_call_full_time(
    policy: Policy, applicant: Make
) -> None:
    adult = {**BACHELOR, "adult_education": True}  # 成人脱产
    known = person_facts(facts.from_dict(applicant(education=[adult])), policy, AT)
    assert known["highest_adult_education"] is True
    assert known["full_time_higher_fields"] == frozenset()
    assert known["full_time_bachelor_majors"] == frozenset()
    assert known["completed_higher_fields"] == {"clinical"}


def test_a_college_abroad_may_give_a_degree_and_stays_a_college(policy: Policy, applicant: Make) -> None:
    associate = {**BACHELOR, "level": "college", "foreign": True}  # 副学士
    known = person_facts(facts.from_dict(applicant(education=[associate])), policy, AT)
    assert known["highest_level"] == "college"
    assert known["college_fields"] == {"clinical"}


def test_the_year_of_the_clinical_bachelor_is_its_own_and_not_that_of_a_later_one(
    policy: Policy, applicant: Make
) -> None:
    clinical = {**BACHELOR, "graduated_on": "2021-06-30"}
    law = {**BACHELOR, "major": "法学", "major_code": "030101K", "field": "other", "graduated_on": "2024-06-30"}
    part_time = {**clinical, "full_time": False, "graduated_on": "2020-06-30"}
    for education, year in (
        ([clinical, law], 2021),
        ([law], None),
        ([part_time, law], None),
        ([{**clinical, "major": "医学实验班", "major_code": None}], 2021),
    ):
        known = person_facts(facts.from_dict(applicant(education=education)), policy, AT)
        assert known["clinical_bachelor_graduated_year"] == year


def test_who_is_enrolled_for_a_degree_of_unknown_type_may_be_either(policy: Policy, applicant: Make) -> None:
    student = {**BACHELOR, "level": "master", "enrolled": True, "graduated_on": None, "degree_awarded": False}
    for degree_type, academic, professional in (
        ("academic", True, False),
        ("professional", False, True),
        (None, None, None),
    ):
        person = applicant(education=[BACHELOR, {**student, "degree_type": degree_type}])
        known = person_facts(facts.from_dict(person), policy, AT)
        assert (known["enrolled_academic"], known["enrolled_professional_master"]) == (academic, professional)


def test_every_word_of_the_vocabulary_is_derived_and_no_other(policy: Policy, applicant: Make) -> None:
    person = facts.from_dict(applicant())
    known = person_facts(person, policy, AT)
    chosen = choice_facts(person, policy, "0700", Choice("全科"))
    assert set(known) == {name for name, fact in FACTS.items() if fact.scope == "person"}
    assert set(chosen) == {name for name, fact in FACTS.items() if fact.scope == "choice"}


def test_none_and_unknown_are_kept_apart(policy: Policy, applicant: Make) -> None:
    nothing = person_facts(facts.from_dict(applicant()), policy, AT)
    assert nothing["holds_licence"] is False
    assert nothing["licence_kind"] == "none"
    assert nothing["employer_consent"] is None
    quiet = applicant()
    del quiet["in_national_platform"]
    assert person_facts(facts.from_dict(quiet), policy, AT)["in_national_platform"] is None


def test_the_employers_place_and_specialty_against_the_choice(policy: Policy, applicant: Make) -> None:
    person = facts.from_dict(applicant(employer={**EMPLOYER, "specialty": "全科医学科"}))
    same = choice_facts(person, policy, "0700", Choice("全科", base_prefecture="5301"))
    other = choice_facts(person, policy, "0100", Choice("内科", base_prefecture="5303"))
    assert (same["specialty_is_employers"], same["base_in_employer_prefecture"]) == (True, True)
    assert (other["specialty_is_employers"], other["base_in_employer_prefecture"]) == (False, False)
    assert choice_facts(person, policy, "0100", None)["base_in_employer_prefecture"] is None


def test_a_specialty_of_another_programme_is_an_error(policy: Policy, applicant: Make) -> None:
    with pytest.raises(ValueError, match="中医全科"):
        judge(policy, facts.from_dict(applicant()), AT, Choice("中医全科"))


def test_the_majors_of_the_vocabulary_are_those_of_the_catalogue() -> None:
    catalogue = {row["code"]: row["name"] for row in rows("majors.csv") if row["level"] == "bachelor"}
    assert dict(MAJORS) == catalogue


@pytest.mark.parametrize(
    ("major", "code", "known"),
    [
        ("麻醉学", "100202TK", "100202TK"),
        ("麻醉学", None, "100202TK"),
        ("麻醉学", "100302", "100202TK"),
        ("麻醉学", "", "100202TK"),
        ("护理学", "101101", "101101"),
        ("临床麻醉", None, None),
        ("超声医学", "100299", None),
    ],
)
def test_a_major_is_known_by_its_code_else_by_its_name(
    policy: Policy, applicant: Make, major: str, code: str | None, known: str | None
) -> None:
    """A clinical major that is in no catalogue may fix a direction; a nurse's does not."""
    field = "other" if major == "护理学" else "clinical"
    record = {**BACHELOR, "major": major, "major_code": code, "field": field}
    person = facts.from_dict(applicant(education=[record]))
    assert person_facts(person, policy, AT)["bachelor_majors"] == {known}


def test_the_highest_education_is_adult_only_where_every_record_of_that_level_is(
    policy: Policy, applicant: Make
) -> None:
    adult = {**BACHELOR, "full_time": False, "adult_education": True}
    for education, expected in (([adult], True), ([BACHELOR, adult], False), ([adult, BACHELOR], False), ([], False)):
        person = facts.from_dict(applicant(education=education))
        assert person_facts(person, policy, AT)["highest_adult_education"] is expected


def test_a_postgraduate_degree_of_a_type_nobody_wrote_down_is_unknown(policy: Policy, applicant: Make) -> None:
    for record, expected in (
        ({**BACHELOR, "level": "master", "degree_type": None}, None),
        ({**BACHELOR, "level": "master", "degree_type": None, "degree_awarded": False}, "none"),
        ({**BACHELOR, "degree_type": None}, "none"),
        ({**BACHELOR, "level": "doctor", "degree_type": "academic"}, "academic"),
    ):
        person = facts.from_dict(applicant(education=[BACHELOR, record]))
        assert person_facts(person, policy, AT)["highest_degree_type"] == expected
