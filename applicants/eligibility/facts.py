"""What is known about a person (报考人事实), read strictly from the JSON contract.

None means unknown, never "no": what a rule makes of an unknown fact is `needs_review`. Where the contract allows null for "has none"
(`licence`, `employer`, `commission`), the attribute is None too, and `derive` turns it into a known "none".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gme_portal.policy.errors import DocumentError, Problem
from gme_portal.policy.reading import Reader, parse_day
from gme_portal.policy.shapes import PREFECTURE
from gme_portal.policy.vocabulary import (
    EMPLOYER_LEVELS,
    FIELDS,
    LEVELS,
    LICENCE_CATEGORIES,
    LICENCE_KINDS,
    NATIONALITIES,
    PERSON_TYPES,
    TITLES,
)

EARLIEST = 1950  # nobody who graduated before is still looking for a place
_DAY_HINT = "请写成 2021-06-30"


class FactsError(DocumentError):
    """Facts that contradict themselves or cannot be read; `problems` names every path."""


@dataclass(frozen=True, slots=True)
class Education:
    """One record of education (学历). `field` None = the major is not one we can classify. `graduated_on` is None while enrolled.

    Adult education may be full-time too (成人脱产), and an associate degree (副学士) is given outside the mainland: neither is refused.
    """

    level: str
    full_time: bool
    adult_education: bool
    major: str
    major_code: str
    field: str | None
    degree_awarded: bool
    degree_type: str | None
    graduated_on: date | None
    enrolled: bool
    foreign: bool = False

    @property
    def ordinary_full_time(self) -> bool:
        """全日制 as the notices mean it: not the full-time form of adult education (成人脱产)."""
        return self.full_time and not self.adult_education


@dataclass(frozen=True, slots=True)
class Licence:
    """医师资格: `kind` physician or assistant; `category` clinical, stomatology or tcm."""

    kind: str
    category: str


@dataclass(frozen=True, slots=True)
class Employer:
    """工作单位. `specialty` = name or code of the specialty practised there; `consent` = the unit agrees to the training."""

    prefecture: str | None
    level: str | None
    specialty: str | None
    consent: bool | None


@dataclass(frozen=True, slots=True)
class Commission:
    """订单定向: where the person is bound to work, and whether they are in breach."""

    graduated_year: int | None
    prefecture: str | None
    in_breach: bool | None


@dataclass(frozen=True, slots=True)
class Ban:
    """诚信记录: closed from `since` up to, not including, `until`."""

    programme: str
    since: date
    until: date

    def is_active(self, on: date) -> bool:
        return self.since <= on < self.until


@dataclass(frozen=True, slots=True)
class ApplicantFacts:
    """One person. `assigned_specialty` (code or name) and `assigned_base` come from a school's roster, never from the contract."""

    nationality: str
    person_type: str
    education: tuple[Education, ...]
    licence: Licence | None = None
    employer: Employer | None = None
    title: str | None = None
    holds_training_certificate: bool | None = None
    in_national_platform: bool | None = None
    commission: Commission | None = None
    bans: tuple[Ban, ...] = ()
    assigned_specialty: str | None = None
    assigned_base: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One wish. `specialty` is a code or a name of the policy; `base` (its code) matters only for an assigned base."""

    specialty: str
    base_prefecture: str | None = None
    employer_prefecture_offers_specialty: bool | None = None
    agreement_with_employer: bool | None = None
    base: str | None = None


def from_dict(data: Mapping[str, object]) -> ApplicantFacts:
    """The `applicant` part of the contract. Raises FactsError with every problem and its path (`education[0].level`)."""
    problems: list[Problem] = []
    facts = read_applicant(Reader(data, "", problems))
    if problems:
        raise FactsError("报考人信息", problems)
    return facts


def read_applicant(table: Reader) -> ApplicantFacts:
    """The same from a reader, for documents that hold more than the applicant; problems are left with the reader."""
    facts = ApplicantFacts(
        nationality=table.text("nationality", allowed=tuple(NATIONALITIES)),
        person_type=table.text("person_type", allowed=tuple(PERSON_TYPES)),
        education=tuple(_read_education(one) for one in table.tables("education", required=False)),
        licence=_read_licence(table.table("licence", required=False)),
        employer=_read_employer(table.table("employer", required=False)),
        title=table.optional_text("title", allowed=tuple(TITLES)),
        holds_training_certificate=table.optional_flag("holds_training_certificate"),
        in_national_platform=table.optional_flag("in_national_platform"),
        commission=_read_commission(table.table("commission", required=False)),
        bans=tuple(_read_ban(one) for one in table.tables("bans", required=False)),
    )
    if "education" not in table.data:
        table.blame("education", "缺少这一项，请补上")
    table.done()
    return facts


def _read_education(table: Reader) -> Education:
    graduated_on = table.parsed("graduated_on", parse_day, _DAY_HINT) if table.has("graduated_on") else None
    record = Education(
        level=table.text("level", allowed=tuple(LEVELS)),
        full_time=table.flag("full_time"),
        adult_education=table.flag("adult_education"),
        major=table.text("major"),
        major_code=_major_code(table),
        field=table.text("field", allowed=tuple(FIELDS)),
        degree_awarded=table.flag("degree_awarded"),
        degree_type=table.optional_text("degree_type", allowed=("professional", "academic")),
        graduated_on=graduated_on,
        enrolled=table.flag("enrolled"),
        foreign=table.flag("foreign", default=False),
    )
    if graduated_on is not None and graduated_on.year < EARLIEST:
        table.blame("graduated_on", f"毕业年份早于 {EARLIEST} 年，请核对")
    if record.enrolled and table.data.get("graduated_on") is not None:
        table.blame("graduated_on", "在读的学历不能有毕业日期，请写 null")
    if not record.enrolled and table.data.get("graduated_on") is None:
        table.blame("graduated_on", "已毕业的学历须写毕业日期")
    if record.enrolled and record.degree_awarded:
        table.blame("degree_awarded", "在读的学历不能已授学位")
    table.done()
    return record


def _major_code(table: Reader) -> str:
    """The code of a major; nothing, null and "" are the same: there is none."""
    return (
        ""
        if table.data.get("major_code") == "" and table.has("major_code")
        else table.optional_text("major_code") or ""
    )


def _read_licence(table: Reader | None) -> Licence | None:
    if table is None:
        return None
    kinds = tuple(kind for kind in LICENCE_KINDS if kind != "none")
    categories = tuple(kind for kind in LICENCE_CATEGORIES if kind != "none")
    licence = Licence(table.text("kind", allowed=kinds), table.text("category", allowed=categories))
    table.done()
    return licence


def _read_employer(table: Reader | None) -> Employer | None:
    if table is None:
        return None
    employer = Employer(
        prefecture=table.optional_text("prefecture", shape=PREFECTURE),
        level=table.optional_text("level", allowed=tuple(EMPLOYER_LEVELS)),
        specialty=table.optional_text("specialty"),
        consent=table.optional_flag("consent"),
    )
    table.done()
    return employer


def _read_commission(table: Reader | None) -> Commission | None:
    if table is None:
        return None
    commission = Commission(
        graduated_year=table.integer("graduated_year", 2010, 2100) if table.has("graduated_year") else None,
        prefecture=table.optional_text("prefecture", shape=PREFECTURE),
        in_breach=table.optional_flag("in_breach"),
    )
    table.done()
    return commission


def _read_ban(table: Reader) -> Ban:
    programme = table.text("programme", allowed=("residency", "assistant_gp"))
    since, until = table.parsed("from", parse_day, _DAY_HINT), table.parsed("until", parse_day, _DAY_HINT)
    if since and until and until <= since:
        table.blame("until", "截止日须晚于起始日")
    table.done()
    return Ban(programme, since or date.min, until or date.max)
