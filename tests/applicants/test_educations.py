"""Education records, and what eligibility is told about a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from applicants.eligibility.facts import from_dict
from applicants.forms.education import EducationForm
from applicants.models import Education
from applicants.queries import applicant_facts, eligibility_facts
from applicants.services import bans, educations
from applicants.services.educations import EducationData
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.refusals import Refused
from tests.factories import IN_WINDOW as AT
from tests.factories import BaseFactory, MajorFactory, ProfileFactory, SchoolFactory, SpecialtyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(notice: Notice):
    profile = ProfileFactory(complete=False)

    def run(**changes: object) -> Education:
        data = EducationData(
            level="bachelor",
            full_time=True,
            adult_education=False,
            foreign=False,
            enrolled=False,
            graduated_on=date(2023, 7, 1),
            school=SchoolFactory(),
            major=MajorFactory(),
            diploma_number="105011202305000001",
            degree_awarded=True,
            degree_number="1050142023000001",
        )
        more = {"policy": policy_of(version_in_force(notice)), "actor": profile.user, "at": AT}
        return educations.add(profile=profile, data=replace(data, **changes), **more)

    run.profile = profile
    return run


def codes(add, **changes: object) -> set[str]:
    with pytest.raises(Refused) as caught:
        add(**changes)
    assert not Education.objects.exists()
    return {refusal.code for refusal in caught.value.refusals}


def test_a_bachelor_is_stored_with_sealed_numbers(add) -> None:
    row = Education.objects.get(pk=add().pk)
    assert (row.school_name, row.major_name, row.diploma_number.open()) == (
        "示例医科大学",
        "临床医学",
        "105011202305000001",
    )
    row.profile.refresh_from_db()
    assert row.profile.education_saved_at == AT


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2025, 9, 1), ""),
        (date(2025, 9, 2), "GRADUATED_LATE"),
        (date(2016, 7, 1), ""),
        (date(2015, 7, 1), "GRADUATED_EARLY"),
        (None, "GRADUATED_ON"),
    ],
)
def test_the_day_of_graduation_lies_between_youth_and_the_start_of_training(add, day: date | None, code: str) -> None:
    if code:
        assert codes(add, graduated_on=day) == {code}
    else:
        assert add(graduated_on=day).graduated_on == day


def test_a_fresh_graduate_may_hand_numbers_in_later(add) -> None:
    assert codes(add, diploma_number="", degree_number="") == {"DIPLOMA_NUMBER", "DEGREE_NUMBER"}
    assert add(diploma_number="", degree_number="", diploma_pending=True).diploma_pending


def test_school_and_major_may_be_typed_but_not_left_out(add) -> None:
    assert codes(add, school=None, major=None) == {"SCHOOL", "MAJOR"}
    row = add(school=None, school_other="示例其他学院", major=None, major_other="示例医学")
    assert (row.school_name, row.major_name) == ("示例其他学院", "示例医学")


def test_a_postgraduate_says_which_kind_of_degree(add) -> None:
    assert codes(add, level="master") == {"DEGREE_TYPE"}
    assert add(level="master", degree_type="academic").degree_type == "academic"


def test_what_contradicts_itself_is_left_out(add) -> None:
    enrolled = add(level="master", enrolled=True, degree_type="professional")
    assert (enrolled.graduated_on, enrolled.degree_awarded, enrolled.diploma_number) == (None, False, None)
    college = add(level="college", degree_type="professional")
    assert (college.degree_awarded, college.degree_type) == (False, "")


def test_eight_records_and_no_more(add) -> None:
    for _ in range(educations.MAX_RECORDS):
        add()
    with pytest.raises(Refused) as caught:
        add()
    assert caught.value.code == "EDUCATION_MANY"


def test_changing_and_removing_ask_the_lock(add) -> None:
    row = add()
    profile = row.profile
    profile.locked_at = AT
    profile.save()
    with pytest.raises(Refused, match="取消报名"):
        educations.remove(education=row, actor=profile.user, at=AT)
    assert Education.objects.count() == 1


# ---- the form finds schools and majors


def form(**typed: str) -> EducationForm:
    words = {
        "level": "bachelor",
        "enrolled": "no",
        "study": "full_time",
        "foreign": "no",
        "graduated_on": "2023-07-01",
        "diploma_pending": "no",
    }
    words |= {"diploma_number": "1", "degree_awarded": "no", "school": "示例医科大学", "major": "临床医学"}
    filled = EducationForm({**words, **typed})
    assert filled.is_valid(), filled.errors
    return filled


def test_a_name_typed_in_full_is_found_without_its_code_also_by_a_former_name() -> None:
    school = SchoolFactory(name="示例医科大学", former_names=["示例医学院"])
    for typed in ("示例医科大学", " 示例医学院 "):
        assert form(school=typed).data_of().school == school


def test_a_code_counts_only_while_its_name_stands_in_the_field() -> None:
    school = SchoolFactory()
    assert form(school="示例别的学院", school_code=str(school.pk)).data_of().school is None
    assert form(school="示例别的学院", school_code="7;drop").data_of().school_other == "示例别的学院"


def test_of_two_majors_with_one_name_the_level_decides() -> None:
    MajorFactory(code="520101K", name="临床医学", level="college")
    bachelor = MajorFactory()
    assert form(level="bachelor").data_of().major == bachelor


# ---- what eligibility is told


@pytest.mark.parametrize("person_type", ["social", "own_staff", "delegated", "commissioned", "professional_master"])
def test_the_facts_keep_the_contract_for_every_person_type(notice: Notice, person_type: str) -> None:
    facts = from_dict(eligibility_facts(ProfileFactory(person_type=person_type, licence=True), AT))
    assert (facts.person_type, facts.nationality, facts.licence.kind) == (person_type, "CN", "physician")
    assert (facts.employer is not None) == (person_type in ("own_staff", "delegated"))
    assert (facts.commission is not None) == (person_type == "commissioned")


def test_a_major_outside_the_catalogue_is_for_a_person_to_look_at(add, notice: Notice) -> None:
    add(major=None, major_other="示例医学")
    assert applicant_facts(add.profile, notice, AT).education[0].field is None


def test_a_ban_and_an_assignment_are_told(notice: Notice) -> None:
    profile = ProfileFactory(person_type="professional_master")
    ban = {
        "document_blind": profile.user.document_blind,
        "track": "residency",
        "starts_on": date(2023, 9, 1),
        "ends_on": date(2026, 9, 1),
    }
    bans.impose(**ban, reason="示例", clause="000 六(三)1", actor=None, at=AT)
    base, specialty = BaseFactory(), SpecialtyFactory()
    entry = {
        "person_type": "professional_master",
        "name": "示例",
        "document_blind": profile.user.document_blind,
        "school": SchoolFactory(),
    }
    notice.roster_entries.create(**entry, base=base, specialty=specialty, imported_at=AT)
    facts = applicant_facts(profile, notice, AT)
    assert (facts.assigned_specialty, facts.assigned_base, len(facts.bans)) == (specialty.code, base.code, 1)
