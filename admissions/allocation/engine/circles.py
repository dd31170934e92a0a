"""Which programmes may lie on a common circle of moves (互换圈): a partition that only ever becomes finer.

In the phases that improve wishes, people are only pinned and seats only passed round circles, so programmes that cannot reach each other now
never will again. Somebody who would move from their seat to another programme can do so exactly when both lie on one circle. Each search
that fails cuts a part in two; so there are fewer such searches than programmes, whatever the number of people.
"""

from __future__ import annotations

from admissions.allocation.bitset import members
from admissions.allocation.engine.seating import Seating


class Circles:
    """`part(p)`: the programmes (bit set) that may still lie on one circle with programme p, and p itself."""

    def __init__(self, size: int) -> None:
        self._number = [0] * size
        self._parts = [(1 << size) - 1]

    def part(self, programme: int) -> int:
        return self._parts[self._number[programme]]

    def path(self, seating: Seating, wanted: int, current: int) -> list[int] | None:
        """A chain of moves from `wanted` back to `current`, or None, in which case the two are told apart for good."""
        part = self.part(current)
        if not part >> wanted & 1:
            return None
        found = seating.search(1 << wanted, 1 << current, part)
        if found.path is None:
            self._cut(self._number[current], part, found.cut_off)
        return found.path

    def _cut(self, number: int, part: int, seen: int) -> None:
        """The smaller half gets a new number."""
        rest = part & ~seen
        smaller, larger = (seen, rest) if seen.bit_count() < rest.bit_count() else (rest, seen)
        self._parts[number] = larger
        for programme in members(smaller):
            self._number[programme] = len(self._parts)
        self._parts.append(smaller)
