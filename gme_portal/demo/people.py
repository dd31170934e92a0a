"""Fictional applicants (演练人物): pure, and the same person for the same serial number on every machine.

Nobody here can be mistaken for somebody real. Every name begins with 示例, 测试 or 演练 (see `names`). The first six digits of a document
number are a county code ending in 99, which GB/T 2260 gives to nobody (or 810000 and 830000 with sequence numbers from 990), while dates, sex
digit and check digit are right. Phones lie in one marked range, mail goes to example.com, and employers are called 示例 or 演练 too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from gme_portal.accounts.identity import check_digit
from gme_portal.demo.cast import Cast, Weights
from gme_portal.demo.names import MARKS, name_of

PHONES_FROM = 19_900_000_000
OTHER_SCHOOL = "示例医学院（名单以外）"
# Given parts of names that belong to one ethnic group.
NAMED_GROUP = {"古丽娜孜": "05"}
STREETS = ("示例街", "演练路", "测试巷")


@dataclass(frozen=True, slots=True)
class Schooling:
    """One education record; `school` by name, `major` by code, `school` "" means that it is typed as `OTHER_SCHOOL`."""

    level: str
    school: str
    major: str
    graduated_on: date | None
    pending: bool = False
    degree_type: str = ""

    @property
    def enrolled(self) -> bool:
        return self.graduated_on is None


@dataclass(frozen=True, slots=True)
class Employer:
    """Who sends a person, or the prefecture a commissioned student is bound to."""

    name: str
    level: str
    prefecture: str
    commission_year: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional applicant with everything the sections ask; codes as in `fixtures/`."""

    serial: int
    name: str
    document_kind: str
    document_number: str
    phone: str
    gender: str
    born_on: date
    ethnic_group: str
    prefecture: str
    person_type: str
    married: bool
    schooling: tuple[Schooling, ...]
    licence_number: str
    licensed_on: date | None
    employer: Employer | None
    consents: tuple[str, ...]

    @property
    def email(self) -> str:
        return f"yanlian{self.serial}@example.com"

    @property
    def address(self) -> str:
        return f"示例县{STREETS[self.serial % len(STREETS)]}{self.serial % 90 + 1}号（演练地址）"

    @property
    def is_final_year(self) -> bool:
        return any(record.pending for record in self.schooling)


def person(serial: int, cast: Cast) -> Person:
    """The `serial`-th fictional applicant (from 1) under a notice."""
    random = Random(f"gme-demo-person:{serial}")
    name = name_of(serial, random)
    person_type = _pick(cast.person_types, random)
    born_on = _birthday(person_type, random, cast)
    gender = "male" if random.random() < 0.42 else "female"
    kind, number, home = _document(serial, born_on, gender, random, cast)
    schooling = _schooling(person_type, born_on, random, cast)
    licence_number, licensed_on = _licence(schooling, number, person_type, random, cast)
    group = next((code for part, code in NAMED_GROUP.items() if part in name), "") or _pick(cast.ethnic, random)
    return Person(
        serial=serial,
        name=name,
        document_kind=kind,
        document_number=number,
        phone=str(PHONES_FROM + serial),
        gender=gender,
        born_on=born_on,
        ethnic_group=group,
        prefecture=home,
        person_type=person_type,
        married=cast.year - born_on.year > 28 and random.random() < 0.5,
        schooling=schooling,
        licence_number=licence_number,
        licensed_on=licensed_on,
        employer=_employer(person_type, home, schooling, random, cast),
        consents=_consents(person_type, random, cast),
    )


def _pick(weights: Weights, random: Random) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def _birthday(person_type: str, random: Random, cast: Cast) -> date:
    """Years before the youngest graduates of the year: from, to."""
    earliest, latest = {
        "own_staff": (13, 4),
        "delegated": (11, 3),
        "commissioned": (3, 1),
        "professional_master": (5, 2),
    }.get(person_type, (7, 0))
    newest = cast.year - cast.youngest
    return date(random.randint(newest - earliest, newest - latest), random.randint(1, 12), random.randint(1, 28))


