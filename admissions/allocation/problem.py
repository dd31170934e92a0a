"""The problem (运算输入): what an allocation is decided on, read strictly. Every fault is named with its path; nothing is guessed.

Marks are whole hundredths of a point. Seats, ranks and lottery numbers are whole numbers. A specialty or programme with zero seats is normal;
a wish outside eligibility or geography is no fault either: the engine drops it and the explanation names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from admissions.allocation import canonical
from admissions.allocation.reader import Fault, Reader, join

TRANSFER_RULES = ("none", "unfilled_nonshortage_to_shortage")
GEOGRAPHIES = ("same", "same_or_adjacent", "any")
CONSENTS = ("province", "wishes_only")


class ProblemError(ValueError):
    """The input is refused; `faults` holds every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class Score(NamedTuple):
    """Published marks in hundredths of a point (百分之一分): total (总成绩), written (笔试), interview (面试)."""

    total: int
    written: int
    interview: int


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty (专业) at the base: planned seats, and for shortage ones (紧缺专业) the training capacity (None: no limit of its own)
    and the place in the published transfer order (None: after those that have one)."""

    code: str
    shortage: bool
    quota: int
    capacity: int | None
    transfer_rank: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An applicant at one base: choices best first, 服从调剂, eligible specialties, county institution, lottery number, marks by specialty."""

    id: str
    choices: tuple[str, ...]
    accept_adjust: bool
    eligible: frozenset[str]
    county: bool
    lottery: int
    scores: dict[str, Score]


@dataclass(frozen=True, slots=True)
class BaseAdmission:
    """Admission at one base (基地录取). `transfer`: unfilled non-shortage seats may serve shortage specialties."""

    specialties: tuple[Specialty, ...]
    transfer: bool
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


@dataclass(frozen=True, slots=True)
class Person:
    """An applicant not yet admitted: `geo` and `eligible` say where they may go, `wishes` (programme ids, best first) where they want to,
    `consent` whether they also take any other passing programme in the province (服从省级统一调剂)."""

    id: str
    prefecture: str
    geo: str
    eligible: frozenset[str]
    county: bool
    consent: str
    wishes: tuple[str, ...]
    lottery: int
    score: Score


@dataclass(frozen=True, slots=True)
class Reallocation:
    """Provincial reallocation (省级调剂) of what is left. `adjacent`: prefecture → its neighbours, both ways."""

    adjacent: dict[str, frozenset[str]]
    programmes: tuple[Programme, ...]
    applicants: tuple[Person, ...]
    sha256: str


def parse(data: Any) -> BaseAdmission | Reallocation:
    """Read a problem of either kind. Raises ProblemError with every fault and its path."""
    reader = Reader()
    kind = data.get("kind") if isinstance(data, dict) else None
    problem: BaseAdmission | Reallocation | None = None
    if not isinstance(data, dict):
        reader.fault("", "应为一个对象")
    elif kind == "base-admission":
        problem = _base_admission(data, reader)
    elif kind == "provincial-reallocation":
        problem = _reallocation(data, reader)
    else:
        reader.fault("kind", "应为 base-admission 或 provincial-reallocation")
    if reader.faults or problem is None:
        raise ProblemError(reader.faults)
    return problem


def _base_admission(data: dict[str, Any], reader: Reader) -> BaseAdmission | None:
    top = reader.mapping(data, "", ("kind", "specialties", "policy", "applicants"))
    if top is None:
        return None
    policy = reader.mapping(top["policy"], "policy", ("transfer",))
    transfer = reader.one_of(policy["transfer"], "policy.transfer", TRANSFER_RULES) if policy else "none"
    specialties = tuple(
        specialty
        for path, item in reader.items(top["specialties"], "specialties")
        if (specialty := _specialty(item, path, reader))
    )
    _once(reader, "specialties", "code", top["specialties"])
    known = frozenset(specialty.code for specialty in specialties)
    applicants = tuple(
        candidate
        for path, item in reader.items(top["applicants"], "applicants")
        if (candidate := _candidate(item, path, known, reader))
    )
    _once(reader, "applicants", "id", top["applicants"])
    _once(reader, "applicants", "lottery", top["applicants"])
    if reader.faults:
        return None
    return BaseAdmission(specialties, transfer == TRANSFER_RULES[1], applicants, canonical.digest(data))


def _specialty(item: Any, path: str, reader: Reader) -> Specialty | None:
    row = reader.mapping(item, path, ("code", "shortage", "quota", "capacity", "transfer_rank"))
    if row is None:
        return None
    specialty = Specialty(
        reader.text(row["code"], join(path, "code")),
        reader.flag(row["shortage"], join(path, "shortage")),
        reader.whole(row["quota"], join(path, "quota")),
        reader.whole_or_none(row["capacity"], join(path, "capacity")),
        reader.whole_or_none(row["transfer_rank"], join(path, "transfer_rank")),
    )
    if specialty.capacity is not None and specialty.capacity < specialty.quota:
        reader.fault(join(path, "capacity"), f"培训容量 {specialty.capacity} 小于计划 {specialty.quota}，请先核对计划")
    if not specialty.shortage and specialty.transfer_rank is not None:
        reader.fault(join(path, "transfer_rank"), "非紧缺专业没有调剂顺序，应为 null")
    return specialty


