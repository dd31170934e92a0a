"""Codes that prove a phone (短信验证码, 003 (二)注意事项(4)): sent, checked, used once."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, time, timedelta

from django.db import connection, transaction

from gme_portal.accounts.identity import check_phone, fold_phone
from gme_portal.accounts.models import PhoneCode, PhoneCodePurpose, Role, User
from gme_portal.accounts.queries import phone_blind
from gme_portal.clock.services import BEIJING
from gme_portal.outbox.models import Channel
from gme_portal.outbox.services import send
from gme_portal.pii.keys import key_ring
from gme_portal.refusals import Refusal, Refused

VALID_FOR = timedelta(minutes=10)
PAUSE = timedelta(seconds=60)
DAILY_LIMIT = 10
MAX_TRIES = 5


def request_code(*, phone: str, purpose: str, at: datetime) -> None:
    """Send a six-digit code to a phone. Whether the phone has an account changes only what the text message says.

    Raises Refused: PHONE_FORM, CODE_TOO_SOON (60 seconds between two), CODE_DAILY_LIMIT (ten a day, Beijing)."""
    phone = fold_phone(phone)
    wrong = check_phone(phone)
    if wrong:
        raise Refused.many([wrong])
    blind = phone_blind(phone)
    with transaction.atomic():
        with connection.cursor() as cursor:  # two clicks at once send one message
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"phone-code:{blind}"])
        _refuse_too_many(blind, at)
        code = f"{secrets.randbelow(10**6):06d}"
        row = PhoneCode(phone_blind=blind, purpose=purpose, sent_at=at, expires_at=at + VALID_FOR)
        row.code_digest = _digest(row, code)
        row.save(force_insert=True)
        body = _body(purpose, code, blind)
        send(
            channel=Channel.SMS,
            user=None,
            title="短信验证码",
            body=body,
            dedup_key=f"code:{row.pk}",
            at=at,
            recipient=phone,
        )


def check_code(*, phone: str, purpose: str, code: str, at: datetime) -> PhoneCode:
    """The newest code sent to this phone, when the one typed is right; a wrong one uses up one of five tries, kept even though it is refused.

    Raises Refused with field "code": CODE_MISSING, CODE_USED, CODE_EXPIRED, CODE_TRIES, CODE_WRONG."""
    with transaction.atomic():
        sent = PhoneCode.objects.select_for_update().filter(
            phone_blind=phone_blind(phone), purpose=purpose, sent_at__lte=at
        )
        row = sent.order_by("-sent_at").first()
        if row is None:
            raise Refused("CODE_MISSING", "还没有向该手机号发送验证码，请先点“获取短信验证码”。", "", "code")
        refusal = _judge(row, code.strip(), at)
    if refusal:
        raise Refused.many([refusal])
    return row


def use_code(row: PhoneCode, *, at: datetime) -> None:
    """Mark a checked code as used, in the transaction of what it was used for. Raises Refused when another request was first."""
    if not PhoneCode.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=at):
        raise Refused("CODE_USED", "验证码已使用，请重新获取。", "", "code")


def _judge(row: PhoneCode, code: str, at: datetime) -> Refusal | None:
    if row.used_at is not None:
        return Refusal("CODE_USED", "验证码已使用，请重新获取。", "", "code")
    if at >= row.expires_at:
        return Refusal("CODE_EXPIRED", "验证码已过期（10 分钟内有效），请重新获取。", "", "code")
    if row.tries >= MAX_TRIES:
        return Refusal("CODE_TRIES", f"验证码输错 {MAX_TRIES} 次已作废，请重新获取。", "", "code")
    if hmac.compare_digest(row.code_digest, _digest(row, code)):
        return None
    row.tries += 1
    row.save(update_fields=["tries"])
    left = MAX_TRIES - row.tries
    advice = f"还可以再试 {left} 次。" if left else "请重新获取。"
    return Refusal("CODE_WRONG", f"验证码不正确，{advice}", "", "code")


def _refuse_too_many(blind: str, at: datetime) -> None:
    sent = PhoneCode.objects.filter(phone_blind=blind, sent_at__lte=at)
    last = sent.filter(sent_at__gt=at - PAUSE).order_by("-sent_at").first()
    if last is not None:
        wait = int((last.sent_at + PAUSE - at).total_seconds() + 0.999)
        raise Refused("CODE_TOO_SOON", f"验证码刚刚发送过，请 {wait} 秒后再获取。", "", "phone")
    midnight = datetime.combine(at.astimezone(BEIJING).date(), time(), BEIJING)
    if sent.filter(sent_at__gte=midnight).count() >= DAILY_LIMIT:
        raise Refused("CODE_DAILY_LIMIT", f"该手机号今天已发送 {DAILY_LIMIT} 次验证码，请明天再试。", "", "phone")


def _digest(row: PhoneCode, code: str) -> str:
    return key_ring().blind(f"{row.pk}:{code}", place="accounts_phonecode.code")


def _body(purpose: str, code: str, blind: str) -> str:
    if purpose == PhoneCodePurpose.REGISTER:
        return f"【住培招录】注册验证码 {code}，10 分钟内有效，请勿告诉他人。如非本人操作，请忽略。"
    user = User.objects.filter(phone_blind=blind, is_active=True).first()
    if user is None:
        return "【住培招录】有人申请重置密码，但本手机号没有账号。如是您本人，请先注册或换用注册时的手机号；如非本人操作，请忽略。"
    if user.role != Role.APPLICANT:
        return "【住培招录】工作人员账号不能用短信重置密码，请联系平台管理员。如非本人操作，请忽略。"
    return f"【住培招录】重置密码的验证码 {code}，10 分钟内有效，请勿告诉他人。如非本人操作，请忽略。"
