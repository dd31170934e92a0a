"""Drawn portraits (示例头像): fictional faces for demo and rehearsal, visibly drawings and yet photos by every rule of the notice (003 (三)).

Each seed gives one face, always the same. The paper grain that makes them look drawn lies on the person only: the background stays pure.
"""

from __future__ import annotations

import io
import random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

LEAST_BYTES, MOST_BYTES = 156 * 1024, 290 * 1024  # inside the window of both Yunnan (150–500 KB) and Jilin (150–300 KB)
QUALITIES = range(90, 101)
SHARP = 2  # drawn twice as large, then reduced: smooth edges
SKINS: tuple[Colour, ...] = ((246, 213, 188), (238, 200, 172), (229, 187, 156), (214, 169, 137))
HAIRS: tuple[Colour, ...] = ((38, 34, 36), (52, 42, 38), (66, 50, 42), (30, 32, 40))
CLOTHES: tuple[Colour, ...] = ((52, 73, 105), (74, 92, 84), (96, 70, 84), (70, 74, 84), (122, 98, 70), (48, 96, 108))
INK: Colour = (60, 46, 44)


def draw_portrait(seed: int, size: tuple[int, int] = (826, 1052), background: str | Colour = "#FFFFFF") -> bytes:
    """A JPEG of `size` pixels (portrait) with a drawn person on a plain `background`; 156–290 KB from 480×600 pixels up."""
    chance = random.Random(seed)
    width, height = size
    person = _person(chance, width * SHARP, height * SHARP).resize(size, Image.Resampling.LANCZOS)
    drawn = _grained(person, seed)
    sheet = Image.new("RGB", size, background)
    # A pixel that is hardly covered would grey the border of the head in the white check; it is background.
    cover = person.getchannel("A").point(lambda value: 0 if value < 10 else value)
    sheet.paste(drawn, mask=cover)
    return _encoded(sheet)


def _person(chance: random.Random, width: int, height: int) -> Image.Image:
    """The figure on transparent ground; all places are shares of the picture, so that every size draws alike."""
    sheet = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    draw = ImageDraw.Draw(sheet)
    skin, hair, cloth = chance.choice(SKINS), chance.choice(HAIRS), chance.choice(CLOTHES)
    woman, glasses = chance.random() < 0.55, chance.random() < 0.35
    half = chance.uniform(0.205, 0.225)  # half the width of the face
    figure = _Pen(draw, width, height)
    if woman:
        _long_hair(figure, hair, half, chance)
    _neck_and_clothes(figure, skin, cloth, chance)
    _face(figure, skin, half)
    _hair(figure, hair, half, chance, woman)
    _features(figure, hair, chance, woman)
    if glasses:
        _glasses(figure)
    return sheet


