"""A strict reader (严格读取): takes JSON apart by expected shape and keeps every fault with its path, instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# A lottery number may be a whole SHA-256 (78 digits); beyond this, sums could no longer be written as decimal text.
TOO_LARGE = 10**100


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a problem: `path` as in `applicants[3].scores.儿科.total`, `sentence` in Chinese."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}：{self.sentence}"


def join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


class Reader:
    """Each method returns the value when it has the shape asked for; otherwise it notes a fault and returns a harmless stand-in."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, sentence: str) -> None:
        self.faults.append(Fault(_printable(path) or "（整个文件）", _printable(sentence)))

    def mapping(
        self, value: Any, path: str, keys: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> dict[str, Any] | None:
        """An object with these keys, the optional ones perhaps, and no others; None when it is no object or lacks one."""
        if not isinstance(value, dict):
            self.fault(path, "应为一个对象")
            return None
        if len(value) == len(keys) and all(key in value for key in keys):
            return value
        for key in value:
            if key not in keys and key not in optional:
                self.fault(join(path, str(key)), "不认识的字段，请删除或改正拼写")
        missing = [key for key in keys if key not in value]
        for key in missing:
            self.fault(join(path, key), "缺少这个字段")
        return None if missing else value

    def free_mapping(self, value: Any, path: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.fault(path, "应为一个对象")
        return {}

    def items(self, value: Any, path: str) -> Iterator[tuple[str, Any]]:
        """Pairs of path and element of an array."""
        if not isinstance(value, list):
            self.fault(path, "应为一个数组")
            return
        for index, item in enumerate(value):
            yield f"{path}[{index}]", item

    def text(self, value: Any, path: str) -> str:
        if isinstance(value, str) and value and _printable(value) == value:
            return value
        self.fault(path, "应为一段非空文字")
        return ""

    def texts(self, value: Any, path: str) -> tuple[str, ...]:
        """An array of texts, none twice."""
        found: dict[str, None] = {}
        for item_path, item in self.items(value, path):
            text = self.text(item, item_path)
            if text in found:
                self.fault(item_path, f"「{text}」重复")
            found[text] = None
        return tuple(found)

    def flag(self, value: Any, path: str) -> bool:
        if isinstance(value, bool):
            return value
        self.fault(path, "应为 true 或 false")
        return False

    def whole(self, value: Any, path: str) -> int:
        """A whole number, not negative. `true` is no number, and neither is 85.0."""
        if isinstance(value, bool) or not isinstance(value, int):
            decimals = isinstance(value, float)
            self.fault(path, "应为整数，不能带小数（分数以百分之一分计，85.5 分写作 8550）" if decimals else "应为整数")
            return 0
        if value < 0:
            self.fault(path, f"不能为负数（现为 {value}）" if value > -TOO_LARGE else "不能为负数")
            return 0
        if value >= TOO_LARGE:
            self.fault(path, "数值过大，请核对")
            return 0
        return value

    def whole_or_none(self, value: Any, path: str) -> int | None:
        return None if value is None else self.whole(value, path)

    def one_of(self, value: Any, path: str, allowed: tuple[str, ...]) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(path, f"应为 {'、'.join(allowed)} 之一")
        return allowed[0]


def _printable(text: str) -> str:
    """Without lone surrogates, which JSON can smuggle in and no file or screen can take."""
    return text.encode("utf-8", "replace").decode("utf-8")
