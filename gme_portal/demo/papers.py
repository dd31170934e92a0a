"""Drawn papers (演练样张): an A4 sheet that says what it stands for and whose it is, so that a reviewer has something to compare. Not one looks real."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gme_portal.files.inspection import CleanImage
from gme_portal.printing.fonts import HANAZONO, WHEEL

SIZE = (620, 877)  # A4 at 75 dpi
LONG_LINE = 22
INK, FAINT, STAMP = (32, 40, 56), (214, 219, 228), (196, 48, 48)


def draw_paper(title: str, lines: Sequence[str]) -> CleanImage:
    """One sheet with a title and lines such as 「姓名：示例甲」. We draw it ourselves, so that it needs no inspection."""
    page = _blank(title).copy()
    draw = ImageDraw.Draw(page)
    for place, line in enumerate(lines):
        _write(draw, (90, 310 + 52 * place), line, 22 if len(line) <= LONG_LINE else 15)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=62)
    return CleanImage(out.getvalue(), "image/jpeg", *SIZE)


@lru_cache(maxsize=32)
def _blank(title: str) -> Image.Image:
    """Frame, heading and the mark across the page, the same for everybody."""
    page = Image.new("RGB", SIZE, "white")
    mark = Image.new("L", (SIZE[1], 150), 0)
    ImageDraw.Draw(mark).text((SIZE[1] // 2, 75), "演 练 样 张", fill=255, font=_font(104), anchor="mm")
    turned = mark.rotate(52, expand=True)
    page.paste(FAINT, ((SIZE[0] - turned.width) // 2, (SIZE[1] - turned.height) // 2), turned)
    draw = ImageDraw.Draw(page)
    draw.rectangle((30, 30, SIZE[0] - 30, SIZE[1] - 30), outline=INK, width=2)
    draw.text((SIZE[0] // 2, 150), title, fill=INK, font=_font(40), anchor="mm")
    draw.text((SIZE[0] // 2, 205), "演练数据 · 人物为虚构 · 无任何效力", fill=STAMP, font=_font(18), anchor="mm")
    draw.ellipse((400, 640, 540, 780), outline=STAMP, width=4)
    draw.text((470, 710), "样 章", fill=STAMP, font=_font(30), anchor="mm")
    return page


def _write(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, size: int) -> None:
    """Character by character where a rare one needs the other font."""
    if not any(_is_rare(sign) for sign in text):
        draw.text(place, text, fill=INK, font=_font(size), anchor="ls")
        return
    left, top = place
    for sign in text:
        font = _font(size, rare=_is_rare(sign))
        draw.text((left, top), sign, fill=INK, font=font, anchor="ls")
        left += int(font.getlength(sign))


def _is_rare(sign: str) -> bool:
    return ord(sign) >= 0x20000


@lru_cache(maxsize=16)
def _font(size: int, rare: bool = False) -> ImageFont.FreeTypeFont:
    file: Path = next((path for path in HANAZONO if rare and path.is_file()), WHEEL / "NotoSansSC-Regular.otf")
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
