"""Personal data, licence, employment, drafts and bans: what is stored, what is refused, and the lock while an application is filed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from applicants.models import Employment, Licence, Profile, SectionDraft
from applicants.queries import active_bans, completeness, is_complete
from applicants.services import bans, drafts, locking, profiles
from applicants.services.profiles import EmploymentData, LicenceData, Personal
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from tests.factories import IN_WINDOW as AT
from tests.factories import (
    BaseFactory,
    EthnicGroupFactory,
    PrefectureFactory,
    ProfileFactory,
    SpecialtyFactory,
    UserFactory,
    add_document,
    resident_id,
)

pytestmark = pytest.mark.django_db
LICENCE = LicenceData(
    kind="physician", category="clinical", number="202353110530102200001010", obtained_on=date(2024, 12, 1)
)


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


def personal(**changes: object) -> Personal:
    data = Personal(
        person_type="social",
        gender="female",
        born_on=date(1980, 5, 5),
        ethnic_group=EthnicGroupFactory(),
        married=False,
        household_address="示例市示例路1号",
        address="示例市示例路2号",
        email="shili@example.com",
        is_military=False,
        title="none",
        holds_training_certificate=False,
        in_national_platform=False,
    )
    return replace(data, **changes)


def save(profile: Profile, policy: Policy, **changes: object) -> Profile:
    return profiles.save_personal(profile=profile, data=personal(**changes), policy=policy, actor=profile.user, at=AT)


def refused(call, **kwargs) -> str:
    with pytest.raises(Refused) as caught:
        call(**kwargs)
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "number", "gender", "born_on", "nationality"),
    [
        ("resident_id", "11010519491231002X", "female", date(1949, 12, 31), "CN"),
        ("resident_id", "810000199408230021", "female", date(1994, 8, 23), "HK"),
        ("resident_id", "830000199201300022", "female", date(1992, 1, 30), "TW"),
        ("hk_macao_permit", "M12345678", "", None, "MO"),
        ("taiwan_permit", "12345678", "", None, "TW"),
    ],
)
def test_the_first_visit_reads_what_the_number_tells(
    kind: str, number: str, gender: str, born_on: date | None, nationality: str
) -> None:
    profile = profiles.ensure(UserFactory(document_kind=kind, document_number=number), AT)
    assert (profile.gender, profile.born_on, profile.nationality) == (gender, born_on, nationality)
    assert profiles.ensure(profile.user, AT).pk == profile.pk


def test_a_resident_id_outweighs_what_was_sent_for_gender_and_birthday(policy: Policy) -> None:
    profile = profiles.ensure(UserFactory(document_number=resident_id(3, born="20010203", male=True)), AT)
    saved = save(profile, policy, gender="female", born_on=date(1980, 5, 5))
    assert (saved.gender, saved.born_on) == ("male", date(2001, 2, 3))


def test_without_a_resident_id_both_are_taken_from_the_form(policy: Policy) -> None:
    saved = save(profiles.ensure(UserFactory(document_kind="hk_macao_permit", document_number="H12345678"), AT), policy)
    assert (saved.gender, saved.born_on) == ("female", date(1980, 5, 5))


def test_addresses_lie_sealed_in_the_database(policy: Policy) -> None:
    saved = save(profiles.ensure(UserFactory(), AT), policy)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM applicants_profile WHERE id = %s", [saved.pk])
        assert "示例路".encode() not in bytes(cursor.fetchone()[0])
    assert Profile.objects.get(pk=saved.pk).address.open() == "示例市示例路2号"


def test_a_type_that_the_notice_does_not_know_is_refused(policy: Policy) -> None:
    assert (
        refused(save, profile=profiles.ensure(UserFactory(), AT), policy=policy, person_type="astronaut")
        == "PERSON_TYPE"
    )


def test_another_person_type_forgets_the_employer_of_the_first(policy: Policy) -> None:
    profile = ProfileFactory(person_type="delegated")
    save(profile, policy, person_type="delegated")
    assert Employment.objects.filter(profile=profile).exists()
    saved = save(profile, policy, person_type="social")
    assert not Employment.objects.filter(profile=profile).exists()
    assert saved.employment_saved_at is None


def test_everything_is_read_only_while_an_application_is_filed(policy: Policy) -> None:
    profile = ProfileFactory()
    locking.lock(profile, at=AT)
    assert refused(save, profile=profile, policy=policy) == "PROFILE_LOCKED"
    more = {"profile": profile, "actor": profile.user, "at": AT}
    assert refused(profiles.save_licence, data=None, **more) == "PROFILE_LOCKED"
    assert refused(profiles.save_employment, data=EmploymentData(), **more) == "PROFILE_LOCKED"
    assert refused(drafts.keep, profile=profile, section="personal", typed={}, at=AT) == "DRAFT_LOCKED"
    locking.unlock(profile)
    assert save(profile, policy).personal_saved_at == AT


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"obtained_on": AT.date()}, ""),
        ({"obtained_on": AT.date() + timedelta(days=1)}, "LICENCE_DATE"),
        ({"number": "1234567890"}, ""),
        ({"number": "123456789"}, "LICENCE_NUMBER"),
        ({"number": "证书1234567890"}, "LICENCE_NUMBER"),
    ],
)
def test_a_licence_on_both_sides_of_its_rules(changes: dict[str, object], code: str) -> None:
    profile = ProfileFactory(complete=False)
    call = {"profile": profile, "data": replace(LICENCE, **changes), "actor": profile.user, "at": AT}
    if code:
        assert refused(profiles.save_licence, **call) == code
        assert not Licence.objects.exists()
    else:
        profiles.save_licence(**call)
        assert Licence.objects.get().kind == "physician"


def test_saying_that_one_holds_no_licence_completes_the_section_and_removes_the_row(policy: Policy) -> None:
    profile = ProfileFactory(licence=True, licence_saved_at=None)
    saved = profiles.save_licence(profile=profile, data=None, actor=profile.user, at=AT)
    assert not Licence.objects.exists()
    assert {section.key: section.state for section in completeness(saved, policy)}["licence"] == "done"


def test_own_staff_work_at_a_base_and_take_its_name_and_place() -> None:
    profile = ProfileFactory(person_type="own_staff", complete=False)
    base = BaseFactory(
        is_county_level=True, prefecture=PrefectureFactory(code="5303", name="曲靖市", short_name="曲靖")
    )
    profiles.save_employment(
        profile=profile, data=EmploymentData(own_base=base, specialty=SpecialtyFactory()), actor=profile.user, at=AT
    )
    row = Employment.objects.get()
    assert (row.name, row.prefecture_id, row.level, row.own_base) == (base.name, "5303", "county", base)


def test_a_social_person_is_asked_for_no_employer() -> None:
    profile = ProfileFactory(complete=False)
    assert (
        refused(profiles.save_employment, profile=profile, data=EmploymentData(), actor=profile.user, at=AT)
        == "EMPLOYMENT_NOT_ASKED"
    )


@pytest.mark.parametrize("person_type", ["social", "own_staff", "delegated", "commissioned", "professional_master"])
def test_a_complete_profile_is_complete_for_every_person_type(policy: Policy, notice: Notice, person_type: str) -> None:
    assert is_complete(completeness(ProfileFactory(person_type=person_type), policy))


def test_a_new_profile_has_nothing_and_says_so(policy: Policy) -> None:
    sections = completeness(profiles.ensure(UserFactory(), AT), policy)
    assert [(section.key, section.state) for section in sections] == [
        (key, "empty") for key in ("personal", "education", "licence", "photo", "documents")
    ]


@pytest.mark.parametrize(
    ("person_type", "licence", "kinds"),
    [
        ("social", False, {"id_front", "id_back", "diploma", "degree"}),
        ("social", True, {"id_front", "id_back", "diploma", "degree", "licence"}),
        ("delegated", False, {"id_front", "id_back", "diploma", "degree", "unit_consent"}),
    ],
)
def test_each_missing_document_keeps_the_section_open(
    policy: Policy, person_type: str, licence: bool, kinds: set[str]
) -> None:
    profile = ProfileFactory(person_type=person_type, licence=licence)
    for kind in kinds:
        row = profile.documents.get(kind=kind, replaced_at=None)
        row.replaced_at = AT
        row.save()
        documents = completeness(profile, policy)[-1]
        assert documents.state == "partial"
        assert len(documents.missing) == 1
        assert documents.note.startswith("还缺：")
        add_document(profile, kind)
    assert is_complete(completeness(profile, policy))


def test_a_section_that_was_complete_and_is_not_any_more_asks_to_be_mended(policy: Policy) -> None:
    profile = ProfileFactory()
    profile.educations.all().delete()
    states = {section.key: section.state for section in completeness(profile, policy)}
    assert states["education"] == "fix"


def test_completeness_takes_the_same_queries_however_much_there_is(policy: Policy, django_assert_num_queries) -> None:
    profile = ProfileFactory()
    for size in (1, 25):
        while profile.documents.count() < size:
            add_document(profile, f"extra{profile.documents.count()}")
        with django_assert_num_queries(4):
            completeness(profile, policy)


def test_a_draft_is_kept_as_typed_sealed_and_replaced_by_the_newest() -> None:
    profile = ProfileFactory(complete=False)
    for address in ("示例旧", "示例新 13-45"):
        drafts.keep(
            profile=profile, section="personal", typed={"address": [address], "csrfmiddlewaretoken": ["x"]}, at=AT
        )
    assert SectionDraft.objects.count() == 1
    found = drafts.find(profile, "personal")
    assert found.typed == {"address": ["示例新 13-45"]}
    assert found.saved_at == AT


def test_saving_a_section_for_good_drops_its_draft(policy: Policy) -> None:
    profile = ProfileFactory(complete=False)
    drafts.keep(profile=profile, section="personal", typed={"email": ["x"]}, at=AT)
    save(profile, policy)
    assert drafts.find(profile, "personal") is None


@pytest.mark.parametrize("section", ["", "photo", "edu-", "edu-xyz", "personal; drop"])
def test_only_known_sections_have_drafts(section: str) -> None:
    assert (
        refused(drafts.keep, profile=ProfileFactory(complete=False), section=section, typed={}, at=AT)
        == "DRAFT_SECTION"
    )


def test_a_draft_has_a_size() -> None:
    profile = ProfileFactory(complete=False)
    assert (
        refused(drafts.keep, profile=profile, section="personal", typed={"a": ["字" * 20_000]}, at=AT) == "DRAFT_SIZE"
    )


def test_a_ban_holds_from_its_first_day_and_not_on_the_day_it_ends() -> None:
    user = UserFactory()
    ban = {
        "document_blind": user.document_blind,
        "track": "residency",
        "starts_on": date(2023, 9, 1),
        "ends_on": date(2026, 9, 1),
    }
    first = bans.impose(**ban, reason="未按要求报到", clause="000 六(三)1", actor=None, at=AT)
    again = bans.impose(**ban, reason="未按要求报到", clause="000 六(三)1", actor=None, at=AT)
    assert first.pk == again.pk
    held = {
        day: bool(active_bans(user.document_blind, on=day))
        for day in (date(2023, 8, 31), date(2023, 9, 1), date(2026, 8, 31), date(2026, 9, 1))
    }
    assert list(held.values()) == [False, True, True, False]
