"""Who sits where during a reallocation, and how seats can be passed on (让位链). Sets of programmes are bit sets.

Node i of the graph is programme i. There is an edge i → j when a movable holder of i would also go to j; in the later phases a free seat
can "move" too, to any programme of the same kind (shortage or not), which keeps the number of free seats of each kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from admissions.allocation.bitset import lowest, members
from admissions.allocation.engine.holders import Holders, listed


@dataclass(frozen=True, slots=True)
class Search:
    """`path`: programmes from a start to a goal, or None; then `cut_off`: the start and all that can be reached from it, the goal not among it."""

    path: list[int] | None
    cut_off: int


class Seating:
    """Holders, free seats and edges. `allowed[a]` is the set of programmes applicant `a` may be moved to; 0 pins them."""

    def __init__(self, seats: list[int], allowed: list[int]) -> None:
        self.allowed = allowed
        self.seat: list[int | None] = [None] * len(allowed)
        self.free = list(seats)
        self.open = sum(1 << index for index, number in enumerate(seats) if number)
        self.edges = [0] * len(seats)
        # The edges that come from people with few programmes, the other way round, so that searches can come from the other end.
        self._into = [0] * len(seats)
        self._listed = list(map(listed, allowed))
        self._holders = [Holders(1 << index, self._into, self._listed) for index in range(len(seats))]
        self._kind = [0] * len(seats)

    def let_free_seats_move(self, shortage: int) -> None:
        """From now on free seats are passed on as well, within the shortage programmes (bit set) and within the others."""
        everything = (1 << len(self.free)) - 1
        self._kind = [shortage if shortage >> index & 1 else everything & ~shortage for index in range(len(self.free))]
        for index in range(len(self.free)):
            self._settle(index)

    def place(self, applicant: int, programme: int) -> None:
        """Give an applicant one of the free seats there."""
        self._sit(applicant, programme)
        self._settle(programme)

    def at(self, applicant: int) -> int:
        """Where a seated applicant sits."""
        programme = self.seat[applicant]
        if programme is None:
            raise ValueError("the applicant holds no seat")
        return programme

    def allow(self, applicant: int, allowed: int) -> None:
        """Narrow where a seated applicant may be moved to (0: nowhere)."""
        programme = self.at(applicant)
        self._holders[programme].remove(applicant, self.allowed[applicant])
        self.allowed[applicant], self._listed[applicant] = allowed, listed(allowed)
        self._holders[programme].add(applicant, allowed)
        self._settle(programme)

    def search(self, start: int, goal: int, within: int) -> Search:
        """A way from `start` to `goal` without leaving `within`: breadth first, from the end that has less to look at."""
        start, goal = start & within, goal & within
        if start & goal:
            return Search([lowest(start & goal)], 0)
        ahead, behind, forward, backward = start, goal, [start], [goal]
        while forward[-1]:
            if backward[-1] and backward[-1].bit_count() <= forward[-1].bit_count():
                layer = 0
                for index in members(backward[-1]):
                    layer |= self._into[index]
                layer &= within & ~behind
                if layer & ahead:
                    meeting = lowest(layer & ahead)
                    return Search(self._back(forward, meeting) + self._onward([*backward, layer], meeting), 0)
                backward.append(layer)
                behind |= layer
                continue
            reached = 0
            for index in members(forward[-1]):
                out = self.edges[index]
                if out & behind:
                    meeting = lowest(out & behind)
                    return Search([*self._back(forward, index), meeting, *self._onward(backward, meeting)], 0)
                reached |= out
            forward.append(reached & within & ~ahead)
            ahead |= reached & within
        return Search(None, ahead)

    def _back(self, forward: list[int], last: int) -> list[int]:
        """The way from the start to a programme of the last layer."""
        path = [last]
        for layer in reversed(forward[:-1]):
            wanted = 1 << path[-1]
            path.append(next(index for index in members(layer) if self.edges[index] & wanted))
        path.reverse()
        return path

    def _onward(self, backward: list[int], first: int) -> list[int]:
        """The rest of the way, from a programme of one of the layers to the goal."""
        path = [first]
        number = next(number for number, layer in enumerate(backward) if layer >> first & 1)
        for layer in reversed(backward[:number]):
            path.append(lowest(self.edges[path[-1]] & layer))
        return path[1:]

    def pass_on(self, path: list[int], newcomer: int | None = None) -> None:
        """Along the path, one holder (or free seat) of each programme moves to the next; the newcomer, perhaps from elsewhere, takes the first."""
        moves = [] if newcomer is None else [(newcomer, path[0])]
        for here, there in pairwise(path):
            # Where nobody would go it is the free seat that moves, which needs no doing: the counts follow the people.
            mover = self._holders[here].one_for(there)
            if mover is not None:
                moves.append((mover, there))
        touched = set()
        for applicant, there in moves:
            left = self.seat[applicant]
            if left is not None:
                self._holders[left].remove(applicant, self.allowed[applicant])
                self.free[left] += 1
                touched.add(left)
            self._sit(applicant, there)
            touched.add(there)
        for programme in touched:
            self._settle(programme)

    def _sit(self, applicant: int, programme: int) -> None:
        self.seat[applicant] = programme
        self.free[programme] -= 1
        self._holders[programme].add(applicant, self.allowed[applicant])

    def _settle(self, programme: int) -> None:
        """Free seats and edges of a programme after its holders have changed."""
        edges = self._holders[programme].edges()
        if self.free[programme] > 0:
            self.open |= 1 << programme
            edges |= self._kind[programme]
        else:
            self.open &= ~(1 << programme)
        self.edges[programme] = edges
