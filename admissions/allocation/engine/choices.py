"""What every applicant of a reallocation may take, and in which order: own passing wishes, then (by consent) the other passing programmes."""

from __future__ import annotations

from admissions.allocation import bitset
from admissions.allocation.problem import Person, Programme, Reallocation


class Choices:
    """Per applicant index `wishes` (own wishes that pass, best first) and `acceptable` (all they may take, as a bit set); `shortage` programmes."""

    def __init__(self, problem: Reallocation) -> None:
        rows = problem.programmes
        self._problem = problem
        self.everything = (1 << len(rows)) - 1
        self.shortage = bitset.of(index for index, row in enumerate(rows) if row.shortage)
        self._in_specialty = _grouped([row.specialty for row in rows])
        self._in_prefecture = _grouped([row.prefecture for row in rows])
        self._passing: dict[tuple[str, str, frozenset[str]], int] = {}
        position = {row.id: index for index, row in enumerate(rows)}
        self.wishes: list[tuple[int, ...]] = []
        self.acceptable: list[int] = []
        for person in problem.applicants:
            near, wished = self._near(person), tuple([position[wish] for wish in person.wishes])
            own = tuple([index for index in wished if _fits(rows[index], person, near)])
            self.wishes.append(own)
            self.acceptable.append(self._fitting(person) if person.consent == "province" else bitset.of(own))

    def _near(self, person: Person) -> frozenset[str] | None:
        """The prefectures they may go to; None: all."""
        if person.geo == "any":
            return None
        home = frozenset((person.prefecture,))
        if person.geo == "same":
            return home
        return home | self._problem.adjacent.get(person.prefecture, frozenset())

    def _fitting(self, person: Person) -> int:
        """All programmes that pass eligibility and geography; kept once for all who are alike."""
        key = (person.prefecture, person.geo, person.eligible)
        found = self._passing.get(key)
        if found is None:
            found = 0
            for specialty in person.eligible:
                found |= self._in_specialty.get(specialty, 0)
            near = self._near(person)
            if near is not None:
                reachable = 0
                for place in near:
                    reachable |= self._in_prefecture.get(place, 0)
                found &= reachable
            self._passing[key] = found
        return found

    def others(self, applicant: int) -> int:
        """What they take by adjustment only (bit set)."""
        return self.acceptable[applicant] & ~bitset.of(self.wishes[applicant])

    def adjustment(self, applicant: int) -> tuple[int, ...]:
        """The order of adjustment as groups, each by id: own prefecture first, shortage first."""
        home = self._in_prefecture.get(self._problem.applicants[applicant].prefecture, 0)
        away, others = self.everything & ~home, self.everything & ~self.shortage
        return (home & self.shortage, home & others, away & self.shortage, away & others)


def _fits(row: Programme, person: Person, near: frozenset[str] | None) -> bool:
    return row.specialty in person.eligible and (near is None or row.prefecture in near)


def _grouped(names: list[str]) -> dict[str, int]:
    groups: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        groups.setdefault(name, []).append(index)
    return {name: bitset.of(indices) for name, indices in groups.items()}
