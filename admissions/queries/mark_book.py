"""The marks of one base in one round (成绩册) as lists and totals; what is complete, what was locked and under which digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from admissions.allocation import canonical
from admissions.models import Application, Mark, ScoreSheet
from admissions.scoring import format_mark, weighted_total
from bases.models import TrainingBase
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy

ABSENT = "缺考"
# Words that people write for "absent" (缺考), in a cell of the grid or of a sheet.
ABSENT_WORDS = (ABSENT, "缺")
PASSED, FAILED = "合格", "不合格"


@dataclass(frozen=True, slots=True)
class Item:
    """A column of the mark book: a component with its full mark (hundredths) and weight (per cent), or a check (合格项) with neither."""

    key: str
    label: str
    full_mark: int = 0
    weight: int = 0

    @property
    def is_check(self) -> bool:
        return not self.full_mark

    @property
    def share(self) -> str:
        """How it counts: "占 40%", or not at all (a mark that is recorded only, or a check)."""
        if self.is_check:
            return "须合格"
        return f"占 {self.weight}%" if self.weight else "不计入总成绩"


def items(policy: Policy) -> list[Item]:
    """Everything that is entered for a person, the components before the checks, in the order of the notice."""
    scoring = policy.scoring
    parts = [Item(part.key, part.label, part.full_mark, part.weight) for part in scoring.components]
    return [*parts, *(Item(check.key, check.label) for check in scoring.checks)]


@dataclass(frozen=True, slots=True)
class Row:
    """One applicant with what stands now: component key → mark. `total` in hundredths; None while a mark is missing or anybody was absent."""

    application: Application
    marks: Mapping[str, Mark]
    total: int | None
    absent: bool

    def text(self, component: str) -> str:
        return mark_text(self.marks.get(component))


@dataclass(frozen=True, slots=True)
class Progress:
    """How many marks there are to enter and how many stand."""

    people: int
    expected: int
    filled: int
    complete_people: int

    @property
    def missing(self) -> int:
        return self.expected - self.filled


def mark_text(mark: Mark | None) -> str:
    """A mark as typed: "88.50", 合格, 不合格, 缺考, or nothing."""
    if mark is None:
        return ""
    if mark.absent:
        return ABSENT
    return format_mark(mark.value or 0) if mark.passed is None else passed_text(mark.passed)


def passed_text(passed: bool) -> str:
    return PASSED if passed else FAILED


def candidates(notice: Notice, base: TrainingBase, policy: Policy, round: str = "first") -> QuerySet[Application]:
    """Who sits the assessment (参加考核): approved and confirmed on site, of a person type the notice examines; by application number."""
    rows = Application.objects.select_related("applicant__user").filter(notice=notice, base=base, round=round)
    rows = rows.filter(state="approved", confirmed_at__isnull=False)
    return rows.filter(applicant__person_type__in=examined(policy, round)).order_by("number")


def examined(policy: Policy, round: str) -> list[str]:
    """Person types with a time for the assessment; people who are assigned need not sit it (000 四). Everybody where the notice sets no time."""
    codes = [kind.code for kind in policy.person_types]
    return [code for code in codes if policy.window("assessment", person_type=code, round=round)] or codes


def sheet_of(notice: Notice, base: TrainingBase, round: str = "first") -> ScoreSheet | None:
    """The sheet with its two people, if somebody has begun one."""
    rows = ScoreSheet.objects.select_related("submitted_by", "confirmed_by")
    return rows.filter(notice=notice, base=base, round=round).first()


def book(applications: Iterable[Application], policy: Policy) -> list[Row]:
    """The given applicants with their marks, in the order given. One query."""
    listed = list(applications)
    marks: dict[UUID, dict[str, Mark]] = {}
    for mark in Mark.objects.filter(application__in=[row.pk for row in listed]):
        marks.setdefault(mark.application_id, {})[mark.component] = mark
    return [_row(application, marks.get(application.pk, {}), policy) for application in listed]


def _row(application: Application, marks: Mapping[str, Mark], policy: Policy) -> Row:
    components = policy.scoring.components
    values = {key: mark.value for key, mark in marks.items() if mark.value is not None}
    whole = all(component.key in values for component in components)
    total = weighted_total(components, values, policy.scoring.precision) if whole else None
    return Row(application, marks, total, any(marks[part.key].absent for part in components if part.key in marks))


def progress(notice: Notice, base: TrainingBase, policy: Policy, round: str = "first") -> Progress:
    """Two queries."""
    people = set(candidates(notice, base, policy, round).values_list("pk", flat=True))
    keys = [item.key for item in items(policy)]
    held: dict[UUID, int] = {}
    for pk in Mark.objects.filter(application__in=people, component__in=keys).values_list("application_id", flat=True):
        held[pk] = held.get(pk, 0) + 1
    complete = sum(1 for count in held.values() if count == len(keys))
    return Progress(len(people), len(people) * len(keys), sum(held.values()), complete)


def digest(rows: Iterable[Row]) -> str:
    """SHA-256 of every mark, by application number and component: what the second person confirms and the ranking is computed from."""
    lines = [
        [row.application.number, key, "absent" if mark.absent else mark.value if mark.passed is None else mark.passed]
        for row in sorted(rows, key=lambda row: row.application.number)
        for key, mark in sorted(row.marks.items())
    ]
    return canonical.digest(lines)
