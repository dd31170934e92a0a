"""Provincial reallocation (省级调剂): six tiers, maximised one after the other, with one answer.

1 seats filled · 2 shortage seats filled · 3 county applicants placed · 4 who is placed, down the provincial order · 5 own wishes, down the
same order (every adjustment seat one worse than the last wish) · 6 position on the whole list, down the order.
Tiers 1 to 4 never compete: the people that can be seated form a matroid, and some seating fills the best people and the best seats at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from admissions.allocation.bitset import lowest
from admissions.allocation.engine.choices import Choices
from admissions.allocation.engine.circles import Circles
from admissions.allocation.engine.seating import Seating
from admissions.allocation.order import provincial_order
from admissions.allocation.outcome import ReallocationOutcome
from admissions.allocation.problem import Reallocation


def reallocate(problem: Reallocation) -> ReallocationOutcome:
    """Solve. Searches that fail are never repeated; those that succeed end at the first way found, because the answer does not depend on it."""
    choices, order = Choices(problem), provincial_order(problem)
    seating = Seating([row.seats for row in problem.programmes], list(choices.acceptable))
    placed = _seat_people(seating, order, choices.wishes)
    _fill_shortage(seating, choices.shortage)
    seating.let_free_seats_move(choices.shortage)
    circles = Circles(len(problem.programmes))
    adjusted = _best_wishes(seating, circles, placed, choices)
    _best_adjustments(seating, circles, adjusted, choices)
    return ReallocationOutcome(order, choices.wishes, choices.acceptable, seating.seat)


def _seat_people(seating: Seating, order: list[int], wishes: list[tuple[int, ...]]) -> list[int]:
    """Tiers 1, 3 and 4: down the order, seat whoever can be seated without unseating anyone. Returns them in order.

    What a failed search has seen is full and its holders cannot leave it: it stays so for good, and is never entered again.
    """
    placed, alive = [], (1 << len(seating.free)) - 1
    for applicant in order:
        direct = next((index for index in wishes[applicant] if seating.free[index]), None)
        if direct is not None:
            seating.place(applicant, direct)
            placed.append(applicant)
            continue
        found = seating.search(seating.allowed[applicant], seating.open, alive)
        if found.path is None:
            alive &= ~found.cut_off
        else:
            seating.pass_on(found.path, newcomer=applicant)
            placed.append(applicant)
    return placed


def _fill_shortage(seating: Seating, shortage: int) -> None:
    """Tier 2: as long as a chain leads from a filled non-shortage seat to a free shortage seat, pass seats on along it."""
    alive = (1 << len(seating.free)) - 1
    for index in range(len(seating.free)):
        if shortage >> index & 1:
            continue
        while True:
            found = seating.search(1 << index, seating.open & shortage, alive)
            if found.path is None:
                alive &= ~found.cut_off
                break
            seating.pass_on(found.path)


def _best_wishes(seating: Seating, circles: Circles, placed: list[int], choices: Choices) -> list[int]:
    """Tier 5: down the order, the best own wish that leaves everybody placed and every shortage seat filled. Returns the adjusted ones."""
    adjusted = []
    for applicant in placed:
        wishes = choices.wishes[applicant]
        _improve(seating, circles, applicant, wishes)
        if seating.seat[applicant] in wishes:
            seating.allow(applicant, 0)
        else:
            seating.allow(applicant, choices.others(applicant))
            adjusted.append(applicant)
    return adjusted


def _best_adjustments(seating: Seating, circles: Circles, adjusted: list[int], choices: Choices) -> None:
    """Tier 6: the same for adjustment seats, in the order of the adjustment list."""
    for applicant in adjusted:
        current, allowed = seating.at(applicant), seating.allowed[applicant]
        for group in choices.adjustment(applicant):
            # Programmes are numbered by id; what can no longer lie on a circle with the seat is left out as it becomes known.
            while better := _before(allowed & group, current) & circles.part(current):
                if _move(seating, circles, applicant, lowest(better)):
                    break
            if group >> seating.at(applicant) & 1:
                break
        seating.allow(applicant, 0)


def _before(programmes: int, current: int) -> int:
    """Of a group that holds the current seat, what comes before it; of any other, all."""
    return programmes & ((1 << current) - 1) if programmes >> current & 1 else programmes


def _improve(seating: Seating, circles: Circles, applicant: int, best_first: Iterable[int]) -> None:
    """Move an applicant to the first programme from which a chain leads back to the seat they leave."""
    current = seating.at(applicant)
    for wanted in best_first:
        if wanted == current or _move(seating, circles, applicant, wanted):
            return


def _move(seating: Seating, circles: Circles, applicant: int, wanted: int) -> bool:
    """Whether the applicant could be moved to `wanted` round a circle, and was."""
    path = circles.path(seating, wanted, seating.at(applicant))
    if path is None:
        return False
    seating.pass_on(path, newcomer=applicant)
    return True


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
