"""The ID photo (个人照片, 003 (三)2 and (三)5): measured against the notice's rule, and repaired where a machine can.

Pure: knows no Django and no app. It gets an image that `gme_portal.files.inspection` has rebuilt from its pixels. Nothing here recognises a face:
the head is only where the background ends, and its size is advice where the notice contradicts itself.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageFilter

from gme_portal.policy.schema import PhotoRule

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

RING = 0.05  # how much of the width and height counts as border
SHOULDERS = 0.55  # of the height: below it a coat may touch the sides
NEAR_WHITE = 200  # a border darker than this, or spread wider than SPREAD, is no background that we may whiten
SPREAD = 14.0
FILLED = (0.12, 0.92)  # share of the picture that a person covers
HEAD_LEEWAY = 0.15
NECK = 0.85  # of the width of the head: what is wider is hair
MASK_SIDE = 360
NO_LIMIT_KB = 100_000  # what the platform takes at all is limited where it is uploaded
SCALES = (1.0, 1.25, 1.5, 2.0, 2.5)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule and what was measured. `advice`: shown, but nothing is refused for it. `sentence` says what to do where the rule is not met."""

    key: str
    label: str
    passed: bool
    measured: str
    wanted: str
    sentence: str = ""
    advice: bool = False

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def check(content: bytes, rule: PhotoRule, *, kind: str = "jpg", size: int | None = None) -> tuple[Finding, ...]:
    """Every rule with its measure. `kind`: what the upload was (jpg, png); `size`: its bytes as they came, where cleaning changed them."""
    image = _open(content)
    pixels = np.asarray(image)
    findings = [_format(kind, rule)]
    if rule.min_width or rule.min_height:
        findings.append(_dimensions(image, rule))
    if rule.min_kb or rule.max_kb:
        findings.append(_size(len(content) if size is None else size, rule))
    if rule.background:
        findings.append(_background(white_share(pixels, rule.background), rule))
    findings += [_upright(image, pixels), _person(pixels)]
    if rule.head_ratio:
        findings.append(_head(pixels, rule))
    return tuple(findings)


def rule_words(rule: PhotoRule) -> tuple[str, ...]:
    """What the notice asks of a photo, one sentence each; what it does not say is not asked."""
    formats = "、".join(dict.fromkeys("JPG" if each == "jpeg" else each.upper() for each in rule.formats))
    parts = [f"{formats} 格式"]
    if rule.min_width or rule.min_height:
        parts.append(f"不小于 {rule.min_width}×{rule.min_height} 像素")
    if rule.min_kb or rule.max_kb:
        parts.append(_size_words(rule))
    said = ["，".join(parts) + "。"]
    said.append(
        f"背景纯白（{rule.background}），没有边框；人像正立、清晰。"
        if rule.background
        else "本人近期免冠照片，人像正立、清晰。"
    )
    if rule.head_ratio:
        said.append(f"头部约占照片高度的 {rule.head_ratio:.0%}{'（只作提示）' if rule.head_is_advice else ''}。")
    return tuple(said)


def failures(findings: tuple[Finding, ...]) -> list[Finding]:
    """What a photo is refused for."""
    return [finding for finding in findings if not finding.passed and not finding.advice]


def white_share(pixels: Pixels, background: str) -> float:
    """Share of the border (top, and both sides down to the shoulders) that is exactly the background's colour."""
    ring = _ring(pixels)
    return float((pixels[ring] == np.array(ImageColor.getrgb(background))).all(axis=1).mean())


def repair(content: bytes, rule: PhotoRule) -> bytes | None:
    """The photo turned upright, its nearly white background made the notice's white, cropped to the frame and brought into the size window,
    as JPEG; None where that does not help (a coloured background, no person, too few pixels to begin with)."""
    image = _turned(_open(content))
    if image.width < rule.min_width * 0.5 or image.height < rule.min_height * 0.5:
        return None
    if rule.min_width and rule.min_height:
        image.thumbnail((rule.min_width * 4, rule.min_height * 4), Image.Resampling.LANCZOS)
    pixels = np.asarray(image)
    if rule.background and white_share(pixels, rule.background) < rule.min_white_share:
        mask = background_mask(pixels)
        if mask is None:
            return None
        image = _whitened(image, mask, rule.background)
    framed = _framed(image, rule)
    repaired = _sized(framed, rule)
    return None if failures(check(repaired, rule)) else repaired


