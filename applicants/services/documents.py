"""Uploaded proofs (证明材料, 003 (三)5): judged by content, kept sealed, the newest of each kind stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from applicants.models import Document, Profile
from applicants.services.profiles import LOCKED, open_profile
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.files.inspection import CleanImage, CleanPdf, inspect
from gme_portal.files.sandbox import MEGABYTE
from gme_portal.files.services import store
from gme_portal.files.strip import strip
from gme_portal.policy.schema import DocumentRule
from gme_portal.refusals import Refused


def upload(*, profile: Profile, rule: DocumentRule, content: bytes, actor: User, at: datetime) -> Document:
    """Judge and keep a document; the one of its kind before it is marked as replaced. Nothing is stored when it is refused.

    Raises Refused: PROFILE_LOCKED, or what `files.inspection.inspect` finds."""
    refuse_locked(profile)
    clean, preview = judged(rule, content)
    return keep(profile=profile, kind=rule.kind, clean=clean, preview=preview, findings=[], actor=actor, at=at)


def judged(rule: DocumentRule, content: bytes) -> tuple[CleanImage | CleanPdf, CleanImage | None]:
    """The file as it may be kept, with the picture of a PDF's pages. Slow. Raises Refused: what `files.inspection.inspect` finds."""
    clean = inspect(content, accepts=rule.accepts, max_bytes=rule.max_mb * MEGABYTE)
    return clean, strip(clean.previews) if isinstance(clean, CleanPdf) else None


def remove(*, document: Document, actor: User, at: datetime) -> None:
    """Take a document back that is no longer asked for; it is kept as replaced."""
    with transaction.atomic():
        open_profile(document.profile)
        Document.objects.filter(pk=document.pk, replaced_at__isnull=True).update(replaced_at=at)
        record(actor=actor, action="document.removed", subject=document, at=at, detail={"kind": document.kind})


def refuse_locked(profile: Profile) -> None:
    """Say no before a slow inspection; the write asks again under lock."""
    if profile.locked_at is not None:
        raise Refused("PROFILE_LOCKED", LOCKED)


def keep(
    *,
    profile: Profile,
    kind: str,
    clean: CleanImage | CleanPdf,
    preview: CleanImage | None,
    findings: list[dict[str, Any]],
    actor: User,
    at: datetime,
) -> Document:
    """Store an inspected file as the standing document of its kind. Raises Refused: PROFILE_LOCKED."""
    with transaction.atomic():
        return _keep(open_profile(profile), kind, clean, preview, findings, actor, at)


def keep_later(
    *, profile: Profile, kind: str, clean: CleanImage | CleanPdf, preview: CleanImage | None, actor: User, at: datetime
) -> Document:
    """Store the certificate itself where a stand-in was filed (待取得后替换): the one document that a locked profile takes. Only `admissions` asks
    for it; what was filed keeps its own row."""
    with transaction.atomic():
        row = Profile.objects.select_for_update(of=("self",)).select_related("user").get(pk=profile.pk)
        return _keep(row, kind, clean, preview, [], actor, at)


def _keep(
    row: Profile,
    kind: str,
    clean: CleanImage | CleanPdf,
    preview: CleanImage | None,
    findings: list[dict[str, Any]],
    actor: User,
    at: datetime,
) -> Document:
    Document.objects.filter(profile=row, kind=kind, replaced_at__isnull=True).update(replaced_at=at)
    file = store(clean.content, owner=row.user, media_type=clean.media_type, at=at)
    shown = store(preview.content, owner=row.user, media_type=preview.media_type, at=at) if preview else None
    document = Document.objects.create(
        profile=row, kind=kind, file=file, preview=shown, uploaded_at=at, findings=findings
    )
    record(
        actor=actor,
        action="document.uploaded",
        subject=document,
        at=at,
        detail={"kind": kind, "sha256": file.sha256},
    )
    return document
