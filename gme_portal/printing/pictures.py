"""Pictures inside a print: photos as small data URIs, QR codes as vector drawings. Nothing is fetched from anywhere."""

from __future__ import annotations

import base64
import io

import segno
from django.utils.safestring import SafeString, mark_safe
from PIL import Image

PHOTO_BOX = (413, 626)  # 2 寸 at 300 dpi; larger copies only make the file heavy


def photo_data_uri(content: bytes) -> str:
    """A portrait reduced for print, as `data:image/jpeg;base64,…`. `content` is a clean JPEG or PNG from `files.inspection`.

    Raises OSError when it is no image."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
        image.draft("RGB", PHOTO_BOX)
        copy = image.convert("RGB")
    copy.thumbnail(PHOTO_BOX, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=88, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def qr_svg(text: str, *, border: int = 0) -> SafeString:
    """A QR code (二维码) of `text` as inline SVG that fills its box; error correction M. Empty for an empty text."""
    if not text:
        return SafeString("")
    code = segno.make(text, error="m", micro=False)
    # segno escapes nothing of `text` into the drawing: it holds path data only.
    return mark_safe(code.svg_inline(border=border, omitsize=True, dark="#000", svgclass="qr", lineclass=None))
