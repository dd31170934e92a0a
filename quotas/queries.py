"""Reading the plan: the matrix, what is open at a base, what is still free. Every function has a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import F, QuerySet, Sum

from bases.models import Specialty, TrainingBase
from gme_portal.notices.models import Notice
from quotas.models import EntryKind, Quota, SeatEntry, SeatMove


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums of seats: the adopted plan, what may be admitted now, what is taken."""

    planned: int = 0
    seats: int = 0
    taken: int = 0

    @property
    def free(self) -> int:
        return self.seats - self.taken

    def __add__(self, quota: Quota | Tally) -> Tally:
        return Tally(self.planned + quota.planned, self.seats + quota.seats, self.taken + quota.taken)


@dataclass(slots=True)
class MatrixRow:
    """One base: a quota per column of the matrix, None where the specialty is not open ("/"), and the row's sum."""

    base: TrainingBase
    cells: list[Quota | None]
    total: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class Matrix:
    """The plan of a notice: columns in specialty order, rows by prefecture and base, `column_totals` beside `specialties`, the grand total."""

    specialties: list[Specialty]
    rows: list[MatrixRow]
    column_totals: list[Tally]
    total: Tally


def matrix(notice: Notice) -> Matrix:
    """Base × specialty with planned, seats and taken. One query; only specialties and bases that have a quota appear."""
    quotas = list(_with_names(notice).order_by("base__prefecture_id", "base__code"))
    specialties = sorted(
        {quota.specialty.pk: quota.specialty for quota in quotas}.values(), key=lambda row: row.position
    )
    place = {row.pk: index for index, row in enumerate(specialties)}
    rows: dict[object, MatrixRow] = {}
    column_totals = [Tally() for _ in specialties]
    total = Tally()
    for quota in quotas:
        row = rows.setdefault(quota.base_id, MatrixRow(quota.base, [None] * len(specialties)))
        column = place[quota.specialty_id]
        row.cells[column] = quota
        row.total += quota
        column_totals[column] += quota
        total += quota
    return Matrix(specialties, list(rows.values()), column_totals, total)


def open_specialties(notice: Notice, base: TrainingBase) -> QuerySet[Quota]:
    """The quotas of a base in specialty order, with specialty and base loaded: what may be chosen there. One query."""
    return _with_names(notice).filter(base=base).order_by("specialty__position")


def open_bases(notice: Notice) -> QuerySet[TrainingBase]:
    """Bases with at least one quota, by prefecture, each with `planned_seats`, `seats_now` and `seats_free` (int). One query."""
    rows = TrainingBase.objects.select_related("prefecture").filter(quotas__notice=notice)
    return rows.annotate(
        planned_seats=Sum("quotas__planned"),
        seats_now=Sum("quotas__seats"),
        seats_free=Sum(F("quotas__seats") - F("quotas__taken")),
    ).order_by("prefecture_id", "code")


def free_seats(notice: Notice) -> QuerySet[Quota]:
    """Quotas with seats left, each with `free_now` (int ≥ 1), base, its prefecture and specialty loaded; base, then specialty order. One query."""
    rows = _with_names(notice).filter(taken__lt=F("seats")).annotate(free_now=F("seats") - F("taken"))
    return rows.order_by("base__code", "specialty__position")


def tally(notice: Notice) -> Tally:
    """The sums over a whole notice. One query."""
    sums = Quota.objects.filter(notice=notice).aggregate(planned=Sum("planned"), seats=Sum("seats"), taken=Sum("taken"))
    return Tally(**{name: number or 0 for name, number in sums.items()})


def ledger(quota: Quota) -> QuerySet[SeatEntry]:
    """Why a quota has the seats it has, oldest line first, with actor and the other end of each move. One query."""
    return quota.entries.select_related("actor", "move__source__specialty", "move__target__specialty").order_by("id")


def ledger_of_base(notice: Notice, base: TrainingBase) -> QuerySet[SeatEntry]:
    """The ledgers of a base's specialties whose seats are not simply the plan, oldest line first. One query."""
    changed = SeatEntry.objects.filter(quota__notice=notice, quota__base=base).exclude(kind=EntryKind.PLAN)
    rows = SeatEntry.objects.filter(quota__in=changed.values("quota")).select_related("quota__specialty")
    return rows.order_by("quota__specialty__position", "id")


def moves_of(notice: Notice, base: TrainingBase | None = None) -> QuerySet[SeatMove]:
    """Moves under a notice (of one base), newest first, with both specialties and the actor. One query."""
    rows = SeatMove.objects.filter(notice=notice).select_related(
        "base", "source__specialty", "target__specialty", "actor"
    )
    return (rows if base is None else rows.filter(base=base)).order_by("-at", "pk")


def _with_names(notice: Notice) -> QuerySet[Quota]:
    return Quota.objects.filter(notice=notice).select_related("base__prefecture", "specialty")
