"""Canonical JSON and its digest (规范化 JSON 与摘要): the same facts are always the same bytes, so that anyone can compare two records.

Canonical: keys sorted by code point, no white space, UTF-8 without escapes, no NaN. Equal to what `jq -cS` prints for our contract.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


class NotJson(ValueError):
    """The text is no JSON, or JSON whose meaning depends on the reader (a key twice, NaN). `str()` is a Chinese sentence."""


def dumps(value: Any) -> str:
    """The canonical text of a JSON value. Raises ValueError for NaN and TypeError for what JSON cannot hold."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(dumps(value).encode("utf-8")).hexdigest()


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise NotJson(f"字段「{key}」在同一处出现了两次，请只保留一个")
        found[key] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise NotJson(f"{name} 不是合法的数值")


def loads(text: str) -> Any:
    """Read JSON strictly. Raises NotJson for malformed text, a key that appears twice in one object, NaN and Infinity."""
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except NotJson:
        raise
    except json.JSONDecodeError as error:
        raise NotJson(f"不是合法的 JSON：第 {error.lineno} 行第 {error.colno} 列附近有误") from error
    except (ValueError, RecursionError) as error:
        raise NotJson("不是合法的 JSON：数字过长或层次过深") from error
