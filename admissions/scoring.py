"""Marks and totals (成绩) in whole hundredths of a point. No float ever touches a mark; a total is rounded once, half up.

Pure: what the components, weights and the published precision are is the policy's business (`gme_portal.policy.schema.ScoringRule`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from gme_portal.refusals import Refused

# Only digits, point and minus: NFKC would also turn "8²" into "82".
_NARROW = str.maketrans("０１２３４５６７８９．－−", "0123456789.--")
_NUMBER = re.compile(r"(?P<minus>-?)(?P<whole>[0-9]{1,6})(?:\.(?P<part>[0-9]{1,12}))?")


class Weighted(Protocol):
    """What a total needs to know of a component (考核科目): `weight` in per cent of the total, `full_mark` in hundredths of a point."""

    @property
    def key(self) -> str: ...

    @property
    def weight(self) -> int: ...

    @property
    def full_mark(self) -> int: ...


def weighted_total(components: Sequence[Weighted], marks: Mapping[str, int], precision: int = 2) -> int:
    """The total (总成绩) in hundredths, rounded once and half up to `precision` decimals (0 to 2) as published.

    A full mark earns the component's whole weight in points: 40 % of 88.5 out of 100 is 35.4; 50 out of 60 at 60 % is 50.
    Raises Refused MARK_MISSING when a component has no mark, and ValueError for a precision out of range.
    """
    if not 0 <= precision <= 2:
        raise ValueError("precision is 0, 1 or 2 decimals")
    missing = [component.key for component in components if component.key not in marks]
    if missing:
        raise Refused("MARK_MISSING", f"还缺 {len(missing)} 科成绩，补齐后才能计算总成绩。", field=missing[0])
    shared = math.lcm(*(component.full_mark for component in components))
    exact = sum(component.weight * marks[component.key] * (shared // component.full_mark) for component in components)
    # exact / shared is the total in points; the last published place is 10 ** -precision points.
    step = (100, 10, 1)[precision]
    return (2 * exact * 100 + shared * step) // (2 * shared * step) * step


def parse_mark(text: str, full_mark: int) -> int:
    """A mark as typed or pasted ("88", "88.5", "８８．５０") in hundredths; `full_mark` is in hundredths too (10000 for 满分 100).

    Raises Refused: MARK_BLANK, MARK_NOT_NUMBER, MARK_NEGATIVE, MARK_TOO_FINE (more than two decimals), MARK_OVER_FULL.
    A blank cell may be right where a mark is still to come: ask `is_blank` first.
    """
    limits = f"请填 0 到 {_short(full_mark)} 之间的数，最多两位小数"
    if is_blank(text):
        raise Refused("MARK_BLANK", f"成绩没有填写。{limits}；缺考请勾选“缺考”。")
    match = _NUMBER.fullmatch(text.strip().translate(_NARROW))
    if match is None:
        raise Refused("MARK_NOT_NUMBER", f"“{text.strip()[:20]}”不是分数。{limits}；缺考请勾选“缺考”。")
    part = match["part"] or ""
    if match["minus"]:
        raise Refused("MARK_NEGATIVE", f"分数不能为负数。{limits}。")
    if len(part) > 2:
        raise Refused("MARK_TOO_FINE", f"分数最多两位小数，现有 {len(part)} 位。{limits}。")
    mark = int(match["whole"]) * 100 + int(part.ljust(2, "0"))
    if mark > full_mark:
        raise Refused("MARK_OVER_FULL", f"{_short(mark)} 分超过满分 {_short(full_mark)} 分。{limits}。")
    return mark


def is_blank(text: str) -> bool:
    """Nothing but white space (full-width spaces too)."""
    return not text.strip()


def format_mark(mark: int) -> str:
    """8850 → "88.50". Raises ValueError for a negative mark."""
    if mark < 0:
        raise ValueError("a mark is not negative")
    return f"{mark // 100}.{mark % 100:02d}"


def looks_like_ranks(marks: Iterable[int]) -> bool:
    """Whether a column is a permutation of 1..n points (at least two rows): someone has pasted the ranking instead of the marks."""
    column = sorted(marks)
    return len(column) >= 2 and column == [place * 100 for place in range(1, len(column) + 1)]


def _short(mark: int) -> str:
    return format_mark(mark).rstrip("0").rstrip(".")
