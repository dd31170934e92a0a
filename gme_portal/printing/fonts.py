"""Fonts (字体): exactly the faces we name, whatever the machine has installed.

Noto Serif SC and Noto Sans SC come from a wheel and cover GB 18030 level 2; HanaMinB, where the machine has it (apt `fonts-hanazono`), adds
Extension B. Genuine official faces (方正小标宋, 仿宋_GB2312) are proprietary: an operator may put them into `GME_VAR/fonts`, and they are then
preferred. A character that none of them has is reported, never printed as a silent box.
"""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

import pylopdf_fonts_zh_cn
from django.conf import settings
from fontTools.ttLib import TTFont

WHEEL = Path(pylopdf_fonts_zh_cn.__file__).parent
HANAZONO = (
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
    Path("/usr/share/fonts/hanazono/HanaMinB.ttf"),
    Path("/usr/share/fonts/TTF/HanaMinB.ttf"),
)
SERIF, SANS, RARE = "Noto Serif SC", "Noto Sans SC", "HanaMinB"
ALIASES = {
    "标宋": ("方正小标宋简体", "方正小标宋_GBK", SERIF, RARE),
    "宋体": ("方正书宋_GBK", SERIF, RARE),
    "SimSun": (SERIF, RARE),
    "仿宋": ("仿宋_GB2312", "方正仿宋_GBK", "FangSong", SERIF, RARE),
    "黑体": ("方正黑体_GBK", SANS, RARE),
    "SimHei": (SANS, RARE),
    "serif": (SERIF, RARE),
    "sans-serif": (SANS, RARE),
}
UNSEEN = {0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}


def font_files() -> tuple[Path, ...]:
    """The files we print with, in order of preference."""
    own = sorted(
        path for path in (settings.GME_VAR / "fonts").glob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    )
    rare = [path for path in HANAZONO if path.is_file()][:1]
    return (*own, WHEEL / "NotoSerifSC-Regular.otf", WHEEL / "NotoSansSC-Regular.otf", *rare)


def missing_glyphs(text: str) -> tuple[str, ...]:
    """The characters of `text` that no font of ours can draw, each once, in order. For a check when a name is saved (姓名生僻字)."""
    covered = _coverage()
    absent = (
        sign
        for sign in text
        if not sign.isspace() and ord(sign) >= 0x20 and ord(sign) not in covered and ord(sign) not in UNSEEN
    )
    return tuple(dict.fromkeys(absent))


@lru_cache(maxsize=1)
def _coverage() -> frozenset[int]:
    covered: set[int] = set()
    for path in font_files():
        with TTFont(path, lazy=True, fontNumber=0) as font:
            covered.update(font.getBestCmap())
    return frozenset(covered)


def written_config() -> Path:
    """Write fonts.conf and a folder of links to the font files under GME_VAR; several processes may do so at once."""
    home = settings.GME_VAR / "printing"
    links = home / "fonts"
    links.mkdir(parents=True, exist_ok=True)
    for source in font_files():
        _replace(links / source.name, lambda place, source=source: place.symlink_to(source))
    config = home / "fonts.conf"
    _replace(config, lambda place: place.write_text(_config(links, home / "cache"), encoding="utf-8"))
    return config


def _replace(target: Path, make) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}")
    draft.unlink(missing_ok=True)
    make(draft)
    draft.replace(target)


def _config(links: Path, cache: Path) -> str:
    lines = [
        '<?xml version="1.0"?>',
        '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
        "<fontconfig>",
        f"<dir>{escape(str(links))}</dir>",
        f"<cachedir>{escape(str(cache))}</cachedir>",
    ]
    for name, families in ALIASES.items():
        preferred = "".join(f"<family>{escape(family)}</family>" for family in families)
        lines.append(f'<alias binding="same"><family>{name}</family><prefer>{preferred}</prefer></alias>')
    return "\n".join([*lines, "</fontconfig>", ""])
