"""Admission at one base (基地录取): applicant-proposing deferred acceptance against a base that re-chooses greedily.

The legal sets of held applications form a matroid (planned seats per specialty, capacity of shortage specialties, one pool of unfilled
non-shortage seats). So re-choosing after one more proposal means: keep all if that is legal, else let go of the weakest application of the
one circuit that the proposal closes. A refused application never returns, and the result does not depend on the order of proposals.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush, heappushpop

from admissions.allocation.order import Worth, adjustment_order, tiers
from admissions.allocation.outcome import AdmissionOutcome
from admissions.allocation.problem import BaseAdmission


class _Base:
    """The base's side: what it holds, as one heap (weakest on top) per tier of the strict order, and the counts that decide legality."""

    def __init__(self, problem: BaseAdmission) -> None:
        rows = problem.specialties
        self.listed, self.adjusted = tiers(problem)
        self.owner = [0] * (2 * len(rows))
        for index in range(len(rows)):
            self.owner[self.listed[index]] = self.owner[self.adjusted[index]] = index
        self.heaps: list[list[int]] = [[] for _ in self.owner]
        pool = sum(row.quota for row in rows if not row.shortage)
        self.pool = pool
        self.limit = [
            row.quota
            if not row.shortage or not problem.transfer
            else row.quota + pool
            if row.capacity is None
            else row.capacity
            for row in rows
        ]
        # From this number of held applications on, one more of the specialty uses the pool.
        self.free = [row.quota if row.shortage else 0 for row in rows]
        self.taken = [0] * len(rows)
        # Held applications that use the pool: non-shortage ones, and those of shortage specialties above their plan.
        self.used = 0
        self._weakest_tiers: list[int] = []
        self._queued = [False] * len(self.owner)

    def propose(self, tier: int, worth: int) -> int | None:
        """Take one more application into account. Returns the worth of the one that is let go (perhaps this very one), or None."""
        index = self.owner[tier]
        taken = self.taken[index]
        if taken >= self.limit[index]:
            weakest = self.adjusted[index]
            if not self.heaps[weakest]:
                weakest = self.listed[index]
            return heappushpop(self.heaps[tier], worth) if weakest == tier else self._contest(weakest, tier, worth)
        if taken >= self.free[index]:
            if self.used >= self.pool:
                return self._contest(self.weakest_using_pool(index), tier, worth)
            self.used += 1
            if taken == self.free[index] or not self._queued[tier]:
                self._queue(index, tier)
        self.taken[index] = taken + 1
        heappush(self.heaps[tier], worth)
        return None

    def _contest(self, weakest_tier: int | None, tier: int, worth: int) -> int:
        if weakest_tier is None or tier < weakest_tier:
            return worth
        if tier == weakest_tier:
            return heappushpop(self.heaps[tier], worth)
        gone = heappop(self.heaps[weakest_tier])
        loser = self.owner[weakest_tier]
        self.taken[loser] -= 1
        if self.taken[loser] >= self.free[loser]:
            self.used -= 1
        self.propose(tier, worth)
        return gone

    def _queue(self, index: int, new: int) -> None:
        """The tiers of a specialty that uses the pool wait where the weakest of all is looked for."""
        for tier in (self.listed[index], self.adjusted[index]):
            if not self._queued[tier] and (tier == new or self.heaps[tier]):
                self._queued[tier] = True
                heappush(self._weakest_tiers, tier)

    def _weakest_within(self, index: int) -> int | None:
        """The weakest non-empty tier of one specialty: adjusted applications come after all listed ones."""
        adjusted, listed = self.adjusted[index], self.listed[index]
        return adjusted if self.heaps[adjusted] else listed if self.heaps[listed] else None

    def weakest_using_pool(self, index: int) -> int | None:
        """The weakest tier whose letting go makes room in the pool for specialty `index`: any that uses the pool, or one of its own."""
        queue = self._weakest_tiers
        while queue and not (self.heaps[queue[0]] and self._uses_pool(self.owner[queue[0]])):
            self._queued[heappop(queue)] = False
        within = self._weakest_within(index)
        if not queue:
            return within
        return queue[0] if within is None else min(within, queue[0])

    def _uses_pool(self, index: int) -> bool:
        return self.taken[index] > self.free[index]


def admit(problem: BaseAdmission, worth: Worth, proposing: Iterable[int] | None = None) -> AdmissionOutcome:
    """Solve. `proposing` is the order in which applicants (by index) make their first proposal; it never changes the result.

    Linear in the number of proposals times the logarithm of the seats of one specialty.
    """
    base, people = _Base(problem), problem.applicants
    listed, tails = [person.listed() for person in people], _tails(problem)
    asked = [0] * len(people)
    heaps, taken, limit, free = base.heaps, base.taken, base.limit, base.free
    listed_tier, adjusted_tier, propose = base.listed, base.adjusted, base.propose
    common, by_lottery, count = worth.common, worth.by_lottery, worth.count
    for first in range(len(people)) if proposing is None else proposing:
        applicant = first
        while applicant >= 0:
            own, number, same = listed[applicant], asked[applicant], common[applicant]
            # A specialty that refused somebody who listed it refuses the weaker application by adjustment as well: no need to leave it out.
            by_choice = number < len(own)
            ahead = own[number:] if by_choice else tails[applicant][number - len(own) :]
            tier_of = listed_tier if by_choice else adjusted_tier
            for index in ahead:
                number += 1
                tier = tier_of[index]
                value = worth.of(applicant, index) if same is None else same
                # By far the most frequent case is seen without a proposal: no room, and the weakest that would have to go is stronger.
                weakest: int | None = -1
                if taken[index] >= limit[index]:
                    weakest = adjusted_tier[index] if heaps[adjusted_tier[index]] else listed_tier[index]
                elif base.used >= base.pool and taken[index] >= free[index]:
                    weakest = base.weakest_using_pool(index)
                if weakest is None or tier < weakest:
                    continue
                if tier == weakest and (not heaps[tier] or value < heaps[tier][0]):
                    continue
                gone = propose(tier, value)
                if gone != value:
                    asked[applicant] = number
                    # Whoever was let go asks next.
                    applicant = -1 if gone is None else by_lottery[gone % count]
                    break
            else:
                asked[applicant] = number
                if not by_choice or not tails[applicant]:
                    break
    return AdmissionOutcome(listed, tails, asked, _seats(base, worth, len(people)))


def _seats(base: _Base, worth: Worth, people: int) -> list[int | None]:
    seats: list[int | None] = [None] * people
    by_lottery, count = worth.by_lottery, worth.count
    for index, heap in zip(base.owner, base.heaps, strict=True):
        for held in heap:
            seats[by_lottery[held % count]] = index
    return seats


def _tails(problem: BaseAdmission) -> list[tuple[int, ...]]:
    """What follows the own choices under 服从调剂: the specialties they are eligible for, one tuple for all with the same eligibility."""
    order, walks = adjustment_order(problem), dict[frozenset[int], tuple[int, ...]]()
    tails: list[tuple[int, ...]] = []
    place = {index: number for number, index in enumerate(order)}
    for person in problem.applicants:
        if not person.accept_adjust:
            tails.append(())
            continue
        walk = walks.get(person.eligible)
        if walk is None:
            walk = walks[person.eligible] = tuple(sorted(person.eligible, key=place.__getitem__))
        tails.append(walk)
    return tails
