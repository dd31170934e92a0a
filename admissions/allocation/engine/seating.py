"""Who sits where during a reallocation, and how seats can be passed on (让位链). Sets of programmes are bit sets: bit i is programme i.

Node i of the graph is programme i. There is an edge i → j when a movable holder of i would also go to j; in the later phases a free seat
can "move" too, to any programme of the same kind (shortage or not), which keeps the number of free seats of each kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Search:
    """`path`: programmes from a start to a goal, or None; `seen`: every programme visited (all that can be reached when `path` is None)."""

    path: list[int] | None
    seen: int


class Seating:
    """Holders, free seats and edges. `allowed[a]` is the bit set of programmes applicant `a` may be moved to; 0 pins them."""

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
        self.seat[applicant] = programme
        self._movable[programme].setdefault(self.allowed[applicant], {})[applicant] = None
        self._free_seats(programme, -1)

    def remove(self, applicant: int) -> int:
        """Take an applicant off their seat; returns the programme."""
        programme = self.seat[applicant]
        if programme is None:
            raise ValueError("the applicant holds no seat")
        self.seat[applicant] = None
        self._forget(applicant, programme)
        self._free_seats(programme, +1)
        return programme

    def allow(self, applicant: int, allowed: int) -> None:
        """Change where a seated applicant may be moved to (0: nowhere)."""
        programme = self.seat[applicant]
        if programme is None:
            raise ValueError("the applicant holds no seat")
        self._forget(applicant, programme)
        self.allowed[applicant] = allowed
        self._movable[programme].setdefault(allowed, {})[applicant] = None
        self._refresh(programme)

    def search(self, start: int, goal: int, closed: int = 0) -> Search:
        """Breadth first from the programmes of `start` to one of `goal`, never entering `closed`."""
        frontier = start & ~closed
        seen, layers, edges = frontier, [frontier], self.edges
        while frontier and not frontier & goal:
            reached, rest = 0, frontier
            while rest:
                lowest = rest & -rest
                reached |= edges[lowest.bit_length() - 1]
                rest ^= lowest
            frontier = reached & ~seen & ~closed
            seen |= frontier
            layers.append(frontier)
        if not frontier:
            return Search(None, seen)
        return Search(self._trace(layers, _lowest(frontier & goal)), seen)

    def _trace(self, layers: list[int], last: int) -> list[int]:
        path = [last]
        for layer in reversed(layers[:-1]):
            rest = layer
            while not self.edges[_lowest(rest)] >> path[-1] & 1:
                rest &= rest - 1
            path.append(_lowest(rest))
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
        for allowed, holders in self._movable[here].items():
            if allowed >> there & 1:
                return next(iter(holders))
        return None

    def _forget(self, applicant: int, programme: int) -> None:
        holders = self._movable[programme][self.allowed[applicant]]
        del holders[applicant]
        if not holders:
            del self._movable[programme][self.allowed[applicant]]

    def _free_seats(self, programme: int, change: int) -> None:
        self.free[programme] += change
        if self.free[programme] > 0:
            self.open |= 1 << programme
        else:
            self.open &= ~(1 << programme)
        self._refresh(programme)

    def _refresh(self, programme: int) -> None:
        edges = self._kind[programme] if self.free[programme] > 0 else 0
        for allowed in self._movable[programme]:
            edges |= allowed
        self.edges[programme] = edges


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
