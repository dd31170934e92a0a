"""The digest (摘要) of a policy file: the same for the same content, whatever the comments, blanks and order of keys."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime, time

from gme_portal.policy.errors import PolicyError, Problem

MAX_CHARACTERS = 2_000_000  # fifty times the longest file there is
MAX_DEPTH = 40  # of tables and lists in one another; a condition that anybody can read has five
_TOO_DEEP = Problem("", f"表和列表嵌套超过 {MAX_DEPTH} 层，请把条件写得简单些")
_TWICE = re.compile("Cannot (overwrite|declare|mutate|redefine)|Duplicate")


def parse_toml(text: str, source: str) -> dict[str, object]:
    """The tables of a TOML text, with or without a byte order mark. Raises PolicyError with the line where it cannot be read."""
    if len(text) > MAX_CHARACTERS:
        raise PolicyError(source, [Problem("", f"文件超过 {MAX_CHARACTERS // 10_000} 万字，不像一份规则文件")])
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError as error:
        raise PolicyError(source, [_TOO_DEEP]) from error
    except ValueError as error:  # TOMLDecodeError, and a number with thousands of digits
        raise PolicyError(source, [_syntax_problem(text, str(error))]) from error
    if _is_deeper(tables, MAX_DEPTH):
        raise PolicyError(source, [_TOO_DEEP])
    return tables


def _syntax_problem(text: str, error: str) -> Problem:
    place = re.search(r"line (\d+), column (\d+)", error)
    line = int(place[1]) if place else text.count("\n") + 1
    if place and _TWICE.match(error):
        written = text.splitlines()[line - 1]
        return Problem(re.split(r"=|#", written)[0].strip(" []"), "这个键或表写了两次，请删去一处", line)
    column = f"第 {place[2]} 列附近" if place else "文件末尾"
    return Problem("", f"{column}不符合 TOML 语法，请检查引号、括号和等号", line)


def _is_deeper(tables: object, levels: int) -> bool:
    """Whether tables and lists lie in one another more than so many levels deep; a level at a time, whatever the depth."""
    level: list[object] = [tables]
    for _ in range(levels):
        level = [part for one in level for part in _parts(one)]
    return bool(level)


def _parts(value: object) -> Iterable[object]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in inside if isinstance(one, (dict, list))]


def canonical(tables: dict[str, object]) -> str:
    """The tables as JSON with sorted keys and no blanks; days and times in ISO form."""
    return json.dumps(tables, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    raise TypeError(f"no canonical form for {value!r}")


def digest(text: str) -> str:
    """SHA-256 (hex) of the canonical form of a policy text. Raises PolicyError where it is not TOML."""
    return hashlib.sha256(canonical(parse_toml(text, "policy")).encode()).hexdigest()
