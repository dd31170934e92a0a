"""The problem (运算输入): what an allocation is decided on, read strictly. Every fault is named with its path; nothing is guessed.

Marks are whole hundredths of a point. Seats, ranks and lottery numbers are whole numbers. A specialty or programme with zero seats is normal;
a wish outside eligibility or geography is no fault either: the engine drops it and the explanation names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from admissions.allocation import canonical, quick, strict
from admissions.allocation.reader import Fault
from admissions.allocation.ties import TieChain, chain_of


class ProblemError(ValueError):
    """The input is refused; `faults` holds every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class Score(tuple[int, ...]):
    """Published marks in hundredths of a point (百分之一分): the total (总成绩), then the marks of the tie chain in its order."""

    __slots__ = ()

    @property
    def total(self) -> int:
        return self[0]


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty (专业) at the base: planned seats, and for shortage ones (紧缺专业) the training capacity (None: no limit of its own)
    and the place in the published transfer order (None: after those that have one)."""

    code: str
    shortage: bool
    quota: int
    capacity: int | None
    transfer_rank: int | None


class Candidate(NamedTuple):
    """An applicant at one base. `choices` (best first) and `eligible` are indices of specialties; `accept_adjust` is 服从调剂.

    `score`: the marks when they are the same in every specialty (one assessment); otherwise None, and `scores` has them by specialty.
    """

    id: str
    choices: tuple[int, ...]
    accept_adjust: bool
    eligible: frozenset[int]
    county: bool
    licence: bool
    own_staff: bool
    lottery: int
    score: Score | None
    scores: dict[int, Score]

    def marks(self, specialty: int) -> Score:
        """The marks that count for a specialty. Raises KeyError where none were needed."""
        return self.scores[specialty] if self.score is None else self.score

    def listed(self) -> tuple[int, ...]:
        """The own choices that pass eligibility, best first."""
        if self.eligible.issuperset(self.choices):
            return self.choices
        return tuple(index for index in self.choices if index in self.eligible)


@dataclass(frozen=True, slots=True)
class BaseAdmission:
    """Admission at one base (基地录取). `transfer`: unfilled non-shortage seats may serve shortage specialties."""

    specialties: tuple[Specialty, ...]
    transfer: bool
    ties: TieChain
    applicants: tuple[Candidate, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Programme:
    """Seats left in one specialty of one base (剩余名额)."""

    id: str
    base: str
    specialty: str
    prefecture: str
    shortage: bool
    seats: int


class Person(NamedTuple):
    """An applicant not yet admitted: `geo` and `eligible` say where they may go, `wishes` (programme ids, best first) where they want to,
    `consent` whether they also take any other passing programme in the province (服从省级统一调剂)."""

    id: str
    prefecture: str
    geo: str
    eligible: frozenset[str]
    county: bool
    licence: bool
    own_staff: bool
    consent: str
    wishes: tuple[str, ...]
    lottery: int
    score: Score


@dataclass(frozen=True, slots=True)
class Reallocation:
    """Provincial reallocation (省级调剂) of what is left. `adjacent`: prefecture → its neighbours, both ways; `programmes` sorted by id;
    `county_first`: applicants of institutions at county level and below go before all others."""

    adjacent: dict[str, frozenset[str]]
    programmes: tuple[Programme, ...]
    county_first: bool
    ties: TieChain
    applicants: tuple[Person, ...]
    sha256: str


def parse(data: Any) -> BaseAdmission | Reallocation:
    """Read a problem of either kind. Raises ProblemError with every fault and its path.

    Whole columns are checked at once; only a problem that is not plainly sound is read field by field, to name what is wrong."""
    if not quick.sound(data):
        faults = strict.faults(data)
        if faults:
            raise ProblemError(faults)
    return _base_admission(data) if data["kind"] == "base-admission" else _reallocation(data)


def _base_admission(data: dict[str, Any]) -> BaseAdmission:
    specialties = tuple(
        Specialty(row["code"], row["shortage"], row["quota"], row["capacity"], row["transfer_rank"])
        for row in data["specialties"]
    )
    ties = chain_of(data["policy"])
    read = Candidates(specialties, ties)
    return BaseAdmission(
        specialties,
        data["policy"]["transfer"] != "none",
        ties,
        tuple(map(read.one, data["applicants"])),
        canonical.digest(data),
    )


class Candidates:
    """Makes candidates of sound rows. Equal sets of eligible specialties are kept once: there are few, and they are large."""

    def __init__(self, specialties: tuple[Specialty, ...], ties: TieChain) -> None:
        self._position = {row.code: index for index, row in enumerate(specialties)}
        self._eligible: dict[tuple[str, ...], frozenset[int]] = {}
        self._marks = _getter(ties)

    def one(self, row: dict[str, Any]) -> Candidate:
        position, codes = self._position, tuple(row["eligible"])
        eligible = self._eligible.get(codes)
        if eligible is None:
            eligible = self._eligible[codes] = frozenset(position[code] for code in codes)
        given = list(map(self._marks, row["scores"].values()))
        everywhere = len(set(given)) == 1
        return Candidate(
            row["id"],
            tuple([position[code] for code in row["choices"]]),
            row["accept_adjust"],
            eligible,
            row["county"],
            row.get("licence", False),
            row.get("own_staff", False),
            row["lottery"],
            Score(given[0]) if everywhere else None,
            {}
            if everywhere
            else {position[code]: Score(marks) for code, marks in zip(row["scores"], given, strict=True)},
        )


def _reallocation(data: dict[str, Any]) -> Reallocation:
    ties = chain_of(data.get("policy", {}))
    marks = _getter(ties)
    eligible: dict[tuple[str, ...], frozenset[str]] = {}
    people = []
    for row in data["applicants"]:
        names = tuple(row["eligible"])
        if names not in eligible:
            eligible[names] = frozenset(names)
        people.append(
            Person(
                row["id"],
                row["prefecture"],
                row["geo"],
                eligible[names],
                row["county"],
                row.get("licence", False),
                row.get("own_staff", False),
                row["consent"],
                tuple(row["wishes"]),
                row["lottery"],
                Score(marks(row["score"])),
            )
        )
    programmes = tuple(
        Programme(row["id"], row["base"], row["specialty"], row["prefecture"], row["shortage"], row["seats"])
        for row in sorted(data["programmes"], key=itemgetter("id"))
    )
    adjacent = {place: frozenset(neighbours) for place, neighbours in data["adjacent"].items()}
    county_first = data.get("policy", {}).get("county_first", True)
    return Reallocation(adjacent, programmes, county_first, ties, tuple(people), canonical.digest(data))


def _getter(ties: TieChain) -> Any:
    """Takes total and marks, in the order of the chain, out of the JSON of a score."""
    return itemgetter("total", *ties.marks) if ties.marks else lambda score: (score["total"],)
