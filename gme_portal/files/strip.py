"""One picture of several pages (材料预览): what people look at instead of the PDF itself."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from gme_portal.files.inspection import CleanImage

TALLEST = 16000  # pixels of the whole strip; a JPEG cannot be taller than 65,535
GAP = 12
PAPER = (205, 210, 218)


def strip(pages: Sequence[CleanImage]) -> CleanImage:
    """The pages below one another as one JPEG; many pages are drawn smaller. The pages were drawn by us, so they are safe to open."""
    if len(pages) == 1:
        return pages[0]
    height = TALLEST // len(pages) - GAP
    drawn = []
    for page in pages:
        picture = Image.open(io.BytesIO(page.content), formats=("JPEG",)).convert("RGB")
        picture.thumbnail((page.width, height))
        drawn.append(picture)
    width = max(picture.width for picture in drawn)
    sheet = Image.new("RGB", (width, sum(picture.height + GAP for picture in drawn) - GAP), PAPER)
    top = 0
    for picture in drawn:
        sheet.paste(picture, ((width - picture.width) // 2, top))
        top += picture.height + GAP
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=85)
    return CleanImage(out.getvalue(), "image/jpeg", sheet.width, sheet.height)
