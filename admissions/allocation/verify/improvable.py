"""V5: can anybody of a provincial reallocation have it better (可否改进), while everyone before them keeps at least what they have? Exact at any size.

Seen from the end of the provincial order: everyone already passed may move, everyone still to come stays at their level. So edges are only
ever added, and who can reach whom is kept up to date as they are.
"""

from __future__ import annotations

from admissions.allocation.verify.breach import Breach
from admissions.allocation.verify.reallocation_rule import Rule, bits, members


class _Reach:
    """Who can reach whom among the programmes, by way of one representative of those that can all reach each other."""

    def __init__(self, size: int) -> None:
        self._to = [1 << number for number in range(size)]
        self._since = list(self._to)
        self._stands_for = list(self._to)
        self._by = list(range(size))
        self._alive = (1 << size) - 1

    def since(self, number: int) -> int:
        """All programmes from which a chain of moves leads to this one (bit set)."""
        return self._since[self._by[number]]

    def add(self, tail: int, heads: int) -> None:
        """From now on somebody can move from `tail` to each of `heads` (bit set)."""
        mine = self._by[tail]
        new = heads & ~self._to[mine]
        if not new:
            return
        gained = 0
        while new:
            gained |= self._to[self._by[(new & -new).bit_length() - 1]]
            new &= ~gained
        gained &= ~self._to[mine]
        before = self._since[mine]
        for number in members(before & self._alive):
            self._to[number] |= gained
        for number in members(gained & self._alive):
            self._since[number] |= before
        self._merge(self._to[mine] & self._since[mine])

    def _merge(self, circle: int) -> None:
        """Those on one circle are alike from now on; the one that stands for most speaks for all."""
        speakers = sorted(members(circle & self._alive), key=lambda number: -self._stands_for[number].bit_count())
        for other in speakers[1:]:
            for number in members(self._stands_for[other]):
                self._by[number] = speakers[0]
            self._stands_for[speakers[0]] |= self._stands_for[other]
            self._alive ^= 1 << other


def improvable(rule: Rule, seats: list[int | None]) -> list[Breach]:
    """Tier 5 for everybody placed, then tier 6 for those placed by adjustment, each from the last in the provincial order to the first."""
    placed = [(number, seat) for number in rule.order if (seat := seats[number]) is not None]
    adjusted = [(number, seat) for number, seat in placed if seat not in rule.wishes[number]]
    levels, positions = _free_seats_move(rule, placed), _free_seats_move(rule, placed)
    for number, seat in adjusted:
        levels.add(seat, rule.others(number))
    breaches = []
    for number, seat in reversed(placed):
        wishes = rule.wishes[number]
        better = bits(wishes[: wishes.index(seat)] if seat in wishes else wishes) & levels.since(seat)
        if better:
            name, wish = rule.people[number]["id"], next(wish for wish in wishes if better >> wish & 1)
            where = rule.rows[wish]["id"]
            breaches.append(Breach("V5", f"{name} 可以得到更靠前的志愿 {where}，而不影响排序在前的任何人。"))
        levels.add(seat, rule.acceptable(number))
    for number, seat in reversed(adjusted):
        better = rule.before(number, seat) & positions.since(seat)
        if better:
            name, where = rule.people[number]["id"], rule.rows[next(iter(members(better)))]["id"]
            breaches.append(Breach("V5", f"{name} 按调剂可以得到次序更靠前的 {where}，而不影响排序在前的任何人。"))
        positions.add(seat, rule.others(number))
    return breaches


def _free_seats_move(rule: Rule, placed: list[tuple[int, int]]) -> _Reach:
    """A free seat may change place with any other of its kind: the number of filled shortage seats must stay."""
    reach, free = _Reach(len(rule.rows)), list(rule.seats)
    for _, seat in placed:
        free[seat] -= 1
    for kind in (rule.shortage, rule.everything & ~rule.shortage):
        for number in members(kind):
            if free[number]:
                reach.add(number, kind)
    return reach
