"""Writing audit events and sealing them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from gme_portal.audit.models import AccessLog, AuditEvent, AuditSeal

_SEAL_LOCK = 7301
# The oldest transaction still running in this database, or the next one. Other databases of the server do not hold a seal up.
_OLDEST_RUNNING = """
    SELECT txid_current() - COALESCE(max(age(backend_xid)), 0) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def record(
    *, actor: Any, action: str, subject: models.Model, at: datetime, detail: dict[str, Any] | None = None
) -> AuditEvent:
    """Write one event in the caller's transaction. `actor` is a user, or None for the platform itself."""
    return AuditEvent.objects.create(
        at=at,
        actor=actor,
        actor_role=actor.role if actor is not None else "platform",
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        detail=detail or {},
    )


def log_reveal(*, row: models.Model, column: str, actor: Any, purpose: str, at: datetime) -> None:
    """Write down a look at a sealed value; its owner is the row's `owner_user_id`, when the row belongs to a person."""
    owner_id = getattr(row, "owner_user_id", None)
    AccessLog.objects.create(
        at=at,
        actor=actor,
        owner_id=owner_id,
        subject_type=row._meta.label_lower,
        subject_id=str(row.pk),
        column=column,
        purpose=purpose,
    )


def log_handed_out(*, rows: Iterable[models.Model], column: str, actor: Any, purpose: str, at: datetime) -> None:
    """Write down that one list showed a sealed value of all these rows (名册): each owner sees it as they see a single look."""
    AccessLog.objects.bulk_create(
        AccessLog(
            at=at,
            actor=actor,
            owner_id=getattr(row, "owner_user_id", None),
            subject_type=row._meta.label_lower,
            subject_id=str(row.pk),
            column=column,
            purpose=purpose[:100],
        )
        for row in rows
    )


def event_digest(previous: str, events: list[AuditEvent]) -> str:
    """SHA-256 over the previous seal's digest and the canonical JSON of the events, in id order."""
    running = hashlib.sha256(previous.encode())
    for event in events:
        row = [
            event.id,
            event.at.timestamp(),
            str(event.actor_id),
            event.actor_role,
            event.action,
            event.subject_type,
            event.subject_id,
            event.detail,
        ]
        running.update(json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    return running.hexdigest()


def seal(*, at: datetime) -> AuditSeal | None:
    """Seal every event whose transaction is over (审计封存); None when there is nothing new."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEAL_LOCK])
        cursor.execute(_OLDEST_RUNNING)
        oldest_running = cursor.fetchone()[0]
        last = AuditSeal.objects.last()
        after = last.last_event_id if last else 0
        # An id below a later one may still be uncommitted: stop before the first event of a running transaction.
        running = AuditEvent.objects.filter(id__gt=after, transaction_id__gte=oldest_running).order_by("id").first()
        events = AuditEvent.objects.filter(id__gt=after, transaction_id__lt=oldest_running)
        if running:
            events = events.filter(id__lt=running.id)
        found = list(events.order_by("id"))
        if not found:
            return None
        return AuditSeal.objects.create(
            at=at,
            first_event_id=found[0].id,
            last_event_id=found[-1].id,
            events=len(found),
            digest=event_digest(last.digest if last else "", found),
        )


def broken_seals() -> list[AuditSeal]:
    """Every seal that no longer fits its events: an empty list means that nothing was changed behind the audit's back."""
    broken, previous = [], ""
    for seal_row in AuditSeal.objects.order_by("id"):
        events = list(
            AuditEvent.objects.filter(id__gte=seal_row.first_event_id, id__lte=seal_row.last_event_id).order_by("id")
        )
        if len(events) != seal_row.events or event_digest(previous, events) != seal_row.digest:
            broken.append(seal_row)
        previous = seal_row.digest
    return broken
