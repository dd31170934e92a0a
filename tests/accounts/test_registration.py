"""Registration: folding, each fault at its field, one account per document, and a race for one number."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connections

from gme_portal.accounts.models import Role, User
from gme_portal.accounts.passwords import HOUSE
from gme_portal.accounts.services.registration import register
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.refusals import Refused
from tests.accounts.test_codes import code_sent, wrong
from tests.factories import PASSWORD, UserFactory, resident_id

AT = datetime(2025, 6, 25, 10, 0, tzinfo=BEIJING)
PHONE = "13900000001"
ENDS_IN_X = "11010519491231002X"


def try_register(code: str | None = None, **changes: str) -> User:
    words = {
        "name": "示例甲",
        "document_kind": "resident_id",
        "document_number": resident_id(1),
        "phone": PHONE,
        "password": PASSWORD,
    }
    words |= changes
    return register(**words, code=code or code_sent(words["phone"]), demands=HOUSE, at=AT + timedelta(seconds=30))


def refusals(**kwargs: str) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        try_register(**kwargs)
    return {each.field: each.code for each in caught.value.refusals}


@pytest.mark.django_db
def test_an_account_is_made_with_its_audit_and_nothing_else() -> None:
    user = try_register()
    assert (user.role, user.name, user.document_number.open()) == (Role.APPLICANT, "示例甲", resident_id(1))
    assert user.check_password(PASSWORD)
    assert not hasattr(user, "profile")
    assert AuditEvent.objects.get().action == "account.registered"


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["11010519491231002x", " 110105 19491231 002ｘ ", ENDS_IN_X])
def test_a_small_or_wide_x_is_stored_as_capital_x(typed: str) -> None:
    assert try_register(document_number=typed).document_number.open() == ENDS_IN_X


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("䶮示例", "䶮示例"),
        ("示例·买买提•阿卜杜拉", "示例·买买提·阿卜杜拉"),
        ("示 例", "示例"),
        ("𠅤𬱖", "𠅤𬱖"),
        ("Shili  John", "Shili John"),
        ("示" * 50, "示" * 50),
    ],
)
def test_rare_and_minority_names_are_kept_as_they_are(typed: str, stored: str) -> None:
    assert User.objects.get(pk=try_register(name=typed).pk).name == stored


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "示例1", "示例甲!", "·示例", "示" * 51])
def test_what_is_no_name_is_refused_at_the_name(name: str) -> None:
    assert "name" in refusals(name=name)


@pytest.mark.django_db
def test_a_wrong_check_digit_names_the_right_one() -> None:
    number = resident_id(1)
    typo = number[:17] + ("0" if number[17] != "0" else "1")
    with pytest.raises(Refused) as caught:
        try_register(document_number=typo)
    assert caught.value.field == "document_number"
    assert f"第 18 位应为 {number[17]}" in str(caught.value)


@pytest.mark.django_db
def test_all_faults_come_at_once() -> None:
    assert set(refusals(name="", document_number="123", phone="1", password="short", code="000000")) == {
        "name", "document_number", "phone", "password",
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("Abcde#1234", ""),
        ("Abcde#123", "PASSWORD_SHORT"),
        ("abcdefgh12", "PASSWORD_CLASSES"),
        ("一句十五个字以上的长口令也行了", ""),
        ("一句十五个字以上的长口令也行", "PASSWORD_CLASSES"),
        ("长" * 128, ""),
        ("长" * 129, "PASSWORD_LONG"),
        (f"x#{resident_id(1)}", "PASSWORD"),
        ("aA#13900000001", "PASSWORD"),
    ],
)
def test_where_no_notice_speaks_the_platforms_own_demands_hold(password: str, wrong: str) -> None:
    if wrong:
        assert refusals(password=password) == {"password": wrong}
    else:
        assert try_register(password=password)


@pytest.mark.django_db
def test_a_second_account_for_one_number_is_told_how_to_get_in_and_no_name() -> None:
    UserFactory(name="示例原主", document_number=resident_id(1), phone="13900000009")
    with pytest.raises(Refused) as caught:
        try_register(document_number=resident_id(1).lower())
    assert caught.value.code == "ID_TAKEN"
    assert "重置" in str(caught.value)
    assert "示例原主" not in str(caught.value)


@pytest.mark.django_db
def test_without_the_right_code_nobody_learns_whether_a_number_is_taken() -> None:
    UserFactory(document_number=resident_id(1), phone="13900000009")
    code = code_sent()
    assert refusals(code=wrong(code)) == {"code": "CODE_WRONG"}


@pytest.mark.django_db
def test_a_renewed_permit_is_the_same_person() -> None:
    UserFactory(document_kind="hk_macao_permit", document_number="H1234567801", phone="13900000009")
    assert refusals(document_kind="hk_macao_permit", document_number="H1234567802") == {"document_number": "ID_TAKEN"}


@pytest.mark.django_db
def test_a_phone_of_another_account_is_refused_and_the_code_can_be_used_again() -> None:
    other = UserFactory(phone=PHONE)
    code = code_sent()
    assert refusals(code=code) == {"phone": "PHONE_TAKEN"}
    other.delete()
    assert try_register(code)


@pytest.mark.django_db(transaction=True)
def test_two_registrations_of_one_number_at_the_same_moment_make_exactly_one_account() -> None:
    phones = [f"1390000000{n}" for n in range(6)]
    codes = {phone: code_sent(phone) for phone in phones}
    gate, outcomes = threading.Barrier(len(phones)), []

    def run(phone: str) -> None:
        gate.wait()
        try:
            try_register(codes[phone], phone=phone)
            outcomes.append("made")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[phone]) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ID_TAKEN"] * 5 + ["made"]
    assert User.objects.count() == 1
