"""Drawn portraits (演练照片): a face made of ellipses on a plain ground, so plainly drawn that nobody takes it for a person."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

_SKIN = ((241, 205, 178), (232, 190, 158), (222, 176, 140), (246, 214, 190))
_HAIR = ((28, 24, 24), (44, 34, 30), (60, 44, 36))
_COAT = ((46, 78, 130), (70, 70, 82), (122, 52, 60), (38, 96, 88))
_SMALLEST_KB = 160


def draw_portrait(seed: int, size: tuple[int, int], background: str) -> bytes:
    """A JPEG of `size` pixels with grain enough to weigh what photo rules ask (over 160 KB at 480 × 640 and more)."""
    random, (width, height) = Random(seed), size
    picture = Image.new("RGB", size, background)
    draw = ImageDraw.Draw(picture)
    skin, hair, coat = random.choice(_SKIN), random.choice(_HAIR), random.choice(_COAT)
    middle, eyes = width / 2, height * 0.4
    draw.ellipse((width * 0.08, height * 0.8, width * 0.92, height * 1.35), fill=coat)
    draw.rectangle((middle - width * 0.09, height * 0.62, middle + width * 0.09, height * 0.85), fill=skin)
    draw.ellipse((width * 0.24, height * 0.12, width * 0.76, height * (0.5 if random.random() < 0.5 else 0.72)), fill=hair)
    draw.ellipse((width * 0.27, height * 0.2, width * 0.73, height * 0.72), fill=skin)
    for side in (-1, 1):
        x = middle + side * width * 0.105
        draw.ellipse((x - width * 0.035, eyes - 7, x + width * 0.035, eyes + 7), fill="white")
        draw.ellipse((x - 7, eyes - 7, x + 7, eyes + 7), fill=hair)
        draw.line((x - width * 0.05, eyes - 24, x + width * 0.05, eyes - 26), fill=hair, width=5)
    draw.line((middle, eyes + 20, middle - 6, height * 0.52, middle + 8, height * 0.52), fill=tuple(part - 30 for part in skin), width=4)
    draw.arc((middle - width * 0.09, height * 0.55, middle + width * 0.09, height * 0.63), 15, 165, fill=(170, 70, 70), width=5)
    return _weighed(picture.filter(ImageFilter.GaussianBlur(1)), background)


def _weighed(picture: Image.Image, background: str) -> bytes:
    """Grain on the person only, the ground stays clean; quality rises until the file is heavy enough."""
    grain = Image.merge("RGB", [Image.effect_noise(picture.size, 46) for _ in range(3)])
    person = Image.blend(picture, grain, 0.16)
    ground = Image.new("RGB", picture.size, background)
    difference = Image.composite(person, picture, _mask(picture, ground))
    out = io.BytesIO()
    for quality in (90, 95, 98, 100):
        out = io.BytesIO()
        difference.save(out, "JPEG", quality=quality, subsampling=0)
        if out.tell() >= _SMALLEST_KB * 1024:
            break
    return out.getvalue()


def _mask(picture: Image.Image, ground: Image.Image) -> Image.Image:
    """White where the picture differs from the ground in any colour."""
    red, green, blue = ImageChops.difference(picture, ground).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda value: 255 if value > 8 else 0)
