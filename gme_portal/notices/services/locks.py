"""The lock between decisions and changes of a notice: whoever decides shares it, whoever changes the notice has it alone.

So a decision is made under exactly the version it names, and an amendment sees every decision made before it."""

from __future__ import annotations

import hashlib

from django.db import connection


def share_with_changes(slug: str) -> None:
    """Held to the end of the transaction: the notice does not change meanwhile."""
    _lock("pg_advisory_xact_lock_shared", slug)


def change_alone(slug: str) -> None:
    """Waits for decisions under way and lets none begin before the transaction ends. A slug of no notice yet may be locked too."""
    _lock("pg_advisory_xact_lock", slug)


def _lock(function: str, slug: str) -> None:
    key = int.from_bytes(hashlib.sha256(f"notice/{slug}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [key])
