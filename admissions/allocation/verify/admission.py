"""Checks of a base admission (基地录取复核), written from the rule and not from the engine: applications are plain tuples, better first."""

from __future__ import annotations

from typing import Any

from admissions.allocation.verify.breach import Breach, compare

Key = tuple[int, int, int, int, int, int, bool, int]


class _Rule:
    """The rule read afresh: everybody's list of applications with their place in the strict order, and what is legal."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.rows = {row["code"]: row for row in problem["specialties"]}
        self.position = {code: index for index, code in enumerate(self.rows)}
        self.transfer = problem["policy"]["transfer"] != "none"
        self.pool = sum(row["quota"] for row in self.rows.values() if not row["shortage"])
        self.people = {person["id"]: person for person in problem["applicants"]}
        last = 1 + max((row["transfer_rank"] or 0 for row in self.rows.values()), default=0)
        self.ranks = {c: last if row["transfer_rank"] is None else row["transfer_rank"] for c, row in self.rows.items()}
        self.lists = {name: self._list(person) for name, person in self.people.items()}
        self.owner = {key: (name, code) for name, each in self.lists.items() for code, key in each.items()}

    def _list(self, person: dict[str, Any]) -> dict[str, Key]:
        """Specialty → place in the strict order (smaller is better), best liked first."""
        eligible = set(person["eligible"])
        own = [code for code in person["choices"] if code in eligible]
        rest = [code for code in self.rows if code in eligible and code not in own] if person["accept_adjust"] else []
        rest.sort(key=lambda code: (not self.rows[code]["shortage"], self.ranks[code], self.position[code]))
        keys = {code: self._key(person, code, 1 if self.rows[code]["shortage"] else 0) for code in own}
        keys.update({code: self._key(person, code, 2 if self.rows[code]["shortage"] else 3) for code in rest})
        return keys

    def _key(self, person: dict[str, Any], code: str, group: int) -> Key:
        marks = person["scores"][code]
        return (
            group,
            self.ranks[code],
            self.position[code],
            -marks["total"],
            -marks["written"],
            -marks["interview"],
            not person["county"],
            person["lottery"],
        )

    def most(self, code: str) -> int:
        """Seats a specialty may fill at best."""
        row = self.rows[code]
        if not row["shortage"] or not self.transfer:
            return int(row["quota"])
        return int(row["quota"] + self.pool if row["capacity"] is None else row["capacity"])

    def from_pool(self, code: str, taken: int) -> int:
        """How many of `taken` seats count against the one-way pool."""
        return max(0, taken - self.rows[code]["quota"]) if self.rows[code]["shortage"] else taken


def check(problem: dict[str, Any], result: dict[str, Any]) -> list[Breach]:
    rule, assignment = _Rule(problem), result["assignment"]
    breaches = _legal(rule, assignment)
    if breaches:
        return breaches
    return _claims(rule, assignment) + _recomputed(rule, assignment) + compare(result, _tallies(rule, assignment))


def _counts(rule: _Rule, assignment: dict[str, str | None]) -> dict[str, int]:
    counts = dict.fromkeys(rule.rows, 0)
    for code in assignment.values():
        if code is not None:
            counts[code] += 1
    return counts


def _legal(rule: _Rule, assignment: dict[str, str | None]) -> list[Breach]:
    breaches = []
    for name, code in assignment.items():
        if code is not None and code not in rule.lists[name]:
            breaches.append(Breach("V1", f"{name} 被录取到 {code}，但不符合报考条件，或既未填报也未服从调剂。"))
    counts = _counts(rule, assignment)
    for code, taken in counts.items():
        if taken > rule.most(code):
            what = "培训容量" if rule.rows[code]["shortage"] and rule.transfer else "计划"
            breaches.append(Breach("V1", f"{code} 录取 {taken} 人，超过{what} {rule.most(code)} 人。"))
    if sum(rule.from_pool(code, taken) for code, taken in counts.items()) > rule.pool:
        breaches.append(Breach("V1", "紧缺专业移入的名额多于其他专业未招满的名额。"))
    return breaches


def _claims(rule: _Rule, assignment: dict[str, str | None]) -> list[Breach]:
    """Nobody prefers a seat that is legally free or held by a strictly lower application. Linear in the lists."""
    counts = _counts(rule, assignment)
    worst: dict[str, Key] = {}
    for name, code in assignment.items():
        if code is not None:
            worst[code] = max(worst.get(code, rule.lists[name][code]), rule.lists[name][code])
    tight = sum(rule.from_pool(code, taken) for code, taken in counts.items()) >= rule.pool
    lowest = max((key for code, key in worst.items() if rule.from_pool(code, counts[code])), default=None)
    breaches = []
    for name, each in rule.lists.items():
        for code, key in each.items():
            if code == assignment[name]:
                break
            taken = counts[code]
            if taken >= rule.most(code):
                weakest = worst.get(code)
            elif tight and rule.from_pool(code, taken + 1) > rule.from_pool(code, taken):
                weakest = max((k for k in (lowest, worst.get(code)) if k is not None), default=None)
            else:
                breaches.append(Breach("V1", f"{name} 更愿去 {code}，该专业有可用名额却未录取。"))
                continue
            if weakest is not None and key < weakest:
                holder, where = rule.owner[weakest]
                breaches.append(Breach("V1", f"{name} 更愿去 {code}，其名额却给了排序在后的 {holder}（{where}）。"))
    return breaches


def _recomputed(rule: _Rule, assignment: dict[str, str | None]) -> list[Breach]:
    """Rounds instead of single proposals: all who hold nothing ask at once, and the base goes down the whole strict order again."""
    walks = {name: iter(each.items()) for name, each in rule.lists.items()}
    held: list[tuple[Key, str, str]] = []
    waiting = list(walks)
    while True:
        for name in waiting:
            step = next(walks[name], None)
            if step is not None:
                held.append((step[1], name, step[0]))
        held.sort()
        held, waiting = _choose(rule, held)
        if not waiting:
            break
    again: dict[str, str | None] = dict.fromkeys(rule.people)
    again.update({name: code for _, name, code in held})
    wrong = [name for name in rule.people if again[name] != assignment[name]]
    return [
        Breach(
            "V2", f"另一种算法的结果不同：{name} 应为 {again[name] or '未录取'}，现为 {assignment[name] or '未录取'}。"
        )
        for name in wrong[:20]
    ]


def _choose(rule: _Rule, asking: list[tuple[Key, str, str]]) -> tuple[list[tuple[Key, str, str]], list[str]]:
    """Greedy down the strict order while the counts stay legal: those kept, and the names of those let go."""
    counts, used = dict.fromkeys(rule.rows, 0), 0
    kept, gone = [], []
    for application in asking:
        code = application[2]
        cost = rule.from_pool(code, counts[code] + 1) - rule.from_pool(code, counts[code])
        if counts[code] < rule.most(code) and used + cost <= rule.pool:
            counts[code] += 1
            used += cost
            kept.append(application)
        else:
            gone.append(application[1])
    return kept, gone


def _tallies(rule: _Rule, assignment: dict[str, str | None]) -> dict[str, object]:
    """Everything else the record states, from the assignment alone."""
    numbers: dict[str, object] = {}
    admitted: dict[str, list[Key]] = {code: [] for code in rule.rows}
    refused: dict[str, list[Key]] = {code: [] for code in rule.rows}
    for name, each in rule.lists.items():
        seat = assignment[name]
        own = [code for code, key in each.items() if key[0] <= 1]
        numbers[name] = None if seat is None else own.index(seat) + 1 if seat in own else "adjust"
        for code, key in each.items():
            if code == seat:
                admitted[code].append(key)
                break
            refused[code].append(key)
    by_specialty: dict[str, object] = {}
    for code in rule.rows:
        inside, outside = sorted(admitted[code]), sorted(refused[code])
        by_specialty[code] = {
            "admitted": [rule.owner[key][0] for key in inside],
            "last_admitted": rule.owner[inside[-1]][0] if inside else None,
            "rejected_here": [rule.owner[key][0] for key in outside],
            "cutoff_tie_decided_by": _decider(inside[-1], outside[0]) if inside and outside else None,
        }
    counts = _counts(rule, assignment)
    moved = {code: taken - rule.rows[code]["quota"] for code, taken in counts.items() if rule.rows[code]["shortage"]}
    return {
        "choice_no": numbers,
        "admitted_by_specialty": dict(counts),
        "seats_moved_to": {code: seats for code, seats in moved.items() if seats > 0},
        "by_specialty": by_specialty,
    }


def _decider(last: Key, first: Key) -> str | None:
    if last[:4] != first[:4]:
        return None
    for place, field in ((4, "written"), (5, "interview"), (6, "county")):
        if last[place] != first[place]:
            return field
    return "lottery"
