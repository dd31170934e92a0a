"""Checks of a provincial reallocation (省级调剂复核), written from the six tiers and not from the engine.

Tiers 1–3 by maximum flows that start at the given seating (V3), tier 4 by closed sets (V4), tiers 5 and 6 by showing that no chain of
moves improves anybody while everyone before them keeps what they have (V5). Together they leave exactly one possible answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from admissions.allocation.verify.breach import Breach, compare
from admissions.allocation.verify.flow import Network

MOST_NAMED = 20


class _Rule:
    """Per applicant the passing wishes and the adjustment list as programme ids; and the provincial order, read afresh."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.rows = {row["id"]: row for row in problem["programmes"]}
        self.index = {name: number for number, name in enumerate(self.rows)}
        self.people = {person["id"]: person for person in problem["applicants"]}
        self.adjacent = problem["adjacent"]
        self.order = sorted(self.people, key=self._place)
        self._walks: dict[str, list[str]] = {}
        self.wishes: dict[str, list[str]] = {}
        self.others: dict[str, list[str]] = {}
        shared: dict[tuple[str, str, frozenset[str]], list[str]] = {}
        for name, person in self.people.items():
            key = (person["prefecture"], person["geo"], frozenset(person["eligible"]))
            if key not in shared:
                shared[key] = self._passing(*key)
            passing = set(shared[key])
            self.wishes[name] = [wish for wish in person["wishes"] if wish in passing]
            listed = set(self.wishes[name])
            consents = person["consent"] == "province"
            self.others[name] = [other for other in shared[key] if other not in listed] if consents else []

    def _place(self, name: str) -> tuple[bool, int, int, int, int]:
        person, score = self.people[name], self.people[name]["score"]
        return (not person["county"], -score["total"], -score["written"], -score["interview"], person["lottery"])

    def _passing(self, home: str, geo: str, eligible: frozenset[str]) -> list[str]:
        """Programmes that pass, own prefecture first, shortage first, id."""
        if home not in self._walks:
            rows = self.rows
            self._walks[home] = sorted(rows, key=lambda i: (rows[i]["prefecture"] != home, not rows[i]["shortage"], i))
        near = {home} | set(self.adjacent.get(home, ()) if geo == "same_or_adjacent" else ())
        return [
            name
            for name in self._walks[home]
            if self.rows[name]["specialty"] in eligible and (geo == "any" or self.rows[name]["prefecture"] in near)
        ]

    def acceptable(self, name: str) -> list[str]:
        return self.wishes[name] + self.others[name]


def check(problem: dict[str, Any], result: dict[str, Any]) -> list[Breach]:
    rule, assignment = _Rule(problem), result["assignment"]
    breaches = _legal(rule, assignment)
    if breaches:
        return breaches
    breaches = _tiers_by_flow(rule, assignment) + _closed_sets(rule, assignment)
    if not breaches:
        breaches = _improvable(rule, assignment)
    return breaches + compare(result, _tallies(rule, assignment))


def _legal(rule: _Rule, assignment: dict[str, str | None]) -> list[Breach]:
    breaches, taken = [], dict.fromkeys(rule.rows, 0)
    for name, seat in assignment.items():
        if seat is None:
            continue
        taken[seat] += 1
        if seat not in rule.wishes[name] and seat not in rule.others[name]:
            breaches.append(Breach("V1", f"{name} 被安排到 {seat}，但不符合条件、不在地域范围内，或本人未同意。"))
    for seat, number in taken.items():
        if number > rule.rows[seat]["seats"]:
            breaches.append(Breach("V1", f"{seat} 安排 {number} 人，超过剩余名额 {rule.rows[seat]['seats']} 个。"))
    return breaches


def _tiers_by_flow(rule: _Rule, assignment: dict[str, str | None]) -> list[Breach]:
    """V3: more people, more shortage seats, more county applicants? Each alone is enough: the three maxima can be had together."""
    questions: tuple[tuple[str, Callable[[str], bool], Callable[[str], bool]], ...] = (
        ("多安排 {} 人", lambda name: True, lambda seat: True),
        ("多填 {} 个紧缺专业名额", lambda name: True, lambda seat: bool(rule.rows[seat]["shortage"])),
        ("多安排 {} 名县级及以下医疗卫生机构人员", lambda name: bool(rule.people[name]["county"]), lambda seat: True),
    )
    breaches = []
    for sentence, counts_person, counts_seat in questions:
        more = _more(rule, assignment, counts_person, counts_seat)
        if more:
            breaches.append(Breach("V3", f"本可{sentence.format(more)}。"))
    return breaches


def _more(
    rule: _Rule,
    assignment: dict[str, str | None],
    counts_person: Callable[[str], bool],
    counts_seat: Callable[[str], bool],
) -> int:
    """How many more of these people could sit on these seats than do: people grouped by what they may take, seats by programme."""
    seats = [seat for seat in rule.rows if counts_seat(seat)]
    groups: dict[tuple[str, ...], int] = {}
    seated: dict[tuple[str, ...], dict[str, int]] = {}
    for name in rule.people:
        if counts_person(name):
            key = tuple(sorted(seat for seat in rule.acceptable(name) if counts_seat(seat)))
            groups[key] = groups.get(key, 0) + 1
            seat = assignment[name]
            if seat is not None and counts_seat(seat):
                here = seated.setdefault(key, {})
                here[seat] = here.get(seat, 0) + 1
    network = Network(2 + len(groups) + len(seats))
    node = {seat: 2 + len(groups) + number for number, seat in enumerate(seats)}
    taken = dict.fromkeys(seats, 0)
    for number, (key, size) in enumerate(groups.items(), start=2):
        here = seated.get(key, {})
        network.edge(0, number, size, sum(here.values()))
        for seat in key:
            network.edge(number, node[seat], size, here.get(seat, 0))
            taken[seat] += here.get(seat, 0)
    for seat in seats:
        network.edge(node[seat], 1, rule.rows[seat]["seats"], taken[seat])
    return network.push(0, 1)


