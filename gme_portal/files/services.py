"""Storing and reading private files."""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from gme_portal.files.models import StoredFile
from gme_portal.pii.keys import key_ring

_PLACE = "file"


def path_of(stored: StoredFile) -> Path:
    """Where the ciphertext lies."""
    name = str(stored.pk)
    return settings.GME_VAR / "private" / name[:2] / name


def store(content: bytes, *, owner: Any, media_type: str, at: datetime) -> StoredFile:
    """Seal and keep a file. The body is on disk before the row is written, so a row never points at nothing;
    a body whose transaction failed is an orphan that `sweep_orphans` removes."""
    stored = StoredFile(
        owner=owner, media_type=media_type, size=len(content), sha256=sha256(content).hexdigest(), created_at=at
    )
    path = path_of(stored)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sealed = key_ring().seal(content, place=_PLACE, owner=str(stored.pk))
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    stored.save(force_insert=True)
    return stored


def read(stored: StoredFile) -> bytes:
    """The plain content. Raises FileNotFoundError, or InvalidTag when the body was tampered with."""
    return key_ring().open(path_of(stored).read_bytes(), place=_PLACE, owner=str(stored.pk))


def sweep_orphans(*, older_than_seconds: int, wall_time: float) -> int:
    """Remove bodies without a row that are older than the given age; how many were removed."""
    removed = 0
    for path in (settings.GME_VAR / "private").glob("??/*"):
        if (
            wall_time - path.stat().st_mtime > older_than_seconds
            and not StoredFile.objects.filter(pk=path.name).exists()
        ):
            path.unlink()
            removed += 1
    return removed