def _document(serial: int, born_on: date, gender: str, random: Random, cast: Cast) -> tuple[str, str, str]:
    """Kind, number and home prefecture. The serial number is part of the sequence digits, so that no two are the same."""
    home = random.choice(cast.local if random.random() < 0.85 else cast.elsewhere)
    if serial % 97 == 19:
        return "hk_macao_permit", f"H{serial:08d}", cast.local[0]
    region, order = f"{home}99", serial % 500
    if serial % 53 == 11:
        region, order, home = "810000", 495 + serial % 5, cast.local[0]
    elif serial % 53 == 37:
        region, order, home = "830000", 495 + serial % 5, cast.local[0]
    first = f"{region}{born_on:%Y%m%d}{order * 2 + (gender == 'male'):03d}"
    return "resident_id", first + check_digit(first), home


def _schooling(person_type: str, born_on: date, random: Random, cast: Cast) -> tuple[Schooling, ...]:
    year, assigned = cast.year, person_type in cast.assigned
    of_tcm = bool(cast.tcm_share) and random.random() < cast.tcm_share
    school = random.choice(cast.assigning) if assigned and cast.assigning else _school(of_tcm, random, cast)
    major = _pick(cast.tcm if of_tcm else cast.western, random)
    if not assigned and not of_tcm and cast.dental and random.random() < cast.dental_share:
        major = cast.dental
    elif person_type == "social" and cast.stranger and random.random() < cast.stranger_share:
        major = cast.stranger  # the notice is not for them: the portal has to tell them so
    employed = person_type in ("own_staff", "delegated")
    finished = min(born_on.year + random.choice(cast.finishes), year - employed)
    if person_type == "professional_master":
        finished = min(finished, year - 1)
    pending = finished == year and random.random() < 0.75
    unlisted = not assigned and random.random() < 0.03
    first = Schooling(cast.level, "" if unlisted else school, major, date(finished, 6, 30), pending)
    fields = list(cast.tcm_masters if of_tcm else cast.masters)
    if person_type == "professional_master":
        return first, Schooling("master", school, random.choice(fields), None, degree_type="professional")
    if fields and major not in (cast.dental, cast.stranger) and year - finished >= 3 and random.random() < 0.3:
        kind = random.choice(("professional", "academic"))
        field, done = random.choice(fields), date(finished + 3, 6, 20)
        return first, Schooling("master", _school(of_tcm, random, cast), field, done, degree_type=kind)
    return (first,)


def _school(of_tcm: bool, random: Random, cast: Cast) -> str:
    """A school of the province's own mix; "" where the demonstration knows none there."""
    known = cast.schools.get("tcm" if of_tcm else "western", {})
    return _pick(known, random) if known else ""


def _licence(
    schooling: tuple[Schooling, ...], number: str, person_type: str, random: Random, cast: Cast
) -> tuple[str, date | None]:
    """A licence can be had a year after the first degree; graduate students sit the examination later."""
    first = schooling[0].graduated_on
    if first is None or first.year >= cast.year - 1 or schooling[0].major == cast.stranger:
        return "", None
    if random.random() > (0.75 if person_type in ("own_staff", "delegated") else 0.45):
        return "", None
    obtained = random.randint(first.year + 1, cast.year - 1)
    kind = "110" if cast.licence == "physician" else "210"
    return f"{obtained}{cast.province}{kind}{number}", date(obtained, 12, random.randint(1, 28))


def _employer(
    person_type: str, home: str, schooling: tuple[Schooling, ...], random: Random, cast: Cast
) -> Employer | None:
    place = home if home in cast.local else random.choice(cast.local)
    if person_type == "delegated":
        mark = random.choice(MARKS)
        names = {
            "prefecture": f"{mark}州第二人民医院",
            "county": f"{mark}县人民医院",
            "township": f"{mark}镇中心卫生院",
            "village": f"{mark}村卫生室",
        }
        level = random.choices(list(names), [cast.levels[level] for level in names])[0]
        return Employer(names[level], level, place)
    if person_type == "commissioned":
        finished = schooling[0].graduated_on
        return Employer("示例县卫生健康局", "county", place, finished.year if finished else None)
    if person_type == "own_staff":
        return Employer("", "", place)
    return None


def _consents(person_type: str, random: Random, cast: Cast) -> tuple[str, ...]:
    if person_type in cast.assigned:
        return ()
    return random.choices((("base", "province"), ("province",), ("base",), ()), (40, 25, 10, 25))[0]
