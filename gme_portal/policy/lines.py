"""Where in a TOML text each path stands, so that a problem can name its line. Reads only what tomllib has accepted."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_PART = r"""(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_LAST = re.compile(r"(\.[^.\[]+|\[\d+\])$")


def line_of(path: str, lines: Mapping[str, int]) -> int | None:
    """The line of a path, else of the first thing under it, else of the nearest table around it; what the top lacks is missing on line 1."""
    top = 1 if path else None
    while path:
        if path in lines:
            return lines[path]
        under = [line for known, line in lines.items() if known.startswith((f"{path}.", f"{path}["))]
        if under:
            return min(under)
        shorter = _LAST.sub("", path)
        path = path.rpartition(".")[0] if shorter == path else shorter
    return top


def map_lines(text: str) -> dict[str, int]:
    """Path → line (from 1) for tables, keys and the elements of lists."""
    text = text.removeprefix("\ufeff")
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, position = "", 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        row, number = text[position:end], text.count("\n", 0, position) + 1
        header, key = _HEADER.match(row), _KEY.match(row)
        if header:
            table = _resolve(header[2].replace('"', ""), header[1] == "[[", counts)
            lines.setdefault(table, number)
        elif key:
            path = f"{table}.{key[1]}" if table else key[1]
            path = re.sub(r"""["']|\s*(\.)\s*""", r"\1", path)
            lines[path] = number
            end = _skip_value(text, position + key.end(), path, lines)
        position = end + 1
    return lines


def _resolve(name: str, is_array: bool, counts: dict[str, int]) -> str:
    """`a.b` of a header → its real path, with the index of each list on the way."""
    path = ""
    parts = name.split(".")
    for depth, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        if is_array and depth == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


def _skip_value(text: str, position: int, path: str, lines: dict[str, int]) -> int:
    """The end of the row in which a value ends; notes the line of each element of a list."""
    stack: list[str] = []
    index, fresh = 0, False
    while position < len(text):
        mark = text[position]
        if mark == "\n" and not stack:
            break
        if fresh and not mark.isspace() and mark not in "],#":
            lines[f"{path}[{index}]"] = text.count("\n", 0, position) + 1
            fresh = False
        if mark in "\"'":
            position = _skip_string(text, position)
            continue
        if mark == "#":
            position = text.find("\n", position)
            if position < 0:
                return len(text)
            continue
        if mark in "[{":
            stack.append(mark)
            fresh = fresh or stack == ["["]
        elif mark in "]}" and stack:
            stack.pop()
        elif mark == "," and stack == ["["]:
            index, fresh = index + 1, True
        position += 1
    return position


def _skip_string(text: str, position: int) -> int:
    """The position after a TOML string of any of its four spellings."""
    mark = text[position]
    fence = mark * 3 if text.startswith(mark * 3, position) else mark
    position += len(fence)
    while position < len(text):
        if mark == '"' and text[position] == "\\":
            position += 2
        elif text.startswith(fence, position):
            return position + len(fence)
        else:
            position += 1
    return position
