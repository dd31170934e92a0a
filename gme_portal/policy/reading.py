"""A strict reader of nested tables (TOML or JSON): every key is asked for by type, whatever nobody asked for is a problem.

Nothing raises while reading: a wrong value leaves a placeholder and a `Problem` with its path, so that all problems are told at once.
The caller must look at `problems` before it uses what it built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import TypeVar

from gme_portal.policy.errors import Problem
from gme_portal.policy.shapes import Shape

T = TypeVar("T")
_KINDS: Mapping[type, str] = {
    str: "文字",
    int: "整数",
    float: "小数",
    bool: "“true”或“false”",
    date: "日期",
    dict: "表",
    list: "列表",
}


def is_kind(value: object, kind: type) -> bool:
    """Exact types: True is no integer, a datetime is no date; an integer may stand for a decimal."""
    if kind is float:
        return type(value) in (float, int)
    if kind is dict:
        return isinstance(value, Mapping)
    return type(value) is kind


class Reader:
    """One table under its `path`; `problems` is shared by every reader of the document."""

    def __init__(self, data: Mapping[str, object], path: str, problems: list[Problem]) -> None:
        self.data, self.path, self.problems = data, path, problems
        self._asked: set[str] = set()

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def blame(self, key: str, sentence: str) -> None:
        """Record a problem at a key (or at the table itself for an empty key)."""
        self.problems.append(Problem(self.at(key) if key else self.path, sentence))

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return self.data.get(key) is not None

    def take(self, key: str, kind: type[T], default: T | None = None) -> T | None:
        """The value, or `default` where it is absent; absent without a default, or of another type, is a problem and None."""
        self._asked.add(key)
        if key not in self.data:
            if default is None:
                self.blame(key, "缺少这一项，请补上")
            return default
        value = self.data[key]
        if not is_kind(value, kind):
            self.blame(key, f"应为{_KINDS[kind]}")
            return default
        return value  # type: ignore[return-value]

    def text(
        self, key: str, *, default: str | None = None, allowed: Collection[str] = (), shape: Shape | None = None
    ) -> str:
        value = self.take(key, str, default)
        if value is None:
            return ""
        if key in self.data and not value.strip():
            self.blame(key, "不能为空")
        elif allowed and value not in allowed and key in self.data:
            self.blame(key, f"“{value}”不在可用的值之内，可用：{'、'.join(allowed)}")
        elif shape is not None and key in self.data and not shape.fits(value):
            self.blame(key, f"“{value}”的写法不对，{shape.words}")
        return value

    def optional_text(self, key: str, *, allowed: Collection[str] = (), shape: Shape | None = None) -> str | None:
        """Text, or None where the key is absent or null."""
        return self.text(key, allowed=allowed, shape=shape) if self.has(key) else None

    def integer(self, key: str, low: int, high: int, *, default: int | None = None) -> int:
        value = self.take(key, int, default)
        if value is None:
            return low
        if not low <= value <= high:
            self.blame(key, f"应在 {low} 到 {high} 之间，现在是 {value}")
        return value

    def share(self, key: str) -> float:
        """A decimal between 0 and 1."""
        value = self.take(key, float)
        if value is not None and not 0 <= value <= 1:
            self.blame(key, f"应在 0 到 1 之间，现在是 {value}")
        return float(value or 0)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        return bool(self.take(key, bool, default))

    def optional_flag(self, key: str) -> bool | None:
        """True, False, or None (unknown) where the key is absent or null."""
        return self.take(key, bool) if self.has(key) else None

    def parsed(self, key: str, parse: Callable[[str], T], hint: str) -> T | None:
        """Text turned into something else by `parse`, which raises ValueError for what it cannot read."""
        value = self.take(key, str)
        if value is None:
            return None
        try:
            return parse(value)
        except ValueError:
            self.blame(key, f"“{value}”读不懂，{hint}")
            return None

    def texts(
        self, key: str, *, default: tuple[str, ...] | None = None, allowed: Collection[str] = ()
    ) -> tuple[str, ...]:
        """A list of texts without repetition; `default` where it is absent."""
        raw = self.take(key, list, None if default is None else list(default))
        values: list[str] = []
        for index, value in enumerate(raw or ()):
            if not isinstance(value, str) or not value.strip():
                self.blame(f"{key}[{index}]", "应为不空的文字")
            elif allowed and value not in allowed:
                self.blame(f"{key}[{index}]", f"“{value}”不在可用的值之内，可用：{'、'.join(allowed)}")
            elif value in values:
                self.blame(f"{key}[{index}]", f"“{value}”重复了")
            else:
                values.append(value)
        return tuple(values)

    def table(self, key: str, *, required: bool = True) -> Reader | None:
        """The table under a key; None where it is absent or null and not required, or not a table."""
        if not required and not self.has(key):
            return None
        value = self.take(key, dict)
        return None if value is None else Reader(value, self.at(key), self.problems)

    def tables(self, key: str, *, required: bool = True) -> list[Reader]:
        """The list of tables under a key; where required, at least one."""
        raw = self.take(key, list, None if required else [])
        if required and raw == []:
            self.blame(key, "至少要有一项")
        readers = []
        for index, value in enumerate(raw or ()):
            if isinstance(value, Mapping):
                readers.append(Reader(value, f"{self.at(key)}[{index}]", self.problems))
            else:
                self.blame(f"{key}[{index}]", "应为表")
        return readers

    def names(self) -> tuple[str, ...]:
        """All keys, all counted as asked for: for tables whose keys are data (such as a map by person type)."""
        self._asked.update(self.data)
        return tuple(self.data)

    def done(self) -> None:
        """Every key nobody asked for is a problem."""
        for key in self.data:
            if key not in self._asked:
                self.blame(key, "没有这个键，请检查拼写")


def parse_day(text: str) -> date:
    """ISO date "2021-06-30". Raises ValueError."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def parse_instant(text: str) -> datetime:
    """ISO date and time with its offset, in this or the last century. Raises ValueError, also where the offset is missing."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not 1900 <= at.year <= 2100:
        raise ValueError(text)
    return at
