"""Checks of a base admission (基地录取复核), written from the rule and not from the engine."""

from __future__ import annotations

from typing import Any

from admissions.allocation.verify.admission_rule import Rule
from admissions.allocation.verify.breach import Breach, compare
from admissions.allocation.verify.rounds import recompute

MOST_NAMED = 20


def check(problem: dict[str, Any], result: dict[str, Any]) -> list[Breach]:
    rule = Rule(problem)
    seats = [result["assignment"][person["id"]] for person in rule.people]
    given = _Given(rule, [None if seat is None else rule.position[seat] for seat in seats])
    breaches = _legal(rule, given)
    if breaches:
        return breaches
    return _claims(rule, given) + _recomputed(rule, given) + compare(result, _tallies(rule, given))


class _Given:
    """The seats to be checked, and per specialty the applications that were granted and refused on the way to them."""

    def __init__(self, rule: Rule, seats: list[int | None]) -> None:
        self.seats = seats
        self.outside: list[int] = []
        self.inside: list[list[int]] = [[] for _ in rule.rows]
        self.refused: list[list[int]] = [[] for _ in rule.rows]
        for number, seat in enumerate(seats):
            for specialty, application in rule.walk(number):
                if specialty == seat:
                    self.inside[specialty].append(application)
                    break
                self.refused[specialty].append(application)
            else:
                if seat is not None:
                    self.outside.append(number)
        for applications in (*self.inside, *self.refused):
            applications.sort()
        self.counts = [len(applications) for applications in self.inside]
        for number in self.outside:
            self.counts[seats[number] or 0] += 1
        self.used = sum(rule.from_pool(specialty, taken) for specialty, taken in enumerate(self.counts))


def _legal(rule: Rule, given: _Given) -> list[Breach]:
    breaches = []
    for number in given.outside:
        code = rule.rows[given.seats[number] or 0]["code"]
        name = rule.people[number]["id"]
        breaches.append(Breach("V1", f"{name} 被录取到 {code}，但不符合报考条件，或既未填报也未服从调剂。"))
    for specialty, taken in enumerate(given.counts):
        if taken > rule.most[specialty]:
            row = rule.rows[specialty]
            what = "培训容量" if row["shortage"] and rule.transfer else "计划"
            breaches.append(Breach("V1", f"{row['code']} 录取 {taken} 人，超过{what} {rule.most[specialty]} 人。"))
    if given.used > rule.pool:
        breaches.append(Breach("V1", "紧缺专业移入的名额多于其他专业未招满的名额。"))
    return breaches


def _claims(rule: Rule, given: _Given) -> list[Breach]:
    """Nobody prefers a seat that is legally free or held by a strictly lower application: per specialty only its best claim can matter."""
    worst = [applications[-1] if applications else None for applications in given.inside]
    pooled = [
        last
        for specialty, last in enumerate(worst)
        if last is not None and rule.from_pool(specialty, given.counts[specialty])
    ]
    lowest, breaches = max(pooled, default=None), []
    for specialty, refused in enumerate(given.refused):
        if not refused:
            continue
        code, taken, own = rule.rows[specialty]["code"], given.counts[specialty], worst[specialty]
        if taken >= rule.most[specialty]:
            weakest = own
        elif given.used >= rule.pool and rule.from_pool(specialty, taken + 1) > rule.from_pool(specialty, taken):
            weakest = max((each for each in (lowest, own) if each is not None), default=None)
        else:
            breaches += [
                Breach("V1", f"{_name(rule, claim)} 更愿去 {code}，该专业有可用名额却未录取。") for claim in refused
            ]
            continue
        if weakest is not None and refused[0] < weakest:
            holder = rule.owner(weakest)
            where = rule.rows[given.seats[holder] or 0]["code"]
            breaches += [
                Breach(
                    "V1",
                    f"{_name(rule, claim)} 更愿去 {code}，其名额却给了排序在后的 {rule.people[holder]['id']}（{where}）。",
                )
                for claim in refused
                if claim < weakest
            ]
    return breaches


def _name(rule: Rule, application: int) -> str:
    return str(rule.people[rule.owner(application)]["id"])


def _recomputed(rule: Rule, given: _Given) -> list[Breach]:
    again = recompute(rule)
    if again == given.seats:
        return []
    wrong = [number for number, seat in enumerate(again) if seat != given.seats[number]]

    def code(seat: int | None) -> str:
        return "未录取" if seat is None else str(rule.rows[seat]["code"])

    return [
        Breach(
            "V2",
            f"另一种算法的结果不同：{rule.people[n]['id']} 应为 {code(again[n])}，现为 {code(given.seats[n])}。",
        )
        for n in wrong[:MOST_NAMED]
    ]


def _tallies(rule: Rule, given: _Given) -> dict[str, object]:
    """Everything else the record states, from the assignment alone."""
    numbers: dict[str, object] = {}
    for number, seat in enumerate(given.seats):
        own = rule.own[number]
        choice = None if seat is None else own.index(seat) + 1 if seat in own else "adjust"
        numbers[rule.people[number]["id"]] = choice
    by_specialty: dict[str, object] = {}
    for row, inside, outside in zip(rule.rows, given.inside, given.refused, strict=True):
        by_specialty[row["code"]] = {
            "admitted": [_name(rule, application) for application in inside],
            "last_admitted": _name(rule, inside[-1]) if inside else None,
            "rejected_here": [_name(rule, application) for application in outside],
            "cutoff_tie_decided_by": rule.decided_by(inside[-1], outside[0]) if inside and outside else None,
        }
    moved = {
        row["code"]: taken - row["quota"] for row, taken in zip(rule.rows, given.counts, strict=True) if row["shortage"]
    }
    return {
        "choice_no": numbers,
        "admitted_by_specialty": {row["code"]: taken for row, taken in zip(rule.rows, given.counts, strict=True)},
        "seats_moved_to": {code: seats for code, seats in moved.items() if seats > 0},
        "by_specialty": by_specialty,
    }
