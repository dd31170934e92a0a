"""Small words of the explanations: marks and lists."""

from __future__ import annotations

from collections.abc import Sequence


def line(hundredths: int) -> str:
    """A published total with both decimals: 8500 → `85.00`."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def mark(hundredths: int) -> str:
    """A mark without idle zeros: 8650 → `86.5`, 8800 → `88`."""
    return line(hundredths).rstrip("0").rstrip(".")


def names(words: Sequence[str], most: int = 6) -> str:
    """`儿科、全科`, and from the seventh on `…等 9 个专业`."""
    if len(words) <= most:
        return "、".join(words)
    return "、".join(words[:most]) + f"等 {len(words)} 个专业"
