"""The rule of a base admission (基地录取规则), read afresh for checking: every application is one whole number, and the smaller goes first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from admissions.allocation.verify.ties import Key, chain_of, decider, key_by


class Rule:
    """Specialties and applicants by number. `step[adjusted][s]`: place of a specialty's listed and adjusted applications in the strict order."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.rows: list[dict[str, Any]] = problem["specialties"]
        self.people: list[dict[str, Any]] = problem["applicants"]
        self.position = {row["code"]: number for number, row in enumerate(self.rows)}
        self.transfer = problem["policy"]["transfer"] != "none"
        self.pool = sum(row["quota"] for row in self.rows if not row["shortage"])
        self.most = [self._most(row) for row in self.rows]
        self.step = self._steps()
        self.walks: dict[tuple[str, ...], list[int]] = {}
        self.eligible: dict[tuple[str, ...], frozenset[str]] = {}
        self.own = [self._own(person) for person in self.people]
        self.chain = chain_of(problem["policy"])
        self.keys: list[Key] = []
        self.whose: list[int] = []
        self.place = self._places()
        self.size = max(1, len(self.keys))

    def _most(self, row: dict[str, Any]) -> int:
        """Seats a specialty may fill at best."""
        if not row["shortage"] or not self.transfer:
            return int(row["quota"])
        return int(row["quota"] + self.pool if row["capacity"] is None else row["capacity"])

    def _rank(self, row: dict[str, Any]) -> tuple[bool, int]:
        return (row["transfer_rank"] is None, row["transfer_rank"] or 0)

    def _steps(self) -> tuple[list[int], list[int]]:
        places = []
        for number, row in enumerate(self.rows):
            for adjusted in (0, 1):
                group = (1 + adjusted) if row["shortage"] else 3 * adjusted
                places.append((group, self._rank(row), number, adjusted))
        step = ([0] * len(self.rows), [0] * len(self.rows))
        for place, (_, _, number, adjusted) in enumerate(sorted(places)):
            step[adjusted][number] = place
        return step

    def _own(self, person: dict[str, Any]) -> list[int]:
        key = tuple(person["eligible"])
        if key not in self.eligible:
            self.eligible[key] = frozenset(key)
        eligible = self.eligible[key]
        return [self.position[code] for code in person["choices"] if code in eligible]

    def _others(self, person: dict[str, Any]) -> list[int]:
        """Eligible specialties in the order of adjustment; the own ones among them."""
        key = tuple(person["eligible"])
        if key not in self.walks:
            numbers = [self.position[code] for code in key]
            self.walks[key] = sorted(
                numbers,
                key=lambda n: (0, self._rank(self.rows[n]), n) if self.rows[n]["shortage"] else (1, (False, 0), n),
            )
        return self.walks[key]

    def _places(self) -> list[int | dict[int, int]]:
        """Ranks of everybody's marks among all marks; whoever has several sets of marks has a rank for each specialty."""
        key, found = key_by(self.chain), []
        for number, person in enumerate(self.people):
            cells = list(person["scores"].values())
            if cells and cells.count(cells[0]) == len(cells):
                found.append((key(person, cells[0]), number, -1))
            else:
                found += [(key(person, marks), number, self.position[code]) for code, marks in person["scores"].items()]
        found.sort()
        self.keys, self.whose = [each[0] for each in found], [each[1] for each in found]
        places: list[int | dict[int, int]] = [{} for _ in self.people]
        for place, (_, number, specialty) in enumerate(found):
            several = places[number]
            if specialty < 0:
                places[number] = place
            elif isinstance(several, dict):
                several[specialty] = place
        return places

    def application(self, number: int, specialty: int, adjusted: int) -> int:
        """The place of one application in the strict order."""
        place = self.place[number]
        return self.step[adjusted][specialty] * self.size + (place[specialty] if isinstance(place, dict) else place)

    def walk(self, number: int) -> Iterator[tuple[int, int]]:
        """Everything an applicant wants, best liked first: specialty and application."""
        own = self.own[number]
        for specialty in own:
            yield specialty, self.application(number, specialty, 0)
        if self.people[number]["accept_adjust"]:
            for specialty in self._others(self.people[number]):
                if specialty not in own:
                    yield specialty, self.application(number, specialty, 1)

    def owner(self, application: int) -> int:
        return self.whose[application % self.size]

    def decided_by(self, better: int, worse: int) -> str | None:
        """What separates two applications to one specialty, when their totals do not."""
        if better // self.size != worse // self.size:
            return None
        return decider(self.chain, self.keys[better % self.size], self.keys[worse % self.size])

    def from_pool(self, specialty: int, taken: int) -> int:
        """How many of `taken` seats count against the one-way pool."""
        row = self.rows[specialty]
        return max(0, taken - row["quota"]) if row["shortage"] else taken
