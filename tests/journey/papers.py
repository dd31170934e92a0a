"""Opening what the portal prints and exports, as a person with a PDF reader and a spreadsheet would."""

from __future__ import annotations

import io
import os
from typing import Any

import numpy as np
import pypdfium2
from openpyxl import load_workbook


class Printed:
    """A PDF: its pages, all its text without spaces between Chinese characters, and how much of the first page is inked (0 to 1)."""

    def __init__(self, content: bytes, media_type: str, *, keep: str = "") -> None:
        assert media_type.startswith("application/pdf"), media_type
        document = pypdfium2.PdfDocument(content)
        self.pages = len(document)
        self.text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
        picture = document[0].render(scale=2).to_pil().convert("L")
        self.ink = float((np.asarray(picture) < 200).mean())
        folder = os.environ.get("GME_PICTURES")
        if folder and keep:
            picture.save(f"{folder}/{keep}.png")


def rows_of(content: bytes) -> list[list[Any]]:
    """Every filled row of the first sheet of an .xlsx file."""
    sheet = load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True) if any(value is not None for value in row)]
