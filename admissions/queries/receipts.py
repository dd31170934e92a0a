"""Receipts (回执): what makes one genuine. The digest is of the exact bytes that were filed; the signature binds number, digest and moment.

Nothing here writes; `admissions.services.applications` does."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from admissions.allocation.canonical import dumps
from gme_portal.pii.keys import key_ring

SIGNATURE_PLACE = "admissions.receipt"
# Printed beside the number: enough that nobody guesses it, short enough to type.
SHORT_DIGEST = 12


def canonical(content: dict[str, Any]) -> tuple[str, str]:
    """(canonical JSON, its SHA-256 in hex)."""
    text = dumps(content)
    return text, hashlib.sha256(text.encode()).hexdigest()


def answers_digest(content: dict[str, Any]) -> str:
    """The digest of what the person answered, without when and under which number: equal for the page checked and the version filed."""
    return canonical({key: value for key, value in content.items() if key != "filed"})[1]


def receipt_number(application_number: str, version: int) -> str:
    return f"{application_number}-{version:02d}"


def signature(number: str, digest: str, at: datetime) -> str:
    """Keyed signature of a receipt, hex."""
    return key_ring().sign(_message(number, digest, at), place=SIGNATURE_PLACE)


def is_genuine(*, number: str, digest: str, content: str, signed: str, at: datetime) -> bool:
    """Does the stored content still have its digest, and the digest its signature?"""
    same_content = hmac.compare_digest(hashlib.sha256(content.encode()).hexdigest(), digest)
    return same_content and hmac.compare_digest(signature(number, digest, at), signed)


def verify_code(number: str, digest: str) -> str:
    """What the QR code and the printed form carry: receipt number and the beginning of the digest, "2025100001-01-3f9a1c2077be"."""
    return f"{number}-{digest[:SHORT_DIGEST]}"


def read_code(code: str) -> tuple[str, str]:
    """(receipt number, short digest) of a typed or scanned code; two empty strings when it has not that form."""
    plain = "".join(code.split()).replace("－", "-").replace("—", "-").lower()
    number, _, short = plain.rpartition("-")
    well_formed = len(short) == SHORT_DIGEST and set(short) <= set("0123456789abcdef") and len(number) <= 24
    return (number, short) if well_formed and number else ("", "")


def _message(number: str, digest: str, at: datetime) -> bytes:
    return f"{number}\n{digest}\n{at.astimezone(UTC).isoformat()}".encode()