def _candidate(item: Any, path: str, known: frozenset[str], reader: Reader) -> Candidate | None:
    keys = ("id", "choices", "accept_adjust", "eligible", "county", "lottery", "scores")
    row = reader.mapping(item, path, keys)
    if row is None:
        return None
    candidate = Candidate(
        reader.text(row["id"], join(path, "id")),
        reader.texts(row["choices"], join(path, "choices")),
        reader.flag(row["accept_adjust"], join(path, "accept_adjust")),
        frozenset(reader.texts(row["eligible"], join(path, "eligible"))),
        reader.flag(row["county"], join(path, "county")),
        reader.whole(row["lottery"], join(path, "lottery")),
        {},
    )
    _all_known(reader, join(path, "choices"), row["choices"], known, "专业")
    _all_known(reader, join(path, "eligible"), row["eligible"], known, "专业")
    scores = join(path, "scores")
    for code, marks in reader.free_mapping(row["scores"], scores).items():
        if code not in known:
            reader.fault(join(scores, code), f"没有「{code}」这个专业")
        elif score := _score(marks, join(scores, code), reader):
            candidate.scores[code] = score
    given = row["scores"] if isinstance(row["scores"], dict) else {}
    needed = candidate.eligible if candidate.accept_adjust else candidate.eligible.intersection(candidate.choices)
    for code in sorted(needed & known):
        if code not in given:
            reader.fault(join(scores, code), "缺少成绩：该专业参加排序，必须有成绩")
    return candidate


def _score(item: Any, path: str, reader: Reader) -> Score | None:
    row = reader.mapping(item, path, ("total", "written", "interview"))
    if row is None:
        return None
    return Score(*(reader.whole(row[key], join(path, key)) for key in ("total", "written", "interview")))


def _reallocation(data: dict[str, Any], reader: Reader) -> Reallocation | None:
    top = reader.mapping(data, "", ("kind", "adjacent", "programmes", "applicants"))
    if top is None:
        return None
    adjacent = {
        place: frozenset(reader.texts(neighbours, join("adjacent", place)))
        for place, neighbours in reader.free_mapping(top["adjacent"], "adjacent").items()
    }
    for place, neighbours in adjacent.items():
        for neighbour in sorted(neighbours):
            if place not in adjacent.get(neighbour, frozenset()):
                reader.fault(
                    join("adjacent", place), f"「{place}」与「{neighbour}」相邻，但「{neighbour}」一行没有「{place}」"
                )
    programmes = tuple(
        programme
        for path, item in reader.items(top["programmes"], "programmes")
        if (programme := _programme(item, path, reader))
    )
    _once(reader, "programmes", "id", top["programmes"])
    known = frozenset(programme.id for programme in programmes)
    applicants = tuple(
        person
        for path, item in reader.items(top["applicants"], "applicants")
        if (person := _person(item, path, known, reader))
    )
    _once(reader, "applicants", "id", top["applicants"])
    _once(reader, "applicants", "lottery", top["applicants"])
    if reader.faults:
        return None
    return Reallocation(adjacent, programmes, applicants, canonical.digest(data))


def _programme(item: Any, path: str, reader: Reader) -> Programme | None:
    row = reader.mapping(item, path, ("id", "base", "specialty", "prefecture", "shortage", "seats"))
    if row is None:
        return None
    return Programme(
        reader.text(row["id"], join(path, "id")),
        reader.text(row["base"], join(path, "base")),
        reader.text(row["specialty"], join(path, "specialty")),
        reader.text(row["prefecture"], join(path, "prefecture")),
        reader.flag(row["shortage"], join(path, "shortage")),
        reader.whole(row["seats"], join(path, "seats")),
    )


def _person(item: Any, path: str, known: frozenset[str], reader: Reader) -> Person | None:
    keys = ("id", "prefecture", "geo", "eligible", "county", "consent", "wishes", "lottery", "score")
    row = reader.mapping(item, path, keys)
    if row is None:
        return None
    _all_known(reader, join(path, "wishes"), row["wishes"], known, "专业基地")
    return Person(
        reader.text(row["id"], join(path, "id")),
        reader.text(row["prefecture"], join(path, "prefecture")),
        reader.one_of(row["geo"], join(path, "geo"), GEOGRAPHIES),
        # Specialties nobody has seats left in are normal here, so `eligible` is not checked against the programmes.
        frozenset(reader.texts(row["eligible"], join(path, "eligible"))),
        reader.flag(row["county"], join(path, "county")),
        reader.one_of(row["consent"], join(path, "consent"), CONSENTS),
        reader.texts(row["wishes"], join(path, "wishes")),
        reader.whole(row["lottery"], join(path, "lottery")),
        _score(row["score"], join(path, "score"), reader) or Score(0, 0, 0),
    )


def _all_known(reader: Reader, path: str, codes: Any, known: frozenset[str], what: str) -> None:
    for index, code in enumerate(codes if isinstance(codes, list) else ()):
        if isinstance(code, str) and code and code not in known:
            reader.fault(f"{path}[{index}]", f"没有「{code}」这个{what}")


def _once(reader: Reader, path: str, key: str, rows: Any) -> None:
    """No value twice among the rows as given, so that the paths stay right even when some rows cannot be read."""
    first: dict[Any, int] = {}
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        value = row.get(key) if isinstance(row, dict) else None
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            continue
        if value in first:
            reader.fault(f"{path}[{index}].{key}", f"「{value}」与第 {first[value] + 1} 条重复")
        else:
            first[value] = index
