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
from gme_portal.demo.names import MARKS, name_of

PHONES_FROM = 19_900_000_000
OLDEST, YOUNGEST = 1990, 2003
LOCAL = (
    "5301", "5303", "5304", "5305", "5306", "5307", "5308", "5309",
    "5323", "5325", "5326", "5328", "5329", "5331", "5333", "5334",
)  # fmt: skip
ELSEWHERE = ("5101", "5201", "4301", "4501", "1101", "3201", "4101", "6101")
# Weights in per cent; commissioned people and graduate students are assigned by their school.
PERSON_TYPES = {"social": 56, "own_staff": 13, "delegated": 13, "commissioned": 9, "professional_master": 9}
ETHNIC = {
    "01": 60, "07": 8, "14": 6, "16": 4, "08": 4, "18": 3, "06": 3, "20": 2,
    "03": 2, "27": 2, "04": 1, "21": 1, "24": 1, "28": 1, "34": 1, "05": 1,
}  # fmt: skip
ASSIGNING_SCHOOLS = ("昆明医科大学", "大理大学")
SCHOOLS = {
    "昆明医科大学": 34, "大理大学": 22, "昆明医科大学海源学院": 10, "曲靖健康医学院": 6, "云南大学": 5, "昆明理工大学": 4,
    "川北医学院": 4, "贵州医科大学": 4, "遵义医科大学": 3, "南华大学": 3, "新疆医科大学": 2, "首都医科大学": 1,
}  # fmt: skip
OTHER_SCHOOL = "示例医学院（名单以外）"
CLINICAL = {"100201K": 74, "100202TK": 8, "100203TK": 8, "100207TK": 5, "100205TK": 3, "100204TK": 2}
DENTAL, CHINESE_MEDICINE = "100301K", "100501K"
# Field of a professional master's degree → the specialty that the school assigns with it.
MASTERS = {
    "105101": "内科", "105111": "外科", "105115": "妇产科", "105118": "麻醉科", "105102": "儿科", "105123": "放射科", "105109": "全科",
}  # fmt: skip
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


def person(serial: int, *, year: int) -> Person:
    """The `serial`-th fictional applicant (from 1) of a recruitment year."""
    random = Random(f"gme-demo-person:{serial}")
    name = name_of(serial, random)
    person_type = _pick(PERSON_TYPES, random)
    born_on = _birthday(person_type, random, year)
    gender = "male" if random.random() < 0.42 else "female"
    kind, number, home = _document(serial, born_on, gender, random)
    schooling = _schooling(person_type, born_on, random, year)
    licence_number, licensed_on = _licence(schooling, number, person_type, random, year)
    ethnic = "05" if "古丽娜孜" in name else _pick(ETHNIC, random)
    return Person(
        serial=serial,
        name=name,
        document_kind=kind,
        document_number=number,
        phone=str(PHONES_FROM + serial),
        gender=gender,
        born_on=born_on,
        ethnic_group=ethnic,
        prefecture=home,
        person_type=person_type,
        married=year - born_on.year > 28 and random.random() < 0.5,
        schooling=schooling,
        licence_number=licence_number,
        licensed_on=licensed_on,
        employer=_employer(person_type, home, schooling, random),
        consents=_consents(person_type, random),
    )


def _pick(weights: dict[str, int], random: Random) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def _birthday(person_type: str, random: Random, year: int) -> date:
    first, last = {
        "own_staff": (OLDEST, 1999),
        "delegated": (1992, 2000),
        "commissioned": (2000, year - 23),
        "professional_master": (1998, year - 24),
    }.get(person_type, (1996, min(YOUNGEST, year - 22)))
    return date(random.randint(first, last), random.randint(1, 12), random.randint(1, 28))


def _document(serial: int, born_on: date, gender: str, random: Random) -> tuple[str, str, str]:
    """Kind, number and home prefecture. The serial number is part of the sequence digits, so that no two are the same."""
    home = random.choice(LOCAL if random.random() < 0.85 else ELSEWHERE)
    if serial % 97 == 19:
        return "hk_macao_permit", f"H{serial:08d}", "5301"
    region, order = f"{home}99", serial % 500
    if serial % 53 == 11:
        region, order, home = "810000", 495 + serial % 5, "5301"
    elif serial % 53 == 37:
        region, order, home = "830000", 495 + serial % 5, "5301"
    first = f"{region}{born_on:%Y%m%d}{order * 2 + (gender == 'male'):03d}"
    return "resident_id", first + check_digit(first), home


def _schooling(person_type: str, born_on: date, random: Random, year: int) -> tuple[Schooling, ...]:
    assigned = person_type in ("commissioned", "professional_master")
    school = random.choice(ASSIGNING_SCHOOLS) if assigned else _pick(SCHOOLS, random)
    major = _pick(CLINICAL, random)
    if not assigned and random.random() < 0.08:
        major = DENTAL
    elif person_type == "social" and random.random() < 0.03:
        major = CHINESE_MEDICINE  # belongs to the TCM entrance: the portal has to tell them so
    finished = min(born_on.year + random.choice((22, 23, 23, 24)), year - (person_type in ("own_staff", "delegated")))
    if person_type == "professional_master":
        finished = min(finished, year - 1)
    pending = finished == year and random.random() < 0.75
    unlisted = not assigned and random.random() < 0.03
    bachelor = Schooling("bachelor", "" if unlisted else school, major, date(finished, 6, 30), pending)
    if person_type == "professional_master":
        return bachelor, Schooling("master", school, random.choice(list(MASTERS)), None, degree_type="professional")
    if major not in (DENTAL, CHINESE_MEDICINE) and year - finished >= 3 and random.random() < 0.3:
        kind = random.choice(("professional", "academic"))
        field, done = random.choice(list(MASTERS)), date(finished + 3, 6, 20)
        return bachelor, Schooling("master", _pick(SCHOOLS, random), field, done, degree_type=kind)
    return (bachelor,)


def _licence(
    schooling: tuple[Schooling, ...], number: str, person_type: str, random: Random, year: int
) -> tuple[str, date | None]:
    """A licence can be had a year after the first degree; graduate students sit the examination later."""
    first = schooling[0].graduated_on
    if first is None or first.year >= year - 1 or schooling[0].major == CHINESE_MEDICINE:
        return "", None
    if random.random() > (0.75 if person_type in ("own_staff", "delegated") else 0.45):
        return "", None
    obtained = random.randint(first.year + 1, year - 1)
    return f"{obtained}53110{number}", date(obtained, 12, random.randint(1, 28))


def _employer(person_type: str, home: str, schooling: tuple[Schooling, ...], random: Random) -> Employer | None:
    place = home if home in LOCAL else random.choice(LOCAL)
    if person_type == "delegated":
        mark = random.choice(MARKS)
        names = {
            "prefecture": f"{mark}州第二人民医院",
            "county": f"{mark}县人民医院",
            "township": f"{mark}镇中心卫生院",
            "village": f"{mark}村卫生室",
        }
        level = random.choices(list(names), [20, 50, 25, 5])[0]
        return Employer(names[level], level, place)
    if person_type == "commissioned":
        finished = schooling[0].graduated_on
        return Employer("示例县卫生健康局", "county", place, finished.year if finished else None)
    if person_type == "own_staff":
        return Employer("", "", place)
    return None


def _consents(person_type: str, random: Random) -> tuple[str, ...]:
    if person_type in ("commissioned", "professional_master"):
        return ()
    return random.choices((("base", "province"), ("province",), ("base",), ()), (40, 25, 10, 25))[0]
