"""Inside the bounded child: decode a JPEG or PNG and build it anew from its pixels.

What is not a pixel (EXIF with the place it was taken, comments, appended archives or scripts) does not survive. Run through `sandbox.run`.
"""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageOps

from gme_portal.files.sandbox import Answer
from gme_portal.refusals import Refused

MAX_MEGAPIXELS_JPEG = 110  # a phone's largest mode; such files are decoded at a fraction of their size
MAX_MEGAPIXELS_PNG = 12  # an A4 page at 350 dpi; a PNG cannot be decoded smaller
MAX_MEGAPIXELS_PROGRESSIVE = 16  # the decoder keeps all coefficients of a progressive JPEG
MAX_MEGAPIXELS_DECODED = 16.8
ORIENTATION = 0x0112


def rebuild(content: bytes, options: dict[str, Any]) -> Answer:
    """`options`: `max_side` (pixels of the longer side of the result). Answers `{media_type, width, height}` and one blob."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit below is stricter and speaks Chinese
    try:
        image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
        return _rebuilt(image, options["max_side"])
    except (OSError, SyntaxError, ValueError, EOFError, AttributeError, TypeError, IndexError, KeyError) as broken:
        raise Refused("IMAGE_BROKEN", "图片打不开或不完整。请重新拍摄或另存为 JPG 后上传。") from broken


def _rebuilt(image: Image.Image, max_side: int) -> Answer:
    jpeg = image.format != "PNG"  # "MPO", the two-picture file of some phones, is a JPEG whose first picture we take
    limit = MAX_MEGAPIXELS_JPEG if jpeg else MAX_MEGAPIXELS_PNG
    _check_size(image.width, image.height, MAX_MEGAPIXELS_PROGRESSIVE if image.info.get("progressive") else limit)
    tables = getattr(image, "quantization", None) if jpeg else None
    turned = image.getexif().get(ORIENTATION, 1) not in (0, 1)
    if jpeg:
        _decode_smaller(image)
    image.load()
    as_filmed = image.size
    pixels = _flat(ImageOps.exif_transpose(image) if turned else image)
    pixels.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    pixels.info = {}  # comment, EXIF, colour profile, text chunks: nothing but pixels goes on
    out = io.BytesIO()
    if not jpeg:
        pixels.save(out, "PNG")
    elif tables and not turned and pixels.size == as_filmed and set(tables) <= {0, 1}:
        # The camera's own quantisation keeps the picture and its size in KB as they were: the size is a rule of the notice (003 (三)).
        pixels.save(out, "JPEG", qtables=tables, subsampling=_subsampling(image))
    else:
        pixels.save(out, "JPEG", quality=92, subsampling=0)
    data = {"media_type": "image/jpeg" if jpeg else "image/png", "width": pixels.width, "height": pixels.height}
    return Answer(data, (out.getvalue(),))


def _check_size(width: int, height: int, limit: int) -> None:
    megapixels = width * height / 1_000_000
    if megapixels > limit:
        sentence = (
            f"图片为 {width}×{height} 像素（约 {megapixels:.0f} 百万像素），超过 {limit} 百万像素。请缩小后上传。"
        )
        raise Refused("IMAGE_TOO_MANY_PIXELS", sentence)
    if min(width, height) < 16:
        raise Refused("IMAGE_TOO_SMALL", f"图片只有 {width}×{height} 像素，看不清内容。请重新拍摄后上传。")


def _decode_smaller(image: Image.Image) -> None:
    """Let the JPEG decoder itself divide the sides by 2, 4 or 8: an 81-megapixel photo never exists in memory."""
    scale = 1
    while scale < 8 and image.width * image.height / scale**2 > MAX_MEGAPIXELS_DECODED * 1_000_000:
        scale *= 2
    if scale > 1:
        image.draft("RGB", (image.width // scale, image.height // scale))


def _flat(image: Image.Image) -> Image.Image:
    """RGB on white; transparency would otherwise print as black."""
    if image.mode == "RGB":
        return image
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image if image.mode == "RGBA" else image.convert("RGBA")
        ground = Image.new("RGB", layered.size, (255, 255, 255))
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGB")


def _subsampling(image: Image.Image) -> int:
    """0 for 4:4:4, 1 for 4:2:2, 2 for 4:2:0, read from the sampling factors of the JPEG's own components."""
    layers = getattr(image, "layer", None) or []
    if len(layers) < 3:
        return 0
    horizontal, vertical = layers[0][1], layers[0][2]
    return {(1, 1): 0, (2, 1): 1, (2, 2): 2}.get((horizontal, vertical), 0)
