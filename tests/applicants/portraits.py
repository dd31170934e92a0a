"""Drawn portraits for tests: a head, a neck, a coat, before a background."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)


def portrait(
    background: Colour = WHITE, *, width: int = 826, height: int = 1052, coat: Colour = (40, 60, 110), grain: float = 0
) -> Image.Image:
    """`grain`: the camera's noise, everywhere but in a pure white background."""
    image = Image.new("RGB", (width, height), background)
    draw = ImageDraw.Draw(image)

    def oval(left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        draw.ellipse((left * width, top * height, right * width, bottom * height), fill=fill)

    oval(0.02, 0.76, 0.98, 1.5, coat)
    draw.rectangle((0.41 * width, 0.64 * height, 0.59 * width, 0.8 * height), fill=(225, 180, 150))
    oval(0.22, 0.06, 0.78, 0.72, (35, 25, 20))
    oval(0.26, 0.16, 0.74, 0.72, (236, 192, 162))
    image = image.filter(ImageFilter.GaussianBlur(1))
    if not grain:
        return image
    pixels = np.asarray(image).astype(float)
    noise = np.random.default_rng(7).normal(0, grain, pixels.shape[:2])[:, :, None]
    person = (pixels < 250).any(axis=2, keepdims=True) | (background != WHITE)
    return Image.fromarray((pixels + noise * person).clip(0, 255).astype("uint8"))


def jpeg(image: Image.Image, *, size: int | None = None, quality: int = 97) -> bytes:
    """As JPEG; with `size` filled up with a comment to exactly so many bytes."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0)
    content = out.getvalue()
    while size is not None and len(content) < size:
        # A comment segment: marker, two bytes of length, text.
        room = min(size - len(content), 65_000)
        room = max(room, 5)
        content = content[:2] + b"\xff\xfe" + (room - 2).to_bytes(2, "big") + b" " * (room - 4) + content[2:]
    return content


def good_photo() -> bytes:
    """A photo that the Yunnan 2025 rule accepts."""
    return jpeg(portrait(grain=5), quality=97)
