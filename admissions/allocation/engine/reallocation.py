"""Provincial reallocation (省级调剂): six tiers, maximised one after the other, with one answer.

1 seats filled · 2 shortage seats filled · 3 county applicants placed · 4 who is placed, down the provincial order · 5 own wishes, down the
same order (every adjustment seat one worse than the last wish) · 6 position on the whole list, down the order.
Tiers 1 to 4 never compete: the people that can be seated form a matroid, and some seating fills the best people and the best seats at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from admissions.allocation.engine.seating import Seating
from admissions.allocation.order import provincial_order
from admissions.allocation.outcome import ReallocationOutcome
from admissions.allocation.problem import Person, Reallocation


class _Lists:
    """What every applicant may take, and in which order: own passing wishes, then (by consent) the other passing programmes."""

    def __init__(self, problem: Reallocation) -> None:
        self._problem = problem
        programmes = problem.programmes
        self.shortage = sum(1 << index for index, row in enumerate(programmes) if row.shortage)
        self._in_specialty: dict[str, int] = {}
        self._in_prefecture: dict[str, int] = {}
        for index, row in enumerate(programmes):
            self._in_specialty[row.specialty] = self._in_specialty.get(row.specialty, 0) | 1 << index
            self._in_prefecture[row.prefecture] = self._in_prefecture.get(row.prefecture, 0) | 1 << index
        self._position = {row.id: index for index, row in enumerate(programmes)}
        self._orders: dict[str, list[int]] = {}

    def passing(self, person: Person) -> int:
        """Programmes that pass eligibility and geography."""
        eligible = 0
        for specialty in person.eligible:
            eligible |= self._in_specialty.get(specialty, 0)
        if person.geo == "any":
            return eligible
        reachable = self._in_prefecture.get(person.prefecture, 0)
        if person.geo == "same_or_adjacent":
            for neighbour in self._problem.adjacent.get(person.prefecture, ()):
                reachable |= self._in_prefecture.get(neighbour, 0)
        return eligible & reachable

    def wishes(self, person: Person, passing: int) -> tuple[int, ...]:
        return tuple(index for wish in person.wishes if passing >> (index := self._position[wish]) & 1)

    def adjustment(self, prefecture: str) -> list[int]:
        """Programmes as an applicant of this prefecture takes them by adjustment: own prefecture first, shortage first, id."""
        if prefecture not in self._orders:
            rows = self._problem.programmes
            self._orders[prefecture] = sorted(
                range(len(rows)),
                key=lambda index: (rows[index].prefecture != prefecture, not rows[index].shortage, rows[index].id),
            )
        return self._orders[prefecture]


def reallocate(problem: Reallocation) -> ReallocationOutcome:
    """Solve. Time grows with applicants times the programmes looked at in a search; searches that fail are never repeated."""
    lists, order = _Lists(problem), provincial_order(problem)
    people = problem.applicants
    passing = [lists.passing(person) for person in people]
    wishes = [lists.wishes(person, bits) for person, bits in zip(people, passing, strict=True)]
    own = [sum(1 << index for index in mine) for mine in wishes]
    acceptable = [
        bits if person.consent == "province" else mine for person, bits, mine in zip(people, passing, own, strict=True)
    ]
    seating = Seating([row.seats for row in problem.programmes], list(acceptable))
    placed = _seat_people(seating, order, wishes)
    _fill_shortage(seating, lists.shortage)
    seating.let_free_seats_move(lists.shortage)
    hopeless = [0] * len(problem.programmes)
    adjusted = _best_wishes(seating, placed, wishes, own, hopeless)
    _best_adjustments(seating, adjusted, problem, lists, hopeless)
    return ReallocationOutcome(order, wishes, acceptable, seating.seat)


def _seat_people(seating: Seating, order: list[int], wishes: list[tuple[int, ...]]) -> list[int]:
    """Tiers 1, 3 and 4: down the order, seat whoever can be seated without unseating anyone. Returns them in order.

    What a failed search has seen is full and its holders cannot leave it: it stays so for good, and is never entered again.
    """
    placed, closed = [], 0
    for applicant in order:
        start = seating.allowed[applicant] & ~closed
        direct = next((index for index in wishes[applicant] if seating.open >> index & 1), None)
        if direct is None:
            found = seating.search(start, seating.open, closed)
            if found.path is None:
                closed |= found.seen
                continue
            seating.pass_on(found.path)
            direct = found.path[0]
        seating.place(applicant, direct)
        placed.append(applicant)
    return placed


def _fill_shortage(seating: Seating, shortage: int) -> None:
    """Tier 2: as long as a chain leads from a filled non-shortage seat to a free shortage seat, pass seats on along it."""
    closed = 0
    for index in range(len(seating.free)):
        if shortage >> index & 1:
            continue
        while True:
            found = seating.search(1 << index, seating.open & shortage, closed)
            if found.path is None:
                closed |= found.seen
                break
            seating.pass_on(found.path)


def _best_wishes(
    seating: Seating, placed: list[int], wishes: list[tuple[int, ...]], own: list[int], hopeless: list[int]
) -> list[int]:
    """Tier 5: down the order, the best own wish that leaves everybody placed and every shortage seat filled. Returns the adjusted ones."""
    adjusted = []
    for applicant in placed:
        _improve(seating, applicant, wishes[applicant], hopeless)
        if seating.seat[applicant] in wishes[applicant]:
            seating.allow(applicant, 0)
        else:
            seating.allow(applicant, seating.allowed[applicant] & ~own[applicant])
            adjusted.append(applicant)
    return adjusted


def _best_adjustments(
    seating: Seating, adjusted: list[int], problem: Reallocation, lists: _Lists, hopeless: list[int]
) -> None:
    """Tier 6: the same for adjustment seats, in the order of the adjustment list."""
    for applicant in adjusted:
        mine, allowed = lists.adjustment(problem.applicants[applicant].prefecture), seating.allowed[applicant]
        _improve(seating, applicant, [index for index in mine if allowed >> index & 1], hopeless)
        seating.allow(applicant, 0)


def _improve(seating: Seating, applicant: int, best_first: Iterable[int], hopeless: list[int]) -> None:
    """Move an applicant to the first programme from which a chain leads back to the seat they leave.

    `hopeless[p]`: programmes from which no chain leads to p. It only ever grows, because pinning people removes edges and passing seats
    round a cycle changes nothing about who can reach whom; so each failure is paid for once.
    """
    current = seating.seat[applicant]
    if current is None:
        raise ValueError("only placed applicants can be improved")
    for wanted in best_first:
        if wanted == current:
            return
        if hopeless[current] >> wanted & 1:
            continue
        found = seating.search(1 << wanted, 1 << current, hopeless[current])
        if found.path is None:
            hopeless[current] |= found.seen
            continue
        seating.remove(applicant)
        seating.pass_on(found.path)
        seating.place(applicant, wanted)
        return


def record(problem: Reallocation, outcome: ReallocationOutcome) -> dict[str, Any]:
    """The record as the contract has it, without explanations and digests."""
    people, programmes = problem.applicants, problem.programmes
    seats = {applicant: seat for applicant, seat in enumerate(outcome.seat) if seat is not None}
    return {
        "assignment": {
            person.id: programmes[seats[applicant]].id if applicant in seats else None
            for applicant, person in enumerate(people)
        },
        "filled": len(seats),
        "shortage_filled": sum(programmes[seat].shortage for seat in seats.values()),
        "county_placed": sum(people[applicant].county for applicant in seats),
        "placed": [people[applicant].id for applicant in outcome.order if applicant in seats],
        "choice_rank": {person.id: outcome.choice_rank(applicant) for applicant, person in enumerate(people)},
    }
