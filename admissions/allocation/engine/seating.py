"""Who sits where during a reallocation, and how seats can be passed on (让位链). Sets of programmes are bit sets.

Node i of the graph is programme i. There is an edge i → j when a movable holder of i would also go to j; in the later phases a free seat
can "move" too, to any programme of the same kind (shortage or not), which keeps the number of free seats of each kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from admissions.allocation.bitset import lowest, members


@dataclass(frozen=True, slots=True)
class Search:
    """`path`: programmes from a start to a goal, or None; `seen`: every programme visited (all that can be reached when `path` is None)."""

    path: list[int] | None
    seen: int


class Seating:
    """Holders, free seats and edges. `allowed[a]` is the set of programmes applicant `a` may be moved to; 0 pins them."""

    def __init__(self, seats: list[int], allowed: list[int]) -> None:
        self.allowed = allowed
        self.seat: list[int | None] = [None] * len(allowed)
        self.free = list(seats)
        self.open = sum(1 << index for index, number in enumerate(seats) if number)
        self.edges = [0] * len(seats)
        self._movable: list[dict[int, dict[int, None]]] = [{} for _ in seats]
        self._kind = [0] * len(seats)

    def let_free_seats_move(self, shortage: int) -> None:
        """From now on free seats are passed on as well, within the shortage programmes (bit set) and within the others."""
        everything = (1 << len(self.free)) - 1
        self._kind = [shortage if shortage >> index & 1 else everything & ~shortage for index in range(len(self.free))]
        for index in range(len(self.free)):
            self._refresh(index)

    def place(self, applicant: int, programme: int) -> None:
        """Give an applicant a seat there. While seats are being passed on, a programme may hold one more than it has."""
        self.seat[applicant] = programme
        allowed = self.allowed[applicant]
        self._movable[programme].setdefault(allowed, {})[applicant] = None
        self.free[programme] -= 1
        if self.free[programme] > 0:
            self.edges[programme] |= allowed
        else:
            self.open &= ~(1 << programme)
            self._refresh(programme)

    def remove(self, applicant: int) -> None:
        """Take a seated applicant off their seat."""
        programme = self.at(applicant)
        self.seat[applicant] = None
        self._forget(applicant, programme)
        self.free[programme] += 1
        if self.free[programme] > 0:
            self.open |= 1 << programme
        self._refresh(programme)

    def at(self, applicant: int) -> int:
        """Where a seated applicant sits."""
        programme = self.seat[applicant]
        if programme is None:
            raise ValueError("the applicant holds no seat")
        return programme

    def allow(self, applicant: int, allowed: int) -> None:
        """Narrow where a seated applicant may be moved to (0: nowhere)."""
        programme = self.at(applicant)
        self._forget(applicant, programme)
        self.allowed[applicant] = allowed
        if allowed:
            self._movable[programme].setdefault(allowed, {})[applicant] = None
        self._refresh(programme)

    def search(self, start: int, goal: int, within: int) -> Search:
        """Breadth first from the programmes of `start` to one of `goal`, never leaving `within`; ends at the first edge into the goal."""
        goal &= within
        frontier = start & within
        if frontier & goal:
            return Search([lowest(frontier & goal)], frontier)
        seen, layers, edges = frontier, [], self.edges
        while frontier:
            layers.append(frontier)
            reached = 0
            for index in members(frontier):
                out = edges[index]
                if out & goal:
                    return Search([*self._trace(layers, index), lowest(out & goal)], seen)
                reached |= out
            frontier = reached & within & ~seen
            seen |= frontier
        return Search(None, seen)

    def _trace(self, layers: list[int], last: int) -> list[int]:
        path = [last]
        for layer in reversed(layers[:-1]):
            wanted = 1 << path[-1]
            path.append(next(index for index in members(layer) if self.edges[index] & wanted))
        path.reverse()
        return path

    def pass_on(self, path: list[int]) -> None:
        """Along the path, one holder (or free seat) of each programme moves to the next; the first programme gains a seat, the last loses one."""
        movers = [self._mover(here, there) for here, there in pairwise(path)]
        for mover, there in zip(movers, path[1:], strict=True):
            if mover is not None:
                self.remove(mover)
                self.place(mover, there)

    def _mover(self, here: int, there: int) -> int | None:
        """Someone at `here` who would go `there`; None when it is the free seat that moves, which needs no doing: the counts follow the people."""
        wanted = 1 << there
        for allowed, holders in self._movable[here].items():
            if allowed & wanted:
                return next(iter(holders))
        return None

    def _forget(self, applicant: int, programme: int) -> None:
        allowed = self.allowed[applicant]
        if allowed:
            holders = self._movable[programme][allowed]
            del holders[applicant]
            if not holders:
                del self._movable[programme][allowed]

    def _refresh(self, programme: int) -> None:
        edges = self._kind[programme] if self.free[programme] > 0 else 0
        for allowed in self._movable[programme]:
            edges |= allowed
        self.edges[programme] = edges
