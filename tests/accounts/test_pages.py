"""The pages of accounts in a browserless client: answers that tell nothing, safe addresses, lock-out, second factor."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from gme_portal.accounts.models import User
from gme_portal.outbox.models import Channel, Message
from tests.factories import IN_WINDOW, PASSWORD, StaffFactory, UserFactory, resident_id

LOGIN, REGISTER, RESET = reverse("accounts:login"), reverse("accounts:register"), reverse("accounts:reset")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(clock_at: Callable[[datetime], datetime]) -> datetime:
    return clock_at(IN_WINDOW)


def log_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_in_inbox() -> str:
    return re.search(
        r"\d{6}", Message.objects.filter(channel=Channel.SMS).order_by("created_at").last().body.open()
    ).group()


@pytest.mark.parametrize("typed", ["document", "document_x", "phone", "phone_spaced"])
def test_an_applicant_gets_in_by_number_or_phone(client: Client, typed: str) -> None:
    user = UserFactory(document_number="11010519491231002X", phone="13900000001")
    words = {
        "document": "11010519491231002X",
        "document_x": " 11010519491231002x",
        "phone": "13900000001",
        "phone_spaced": "+86 139 0000 0001",
    }
    assert log_in(client, words[typed]).status_code == 303
    assert client.session["_auth_user_id"] == str(user.pk)


def test_unknown_account_wrong_password_and_closed_account_get_the_same_page(client: Client) -> None:
    UserFactory(phone="13900000001")
    UserFactory(phone="13900000002", is_active=False)
    answers = [log_in(client, phone, "wrong").content for phone in ("13900000001", "13900000003")]
    answers.append(log_in(client, "13900000002").content)
    bare = {re.sub(rb"[A-Za-z0-9]{64}|1390000000\d", b"", answer) for answer in answers}  # tokens, and what was typed
    assert len(bare) == 1
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/account/password/", "/account/password/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_after_login_one_stays_on_this_site(client: Client, target: str, goes: str) -> None:
    UserFactory(phone="13900000001")
    assert log_in(client, "13900000001", next=target)["Location"] == goes


def test_six_wrong_passwords_lock_however_the_number_is_written_and_the_page_says_until_when(client: Client) -> None:
    UserFactory(phone="13900000001")
    for typed in ("13900000001", "+8613900000001", "139 0000 0001", "139-0000-0001", "13900000001"):
        assert log_in(client, typed, "wrong").status_code == 422
    locked = log_in(client, "13900000001", "wrong")
    assert locked.status_code == 429
    assert "2025年7月10日（星期四）09:30" in locked.content.decode()
    assert "重置密码" in locked.content.decode()
    assert log_in(client, "13900000001").status_code == 429
    assert not signed_in(client)


def test_five_wrong_passwords_do_not_lock(client: Client) -> None:
    UserFactory(phone="13900000001")
    for _ in range(5):
        log_in(client, "13900000001", "wrong")
    assert log_in(client, "13900000001").status_code == 303


def test_a_reset_by_phone_opens_a_locked_account_and_tells_its_owner(client: Client) -> None:
    user = UserFactory(phone="13900000001")
    for _ in range(6):
        log_in(client, "13900000001", "wrong")
    client.post(reverse("accounts:reset_code"), {"phone": "13900000001"})
    new = "Xinde#Mima1"
    answer = client.post(
        RESET, {"phone": "13900000001", "code": code_in_inbox(), "password": new, "password_again": new}
    )
    assert answer["Location"] == LOGIN
    assert log_in(client, "13900000001", new).status_code == 303
    assert Message.objects.filter(user=user, channel=Channel.INBOX).count() == 1


def test_a_reset_of_an_unknown_phone_looks_the_same_until_the_code(client: Client) -> None:
    UserFactory(phone="13900000001")
    pages = [
        client.post(reverse("accounts:reset_code"), {"phone": phone}, headers={"HX-Request": "true"}).content
        for phone in ("13900000001", "13900000002")
    ]
    assert pages[0] == pages[1]


def test_logging_out_is_a_post(client: Client) -> None:
    client.force_login(UserFactory(), backend="gme_portal.accounts.backends.IdentityBackend")
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert signed_in(client)
    client.post(reverse("accounts:logout"))
    assert not signed_in(client)


def registration(code: str = "000000", **changes: str) -> dict[str, str]:
    words = {
        "name": "示例甲",
        "document_kind": "resident_id",
        "document_number": resident_id(1),
        "phone": "13900000001",
        "code": code,
    }
    return {**words, "password": PASSWORD, "password_again": PASSWORD, "pledge": "on", **changes}


def test_the_whole_registration_ends_signed_in(client: Client) -> None:
    client.post(reverse("accounts:register_code"), {"phone": "13900000001"})
    answer = client.post(REGISTER, registration(code_in_inbox()))
    assert answer.status_code == 303
    assert signed_in(client)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"document_number": resident_id(1)[:17] + "Z"}, "document_number", "18 位"),
        ({"password_again": "another#1A"}, "password_again", "不一致"),
        ({"pledge": ""}, "pledge", "勾选承诺"),
        ({"name": ""}, "name", ""),
        ({"phone": "123"}, "phone", "11 位"),
        ({"code": ""}, "code", ""),
    ],
)
def test_each_fault_stands_at_its_field_and_what_was_typed_stays(
    client: Client, changes: dict[str, str], field: str, words: str
) -> None:
    answer = client.post(REGISTER, registration(**changes))
    form = answer.context["form"]
    assert answer.status_code == 422
    assert set(form.errors) == {field}
    assert words in str(form.errors[field])
    assert form["phone"].value() == changes.get("phone", "13900000001")
    assert not User.objects.exists()


def test_asking_for_a_code_without_javascript_keeps_the_form(client: Client) -> None:
    page = client.post(reverse("accounts:register_code"), registration())
    assert page.status_code == 200
    assert 'value="示例甲"' in page.content.decode()
    assert PASSWORD not in page.content.decode()
    assert client.post(reverse("accounts:register_code"), registration()).status_code == 422


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(client: Client) -> None:
    user = UserFactory(phone="13900000001")
    other = Client()
    for each in (client, other):
        log_in(each, "13900000001")
    url, new = reverse("accounts:password"), "Xinde#Mima1"
    assert client.post(url, {"old": "falsch", "password": new, "password_again": new}).status_code == 422
    assert client.post(url, {"old": PASSWORD, "password": new, "password_again": new}).status_code == 303
    assert client.get(url).status_code == 200
    assert other.get(url)["Location"].startswith(LOGIN)
    user.refresh_from_db()
    assert user.check_password(new)


def token(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key):06d}"


def test_staff_enrol_once_and_enter_a_code_at_each_login(client: Client) -> None:
    user = StaffFactory(login_name="shili.laoshi")
    log_in(client, "SHILI.laoshi")
    password_page, enroll, enter = (
        reverse("accounts:password"),
        reverse("accounts:enroll"),
        reverse("accounts:second_factor"),
    )
    assert client.get(password_page)["Location"].startswith(enter)
    assert client.get(enter)["Location"].startswith(enroll)
    page = client.get(enroll).content.decode()
    device = TOTPDevice.objects.get(user=user, confirmed=False)
    assert "<svg" in page
    assert str(user.pk) not in page
    assert client.post(enroll, {"code": "000000"}).status_code == 422
    device.throttle_reset()
    assert client.post(enroll, {"code": token(device), "next": password_page})["Location"] == password_page
    assert client.get(password_page).status_code == 200

    later = Client()
    log_in(later, "shili.laoshi")
    assert later.get(enroll)["Location"].startswith(enter)  # a stolen password does not bind another authenticator
    assert later.post(enter, {"code": token(device)}).status_code == 422  # the same code a second time
    TOTPDevice.objects.update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    assert later.post(enter, {"code": token(device)}).status_code == 303
    assert later.get(password_page).status_code == 200


def test_an_applicant_has_no_second_factor(client: Client) -> None:
    client.force_login(UserFactory(), backend="gme_portal.accounts.backends.IdentityBackend")
    assert client.get(reverse("accounts:enroll")).status_code == 403
    assert client.get(reverse("accounts:password")).status_code == 200
