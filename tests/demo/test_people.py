"""Fictional applicants are valid where the portal checks them and marked where a person looks."""

from __future__ import annotations

from collections import Counter
from datetime import date

from gme_portal.accounts.identity import birth_date, check_digit, check_name, check_number, check_phone, gender_of
from gme_portal.demo.names import MARKS
from gme_portal.demo.people import person

YEAR = 2025
CROWD = [person(serial, year=YEAR) for serial in range(1, 601)]
RESIDENTS = [someone for someone in CROWD if someone.document_kind == "resident_id"]


def test_the_same_serial_number_is_always_the_same_person() -> None:
    assert [person(serial, year=YEAR) for serial in range(1, 601)] == CROWD


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
