"""Serving a private file after its object check: never cached, never sniffed, and only pictures shown in the page."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from gme_portal.files.models import StoredFile
from gme_portal.files.services import read

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


def respond(stored: StoredFile, *, name: str) -> HttpResponse:
    """The file as a response. `name` without its ending; a PDF is only offered for download, its preview is what people look at."""
    response = HttpResponse(read(stored), content_type=stored.media_type)
    where = "inline" if stored.media_type in ("image/jpeg", "image/png") else "attachment"
    filename = quote(f"{name}.{ENDINGS.get(stored.media_type, 'bin')}")
    response["Content-Disposition"] = f"{where}; filename*=UTF-8''{filename}"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
