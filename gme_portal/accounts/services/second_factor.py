"""The second factor of staff (动态口令, TOTP): enrolling an authenticator and checking its codes.

Codes are judged by the machine's own time, never by the rehearsal clock: the authenticator knows nothing of a rehearsal."""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.refusals import Refused

WRONG = "动态口令不正确。请输入验证器里当前显示的 6 位数字；手机时间须设为自动。"


def enrolled(user: User) -> bool:
    """Whether the user has an authenticator that was confirmed with a code."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def pending_device(user: User) -> TOTPDevice:
    """The authenticator that is being set up: the same secret until a code confirms it."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "验证器"})
    return device


def secret_of(device: TOTPDevice) -> str:
    """The secret as it is typed into an authenticator, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address_of(device: TOTPDevice, user: User) -> str:
    """The `otpauth:` address of the QR code; names the account by login name, never by an ID number."""
    issuer = settings.OTP_TOTP_ISSUER
    label = quote(f"{issuer}:{user.login_name}")
    query = urlencode(
        {
            "secret": secret_of(device).replace(" ", ""),
            "issuer": issuer,
            "digits": device.digits,
            "period": device.step,
        },
        quote_via=quote,
    )
    return f"otpauth://totp/{label}?{query}"


def enroll(*, user: User, code: str, at: datetime) -> TOTPDevice:
    """Confirm the pending authenticator with its first code. Raises Refused; also when there is one already, which an administrator must remove."""
    if enrolled(user):
        raise Refused("TOTP_ENROLLED", "您已绑定验证器。更换手机请联系平台管理员解除后重新绑定。", "", "code")
    device = _match(user, code, confirmed=False)
    with transaction.atomic():
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        record(actor=user, action="account.second_factor_enrolled", subject=user, at=at)
    device.refresh_from_db()
    return device


def verify(*, user: User, code: str, at: datetime) -> TOTPDevice:
    """Check a code of the confirmed authenticator. Raises Refused; wrong ones make the next try wait longer each time."""
    device = _match(user, code, confirmed=True)
    record(actor=user, action="account.second_factor_entered", subject=user, at=at)
    return device


def remove(*, user: User, actor: User, at: datetime) -> None:
    """Take away a user's authenticators, after a lost phone; they enrol a new one at the next login."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        record(actor=actor, action="account.second_factor_removed", subject=user, at=at)


def _match(user: User, code: str, *, confirmed: bool) -> TOTPDevice:
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=confirmed).first()
        if device is None:
            raise Refused("TOTP_NONE", "还没有绑定验证器，请先扫码绑定。", "", "code")
        allowed, _ = device.verify_is_allowed()
        right = device.verify_token(code.replace(" ", ""))
    if not allowed:
        raise Refused("TOTP_WAIT", "输错次数较多，请稍等片刻，用验证器里新的口令再试。", "", "code")
    if not right:
        raise Refused("TOTP_WRONG", WRONG, "", "code")
    return device
