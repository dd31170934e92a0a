"""What the verifier reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken guarantee: `guarantee` is V1 … V7, `sentence` says in Chinese what is wrong and with whom."""

    guarantee: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.guarantee} {self.sentence}"


def compare(result: dict[str, object], expected: dict[str, object]) -> list[Breach]:
    """Tallies of the record that are not what the assignment itself says."""
    return [
        Breach("V7", f"结果中的 {key} 与逐人结果不符。")
        for key, value in expected.items()
        if not same(result.get(key), value)
    ]


def same(left: object, right: object) -> bool:
    """Equal as JSON: `true` is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    return type(left) is type(right) and left == right
