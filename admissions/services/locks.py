"""The lock between filing and sealing (R5): filings share it, the sealing job has it alone.

Whoever counts what was filed therefore waits for every filing under way; a plain snapshot would miss those not yet committed."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import connection


def share_with_sealing(notice_id: int, round_key: str) -> None:
    """Held to the end of the transaction by everything that files or takes back an application. Take it before any row lock."""
    _lock("SELECT pg_advisory_xact_lock_shared(%s)", notice_id, round_key)


def exclude_filings(notice_id: int, round_key: str) -> None:
    """Waits until no filing is under way and lets none begin before the transaction ends."""
    _lock("SELECT pg_advisory_xact_lock(%s)", notice_id, round_key)


def alone_with_key(key: UUID) -> None:
    """One filing at a time for one key of a form (重复提交), whatever application it is for; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"filing-key/{key}"])


def lock_key(notice_id: int, round_key: str) -> int:
    """A signed 64-bit key, the same in every process."""
    return int.from_bytes(hashlib.sha256(f"filing/{notice_id}/{round_key}".encode()).digest()[:8], "big", signed=True)


def _lock(statement: str, notice_id: int, round_key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [lock_key(notice_id, round_key)])
