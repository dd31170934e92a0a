"""Admission at one base (基地录取): applicant-proposing deferred acceptance against a base that re-chooses greedily.

The legal sets of held applications form a matroid (planned seats per specialty, capacity of shortage specialties, one pool of unfilled
non-shortage seats). So re-choosing after one more proposal means: keep all if that is legal, else let go of the weakest application of the
one circuit that the proposal closes. A refused application never returns, and the result does not depend on the order of proposals.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush, heapreplace

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
        self.shortage = [row.shortage for row in rows]
        self.quota = [row.quota for row in rows]
        self.pool = sum(row.quota for row in rows if not row.shortage)
        self.limit = [self._limit(row.shortage, row.quota, row.capacity, problem.transfer) for row in rows]
        self.taken = [0] * len(rows)
        # Held applications that use the pool: non-shortage ones, and those of shortage specialties above their plan.
        self.used = 0
        self._weakest_tiers: list[int] = []
        self._queued = [False] * len(self.owner)

    def _limit(self, shortage: bool, quota: int, capacity: int | None, transfer: bool) -> int:
        if not shortage or not transfer:
            return quota
        return quota + self.pool if capacity is None else capacity

    def propose(self, tier: int, worth: int) -> int | None:
        """Take one more application into account. Returns the worth of the one that is let go (perhaps this very one), or None."""
        index = self.owner[tier]
        if self.taken[index] >= self.limit[index]:
            return self._contest(self._weakest_within(index), tier, worth)
        if self.used >= self.pool and (not self.shortage[index] or self.taken[index] >= self.quota[index]):
            return self._contest(self._weakest_using_pool(index), tier, worth)
        self._add(tier, worth)
        return None

    def _contest(self, weakest_tier: int | None, tier: int, worth: int) -> int:
        if weakest_tier is None:
            return worth
        heap = self.heaps[weakest_tier]
        if (tier, worth) < (weakest_tier, heap[0]):
            return worth
        if tier == weakest_tier:
            return heapreplace(heap, worth)
        gone = heappop(heap)
        self._count(self.owner[weakest_tier], -1)
        self._add(tier, worth)
        return gone

    def _add(self, tier: int, worth: int) -> None:
        index = self.owner[tier]
        heappush(self.heaps[tier], worth)
        self._count(index, +1)
        if self._uses_pool(index):
            for each in (self.listed[index], self.adjusted[index]):
                if self.heaps[each] and not self._queued[each]:
                    self._queued[each] = True
                    heappush(self._weakest_tiers, each)

    def _count(self, index: int, change: int) -> None:
        before = self._pool_seats(index)
        self.taken[index] += change
        self.used += self._pool_seats(index) - before

    def _pool_seats(self, index: int) -> int:
        return max(0, self.taken[index] - self.quota[index]) if self.shortage[index] else self.taken[index]

    def _uses_pool(self, index: int) -> bool:
        return not self.shortage[index] or self.taken[index] > self.quota[index]

    def _weakest_within(self, index: int) -> int | None:
        """The weakest non-empty tier of one specialty."""
        held = [tier for tier in (self.listed[index], self.adjusted[index]) if self.heaps[tier]]
        return min(held, default=None)

    def _weakest_using_pool(self, index: int) -> int | None:
        """The weakest tier whose letting go makes room in the pool for specialty `index`: any that uses the pool, or one of its own."""
        queue = self._weakest_tiers
        while queue and not (self.heaps[queue[0]] and self._uses_pool(self.owner[queue[0]])):
            self._queued[heappop(queue)] = False
        found = [tier for tier in (self._weakest_within(index), queue[0] if queue else None) if tier is not None]
        return min(found, default=None)


def admit(problem: BaseAdmission, proposing: Iterable[int] | None = None) -> AdmissionOutcome:
    """Solve. `proposing` is the order in which applicants (by index) make their first proposal; it never changes the result.

    Linear in the number of proposals times the logarithm of the seats of one specialty.
    """
    base, worth, tail_order = _Base(problem), Worth(problem), adjustment_order(problem)
    position = {row.code: index for index, row in enumerate(problem.specialties)}
    people = problem.applicants
    listed = [tuple(position[code] for code in person.choices if code in person.eligible) for person in people]
    tails: list[tuple[int, ...] | None] = [None] * len(people)
    asked = [0] * len(people)
    waiting = list(range(len(people)) if proposing is None else proposing)
    while waiting:
        applicant = waiting.pop()
        own, number = listed[applicant], asked[applicant]
        if number < len(own):
            index, tier = own[number], base.listed[own[number]]
        else:
            tail = tails[applicant]
            if tail is None:
                tail = tails[applicant] = _tail(problem, applicant, own, tail_order)
            if number - len(own) >= len(tail):
                continue
            index = tail[number - len(own)]
            tier = base.adjusted[index]
        asked[applicant] = number + 1
        gone = base.propose(tier, worth.of(applicant, problem.specialties[index].code))
        if gone is not None:
            waiting.append(worth.applicant(gone))
    seats: list[int | None] = [None] * len(people)
    for tier, heap in enumerate(base.heaps):
        for held in heap:
            seats[worth.applicant(held)] = base.owner[tier]
    refused = []
    for applicant, own in enumerate(listed):
        walked = (own + (tails[applicant] or ()))[: asked[applicant]]
        refused.append(walked if seats[applicant] is None else walked[:-1])
    return AdmissionOutcome(listed, refused, seats)


def _tail(problem: BaseAdmission, applicant: int, own: tuple[int, ...], tail_order: list[int]) -> tuple[int, ...]:
    """What follows an applicant's own choices under 服从调剂: the other specialties they are eligible for."""
    person = problem.applicants[applicant]
    if not person.accept_adjust:
        return ()
    rows = problem.specialties
    return tuple(index for index in tail_order if rows[index].code in person.eligible and index not in own)
