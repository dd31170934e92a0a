"""Checks of a provincial reallocation (省级调剂复核), written from the six tiers and not from the engine.

Tiers 1–3 by certificates of maximality (V3), tier 4 by closed sets (V4), tiers 5 and 6 by showing that no chain of moves improves anybody
while everyone before them keeps what they have (V5). Together they leave exactly one possible answer.
"""

from __future__ import annotations

from typing import Any

from admissions.allocation.verify.breach import Breach, compare
from admissions.allocation.verify.improvable import improvable
from admissions.allocation.verify.reallocation_rule import Rule, members

MOST_NAMED = 20


def check(problem: dict[str, Any], result: dict[str, Any]) -> list[Breach]:
    rule = Rule(problem)
    given = [result["assignment"][person["id"]] for person in rule.people]
    seats = [None if seat is None else rule.index[seat] for seat in given]
    breaches = legal(rule, seats)
    if breaches:
        return breaches
    breaches = not_maximal(rule, seats) + closed_sets(rule, seats)
    if not breaches:
        breaches = improvable(rule, seats)[:MOST_NAMED]
    return breaches + compare(result, _tallies(rule, seats))


def legal(rule: Rule, seats: list[int | None]) -> list[Breach]:
    breaches, taken = [], [0] * len(rule.rows)
    for number, seat in enumerate(seats):
        if seat is None:
            continue
        taken[seat] += 1
        if seat not in rule.wishes[number] and not (rule.consents(number) and rule.passing[number] >> seat & 1):
            name, where = rule.people[number]["id"], rule.rows[seat]["id"]
            breaches.append(Breach("V1", f"{name} 被安排到 {where}，但不符合条件、不在地域范围内，或本人未同意。"))
    for row, count in zip(rule.rows, taken, strict=True):
        if count > row["seats"]:
            breaches.append(Breach("V1", f"{row['id']} 安排 {count} 人，超过剩余名额 {row['seats']} 个。"))
    return breaches


def not_maximal(rule: Rule, seats: list[int | None]) -> list[Breach]:
    """V3: more people, more shortage seats, more county applicants? Each alone is enough: the three maxima can be had together."""
    everybody = range(len(rule.people))
    county = [number for number in everybody if rule.county_first and rule.people[number]["county"]]
    questions = (
        ("本可安排更多的人", everybody, rule.everything),
        ("本可填上更多的紧缺专业名额", everybody, rule.shortage),
        ("本可安排更多的县级及以下医疗卫生机构人员", county, rule.everything),
    )
    return [
        Breach("V3", f"{sentence}（现为 {now}）。")
        for sentence, people, wanted in questions
        if (now := _seated(people, wanted, seats)) < _bound(rule, people, wanted, seats)
    ]


def _seated(people: list[int] | range, wanted: int, seats: list[int | None]) -> int:
    return sum(1 for number in people if (seat := seats[number]) is not None and wanted >> seat & 1)


def _bound(rule: Rule, people: list[int] | range, wanted: int, seats: list[int | None]) -> int:
    """No seating can have more of these people on the wanted programmes than this (a minimum cut).

    Whatever set of programmes is drawn, everybody seated either has one of its seats or may go outside it. The set that gives the least such
    sum is what those without a wanted seat can reach by way of those who hold one; the given seating is as good as any when it attains the sum.
    """
    edges, start = [0] * len(rule.rows), 0
    accept = [rule.acceptable(number) & wanted for number in people]
    for number, mine in zip(people, accept, strict=True):
        seat = seats[number]
        if seat is not None and wanted >> seat & 1:
            edges[seat] |= mine
        else:
            start |= mine
    inside = _closure(edges, start)
    outside = rule.everything & ~inside
    return sum(rule.seats[seat] for seat in members(inside)) + sum(1 for mine in accept if mine & outside)


def _closure(edges: list[int], start: int) -> int:
    seen = rest = start
    while rest:
        lowest = rest & -rest
        new = edges[lowest.bit_length() - 1] & ~seen
        seen |= new
        rest = rest ^ lowest | new
    return seen


def closed_sets(rule: Rule, seats: list[int | None]) -> list[Breach]:
    """V4: whatever an unplaced applicant can reach is full, and all who hold it come before them.

    The unplaced are taken in order: what was reached from an earlier one has passed the stricter test already.
    """
    edges, taken = [0] * len(rule.rows), [0] * len(rule.rows)
    last: list[tuple[int, int]] = [(-1, -1)] * len(rule.rows)
    for place, number in enumerate(rule.order):
        seat = seats[number]
        if seat is not None:
            taken[seat] += 1
            edges[seat] |= rule.acceptable(number)
            last[seat] = (place, number)
    breaches, seen = [], 0
    for place, number in enumerate(rule.order):
        if seats[number] is not None:
            continue
        name = rule.people[number]["id"]
        frontier = rule.acceptable(number) & ~seen
        while frontier:
            seen |= frontier
            further = 0
            for seat in members(frontier):
                further |= edges[seat]
                if taken[seat] < rule.seats[seat]:
                    where = rule.rows[seat]["id"]
                    breaches.append(Breach("V4", f"{name} 未安排，但经让位可以得到 {where} 的空余名额。"))
                elif last[seat][0] > place:
                    other, where = rule.people[last[seat][1]]["id"], rule.rows[seat]["id"]
                    breaches.append(
                        Breach("V4", f"{name} 未安排，而排序在后的 {other} 占用了经让位可以给他的 {where}。")
                    )
            frontier = further & ~seen
    return breaches[:MOST_NAMED]


def _tallies(rule: Rule, seats: list[int | None]) -> dict[str, object]:
    ranks: dict[str, object] = {}
    for person, wishes, seat in zip(rule.people, rule.wishes, seats, strict=True):
        ranks[person["id"]] = None if seat is None else wishes.index(seat) + 1 if seat in wishes else "adjust"
    placed = [number for number in rule.order if seats[number] is not None]
    return {
        "filled": len(placed),
        "shortage_filled": _seated(placed, rule.shortage, seats),
        "county_placed": sum(1 for number in placed if rule.people[number]["county"]),
        "placed": [rule.people[number]["id"] for number in placed],
        "choice_rank": ranks,
    }
