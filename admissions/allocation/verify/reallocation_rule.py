"""The rule of a provincial reallocation (省级调剂规则), read afresh for checking. Programmes are numbered by id; a set of them is a bit set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from admissions.allocation.verify.ties import chain_of, key_by

# Up to this many members a set is taken apart bit by bit; a larger one as bytes, all at once.
FEW = 24


class Rule:
    """`order`: applicants by number, first in the provincial order first. Per applicant `wishes` (own ones that pass) and `passing` (bit set)."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.rows: list[dict[str, Any]] = sorted(problem["programmes"], key=lambda row: str(row["id"]))
        self.people: list[dict[str, Any]] = problem["applicants"]
        self.index = {row["id"]: number for number, row in enumerate(self.rows)}
        self.seats: list[int] = [row["seats"] for row in self.rows]
        self.everything = (1 << len(self.rows)) - 1
        self.shortage = bits(number for number, row in enumerate(self.rows) if row["shortage"])
        self.prefecture = self._grouped("prefecture")
        self.specialty = self._grouped("specialty")
        self._adjacent: dict[str, list[str]] = problem["adjacent"]
        key = key_by(chain_of(problem.get("policy", {})))
        self.county_first = bool(problem.get("policy", {}).get("county_first", True))
        places = [(self.county_first and not person["county"], key(person, person["score"])) for person in self.people]
        self.order = sorted(range(len(self.people)), key=places.__getitem__)
        self.passing: list[int] = []
        self.wishes: list[list[int]] = []
        self._read_people()

    def _grouped(self, key: str) -> dict[str, int]:
        groups: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows):
            groups.setdefault(row[key], []).append(number)
        return {name: bits(numbers) for name, numbers in groups.items()}

    def _read_people(self) -> None:
        types: dict[tuple[str, str, tuple[str, ...]], int] = {}
        for person in self.people:
            key = (person["prefecture"], person["geo"], tuple(person["eligible"]))
            if key not in types:
                types[key] = self._passing(*key)
            passing = types[key]
            self.passing.append(passing)
            self.wishes.append([n for wish in person["wishes"] if passing >> (n := self.index[wish]) & 1])

    def _passing(self, home: str, geo: str, eligible: Iterable[str]) -> int:
        fit = 0
        for specialty in eligible:
            fit |= self.specialty.get(specialty, 0)
        if geo == "any":
            return fit
        near = self.prefecture.get(home, 0)
        for neighbour in self._adjacent.get(home, ()) if geo == "same_or_adjacent" else ():
            near |= self.prefecture.get(neighbour, 0)
        return fit & near

    def consents(self, number: int) -> bool:
        return bool(self.people[number]["consent"] == "province")

    def acceptable(self, number: int) -> int:
        """All programmes an applicant may be given (bit set)."""
        return self.passing[number] if self.consents(number) else bits(self.wishes[number])

    def others(self, number: int) -> int:
        """Those they take by adjustment only (bit set)."""
        return self.passing[number] & ~bits(self.wishes[number]) if self.consents(number) else 0

    def before(self, number: int, seat: int) -> int:
        """The adjustment list of an applicant up to a seat (bit set): own prefecture first, shortage first, id."""
        home, lower = self.prefecture.get(self.people[number]["prefecture"], 0), (1 << seat) - 1
        here = home if home >> seat & 1 else self.everything & ~home
        same = self.shortage if self.shortage >> seat & 1 else self.everything & ~self.shortage
        earlier = (0 if here == home else home) | here & same & lower
        return (earlier if same == self.shortage else earlier | here & self.shortage) & self.others(number)


def bits(numbers: Iterable[int]) -> int:
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def members(found: int) -> list[int]:
    """The numbers in a set, smallest first."""
    if found.bit_count() > FEW:
        raw = np.frombuffer(found.to_bytes((found.bit_length() + 7) // 8, "little"), np.uint8)
        many: list[int] = np.flatnonzero(np.unpackbits(raw, bitorder="little")).tolist()
        return many
    numbers = []
    while found:
        lowest = found & -found
        numbers.append(lowest.bit_length() - 1)
        found ^= lowest
    return numbers
