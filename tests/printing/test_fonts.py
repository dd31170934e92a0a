"""Fonts are ours and not the machine's, and what they lack is known before anything is printed."""

from __future__ import annotations

import base64
import io
import os

import pytest
from PIL import Image

from gme_portal.demo.portraits import draw_portrait
from gme_portal.printing import checks, engine, fonts
from gme_portal.printing.fonts import missing_glyphs
from gme_portal.printing.pictures import PHOTO_BOX, photo_data_uri, qr_svg

HAS_HANAZONO = any(path.is_file() for path in fonts.HANAZONO)


def test_rare_names_are_covered_by_installed_packages_alone() -> None:
    assert missing_glyphs("示例䶮㛃喆犇龘·买买提〇 𬱖𫖯\u3000\n") == ()


@pytest.mark.skipif(not HAS_HANAZONO, reason="fonts-hanazono is not installed")
def test_extension_b_is_covered_where_hanazono_is_installed() -> None:
    assert missing_glyphs("𠅤𪚥") == ()


def test_what_no_font_has_is_named_once_in_order() -> None:
    assert missing_glyphs("甲\U0002ebf0乙\U00031350\U0002ebf0") == ("\U0002ebf0", "\U00031350")


def test_only_our_folder_is_searched_and_the_environment_is_left_as_it_was() -> None:
    before = os.environ.get("FONTCONFIG_FILE")
    engine.configuration.cache_clear()
    engine.configuration()
    config = fonts.settings.GME_VAR / "printing" / "fonts.conf"
    assert config.read_text(encoding="utf-8").count("<dir>") == 1
    assert os.environ.get("FONTCONFIG_FILE") == before


def test_the_print_copy_of_a_photo_is_small() -> None:
    uri = photo_data_uri(draw_portrait(3))
    with Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as copy:
        assert copy.width <= PHOTO_BOX[0]
        assert copy.height <= PHOTO_BOX[1]
    assert uri.startswith("data:image/jpeg;base64,")
    assert len(uri) < 110_000


def test_a_qr_code_is_a_drawing_without_its_text() -> None:
    drawing = qr_svg("https://example.invalid/<script>")
    assert drawing.startswith("<svg")
    assert "script" not in drawing
    assert qr_svg("") == ""


def test_the_missing_subsetter_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(warning.id == "printing.W001" for warning in checks.fast_subsetting(None))

    def absent(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(checks.ctypes, "CDLL", absent)
    (warning,) = checks.fast_subsetting(None)
    assert "apt-get install libharfbuzz-subset0" in warning.msg
    assert "\n" not in warning.msg
