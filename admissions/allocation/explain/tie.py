"""What broke a tie (同分比较), in words: the item of the tie chain that decided, and what was equal before it."""

from __future__ import annotations

from admissions.allocation.explain.wording import mark, names
from admissions.allocation.problem import Candidate
from admissions.allocation.ties import FLAGS, LOTTERY, TieChain

MARKS = {"written": "笔试成绩", "interview": "面试成绩"}
FIRST = {"county": "县级及以下医疗卫生机构人员优先", "licence": "有医师资格者优先", "own_staff": "单位人优先"}


def tie_words(ties: TieChain, field: str, above: Candidate, mine: Candidate, specialty: int) -> str:
    """`above` stands before `mine` in a specialty (by index) although their totals are equal, because of `field`."""
    if field in ties.marks:
        place = ties.marks.index(field) + 1
        first, second = mark(above.marks(specialty)[place]), mark(mine.marks(specialty)[place])
        return f"同分比{_label(ties, field)}（{first} 对 {second}）"
    if field == LOTTERY:
        return f"{_equal(ties, field)}，比抽签号，小者在前（{above.lottery} 对 {mine.lottery}）"
    return f"{_equal(ties, field)}，{FIRST[field]}"


def _equal(ties: TieChain, field: str) -> str:
    """What did not separate the two before `field` was looked at."""
    if ties.is_default:
        return "同分且各项成绩相同"
    before = [_label(ties, item) for item in ties.items[: ties.items.index(field)] if item not in FLAGS]
    return f"同分且{names(before)}相同" if before else "同分"


def _label(ties: TieChain, component: str) -> str:
    return ties.labels.get(component, MARKS.get(component, component))
