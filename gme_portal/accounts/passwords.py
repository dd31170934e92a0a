"""Password rules: at least 10 characters with letter, digit and special character, or 15 of any kind; nothing about oneself.

003 (二)注意事项(5) asks for a letter, a digit and a special character and 8–16; we keep the classes and drop the upper limit (128)."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.core.exceptions import ValidationError

MIN_LENGTH = 10
LONG_ENOUGH = 15
MAX_LENGTH = 128
HELP = "至少 10 位，须同时包含字母、数字和特殊字符（如 # @ !）；15 位以上的长口令不限字符种类。"


# Typed from paper: no letter or digit that looks like another.
LETTERS, DIGITS = "abcdefghjkmnpqrstuvwxyz", "23456789"


def first_password() -> str:
    """A password to be printed once and typed from paper: three groups of four letters and one of four digits, 66 bits."""
    groups = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)]
    return "-".join([*groups, "".join(secrets.choice(DIGITS) for _ in range(4))])


class StrengthValidator:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > MAX_LENGTH:
            raise ValidationError(f"密码最多 {MAX_LENGTH} 位。", code="password_too_long")
        if len(password) < MIN_LENGTH:
            raise ValidationError(f"密码至少 {MIN_LENGTH} 位，您输入了 {len(password)} 位。", code="password_too_short")
        if len(password) >= LONG_ENOUGH:
            return
        missing = [
            label
            for label, pattern in (("字母", r"[A-Za-z]"), ("数字", r"\d"), ("特殊字符（如 # @ !）", r"[^A-Za-z0-9]"))
            if not re.search(pattern, password)
        ]
        if missing:
            raise ValidationError(f"密码还缺少：{'、'.join(missing)}。", code="password_classes")

    def get_help_text(self) -> str:
        return HELP


class NotAboutMeValidator:
    """Refuses a password that holds the person's own document number, birthday, phone, name or login name."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None:
            return
        known = [user.name, user.login_name]
        for sealed, parts in (
            (user.document_number, (slice(None), slice(6, 14), slice(-6, None))),
            (user.phone, (slice(None), slice(-8, None))),
        ):
            if sealed is not None:
                known += [sealed.open()[part] for part in parts]
        lowered = password.lower()
        if any(text and len(text) >= 2 and text.lower() in lowered for text in known):
            raise ValidationError("密码不能包含您的姓名、证件号码、出生日期或手机号。", code="password_about_me")

    def get_help_text(self) -> str:
        return "不能包含姓名、证件号码、出生日期或手机号。"
