"""The platform's own demands on passwords, for staff and where no notice speaks; and nothing about oneself, whoever asks.

What a notice demands (003 (二)注意事项(5): 8–16 with a letter, a digit and a special character) comes as `Demands` from whoever knows the notice."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError

from gme_portal.policy.passwords import Demands

HOUSE = Demands(low=10, high=128, classes=("letter", "digit", "special"), free_from=15, plain=False)

# Typed from paper: no letter or digit that looks like another.
LETTERS, DIGITS = "abcdefghjkmnpqrstuvwxyz", "23456789"


def first_password() -> str:
    """A password to be printed once and typed from paper: three groups of four letters and one of four digits, 66 bits."""
    groups = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)]
    return "-".join([*groups, "".join(secrets.choice(DIGITS) for _ in range(4))])


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
