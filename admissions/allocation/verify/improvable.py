"""V5: can anybody of a provincial reallocation have it better (可否改进), while everyone before them keeps at least what they have? Exact at any size.

Seen from the end of the provincial order: everyone already passed may move, everyone still to come stays at their level. So edges are only
ever added, and who can reach whom is kept up to date as they are.
"""

from __future__ import annotations

from admissions.allocation.verify.breach import Breach
from admissions.allocation.verify.reallocation_rule import Rule, bits, members


class _Reach:
    """Who can reach whom among the programmes: bit j of `to[i]`, and bit i of `since[j]`, when a chain of moves leads from i to j."""

    def __init__(self, size: int) -> None:
        self.to = [1 << number for number in range(size)]
        self.since = list(self.to)

    def add(self, tail: int, heads: int) -> None:
        new = heads & ~self.to[tail]
        if not new:
            return
        gained = 0
        while new:
            gained |= self.to[(new & -new).bit_length() - 1]
            new &= ~gained
        gained &= ~self.to[tail]
        before = self.since[tail]
        for number in members(before):
            self.to[number] |= gained
        for number in members(gained):
            self.since[number] |= before


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
        better = bits(wishes[: wishes.index(seat)] if seat in wishes else wishes) & levels.since[seat]
        if better:
            name, wish = rule.people[number]["id"], next(wish for wish in wishes if better >> wish & 1)
            where = rule.rows[wish]["id"]
            breaches.append(Breach("V5", f"{name} 可以得到更靠前的志愿 {where}，而不影响排序在前的任何人。"))
        levels.add(seat, rule.acceptable(number))
    for number, seat in reversed(adjusted):
        better = rule.before(number, seat) & positions.since[seat]
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