def background_mask(pixels: Pixels) -> Mask | None:
    """Where the background is: what is nearly as bright as the border and joined to it.

    None where the border is no plain, bright surface, or where a white coat would be taken for background."""
    ring = pixels[_ring(pixels)].astype(np.int16)
    middle = np.median(ring, axis=0)
    # A hair or a frame in the border must not widen the tolerance: the inner four fifths tell the spread.
    distance = np.sort(np.abs(ring - middle).max(axis=1))
    spread = float(distance[int(len(distance) * 0.8)])
    if middle.min() < NEAR_WHITE or np.ptp(middle) > SPREAD * 2 or spread > SPREAD * 2:
        return None
    tolerance = np.full(pixels.shape[0], min(40.0, max(12.0, spread * 2)))
    tolerance[int(pixels.shape[0] * SHOULDERS) :] = 12.0  # below the shoulders a white coat must not be eaten
    near = np.abs(pixels.astype(np.int16) - middle).max(axis=2) <= tolerance[:, None]
    mask = near & _grown(near)
    chest = mask[int(pixels.shape[0] * (1 - RING)) :, pixels.shape[1] // 3 : -pixels.shape[1] // 3]
    return None if chest.mean() > 0.3 else mask


def _open(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=("JPEG", "PNG")).convert("RGB")


def _ring(pixels: Pixels) -> Mask:
    height, width = pixels.shape[:2]
    ring = np.zeros((height, width), dtype=bool)
    side, top = max(1, int(width * RING)), max(1, int(height * RING))
    ring[:top] = True
    ring[: int(height * SHOULDERS), :side] = True
    ring[: int(height * SHOULDERS), -side:] = True
    return ring


def _grown(near: Mask) -> Mask:
    """The part of `near` that is joined to the top or to the sides above the shoulders; grown on a small copy, which is exact enough."""
    step = max(1, max(near.shape) // MASK_SIDE)
    small = near[::step, ::step]
    reached = np.zeros_like(small)
    shoulders = int(small.shape[0] * SHOULDERS)
    reached[0], reached[:shoulders, 0], reached[:shoulders, -1] = small[0], small[:shoulders, 0], small[:shoulders, -1]
    while True:
        wider = reached.copy()
        wider[1:] |= reached[:-1]
        wider[:-1] |= reached[1:]
        wider[:, 1:] |= reached[:, :-1]
        wider[:, :-1] |= reached[:, 1:]
        wider &= small
        if (wider == reached).all():
            break
        reached = wider
    grown = np.repeat(np.repeat(reached, step, axis=0), step, axis=1)[: near.shape[0], : near.shape[1]]
    return np.pad(grown, ((0, near.shape[0] - grown.shape[0]), (0, near.shape[1] - grown.shape[1])), mode="edge")


def _whitened(image: Image.Image, mask: Mask, background: str) -> Image.Image:
    """The background in one colour, with a soft edge of a pixel or two against hair."""
    cover = (
        Image.fromarray((mask * 255).astype(np.uint8))
        .filter(ImageFilter.MaxFilter(3))
        .filter(ImageFilter.GaussianBlur(1))
    )
    sheet = Image.new("RGB", image.size, background)
    mixed = np.asarray(Image.composite(sheet, image, cover)).copy()
    mixed[mask] = ImageColor.getrgb(background)
    ring = _ring(mixed)
    # Dust and compression noise in the border: what is nearly there is there.
    bright = ring & (np.abs(mixed.astype(np.int16) - np.array(ImageColor.getrgb(background))).max(axis=2) <= 60)
    mixed[bright] = ImageColor.getrgb(background)
    return Image.fromarray(mixed)


def _turned(image: Image.Image) -> Image.Image:
    """The way round in which the top border is background and the bottom is not; unchanged when no way is."""
    if _stands(np.asarray(image)):
        return image
    turns = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180)
    return next((turned for turn in turns if _stands(np.asarray(turned := image.transpose(turn)))), image)


def _stands(pixels: Pixels) -> bool:
    height = pixels.shape[0]
    strip = max(1, int(height * RING))
    like = pixels[:strip].reshape(-1, 3)
    middle = np.median(like, axis=0)
    bottom = pixels[-strip:].reshape(-1, 3)
    return _alike(like, middle) > 0.9 and _alike(bottom, middle) < 0.6 and height > pixels.shape[1]


def _alike(rows: Pixels, colour: NDArray[np.float64]) -> float:
    return float((np.abs(rows.astype(np.int16) - colour).max(axis=1) < 25).mean())


def _framed(image: Image.Image, rule: PhotoRule) -> Image.Image:
    """Cut or filled to the frame of the notice, with the person in the middle and the room above the head kept."""
    if not (rule.min_width and rule.min_height):
        return image
    ratio = rule.min_width / rule.min_height
    if abs(image.width / image.height - ratio) < 0.03:
        return image
    if image.width / image.height > ratio:
        width = round(image.height * ratio)
        columns = np.flatnonzero(_person_mask(np.asarray(image)).any(axis=0))
        centre = (columns[0] + columns[-1]) / 2 if len(columns) else image.width / 2
        left = int(min(max(centre - width / 2, 0), image.width - width))
        return image.crop((left, 0, left + width, image.height))
    height = round(image.width / ratio)
    return image.crop((0, 0, image.width, height))


def _sized(image: Image.Image, rule: PhotoRule) -> bytes:
    """As JPEG inside the window of KB and pixels: larger steps until the best quality is heavy enough, then the quality that fits."""
    low, high = rule.min_kb * 1024, (rule.max_kb or NO_LIMIT_KB) * 1024
    base = max(1.0, rule.min_width / image.width, rule.min_height / image.height)
    best = b""
    for scale in SCALES:
        size = (
            max(rule.min_width, round(image.width * base * scale)),
            max(rule.min_height, round(image.height * base * scale)),
        )
        drawn = image.resize(size, Image.Resampling.LANCZOS) if size != image.size else image
        best = _jpeg(drawn, 98)
        if len(best) >= low:
            return _lighter(drawn, best, low, high)
    return _jpeg(drawn, 98, comment=b"\x20" * min(60_000, low - len(best) + 512))


def _lighter(image: Image.Image, best: bytes, low: int, high: int) -> bytes:
    first, last = 60, 98
    while len(best) > high and first < last:
        quality = (first + last) // 2
        tried = _jpeg(image, quality)
        if len(tried) > high:
            last = quality - 1
        elif len(tried) < low:
            first = quality + 1
        else:
            return tried
    return best


def _jpeg(image: Image.Image, quality: int, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0, comment=comment)
    return out.getvalue()


def _person_mask(pixels: Pixels) -> Mask:
    """What is not background, by the border's own colour."""
    middle = np.median(pixels[_ring(pixels)], axis=0)
    return np.asarray(np.abs(pixels.astype(np.int16) - middle).max(axis=2) > 30, dtype=bool)


def _format(kind: str, rule: PhotoRule) -> Finding:
    wanted = "、".join(dict.fromkeys("JPG" if each == "jpeg" else each.upper() for each in rule.formats))
    passed = kind in {"jpg" if each == "jpeg" else each for each in rule.formats}
    return Finding(
        "format", "格式", passed, kind.upper(), wanted, f"照片应为 {wanted} 格式，现为 {kind.upper()}，请另存后上传。"
    )


def _dimensions(image: Image.Image, rule: PhotoRule) -> Finding:
    passed = image.width >= rule.min_width and image.height >= rule.min_height
    measured, wanted = f"{image.width}×{image.height} 像素", f"不小于 {rule.min_width}×{rule.min_height} 像素"
    return Finding("pixels", "像素", passed, measured, wanted, f"照片应{wanted}，现为 {measured}，请用原图或重新拍摄。")


def _size(size: int, rule: PhotoRule) -> Finding:
    high = (rule.max_kb or NO_LIMIT_KB) * 1024
    passed = rule.min_kb * 1024 <= size <= high
    # One byte too few must not read as the limit itself, nor one too many.
    tenths = -(-size * 10 // 1024) if size > high else size * 10 // 1024
    measured, wanted = f"{tenths / 10:.1f} KB", _size_words(rule)
    advice = "请换用更清晰的原图" if size < rule.min_kb * 1024 else "请压缩"
    return Finding(
        "size", "文件大小", passed, measured, wanted, f"照片应为 {wanted}，现为 {measured}，{advice}后上传。"
    )


def _size_words(rule: PhotoRule) -> str:
    return f"{rule.min_kb}–{rule.max_kb} KB" if rule.max_kb else f"不小于 {rule.min_kb} KB"


def _background(share: float, rule: PhotoRule) -> Finding:
    # Never rounded up to the limit that it does not reach.
    shown = f"{int(share * 1000) / 10:g}%"
    wanted = f"边缘至少 {rule.min_white_share:.0%} 为 {rule.background} 纯白"
    sentence = (
        f"背景应为纯白、无边框：边缘只有 {shown} 是纯白，须达到 {rule.min_white_share:.0%}。请用白底重新拍摄或抠图。"
    )
    return Finding("background", "白底", share >= rule.min_white_share, f"边缘 {shown} 纯白", wanted, sentence)


def _upright(image: Image.Image, pixels: Pixels) -> Finding:
    portrait = image.height > image.width
    measured = "竖幅" if portrait else "横幅"
    wrong = not portrait or (not _stands(pixels) and _stands(pixels[::-1, ::-1]))
    if portrait and wrong:
        measured = "上下颠倒"
    return Finding("upright", "方向", not wrong, measured, "竖幅、人像正立", f"照片是{measured}的，请转正后上传。")


def _person(pixels: Pixels) -> Finding:
    share = float(_person_mask(pixels).mean())
    passed = FILLED[0] <= share <= FILLED[1]
    sentence = f"没有找到人像，或人像没有与背景分开（人像占 {share:.0%}）。请上传本人正面免冠照片。"
    return Finding("person", "人像", passed, f"占画面 {share:.0%}", f"占画面 {FILLED[0]:.0%}–{FILLED[1]:.0%}", sentence)


def _head(pixels: Pixels, rule: PhotoRule) -> Finding:
    """From the top of the hair to the neck, the narrowest row below the widest of the head: a silhouette, no face is looked for."""
    wanted = f"头部约占高度的 {rule.head_ratio:.0%}"
    ratio = _head_share(pixels)
    if ratio is None:
        return Finding("head", "头部大小", True, "颈部被头发遮住，未估算", wanted, advice=rule.head_is_advice)
    passed = abs(ratio - rule.head_ratio) <= HEAD_LEEWAY
    sentence = f"头部约占高度的 {ratio:.0%}，要求约 {rule.head_ratio:.0%}；这是按轮廓估算的，请自行目测。"
    return Finding("head", "头部大小", passed, f"约占高度 {ratio:.0%}", wanted, sentence, rule.head_is_advice)


def _head_share(pixels: Pixels) -> float | None:
    """Head height by photo height; None where long hair leaves no neck to see, 0 where nobody is there."""
    widths = _person_mask(pixels).sum(axis=1) / pixels.shape[1]
    rows = np.flatnonzero(widths > 0.02)
    height = pixels.shape[0]
    if not len(rows):
        return 0.0
    top = int(rows[0])
    upper = widths[top : top + max(2, int(height * 0.45))]
    widest = top + int(upper[: max(1, int(height * 0.3))].argmax())
    lower = widths[widest : min(height, widest + int(height * 0.5))]
    if float(lower.min()) > NECK * float(widths[widest]):
        return None
    return float((widest + int(lower.argmin()) - top) / height)
