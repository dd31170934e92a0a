"""Codes by text message: limits, expiry to the second, tries, one use; the same answer whether a phone is known."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from gme_portal.accounts.models import PhoneCode
from gme_portal.accounts.services.codes import check_code, request_code, use_code
from gme_portal.clock.services import BEIJING
from gme_portal.outbox.models import Message
from gme_portal.refusals import Refused
from tests.factories import StaffFactory, UserFactory, phone_blind

AT = datetime(2025, 6, 25, 10, 0, tzinfo=BEIJING)
PHONE = "13900000001"

pytestmark = pytest.mark.django_db


def last_text() -> str:
    return Message.objects.order_by("created_at", "id").last().body.open()


def code_sent(phone: str = PHONE, at: datetime = AT, purpose: str = "register") -> str:
    request_code(phone=phone, purpose=purpose, at=at)
    newest = Message.objects.get(
        dedup_key=f"code:{PhoneCode.objects.filter(phone_blind=phone_blind(phone)).latest('sent_at').pk}"
    )
    return re.search(r"\d{6}", newest.body.open()).group()


def refusal(call, **kwargs) -> str:
    with pytest.raises(Refused) as caught:
        call(**kwargs)
    return caught.value.code


def check(code: str, at: datetime = AT, **kwargs: str):
    return check_code(**{"phone": PHONE, "purpose": "register", **kwargs}, code=code, at=at)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_message_goes_to_the_phone_and_the_code_is_kept_only_as_a_digest() -> None:
    code = code_sent("+86 139-0000-0001")
    message = Message.objects.get()
    assert message.recipient.open() == PHONE
    assert code in message.body.open()
    assert code not in PhoneCode.objects.get().code_digest


@pytest.mark.parametrize(("wait", "code"), [(59, "CODE_TOO_SOON"), (60, "")])
def test_sixty_seconds_between_two_codes(wait: int, code: str) -> None:
    request_code(phone=PHONE, purpose="register", at=AT)
    again = {"phone": PHONE, "purpose": "reset", "at": AT + timedelta(seconds=wait)}
    if code:
        assert refusal(request_code, **again) == code
    else:
        request_code(**again)


def test_ten_codes_a_day_and_a_new_day_begins_at_midnight_in_beijing() -> None:
    for minute in range(10):
        request_code(phone=PHONE, purpose="register", at=AT + timedelta(minutes=minute))
    late = AT.replace(hour=23, minute=59, second=59)
    assert refusal(request_code, phone=PHONE, purpose="register", at=late) == "CODE_DAILY_LIMIT"
    request_code(phone=PHONE, purpose="register", at=late + timedelta(seconds=1))


@pytest.mark.parametrize("phone", ["1390000000", "12900000000", "", "abc"])
def test_what_is_no_mobile_number_gets_no_code(phone: str) -> None:
    assert refusal(request_code, phone=phone, purpose="register", at=AT) == "PHONE_FORM"
    assert not Message.objects.exists()


def test_a_code_lives_ten_minutes_to_the_second() -> None:
    code = code_sent()
    assert check(code, AT + timedelta(seconds=599))
    assert refusal(check, code=code, at=AT + timedelta(seconds=600)) == "CODE_EXPIRED"


def test_five_wrong_tries_use_a_code_up_even_though_each_is_refused() -> None:
    code = code_sent()
    for _ in range(5):
        assert refusal(check, code=wrong(code)) == "CODE_WRONG"
    assert refusal(check, code=code) == "CODE_TRIES"


def test_four_wrong_tries_leave_one() -> None:
    code = code_sent()
    for _ in range(4):
        refusal(check, code=wrong(code))
    assert check(code)


def test_a_code_is_used_once() -> None:
    code = code_sent()
    proof = check(code)
    use_code(proof, at=AT)
    assert refusal(use_code, row=proof, at=AT) == "CODE_USED"
    assert refusal(check, code=code) == "CODE_USED"


def test_only_the_newest_code_counts_and_only_for_its_purpose_and_phone() -> None:
    old = code_sent()
    new = code_sent(at=AT + timedelta(minutes=2))
    later = AT + timedelta(minutes=3)
    assert check(new, later)
    if old != new:
        assert refusal(check, code=old, at=later) == "CODE_WRONG"
    assert refusal(check, code=new, at=later, purpose="reset") == "CODE_MISSING"
    assert refusal(check, code=new, at=later, phone="13900000002") == "CODE_MISSING"


def test_a_reset_writes_the_same_rows_whether_the_phone_is_known_and_tells_only_the_phone() -> None:
    UserFactory(phone=PHONE)
    request_code(phone=PHONE, purpose="reset", at=AT)
    assert re.search(r"\d{6}", last_text())
    request_code(phone="13900000002", purpose="reset", at=AT)
    unknown = Message.objects.exclude(body=None).get(
        dedup_key=f"code:{PhoneCode.objects.get(phone_blind=phone_blind('13900000002')).pk}"
    )
    assert "没有账号" in unknown.body.open()
    assert not re.search(r"\d{6}", unknown.body.open())
    assert PhoneCode.objects.count() == Message.objects.count() == 2


def test_staff_are_not_let_in_by_a_text_message() -> None:
    StaffFactory(phone=PHONE, phone_blind=phone_blind(PHONE))
    request_code(phone=PHONE, purpose="reset", at=AT)
    assert "平台管理员" in last_text()
