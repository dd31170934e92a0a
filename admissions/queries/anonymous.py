"""An input that says no more of anybody than its result needs (去标识化): the same rule, the same result, other names, and less about each person.

Left out: choices behind the one somebody got, specialties they were never asked about, marks and flags that never decided a tie, the real
lottery places (only their order among equals stays). What the rule does need stays as it is, so that anybody can run it again."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from admissions.allocation.order import adjustment_order
from admissions.allocation.problem import BaseAdmission, parse
from admissions.allocation.ties import FLAGS, LOTTERY, chain_of
from admissions.queries.ties import county_goes_first, marks_of

NOWHERE = "—"


def anonymise(problem: dict[str, Any], result: Mapping[str, Any], name: Callable[[str], str]) -> dict[str, Any]:
    """The input under other names, by those names; `name` gives each person's. It has the same result (the caller checks that it has)."""
    found = copy.deepcopy(problem)
    if "specialties" in found:
        _shorten_choices(found, result["assignment"])
    else:
        _shorten_places(found)
    _forget_marks(found, name)
    for person in found["applicants"]:
        person["id"] = name(person["id"])
    found["applicants"].sort(key=lambda person: person["id"])
    return found


def _shorten_choices(problem: dict[str, Any], assignment: Mapping[str, str | None]) -> None:
    """Deferred acceptance never looks behind the seat somebody got: what stands there is left out."""
    parsed = parse(problem)
    assert isinstance(parsed, BaseAdmission)
    walk = [parsed.specialties[index].code for index in adjustment_order(parsed)]
    for person in problem["applicants"]:
        open_codes, seat = set(person["eligible"]), assignment[person["id"]]
        own = [code for code in person["choices"] if code in open_codes]
        rest = [code for code in walk if code in open_codes and code not in own] if person["accept_adjust"] else []
        if seat in own:
            own, rest = own[: own.index(seat) + 1], []
        elif seat is not None:
            rest = rest[: rest.index(seat) + 1]
        person["choices"], person["accept_adjust"] = own, bool(rest)
        person["eligible"] = sorted({*own, *rest})
        person["scores"] = {code: person["scores"][code] for code in person["eligible"]}


def _shorten_places(problem: dict[str, Any]) -> None:
    """Everything somebody may go to counts in a reallocation; but no specialty without a programme, and no home that decides nothing."""
    offered = {row["specialty"] for row in problem["programmes"]}
    for person in problem["applicants"]:
        person["eligible"] = sorted(offered.intersection(person["eligible"]))
        if person["geo"] == "any" and person["consent"] == "wishes_only":
            person["prefecture"] = NOWHERE


def _forget_marks(problem: dict[str, Any], name: Callable[[str], str]) -> None:
    """Down the tie chain: who has no equal any more loses the rest of it. Lots become 1, 2, 3 … in the old order for those who need them."""
    items = chain_of(problem.get("policy", {})).items
    people = {person["id"]: person for person in problem["applicants"]}
    first = "county" if county_goes_first(problem) else ""
    for person in people.values():
        if "county" not in (first, *items):
            _forget(person, "county")
    groups: dict[Any, list[str]] = defaultdict(list)
    for key, person in people.items():
        groups[(person.get(first), marks_of(person).get("total"))].append(key)
    needed = {key for group in groups.values() if len(group) > 1 for key in group}
    for item in items:
        if item == LOTTERY:
            break
        for key, person in people.items():
            if key not in needed and item != first:
                _forget(person, item)
        finer: dict[Any, list[str]] = defaultdict(list)
        for group, members in groups.items():
            for key in members:
                person = people[key]
                value = person.get(item) if item in FLAGS else marks_of(person).get(item)
                finer[(group, value)].append(key)
        groups = finer
        needed = {key for members in groups.values() if len(members) > 1 for key in members} & needed
    ordered = sorted(
        people, key=lambda key: (key not in needed, people[key]["lottery"] if key in needed else name(key))
    )
    for place, key in enumerate(ordered, start=1):
        people[key]["lottery"] = place


def _forget(person: dict[str, Any], item: str) -> None:
    if item in FLAGS:
        if item in person:
            person[item] = False
        return
    for score in [person["score"]] if "score" in person else person["scores"].values():
        if item in score:
            score[item] = 0
