"""Reading the plan: the matrix, what is open at a base, what is still free. Every function has a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Case, F, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from bases.models import Specialty, TrainingBase
from gme_portal.notices.models import Notice
from quotas.models import (
    Distribution,
    EntryKind,
    IncreaseRequest,
    OthersPool,
    Quota,
    RequestState,
    SeatEntry,
    SeatMove,
    Share,
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums of seats: the adopted plan, what may be admitted now, what is taken, what is kept for commissioned people (其中订单定向)."""

    planned: int = 0
    seats: int = 0
    taken: int = 0
    reserved: int = 0

    @property
    def free(self) -> int:
        return self.seats - self.taken

    def __add__(self, quota: Quota | Tally) -> Tally:
        return Tally(
            self.planned + quota.planned,
            self.seats + quota.seats,
            self.taken + quota.taken,
            self.reserved + quota.reserved,
        )

    def with_pool(self, waiting: int) -> Tally:
        """With seats that are planned but belong to no specialty yet."""
        return Tally(self.planned + waiting, self.seats, self.taken, self.reserved)


@dataclass(slots=True)
class MatrixRow:
    """One base: a quota per column of the matrix, None where the specialty is not open ("/"), the seats of 其他 that belong to no specialty yet,
    and the row's sum."""

    base: TrainingBase
    cells: list[Quota | None]
    total: Tally = field(default_factory=Tally)
    waiting: int = 0


@dataclass(slots=True)
class Matrix:
    """The plan of a notice: columns in specialty order, rows by prefecture and base, `column_totals` beside `specialties`, the grand total, of it the
    seats of 其他 that belong to no specialty yet, and whether figures in it are made up."""

    specialties: list[Specialty]
    rows: list[MatrixRow]
    column_totals: list[Tally]
    total: Tally
    waiting: int = 0
    has_examples: bool = False


def matrix(notice: Notice) -> Matrix:
    """Base × specialty with planned, seats and taken. Two queries; only specialties and bases that have a quota or 其他 appear."""
    pools = {row.base_id: row for row in pools_of(notice) if row.waiting}
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
    for base_id, pool in pools.items():
        row = rows.setdefault(base_id, MatrixRow(pool.base, [None] * len(specialties)))
        row.waiting = pool.waiting
        row.total = row.total.with_pool(pool.waiting)
        total = total.with_pool(pool.waiting)
    ordered = sorted(rows.values(), key=lambda row: (row.base.prefecture_id, row.base.code))
    waiting = sum(pool.waiting for pool in pools.values())
    return Matrix(specialties, ordered, column_totals, total, waiting, any(quota.is_example for quota in quotas))


def open_specialties(notice: Notice, base: TrainingBase) -> QuerySet[Quota]:
    """The quotas of a base in specialty order, with specialty and base loaded: what may be chosen there. One query."""
    return _with_names(notice).filter(base=base).order_by("specialty__position")


def open_bases(notice: Notice) -> QuerySet[TrainingBase]:
    """Bases with at least one quota, by prefecture, each with `planned_seats`, `seats_now` and `seats_free` (int). One query."""
    rows = TrainingBase.objects.select_related("prefecture").filter(quotas__notice=notice)
    return rows.annotate(
        planned_seats=Sum("quotas__planned"),
        seats_now=Sum("quotas__seats"),
        seats_free=Sum(
            F("quotas__seats")
            - F("quotas__taken")
            - Greatest(F("quotas__reserved") - F("quotas__reserved_taken"), Value(0))
        ),
    ).order_by("prefecture_id", "code")


def free_seats(notice: Notice) -> QuerySet[Quota]:
    """Quotas with seats that nobody holds and that are kept for nobody, each with their number `free_now` (int ≥ 1), base, its prefecture and specialty
    loaded; base, then specialty order. One query."""
    kept = Greatest(F("reserved") - F("reserved_taken"), Value(0))
    rows = _with_names(notice).annotate(free_now=F("seats") - F("taken") - kept).filter(free_now__gte=1)
    return rows.order_by("base__code", "specialty__position")


