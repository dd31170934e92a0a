"""The lottery (抽签): one number per applicant and year, decided by nobody and checkable by everybody.

Before the window closes the province publishes `commitment(secret)`; after it, a public draw is made; then the secret is revealed.
The number is SHA-256 of `seed|year|applicant_no`, so it depends on no registration time, id or name; the lower number wins a tie.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable


def _sha256(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode("utf-8")).hexdigest()


def commitment(secret: str) -> str:
    """What is published before the window closes: SHA-256 of the secret, in hexadecimal."""
    return _sha256(secret)


def opens(secret: str, committed: str) -> bool:
    """Whether the revealed secret is the one that was committed to."""
    return hmac.compare_digest(commitment(secret).encode(), committed.strip().lower().encode())


def seed(secret: str, public_draw: str) -> str:
    """The year's seed: SHA-256 of `secret|public draw`, in hexadecimal. `public_draw` is the published result exactly as announced."""
    return _sha256(secret, public_draw)


def number(year_seed: str, year: int, applicant_no: str) -> int:
    """The applicant's lottery number: SHA-256 of `seed|year|applicant_no` read as one whole number (0 … 2**256 - 1)."""
    return int(_sha256(year_seed, str(year), applicant_no), 16)


def draw(year_seed: str, year: int, applicant_nos: Iterable[str]) -> dict[str, int]:
    """Places 1..n in the order of the numbers: what lists print and what a problem's `lottery` may carry. Raises ValueError for a repeated number."""
    everyone = list(applicant_nos)
    if len(set(everyone)) != len(everyone):
        raise ValueError("an applicant number appears twice")
    ranked = sorted(everyone, key=lambda applicant_no: number(year_seed, year, applicant_no))
    return {applicant_no: place for place, applicant_no in enumerate(ranked, start=1)}
