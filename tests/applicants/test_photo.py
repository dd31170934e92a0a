"""The photo rule of Yunnan 2025 on both sides of each edge, and what a machine may mend."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from applicants import photo
from gme_portal.policy import load
from gme_portal.policy.schema import PhotoRule
from tests.applicants.portraits import WHITE, good_photo, jpeg, portrait

RULE: PhotoRule = load(Path(__file__).parents[2] / "fixtures/policies/yunnan-2025-residency.toml").photo
KB = 1024


def failed(content: bytes, **kwargs: object) -> set[str]:
    return {finding.key for finding in photo.failures(photo.check(content, RULE, **kwargs))}


def widened(image: Image.Image) -> Image.Image:
    sheet = Image.new("RGB", (1600, image.height), WHITE)
    sheet.paste(image, (600, 0))
    return sheet


def test_a_good_photo_meets_every_rule() -> None:
    assert failed(good_photo()) == set()


@pytest.mark.parametrize(
    ("size", "keys"),
    [(149 * KB, {"size"}), (150 * KB - 1, {"size"}), (150 * KB, set()), (500 * KB, set()), (500 * KB + 1, {"size"})],
)
def test_the_window_of_kilobytes_holds_both_its_ends(size: int, keys: set[str]) -> None:
    assert failed(jpeg(portrait(), size=size)) == keys


def test_149_kb_is_said_as_measured() -> None:
    finding = photo.failures(photo.check(jpeg(portrait(), size=149 * KB), RULE))[0]
    assert "149.0 KB" in finding.sentence
    assert "150–500 KB" in finding.sentence


@pytest.mark.parametrize(
    ("width", "height", "keys"), [(413, 526, set()), (412, 526, {"pixels"}), (413, 525, {"pixels"})]
)
def test_the_smallest_size_in_pixels(width: int, height: int, keys: set[str]) -> None:
    assert failed(jpeg(portrait(width=width, height=height), size=200 * KB)) == keys


@pytest.mark.parametrize("background", [(254, 254, 254), (240, 240, 240), (200, 200, 200), (60, 120, 220)])
def test_what_is_not_pure_white_is_refused(background: tuple[int, int, int]) -> None:
    assert failed(jpeg(portrait(background), size=200 * KB)) == {"background"}


@pytest.mark.parametrize(("spoilt", "keys"), [(0.015, set()), (0.025, {"background"})])
def test_two_in_a_hundred_pixels_of_the_border_may_be_off(spoilt: float, keys: set[str]) -> None:
    image = portrait()
    rows = int(image.height * photo.SHOULDERS)
    side = max(1, int(image.width * photo.RING))
    border = image.width * int(image.height * photo.RING) + 2 * side * (rows - int(image.height * photo.RING))
    ImageDraw.Draw(image).rectangle((0, 200, side - 1, 200 + int(border * spoilt / side)), fill=(0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    assert failed(out.getvalue(), kind="jpg", size=200 * KB) == keys


def test_a_black_frame_is_no_white_border() -> None:
    image = portrait()
    ImageDraw.Draw(image).rectangle((0, 0, image.width - 1, image.height - 1), outline=(0, 0, 0), width=20)
    assert "background" in failed(jpeg(image, size=200 * KB))


def test_a_png_is_told_to_be_a_jpg() -> None:
    assert failed(good_photo(), kind="png") == {"format"}


def test_lying_and_upside_down_are_noticed() -> None:
    assert "upright" in failed(jpeg(portrait().transpose(Image.Transpose.ROTATE_90), size=200 * KB))
    assert "upright" in failed(jpeg(portrait().transpose(Image.Transpose.ROTATE_180), size=200 * KB))


def test_a_white_sheet_is_nobody() -> None:
    assert failed(jpeg(Image.new("RGB", (826, 1052), WHITE), size=200 * KB)) == {"person"}


def test_the_head_is_only_advice_because_the_notice_contradicts_itself() -> None:
    small = Image.new("RGB", (826, 1052), WHITE)
    small.paste(portrait(width=500, height=636), (160, 416))
    findings = photo.check(jpeg(small, size=200 * KB), RULE)
    head = next(finding for finding in findings if finding.key == "head")
    assert head.advice
    assert not head.passed
    assert not photo.failures(findings)


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(portrait((246, 247, 248), grain=2), id="nearly white"),
        pytest.param(portrait((215, 215, 215), grain=2), id="light grey"),
        pytest.param(portrait(), id="too light in KB"),
        pytest.param(portrait().transpose(Image.Transpose.ROTATE_180), id="upside down"),
        pytest.param(portrait((240, 240, 240)).transpose(Image.Transpose.ROTATE_90), id="lying"),
        pytest.param(portrait(width=413, height=526), id="smallest"),
        pytest.param(widened(portrait()), id="too wide"),
    ],
)
def test_what_a_machine_can_mend_meets_every_rule_afterwards(image: Image.Image) -> None:
    mended = photo.repair(jpeg(image), RULE)
    assert mended is not None
    assert failed(mended) == set()


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(portrait((60, 120, 220)), id="blue"),
        pytest.param(portrait((150, 150, 150)), id="dark grey"),
        pytest.param(Image.new("RGB", (826, 1052), WHITE), id="nobody"),
        pytest.param(portrait(width=200, height=255), id="far too small"),
        pytest.param(portrait((240, 240, 240), coat=(237, 237, 238)), id="a white coat that would be eaten"),
    ],
)
def test_what_a_machine_cannot_mend_is_left_alone(image: Image.Image) -> None:
    assert photo.repair(jpeg(image), RULE) is None


def test_mending_does_not_touch_the_person() -> None:
    before = portrait((230, 230, 230))
    after = Image.open(io.BytesIO(photo.repair(jpeg(before), RULE))).convert("RGB").resize(before.size)
    for place in ((413, 420), (413, 120), (413, 900)):
        assert max(abs(a - b) for a, b in zip(before.getpixel(place), after.getpixel(place), strict=True)) < 12


@pytest.mark.parametrize(
    ("size", "said"),
    [(150 * KB - 1, "149.9 KB"), (150 * KB, "150.0 KB"), (500 * KB, "500.0 KB"), (500 * KB + 1, "500.1 KB")],
)
def test_one_byte_beside_the_limit_is_not_said_as_the_limit(size: int, said: str) -> None:
    measured = {finding.key: finding.measured for finding in photo.check(jpeg(portrait(), size=size), RULE)}
    assert measured["size"] == said


def test_a_notice_that_says_little_asks_little() -> None:
    """002 三(三)3 gives 150–300 KB and nothing more: no pixels, no background, no head."""
    rule = replace(RULE, min_width=0, min_height=0, background="", min_white_share=0.0, head_ratio=0.0, max_kb=300)
    assert [one.key for one in photo.check(jpeg(portrait()), rule)] == ["format", "size", "upright", "person"]
    assert photo.rule_words(rule) == ("JPG 格式，150–300 KB。", "本人近期免冠照片，人像正立、清晰。")
    assert "像素" in photo.rule_words(RULE)[0]


def test_a_size_without_an_upper_end_has_none() -> None:
    rule = replace(RULE, min_kb=150, max_kb=0)
    sized = {one.key: one for one in photo.check(jpeg(portrait()), rule, size=90_000 * 1024)}["size"]
    assert (sized.passed, sized.wanted) == (True, "不小于 150 KB")
    assert not {one.key: one for one in photo.check(jpeg(portrait()), rule, size=150 * 1024 - 1)}["size"].passed
