"""The rules by exhaustion: slow, obvious, and written straight from the words of the rule. For small problems only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, product
from typing import Any

Seats = dict[str, str | None]
LAST = 10**9


# ---- A: admission at one base -------------------------------------------------------------------------------------------------------


def wish_list(problem: dict[str, Any], person: dict[str, Any]) -> list[str]:
    """Own eligible choices; with 服从调剂 then the unlisted eligible shortage ones in transfer order and the others in file order."""
    rows = {row["code"]: row for row in problem["specialties"]}
    own = [code for code in person["choices"] if code in person["eligible"]]
    rest = [code for code in rows if code in person["eligible"] and code not in own] if person["accept_adjust"] else []
    shortage = [code for code in rest if rows[code]["shortage"]]
    shortage.sort(key=lambda code: LAST if rows[code]["transfer_rank"] is None else rows[code]["transfer_rank"])
    return own + shortage + [code for code in rest if not rows[code]["shortage"]]


def strict_key(problem: dict[str, Any], person: dict[str, Any], code: str) -> tuple[Any, ...]:
    codes = [row["code"] for row in problem["specialties"]]
    row = problem["specialties"][codes.index(code)]
    listed = code in person["choices"]
    group = (1 if listed else 2) if row["shortage"] else (0 if listed else 3)
    rank = LAST if row["transfer_rank"] is None else row["transfer_rank"]
    return (group, rank, codes.index(code), *by_marks(problem["policy"], person, person["scores"][code]))


def by_marks(policy: dict[str, Any], person: dict[str, Any], marks: dict[str, int]) -> list[int]:
    """Total, then down the tie chain; the smaller goes first."""
    below = [-marks["total"]]
    for item in policy.get("tie_chain", ["written", "interview", "county", "lottery"]):
        if item == "lottery":
            below.append(person["lottery"])
        else:
            below.append(-person[item] if item in ("county", "licence", "own_staff") else -marks[item])
    return below


def legal(problem: dict[str, Any], taken: list[str]) -> bool:
    transfer = problem["policy"]["transfer"] != "none"
    above = unfilled = 0
    for row in problem["specialties"]:
        count = taken.count(row["code"])
        if not row["shortage"] or not transfer:
            if count > row["quota"]:
                return False
            unfilled += 0 if row["shortage"] else row["quota"] - count
        else:
            if row["capacity"] is not None and count > row["capacity"]:
                return False
            above += max(0, count - row["quota"])
    return above <= unfilled


def chosen(problem: dict[str, Any], applications: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What the base keeps of these applications: down the strict order, each one that keeps the counts legal."""
    people = {person["id"]: person for person in problem["applicants"]}
    kept: list[tuple[str, str]] = []
    for application in sorted(applications, key=lambda each: strict_key(problem, people[each[0]], each[1])):
        if legal(problem, [code for _, code in kept] + [application[1]]):
            kept.append(application)
    return set(kept)


def claim_free(problem: dict[str, Any]) -> Iterator[Seats]:
    """All legal results in which nobody prefers a seat the base would give them."""
    lists = {person["id"]: wish_list(problem, person) for person in problem["applicants"]}
    for seats in product(*([*each, None] for each in lists.values())):
        result = dict(zip(lists, seats, strict=True))
        held = {(name, code) for name, code in result.items() if code is not None}
        if not legal(problem, [code for _, code in held]) or chosen(problem, held) != held:
            continue
        better = (
            (name, code)
            for name, each in lists.items()
            for code in each[: len(each) if result[name] is None else each.index(result[name])]
        )
        if not any(application in chosen(problem, held | {application}) for application in better):
            yield result


def best_for_applicants(problem: dict[str, Any]) -> Seats:
    """The claim-free result that every applicant likes at least as well as any other; fails when there is none."""
    lists = {person["id"]: wish_list(problem, person) for person in problem["applicants"]}

    def place(result: Seats, name: str) -> int:
        seat = result[name]
        return len(lists[name]) if seat is None else lists[name].index(seat)

    results = list(claim_free(problem))
    best = {name: min(place(result, name) for result in results) for name in lists}
    (only,) = [result for result in results if all(place(result, name) == best[name] for name in lists)]
    return only


