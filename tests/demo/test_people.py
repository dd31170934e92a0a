"""Fictional applicants are valid where the portal checks them and marked where a person looks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings

from bases.services.catalogue import read_catalogue
from gme_portal.accounts.identity import birth_date, check_digit, check_name, check_number, check_phone, gender_of
from gme_portal.demo.cast import Cast, cast_of
from gme_portal.demo.names import MARKS
from gme_portal.demo.people import person
from gme_portal.policy import load

POLICIES = settings.BASE_DIR / "fixtures" / "policies"
PLAYED = sorted(path.stem for path in POLICIES.glob("*.toml"))


def cast(notice: str = "yunnan-2025-residency") -> Cast:
    policy = load(POLICIES / f"{notice}.toml")
    places = [
        row["code"]
        for row in read_catalogue(settings.BASE_DIR / "fixtures" / "divisions.csv")
        if row["parent"] == policy.province
    ]
    return cast_of(policy, places)


CAST = cast()
YEAR = CAST.year
CROWD = [person(serial, CAST) for serial in range(1, 601)]
RESIDENTS = [someone for someone in CROWD if someone.document_kind == "resident_id"]


def test_the_same_serial_number_is_always_the_same_person() -> None:
    assert [person(serial, CAST) for serial in range(1, 601)] == CROWD


def test_numbers_have_their_check_digit_and_agree_with_birthday_and_gender() -> None:
    for someone in RESIDENTS:
        assert check_digit(someone.document_number[:17]) == someone.document_number[17]
        assert birth_date(someone.document_number) == someone.born_on
        assert gender_of(someone.document_number) == someone.gender
        assert 1990 <= someone.born_on.year <= 2003


def test_the_portal_accepts_every_name_number_and_phone() -> None:
    today = date(YEAR, 7, 1)
    for someone in CROWD:
        found = (
            check_name(someone.name),
            check_number(someone.document_kind, someone.document_number, today=today),
            check_phone(someone.phone),
        )
        assert found == (None, None, None), someone.name


def test_no_two_share_a_number_a_phone_or_a_mail_address() -> None:
    for column in ("document_number", "phone", "email"):
        assert len({getattr(someone, column) for someone in CROWD}) == len(CROWD), column


def test_nobody_can_be_real() -> None:
    """Marked names; county codes that nobody has; one phone range; a mail domain that exists for examples."""
    for someone in CROWD:
        assert someone.name.startswith(MARKS)
        assert someone.phone.startswith("1990000")
        assert someone.email.endswith("@example.com")
        assert not someone.employer or not someone.employer.name or someone.employer.name.startswith(MARKS)
    for someone in RESIDENTS:
        region, order = someone.document_number[:6], int(someone.document_number[14:17])
        assert region[4:] == "99" or (region in ("810000", "830000") and order >= 990)


def test_the_ugly_cases_are_among_the_first_thirty() -> None:
    names = [someone.name for someone in CROWD[:30]]
    assert {"示例䶮", "测试𬱖", "演练犇", "测试"} <= set(names)
    assert any(len(name) == 25 and name.count("·") == 4 for name in names)


def test_every_kind_of_person_document_and_place_occurs() -> None:
    types = Counter(someone.person_type for someone in CROWD)
    assert set(types) == {"social", "own_staff", "delegated", "commissioned", "professional_master"}
    assert types["social"] > len(CROWD) / 2 > 10 * min(types.values()) / 2
    assert {"810000", "830000"} <= {someone.document_number[:6] for someone in RESIDENTS}
    assert {someone.document_kind for someone in CROWD} == {"resident_id", "hk_macao_permit"}
    assert any(someone.is_final_year for someone in CROWD)
    assert any(someone.licence_number for someone in CROWD)
    levels = {someone.employer.level for someone in CROWD if someone.employer}
    assert {"prefecture", "county", "township", "village"} <= levels


def test_what_they_studied_fits_what_they_are() -> None:
    for someone in CROWD:
        first, last = someone.schooling[0], someone.schooling[-1]
        assert first.level == "bachelor"
        assert first.graduated_on is not None
        assert first.graduated_on.year - someone.born_on.year >= 20
        assert last.enrolled == (someone.person_type == "professional_master")
        if someone.licensed_on is not None:
            assert someone.licensed_on > first.graduated_on
            assert not someone.is_final_year


@pytest.mark.parametrize("notice", PLAYED)
def test_under_every_notice_they_are_the_people_it_is_for(notice: str) -> None:
    """Types that sign up themselves, of the province, of the year, with the level of education the track asks for."""
    here, policy = cast(notice), load(POLICIES / f"{notice}.toml")
    crowd = [person(serial, here) for serial in range(1, 301)]
    assert {someone.person_type for someone in crowd} == {kind.code for kind in policy.person_types if kind.registers}
    assert sum(someone.prefecture[:2] == policy.province for someone in crowd) > 200
    assert {someone.schooling[0].level for someone in crowd} == {
        "college" if policy.track == "assistant_gp" else "bachelor"
    }
    finished = [someone.schooling[0].graduated_on for someone in crowd]
    assert max(day.year for day in finished if day) == policy.year
    assert any(someone.is_final_year for someone in crowd)
    studied = {someone.schooling[0].major for someone in crowd}
    assert bool(studied & set(here.tcm)) == (policy.medicine != "western" or here.stranger in here.tcm)
    licences = {someone.licence_number[4:9] for someone in crowd if someone.licence_number}
    assert licences == {policy.province + ("210" if policy.track == "assistant_gp" else "110")}
    for someone in crowd:
        assert check_number(someone.document_kind, someone.document_number, today=date(policy.year, 12, 31)) is None
        assert someone.name.startswith(MARKS)


def test_a_province_that_the_file_does_not_know_has_people_too() -> None:
    policy = replace(load(POLICIES / "yunnan-2025-residency.toml"), province="36")
    here = cast_of(policy, ["3601", "3602"])
    crowd = [person(serial, here) for serial in range(1, 101)]
    assert {someone.schooling[0].school for someone in crowd} == {""}
    assert "3601" in {someone.prefecture for someone in crowd}
