"""Changing a password, by the old one or by a code sent to the phone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gme_portal.accounts.lockout import unlock
from gme_portal.accounts.models import PhoneCodePurpose, Role, User
from gme_portal.accounts.queries import phone_blind
from gme_portal.accounts.services.codes import check_code, use_code
from gme_portal.accounts.services.registration import password_faults
from gme_portal.audit.services import record
from gme_portal.outbox.services import tell
from gme_portal.policy.passwords import Demands
from gme_portal.refusals import Refused
from gme_portal.wording import beijing


def change_password(*, user: User, old: str, new: str, demands: Demands, at: datetime) -> None:
    """Set a new password that meets the demands; every other session of the user ends. Raises Refused with field "old" or "password"."""
    if not user.check_password(old):
        raise Refused("PASSWORD_OLD", "原密码不正确，请核对。忘记原密码的，可退出后用手机号重置。", "", "old")
    if old == new:
        raise Refused("PASSWORD_SAME", "新密码与原密码相同，请换一个。", "", "password")
    _set(user, new, demands, action="account.password_changed", at=at)


def reset_password(*, phone: str, code: str, password: str, demands: Demands, at: datetime) -> User:
    """Set a new password for the applicant who holds this phone (003 (二)注意事项(8)); failed attempts to log in are forgotten.

    Raises Refused at "code" or "password". A phone without an account is answered like a wrong code."""
    proof = check_code(phone=phone, purpose=PhoneCodePurpose.RESET, code=code, at=at)
    user = User.objects.filter(phone_blind=phone_blind(phone), role=Role.APPLICANT, is_active=True).first()
    if user is None:
        raise Refused("CODE_WRONG", "验证码不正确，请重新获取。", "", "code")
    _set(user, password, demands, action="account.password_reset", at=at, proof=proof)
    unlock(user)
    return user


def _set(user: User, password: str, demands: Demands, *, action: str, at: datetime, proof: object = None) -> None:
    found = password_faults(user, password, demands)
    if found:
        raise Refused.many(found)
    user.set_password(password)
    user.must_set_password = False
    with transaction.atomic():
        if proof is not None:
            use_code(proof, at=at)  # type: ignore[arg-type]
        user.save(update_fields=["password", "must_set_password"])
        event = record(actor=user, action=action, subject=user, at=at)
        body = f"您的登录密码已于{beijing(at)}修改。如非本人操作，请立即用手机号重置密码。"
        tell(user=user, title="登录密码已修改", body=body, dedup_key=f"password:{event.pk}", at=at)
