"""Print (打印): official forms as PDF from HTML templates, with pinned fonts, so that every machine prints the same.

from gme_portal.printing import Printed, missing_glyphs, photo_data_uri, qr_svg, render_pdf
"""

from __future__ import annotations

from gme_portal.printing.engine import Printed, render_pdf
from gme_portal.printing.fonts import missing_glyphs
from gme_portal.printing.pictures import photo_data_uri, qr_svg

__all__ = ["Printed", "missing_glyphs", "photo_data_uri", "qr_svg", "render_pdf"]