def by_rounds(problem: dict[str, Any], order: Callable[[list[str]], list[str]] = list) -> Seats:
    """The exact simple method: per round everyone without a seat asks once more and the base chooses anew among held and asking."""
    walks = {person["id"]: iter(wish_list(problem, person)) for person in problem["applicants"]}
    held: set[tuple[str, str]] = set()
    while True:
        seated = {name for name, _ in held}
        asking = {
            (n, code) for n in order(list(walks)) if n not in seated and (code := next(walks[n], None)) is not None
        }
        if not asking:
            return dict.fromkeys(walks) | dict(held)
        held = chosen(problem, held | asking)


# ---- B: provincial reallocation -----------------------------------------------------------------------------------------------------


def passing(problem: dict[str, Any], person: dict[str, Any]) -> list[str]:
    near = {
        "same": {person["prefecture"]},
        "same_or_adjacent": {person["prefecture"], *problem["adjacent"].get(person["prefecture"], [])},
    }
    return [
        row["id"]
        for row in problem["programmes"]
        if row["specialty"] in person["eligible"]
        and (person["geo"] == "any" or row["prefecture"] in near[person["geo"]])
    ]


def whole_list(problem: dict[str, Any], person: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Own passing wishes, and the rest in the order of adjustment."""
    rows = {row["id"]: row for row in problem["programmes"]}
    fit = passing(problem, person)
    own = [wish for wish in person["wishes"] if wish in fit]
    rest = [name for name in fit if name not in own] if person["consent"] == "province" else []
    rest.sort(key=lambda name: (rows[name]["prefecture"] != person["prefecture"], not rows[name]["shortage"], name))
    return own, rest


def county_first(problem: dict[str, Any]) -> bool:
    return bool(problem.get("policy", {}).get("county_first", True))


def provincial(problem: dict[str, Any]) -> list[dict[str, Any]]:
    def key(person: dict[str, Any]) -> tuple[Any, ...]:
        return (
            county_first(problem) and not person["county"],
            *by_marks(problem.get("policy", {}), person, person["score"]),
        )

    return sorted(problem["applicants"], key=key)


def tiers(problem: dict[str, Any], seats: Seats) -> tuple[Any, ...]:
    """The six tiers; the larger tuple is the better result."""
    rows = {row["id"]: row for row in problem["programmes"]}
    people = provincial(problem)
    filled = [name for name in seats.values() if name is not None]
    who, wishes, positions = [], [], []
    for person in people:
        own, rest = whole_list(problem, person)
        seat = seats[person["id"]]
        who.append(seat is not None)
        wishes.append(0 if seat is None else -own.index(seat) if seat in own else -len(own))
        positions.append(0 if seat is None else -(own + rest).index(seat))
    county = sum(person["county"] for person in people if county_first(problem) and seats[person["id"]] is not None)
    return (len(filled), sum(rows[name]["shortage"] for name in filled), county, who, wishes, positions)


def all_seatings(problem: dict[str, Any]) -> Iterator[Seats]:
    seats = {row["id"]: row["seats"] for row in problem["programmes"]}
    names = [person["id"] for person in problem["applicants"]]
    lists = [[*chain(*whole_list(problem, person)), None] for person in problem["applicants"]]
    for given in product(*lists):
        if all(given.count(name) <= number for name, number in seats.items()):
            yield dict(zip(names, given, strict=True))


def best_seating(problem: dict[str, Any], forced: tuple[str, str] | None = None) -> tuple[tuple[Any, ...], Seats]:
    """The best result by the six tiers (with `forced`: among those that give this seat to this person); fails when it is not unique."""
    ranked = [
        (tiers(problem, seats), seats)
        for seats in all_seatings(problem)
        if forced is None or seats[forced[0]] == forced[1]
    ]
    top = max(value for value, _ in ranked)
    (only,) = [seats for value, seats in ranked if value == top]
    return top, only
