"""HTML template to PDF by WeasyPrint: no network, no files, pinned fonts, the same bytes for the same context and moment."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from gme_portal.printing.fonts import written_config

LOGGER = logging.getLogger("weasyprint")
NOTDEF = re.compile(r"\.notdef glyph.*\(U\+([0-9A-F]{4,6})\)")
_GUARD = threading.Lock()
_ONE_AT_A_TIME = threading.Lock()  # Pango's font map is not safe for two threads


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished print. `missing_glyphs` are the characters no font has (usually empty): the page itself says so, and the caller should too."""

    content: bytes
    missing_glyphs: tuple[str, ...] = ()


def render_pdf(template_name: str, context: Mapping[str, Any], *, at: datetime, one_page: bool = False) -> Printed:
    """Render a template of `templates/print/` to PDF. `at` is printed in the footer and kept as the file's date.

    The template gets `context`, `printed_at`, `dense` and `missing_glyphs`. What the first pass shows is told to a second one: `missing_glyphs`
    holds the code points ("U+31350") that no font has; `dense` is true when `one_page` is asked for and the print ran over.
    Only `data:` addresses are fetched: a template cannot pull in a file of the server.
    """
    known: dict[str, Any] = {**context, "printed_at": at, "missing_glyphs": (), "dense": False}
    content, missing, pages = _print(render_to_string(template_name, known))
    dense = one_page and pages > 1
    if missing or dense:
        points = tuple(f"U+{ord(sign):04X}" for sign in missing)
        content, _, _ = _print(render_to_string(template_name, {**known, "missing_glyphs": points, "dense": dense}))
    return Printed(content, missing)


def _print(html: str) -> tuple[bytes, tuple[str, ...], int]:
    """The PDF, the characters without a glyph and the number of pages."""
    with _ONE_AT_A_TIME, _collected_glyphs() as missing:
        fetcher = URLFetcher(allowed_protocols=("data",))
        document = HTML(string=html, url_fetcher=fetcher).render(font_config=configuration())
        content = document.write_pdf()
    return content, tuple(dict.fromkeys(missing)), len(document.pages)


@lru_cache(maxsize=1)
def configuration() -> FontConfiguration:
    """One font configuration for the life of the process: a new one for each form doubles the cost and leaks.

    Fontconfig reads FONTCONFIG_FILE while the configuration is made, so the variable is set for that moment only; a browser started later by the
    same process keeps its own fonts.
    """
    with _GUARD:
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(written_config())
        try:
            return FontConfiguration()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


class _GlyphCollector(logging.Handler):
    """Keeps the characters of this thread's `.notdef` warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = threading.get_ident()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        match = NOTDEF.search(record.getMessage())
        if match and record.thread == self.thread:
            self.found.append(chr(int(match.group(1), 16)))


@contextmanager
def _collected_glyphs() -> Iterator[list[str]]:
    collector = _GlyphCollector()
    LOGGER.addHandler(collector)
    try:
        yield collector.found
    finally:
        LOGGER.removeHandler(collector)
