"""Who and when: sources, person types (人员类型), rounds (批次), windows, what the notice is silent about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal


@dataclass(frozen=True, slots=True)
class Source:
    """A document the clauses cite by `key`. `own` = it is this policy's notice; any other is borrowed from and needs a note at each use."""

    key: str
    name: str
    own: bool
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonType:
    """人员类型. `registers`: signs up in person; else `refusal` says why not. `assigned`: the school names the specialty and the base.
    `in_plan`: counted in the plan (招收计划), so that an admission takes a seat. `roster`: whose list of names (名册) the person must be on before
    signing up, handed in by `roster_deadline`. `recorded_by`: who records those that do not sign up themselves."""

    code: str
    label: str
    registers: bool
    assigned: bool
    aliases: tuple[str, ...]
    clause: str
    note: str = ""
    refusal: str = ""
    in_plan: bool = True
    roster: Literal["none", "school", "province"] = "none"
    roster_deadline: datetime | None = None
    recorded_by: Literal["", "base", "province"] = ""


@dataclass(frozen=True, slots=True)
class Round:
    """批次. `dates_by_base`: the notice leaves the dates to each base, so there are no windows here."""

    key: str
    label: str
    dates_by_base: bool
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, half-open: `opens <= at < closes`. No `person_types` = everybody. `hours` = daily hours, local, where given.

    `extended_from`: the close as the notice has it, where an extension (延长) moved it; `base`: the code of the base it was moved for alone."""

    key: str
    label: str
    opens: datetime
    closes: datetime
    person_types: tuple[str, ...]
    round: str
    clause: str
    note: str = ""
    hours: tuple[tuple[time, time], ...] = ()
    extended_from: datetime | None = None
    base: str = ""

    def is_open(self, at: datetime) -> bool:
        return self.opens <= at < self.closes

    def concerns(self, person_type: str) -> bool:
        return not self.person_types or person_type in self.person_types


@dataclass(frozen=True, slots=True)
class Contact:
    text: str
    url: str
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """What the notice does not say, and what therefore is not enforced. `group`: the table of the file that is absent for it ("" = a free topic)."""

    topic: str
    note: str
    group: str = ""