def _closed_sets(rule: _Rule, assignment: dict[str, str | None]) -> list[Breach]:
    """V4: whatever an unplaced applicant can reach is full, and all who hold it come before them.

    The unplaced are taken in order: what was reached from an earlier one has passed the stricter test already.
    """
    place = {name: number for number, name in enumerate(rule.order)}
    holders: dict[str, list[str]] = {seat: [] for seat in rule.rows}
    for name in rule.order:
        seat = assignment[name]
        if seat is not None:
            holders[seat].append(name)
    breaches, seen = [], set()
    for name in rule.order:
        if assignment[name] is not None:
            continue
        frontier = [seat for seat in rule.acceptable(name) if seat not in seen]
        seen.update(frontier)
        while frontier:
            seat = frontier.pop()
            inside = holders[seat]
            if len(inside) < rule.rows[seat]["seats"]:
                breaches.append(Breach("V4", f"{name} 未安排，但经让位可以得到 {seat} 的空余名额。"))
            elif inside and place[inside[-1]] > place[name]:
                breaches.append(
                    Breach("V4", f"{name} 未安排，而排序在后的 {inside[-1]} 占用了经让位可以给他的 {seat}。")
                )
            for other in inside:
                for further in rule.acceptable(other):
                    if further not in seen:
                        seen.add(further)
                        frontier.append(further)
    return breaches[:MOST_NAMED]


class _Reach:
    """Who can reach whom among the programmes, kept as edges are added (bit i of `to[p]`: programme i can be reached from p)."""

    def __init__(self, size: int) -> None:
        self.to = [1 << number for number in range(size)]

    def add(self, tail: int, heads: int) -> None:
        new = heads & ~self.to[tail]
        gained = 0
        while new:
            lowest = new & -new
            gained |= self.to[lowest.bit_length() - 1]
            new &= ~gained
        if gained:
            for number, reached in enumerate(self.to):
                if reached >> tail & 1:
                    self.to[number] = reached | gained


def _improvable(rule: _Rule, assignment: dict[str, str | None]) -> list[Breach]:
    """V5, exact at any size: go up the order from the last; everyone already passed may move, everyone still to come stays at their level."""
    placed = [name for name in rule.order if assignment[name] is not None]
    seat = {name: str(assignment[name]) for name in placed}
    adjusted = [name for name in placed if seat[name] not in rule.wishes[name]]
    bits = {name: _bits(rule, rule.others[name]) for name in adjusted}
    levels = _free_seats(rule, seat)
    for name in adjusted:
        levels.add(rule.index[seat[name]], bits[name])
    breaches = []
    for name in reversed(placed):
        here = rule.index[seat[name]]
        better = _before(rule.wishes[name], seat[name])
        wish = next((wish for wish in better if levels.to[rule.index[wish]] >> here & 1), None)
        if wish is not None:
            breaches.append(Breach("V5", f"{name} 可以得到更靠前的志愿 {wish}，而不影响排序在前的任何人。"))
        levels.add(here, _bits(rule, rule.acceptable(name)))
    positions = _free_seats(rule, seat)
    for name in reversed(adjusted):
        here = rule.index[seat[name]]
        better = _before(rule.others[name], seat[name])
        other = next((other for other in better if positions.to[rule.index[other]] >> here & 1), None)
        if other is not None:
            breaches.append(Breach("V5", f"{name} 按调剂可以得到次序更靠前的 {other}，而不影响排序在前的任何人。"))
        positions.add(here, bits[name])
    return breaches[:MOST_NAMED]


def _free_seats(rule: _Rule, seat: dict[str, str]) -> _Reach:
    """A free seat may change place with any other of its kind: the number of filled shortage seats must stay."""
    reach, taken = _Reach(len(rule.rows)), dict.fromkeys(rule.rows, 0)
    for where in seat.values():
        taken[where] += 1
    for kind in (True, False):
        same = [name for name, row in rule.rows.items() if row["shortage"] is kind]
        bits = _bits(rule, same)
        for name in same:
            if taken[name] < rule.rows[name]["seats"]:
                reach.add(rule.index[name], bits)
    return reach


def _before(best_first: list[str], current: str) -> list[str]:
    return best_first[: best_first.index(current)] if current in best_first else best_first


def _bits(rule: _Rule, names: Iterable[str]) -> int:
    bits = 0
    for name in names:
        bits |= 1 << rule.index[name]
    return bits


def _tallies(rule: _Rule, assignment: dict[str, str | None]) -> dict[str, object]:
    ranks: dict[str, object] = {}
    for name, wishes in rule.wishes.items():
        seat = assignment[name]
        ranks[name] = None if seat is None else wishes.index(seat) + 1 if seat in wishes else "adjust"
    placed = [name for name in rule.order if assignment[name] is not None]
    return {
        "filled": len(placed),
        "shortage_filled": sum(rule.rows[str(assignment[name])]["shortage"] for name in placed),
        "county_placed": sum(rule.people[name]["county"] for name in placed),
        "placed": placed,
        "choice_rank": ranks,
    }