def tally(notice: Notice) -> Tally:
    """The sums over a whole notice, 其他 that belongs to no specialty yet among what is planned. Two queries."""
    sums = Quota.objects.filter(notice=notice).aggregate(
        planned=Sum("planned"), seats=Sum("seats"), taken=Sum("taken"), reserved=Sum("reserved")
    )
    waiting = OthersPool.objects.filter(notice=notice, distributed_at=None).aggregate(sum=Sum("planned"))["sum"] or 0
    return Tally(**{name: number or 0 for name, number in sums.items()}).with_pool(waiting)


def planned_total(notice: Notice) -> int:
    """Seats of the adopted plan, distributed or not. Two queries."""
    return tally(notice).planned


def pools_of(notice: Notice) -> QuerySet[OthersPool]:
    """The 其他 of every base under a notice, by prefecture and base, each with its newest proposals first and their lines. Three queries."""
    lines = Share.objects.select_related("specialty").order_by("specialty__position")
    proposals = Distribution.objects.select_related("asked_by", "decided_by", "decided_under").prefetch_related(
        Prefetch("shares", queryset=lines)
    )
    rows = OthersPool.objects.filter(notice=notice).select_related("base__prefecture", "late_by", "late_under")
    return rows.prefetch_related(Prefetch("distributions", queryset=proposals)).order_by(
        "base__prefecture_id", "base__code"
    )


def pool_of(notice: Notice, base: TrainingBase) -> OthersPool | None:
    """The 其他 of a base, as `pools_of` gives it; None where its plan has none."""
    return pools_of(notice).filter(base=base).first()


def increases_of(notice: Notice, base: TrainingBase | None = None) -> QuerySet[IncreaseRequest]:
    """Requests for more seats under a notice (of one base): those that wait first, then the newest. One query."""
    rows = IncreaseRequest.objects.filter(quota__notice=notice).select_related(
        "quota__base__prefecture", "quota__specialty", "asked_by", "decided_by", "decided_under"
    )
    first = Case(When(state=RequestState.ASKED, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (rows if base is None else rows.filter(quota__base=base)).order_by(first, "-asked_at", "pk")


def reserves_of(notice: Notice) -> QuerySet[Quota]:
    """Quotas of which the plan keeps seats for commissioned people (其中订单定向), each with `planned_reserve` (int), the part as adopted. One query."""
    adopted = SeatEntry.objects.filter(quota=OuterRef("pk"), kind=EntryKind.PLAN).values("reserved_delta")[:1]
    rows = _with_names(notice).annotate(planned_reserve=Coalesce(Subquery(adopted), 0))
    return rows.filter(planned_reserve__gt=0).order_by("base__prefecture_id", "base__code", "specialty__position")


def ledger_of_notice(notice: Notice, base: TrainingBase | None = None) -> QuerySet[SeatEntry]:
    """Every line of every ledger (of one base): base, specialty, then as written, with who signed. One query."""
    rows = SeatEntry.objects.filter(quota__notice=notice).select_related(
        "quota__base",
        "quota__specialty",
        "actor",
        "move__source__specialty",
        "move__target__specialty",
        "move__decided_under",
        "share__distribution__decided_under",
        "increase__decided_under",
        "decided_under",
    )
    rows = rows if base is None else rows.filter(quota__base=base)
    return rows.order_by("quota__base__prefecture_id", "quota__base__code", "quota__specialty__position", "id")


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
        "base", "source__specialty", "target__specialty", "actor", "decided_under"
    )
    return (rows if base is None else rows.filter(base=base)).order_by("-at", "pk")


def _with_names(notice: Notice) -> QuerySet[Quota]:
    return Quota.objects.filter(notice=notice).select_related("base__prefecture", "specialty")
