"""Base admission recomputed by another method (V2 另法重算): rounds instead of single proposals, whole columns instead of heaps.

All who hold nothing ask at once; then the base goes down the whole strict order again. Whole numbers of 64 bits are enough: seats beyond the
number of applicants make no difference and are cut off.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from admissions.allocation.verify.admission_rule import Rule

Column = NDArray[np.int64]


def recompute(rule: Rule) -> list[int | None]:
    """The specialty (by number) of every applicant, or None."""
    walks = [rule.walk(number) for number in range(len(rule.people))]
    base, seats = _Base(rule), dict[int, int]()
    held: Column = np.empty(0, np.int64)
    waiting = list(range(len(walks)))
    while waiting:
        asking = [step[1] for number in waiting if (step := next(walks[number], None)) is not None]
        held = np.sort(np.concatenate((held, np.array(asking, np.int64))), kind="stable")
        keep = base.choose(held)
        waiting = [rule.owner(application) for application in held[~keep].tolist()]
        held = held[keep]
    specialties = base.specialty[held // rule.size].tolist()
    for application, specialty in zip(held.tolist(), specialties, strict=True):
        seats[rule.owner(application)] = specialty
    return [seats.get(number) for number in range(len(walks))]


class _Base:
    """Per step of the strict order its specialty and whether it is one of adjusted applications; per specialty the counts that are legal."""

    def __init__(self, rule: Rule) -> None:
        enough = len(rule.people) + 1
        listed, adjusted = rule.step
        self.size, self.pool = rule.size, min(rule.pool, enough)
        self.specialty = self._column([0] * (2 * len(rule.rows)))
        self.specialty[listed] = self.specialty[adjusted] = np.arange(len(rule.rows))
        self.listed_step = self._column(listed)[self.specialty]
        self.adjusted = np.zeros(2 * len(rule.rows), bool)
        self.adjusted[adjusted] = True
        self.most = self._column([min(most, enough) for most in rule.most])
        # From this number of seats on, one more counts against the pool.
        self.free = self._column([min(row["quota"], enough) if row["shortage"] else 0 for row in rule.rows])

    def _column(self, values: list[Any]) -> Column:
        return np.array(values, np.int64)

    def choose(self, asking: Column) -> NDArray[np.bool_]:
        """Greedily down the strict order while the counts stay legal: a mask of those kept.

        Once the pool is used up it stays so, and whoever is refused for it stands behind nobody who still needs it in the same specialty;
        so the place within the specialty and a running count of the pool say everything.
        """
        step = asking // self.size
        specialty = self.specialty[step]
        counts = np.bincount(step, minlength=len(self.specialty))
        first = np.cumsum(counts) - counts
        before = np.where(self.adjusted[step], np.minimum(counts[self.listed_step[step]], self.most[specialty]), 0)
        place = np.arange(len(asking)) - first[step] + before
        fits = place < self.most[specialty]
        costs = fits & (place >= self.free[specialty])
        kept: NDArray[np.bool_] = fits & (~costs | (np.cumsum(costs) <= self.pool))
        return kept