class _Pen:
    """Shapes in shares of the picture, mirrored about its middle where a figure is symmetrical."""

    def __init__(self, draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
        self.draw, self.width, self.height = draw, width, height

    def points(self, shares: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [((0.5 + x) * self.width, y * self.height) for x, y in shares]

    def oval(self, centre: tuple[float, float], radius: tuple[float, float], fill: Colour) -> None:
        (x, y), (across, down) = centre, radius
        self.draw.ellipse(
            [*self.points([(x - across, y - down)])[0], *self.points([(x + across, y + down)])[0]], fill=fill
        )

    def shape(
        self, shares: list[tuple[float, float]], fill: Colour, *, mirrored: bool = False, soft: bool = False
    ) -> None:
        whole = shares + [(-x, y) for x, y in reversed(shares)] if mirrored else shares
        self.draw.polygon(self.points(_softened(whole) if soft else whole), fill=fill)

    def line(self, shares: list[tuple[float, float]], fill: Colour, thickness: float) -> None:
        self.draw.line(self.points(shares), fill=fill, width=max(1, round(thickness * self.width)), joint="curve")

    def bow(self, box: Box, start: float, end: float, fill: Colour, thickness: float) -> None:
        """Part of the outline of an ellipse; `box` is left, top, right, bottom."""
        corners = [*self.points([(box[0], box[1])])[0], *self.points([(box[2], box[3])])[0]]
        self.draw.arc(corners, start, end, fill=fill, width=max(1, round(thickness * self.width)))


def _softened(corners: list[tuple[float, float]], steps: int = 8) -> list[tuple[float, float]]:
    """A closed curve through the corners (Catmull–Rom)."""
    curve: list[tuple[float, float]] = []
    for index in range(len(corners)):
        before, start, end, after = (np.array(corners[(index + by) % len(corners)]) for by in (-1, 0, 1, 2))
        for t in (step / steps for step in range(steps)):
            bend = (2 * before - 5 * start + 4 * end - after) * t**2 + (3 * start - before - 3 * end + after) * t**3
            x, y = (2 * start + (end - before) * t + bend) / 2
            curve.append((float(x), float(y)))
    return curve


def _shade(colour: Colour, by: float) -> Colour:
    red, green, blue = (max(0, min(255, round(part * by))) for part in colour)
    return red, green, blue


def _long_hair(pen: _Pen, hair: Colour, half: float, chance: random.Random) -> None:
    """Hair behind the face, to the chin or to the shoulders."""
    end = chance.choice((0.70, 0.80, 0.86))
    wide = half + 0.055
    pen.shape(
        [(0.0, 0.10), (wide * 0.75, 0.16), (wide, 0.34), (wide + 0.012, end - 0.10), (wide - 0.02, end), (0.08, end)],
        hair,
        mirrored=True,
        soft=True,
    )
    pen.oval((0, 0.32), (wide, 0.225), hair)


def _neck_and_clothes(pen: _Pen, skin: Colour, cloth: Colour, chance: random.Random) -> None:
    coat = chance.random() < 0.3
    outer: Colour = (226, 232, 238) if coat else cloth
    pen.shape([(0.085, 0.60), (0.088, 0.76), (0.13, 0.84), (0.0, 0.92)], _shade(skin, 0.9), mirrored=True)
    pen.shape([(0.085, 0.655), (0.09, 0.70), (0.0, 0.755)], _shade(skin, 0.8), mirrored=True)
    pen.shape(
        [(0.10, 0.785), (0.24, 0.825), (0.36, 0.865), (0.43, 0.915), (0.465, 1.01), (0.3, 1.06)],
        outer,
        mirrored=True,
        soft=True,
    )
    inner = cloth if coat else _shade(cloth, 1.35)
    pen.shape([(0.095, 0.785), (0.0, 0.945)], _shade(skin, 0.95), mirrored=True)
    pen.shape([(0.10, 0.785), (0.155, 0.80), (0.03, 1.01), (0.0, 1.01), (0.0, 0.945)], inner, mirrored=True)
    for side in (-1, 1):
        pen.shape(
            [(side * 0.098, 0.782), (side * 0.165, 0.80), (side * 0.19, 0.875), (side * 0.05, 1.0)], _shade(outer, 0.92)
        )
        pen.line([(side * 0.165, 0.80), (side * 0.19, 0.875), (side * 0.05, 1.0)], _shade(outer, 0.72), 0.004)
        pen.line([(side * 0.30, 0.93), (side * 0.315, 1.01)], _shade(outer, 0.78), 0.004)


def _face(pen: _Pen, skin: Colour, half: float) -> None:
    for side in (-1, 1):
        pen.oval((side * half, 0.43), (0.03, 0.042), _shade(skin, 0.93))
        pen.oval((side * half, 0.43), (0.015, 0.024), _shade(skin, 0.84))
    pen.oval((0, 0.36), (half, 0.215), skin)
    pen.shape(
        [(half * 0.7, 0.25), (half, 0.38), (half * 0.97, 0.47), (half * 0.83, 0.575), (half * 0.42, 0.668)],
        skin,
        mirrored=True,
        soft=True,
    )
    for side in (-1, 1):
        pen.oval((side * half * 0.6, 0.535), (0.045, 0.03), _blend(skin, (236, 150, 140), 0.16))


def _blend(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _hair(pen: _Pen, hair: Colour, half: float, chance: random.Random, woman: bool) -> None:
    """Cap of hair with a parting or a fringe, and a few lighter strands."""
    wide, side = half + 0.026, chance.choice((-1, 1))
    low = 0.43 if woman else 0.385
    parting, brow = side * chance.uniform(0.05, 0.12), chance.uniform(0.27, 0.30)
    outer = [(-wide, low), (-wide - 0.004, 0.30), (-wide * 0.88, 0.19), (-wide * 0.5, 0.125), (0.0, 0.105)]
    outer += [(-x, y) for x, y in reversed(outer[:-1])]
    if chance.random() < 0.5:
        inner = [
            (half * 0.93, 0.36),
            (half * 0.80, brow + 0.02),
            (0.05, brow + 0.035),
            (-0.05, brow + 0.03),
            (-half * 0.82, brow + 0.015),
        ]
        root = 0.0
    else:
        inner = [
            (half * 0.93, 0.36),
            (half * 0.78, 0.295),
            (parting + 0.055, 0.235),
            (parting, 0.185),
            (parting - 0.055, 0.235),
        ]
        inner += [(-half * 0.78, 0.295)]
        root = parting
    pen.shape([*outer, *inner, (-half * 0.93, 0.36)], hair, soft=True)
    for number in range(6):
        start = -wide * 0.8 + number * wide * 0.32
        strand = [(root + (start - root) * 0.35, 0.135), (root + (start - root) * 0.75, 0.168), (start, 0.225)]
        pen.line(strand, _shade(hair, 1.5), 0.0035)


def _features(pen: _Pen, hair: Colour, chance: random.Random, woman: bool) -> None:
    apart, eye_line = chance.uniform(0.094, 0.104), 0.425
    wide, open_by = 0.038, chance.uniform(0.0125, 0.0165)
    for side in (-1, 1):
        x = side * apart
        pen.oval((x, eye_line), (wide, open_by), (250, 248, 244))
        pen.oval((x, eye_line), (0.0155, open_by * 1.02), (58, 40, 34))
        pen.oval((x, eye_line), (0.008, open_by * 0.55), (20, 16, 18))
        pen.oval((x + 0.006, eye_line - 0.005), (0.0035, 0.003), (255, 255, 255))
        pen.bow((x - wide, eye_line - open_by * 1.15, x + wide, eye_line + open_by * 1.1), 190, 350, INK, 0.007)
        lift = 0.006 if woman else 0.002
        brow = [(x - side * 0.045, 0.378), (x, 0.368 - lift), (x + side * 0.045, 0.376)]
        pen.line(brow, _shade(hair, 1.15), 0.008 if woman else 0.013)
    pen.bow((-0.034, 0.47, 0.034, 0.523), 35, 145, _shade(INK, 1.7), 0.006)
    pen.line([(0.013, 0.44), (0.021, 0.485)], _shade(INK, 2.4), 0.004)
    smile = chance.uniform(0.02, 0.032)
    lip: Colour = (196, 92, 92) if woman else (176, 104, 94)
    pen.bow((-0.062, 0.585 - smile, 0.062, 0.585 + smile), 18, 162, lip, 0.012)
    pen.bow((-0.062, 0.583 - smile, 0.062, 0.583 + smile), 22, 158, _shade(lip, 0.7), 0.004)
    pen.bow((-0.04, 0.60, 0.04, 0.65), 50, 130, _shade(INK, 2.9), 0.004)


def _glasses(pen: _Pen) -> None:
    for side in (-1, 1):
        left, right = sorted((side * 0.04, side * 0.165))
        pen.bow((left, 0.385, right, 0.47), 0, 360, (64, 62, 70), 0.007)
        pen.line([(side * 0.165, 0.425), (side * 0.215, 0.415)], (64, 62, 70), 0.006)
    pen.bow((-0.045, 0.41, 0.045, 0.45), 200, 340, (64, 62, 70), 0.006)


def _grained(person: Image.Image, seed: int) -> Image.Image:
    """Crayon on paper: soft light from the left, fine grain and slanting strokes. It also gives the file the weight that the notice asks for."""
    width, height = person.size
    noise = np.random.default_rng(seed)
    grain = noise.normal(0, 9, (height, width, 3)) + noise.normal(0, 7, (height, width, 1))
    down, across = np.mgrid[0:height, 0:width]
    strokes = 4.5 * np.sin((across + down * 0.6) * (2 * np.pi * 130 / width) + noise.normal(0, 0.6, (height, 1)))
    light = 10 * (0.5 - across / width)
    drawn = np.asarray(person.convert("RGB"), dtype=np.float32) + grain + (strokes + light)[..., None]
    edges = person.convert("L").filter(ImageFilter.FIND_EDGES).filter(ImageFilter.GaussianBlur(1.2))
    outline = ImageChops.invert(edges.point(lambda value: min(70, value * 2)))
    return ImageChops.multiply(
        Image.fromarray(np.clip(drawn, 0, 255).astype(np.uint8)), Image.merge("RGB", [outline] * 3)
    )


def _encoded(sheet: Image.Image) -> bytes:
    """The first quality that is heavy enough; the lightest there is when even that is too heavy."""
    for quality in QUALITIES:
        out = io.BytesIO()
        sheet.save(out, "JPEG", quality=quality, subsampling=0)
        if out.tell() >= LEAST_BYTES:
            break
    while out.tell() > MOST_BYTES and quality > 40:
        quality -= 4
        out = io.BytesIO()
        sheet.save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()
