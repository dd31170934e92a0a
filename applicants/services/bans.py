"""Records of broken promises (诚信记录, 000 六(三)1). `admissions` imposes them when somebody does not report in or withdraws."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from applicants.models import Ban
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import NoticeVersion


def impose(
    *,
    document_blind: str,
    track: str,
    starts_on: date,
    ends_on: date,
    reason: str,
    clause: str,
    actor: User | None,
    at: datetime,
    notice_version: NoticeVersion | None = None,
) -> Ban:
    """Close a track to a person until `ends_on` (that day is open again). `actor` is None when a deadline did it; `notice_version` has the clause.

    The same record twice is one."""
    with transaction.atomic():
        same = Ban.objects.filter(
            document_blind=document_blind, track=track, starts_on=starts_on, ends_on=ends_on
        ).first()
        if same is not None:
            return same
        ban = Ban.objects.create(
            document_blind=document_blind,
            track=track,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
            clause=clause,
            notice_version=notice_version,
            imposed_by=actor,
            imposed_at=at,
        )
        detail = {"track": track, "until": ends_on.isoformat(), "clause": clause}
        record(actor=actor, action="ban.imposed", subject=ban, at=at, detail=detail)
    return ban
