"""Masks (脱敏): what is shown by default. Public lists show no fragment of a number at all and use none of these."""

from __future__ import annotations


def mask_number(plain: str) -> str:
    """An identity number: the first four and the last two characters, "5301************15"; short ones only the last two."""
    if len(plain) < 12:
        return "*" * (len(plain) - 2) + plain[-2:]
    return plain[:4] + "*" * (len(plain) - 6) + plain[-2:]


def mask_phone(plain: str) -> str:
    """A phone number: "138****0000"."""
    return plain[:3] + "*" * max(len(plain) - 7, 1) + plain[-4:] if len(plain) >= 8 else "*" * len(plain)


def mask_email(plain: str) -> str:
    """An e-mail address: its first character and its domain."""
    name, _, domain = plain.partition("@")
    return f"{name[:1]}***@{domain}" if domain else "***"


def mask_text(plain: str) -> str:
    """An address or other free text: its first six characters at most, never more than a third."""
    return plain[: min(6, len(plain) // 3)] + "……"


def mask_all(plain: str) -> str:
    """Nothing of it (a document's body, a message, a draft)."""
    return "（已加密）"
