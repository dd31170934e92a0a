"""The digest (摘要) of a policy file: the same for the same content, whatever the comments, blanks and order of keys."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from datetime import date, datetime, time

from gme_portal.policy.errors import PolicyError, Problem


def parse_toml(text: str, source: str) -> dict[str, object]:
    """The tables of a TOML text. Raises PolicyError with the line where it cannot be read."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        column = f"第 {place[2]} 列附近" if place else "文件末尾"
        problem = Problem("", f"{column}不符合 TOML 语法（也可能是键重复），请检查引号、括号和等号", line)
        raise PolicyError(source, [problem]) from error


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
