"""Locks of allocations: one computation of a scope at a time, and no reallocation while a base publishes."""

from __future__ import annotations

import hashlib

from django.db import connection

from admissions.models import AllocationRun


def alone_in(notice_id: int, round_key: str, kind: str, base_id: object) -> None:
    """Held to the end of the transaction: nobody else computes, discards or publishes a run of this kind (at this base)."""
    _lock("pg_advisory_xact_lock", f"run/{notice_id}/{round_key}/{kind}/{base_id}")


def alone_with(run: AllocationRun) -> None:
    """The scope of an existing run; then whoever changes who holds a seat: bases side by side, a reallocation alone."""
    alone_in(run.notice_id, run.round, run.kind, run.base_id)
    _lock(
        "pg_advisory_xact_lock_shared" if run.base_id else "pg_advisory_xact_lock", f"seats/{run.notice_id}/{run.round}"
    )


def alone_in_lottery(notice_id: int, round_key: str) -> None:
    """Held to the end of the transaction: nobody else commits to the lottery of this round."""
    _lock("pg_advisory_xact_lock", f"lottery/{notice_id}/{round_key}")


def _lock(function: str, name: str) -> None:
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [key])
