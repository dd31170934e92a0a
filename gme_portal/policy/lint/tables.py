"""Tables inside the text of a notice: rows of cells parted by tabs, or, as word processors leave them, one cell a line after a tab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile


def tables(text: str) -> Iterator[list[list[str]]]:
    """Every table of at least two rows and two columns, with its cells trimmed of line breaks."""
    yield from _inline(text)
    yield from _stacked(text)


def _inline(text: str) -> Iterator[list[list[str]]]:
    """Consecutive lines with tabs inside them."""
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if "\t" in line.rstrip("\n") and not (line.startswith("\t") and line.count("\t") == 1):
            rows.append([cell.strip() for cell in line.split("\t")])
            continue
        if len(rows) > 1:
            yield rows
        rows = []


def _stacked(text: str) -> Iterator[list[list[str]]]:
    """Paragraphs that begin with a tab are rows; a new line with a tab is the next cell, one without goes on with the cell."""
    rows: list[list[str]] = []
    for paragraph in [*re.split(r"\n\s*\n", text), ""]:
        # A caption may stand right above the first row.
        lines = list(dropwhile(lambda line: not line.startswith("\t"), paragraph.strip("\n").splitlines()))
        if len(lines) > 1 and all(line.count("\t") <= 1 for line in lines):
            cells = re.split(r"(?:^|\n)\t", "\n".join(lines))[1:]
            rows.append(["".join(cell.split()) for cell in cells])
            continue
        if len(rows) > 1:
            yield rows
        rows = []
