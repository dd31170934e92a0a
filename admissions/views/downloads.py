"""Answers that are files: never cached by anyone in between, always saved under a Chinese name."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from gme_portal.sheets import MEDIA_TYPE


def spreadsheet(content: bytes, name: str) -> HttpResponse:
    """An .xlsx to save, as `name`.xlsx."""
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    response["Cache-Control"] = "private, no-store"
    return response


def text_file(text: str, name: str) -> HttpResponse:
    """A text to save, under its whole name."""
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
