"""Blank forms and templates (表样) on paper: a title and lines of text as the notice gives them, set as official letters are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from gme_portal.printing.engine import Printed, render_pdf

TEMPLATE = "print/blank_paper.html"
BLANK = "\u3000"  # runs of full-width spaces are where the form is filled in by hand
LONGEST_SIGNATURE = 24
SIZES = {"large": 28, "middle": 37, "small": 42}  # how many characters a line takes
_ITEM = re.compile(r"[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、]")
_SEAL = re.compile(r"[（(](?:公章|盖章|签章|签字|签名|印章)[）)]$")
_DATE = re.compile(r"[\d×Xx*＊_\s]*年[\d×Xx*＊_\s年月日]*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the body. `kind`: prose (indented), form (exactly as written, with its room to fill in), closing (seal, date: to the right), gap."""

    text: str
    kind: str


def lines_of(title: str, body: str) -> tuple[str, tuple[Line, ...]]:
    """The heading and the lines under it. A body that begins with its own heading (a shorter form of the title) keeps that one."""
    texts = [text.rstrip(" \t\r") for text in body.strip("\r\n").split("\n")]
    first = texts[0].strip()
    heading = title
    if first and title.startswith(first):
        heading, texts = first, texts[1:]
    while texts and not texts[0].strip():
        texts = texts[1:]
    return heading, tuple(_kinds(texts))


def _kinds(texts: list[str]) -> Iterator[Line]:
    end = len(texts)
    while end and _closes(texts[end - 1]):
        end -= 1
    for place, text in enumerate(texts):
        yield Line(text, "closing" if place >= end else _kind(text))


def _closes(text: str) -> bool:
    """The last lines of a letter: who seals it, and when. A line with room to fill in stays where the form has it."""
    short = text.strip()
    if not short or len(short) > LONGEST_SIGNATURE or BLANK in text:
        return False
    return bool(_SEAL.search(short) or _DATE.fullmatch(short))


def _kind(text: str) -> str:
    if not text.strip():
        return "gap"
    if BLANK in text:
        return "form"
    told = text.rstrip()
    return (
        "prose"
        if told.endswith(("。", "；", "！", "？")) or _ITEM.match(told) or told.startswith(("（", "("))
        else "form"
    )


def type_size(lines: tuple[Line, ...]) -> str:
    """The size of type in which no line with room to fill in has to break: large (三号), middle (小四) or small (五号)."""
    longest = max((len(line.text) for line in lines if BLANK in line.text), default=0)
    return next((name for name, signs in SIZES.items() if longest <= signs), "small")


def print_paper(title: str, body: str, *, cited: str, at: datetime, rehearsal: bool = False) -> Printed:
    """A blank form as A4 pages. `cited`: where it comes from, for the foot of the page. `missing_glyphs` are said on the page itself."""
    heading, lines = lines_of(title, body)
    context = {"heading": heading, "lines": lines, "size": type_size(lines), "cited": cited, "rehearsal": rehearsal}
    return render_pdf(TEMPLATE, context, at=at)
