"""What the provincial office watches (招收看板): how far people are, which base lags, how the plan fills. Every function has a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from admissions.models import AllocationRun, Application, Choice, Offer, RunKind, ScoreSheet, Submission
from admissions.states import ACTIVE_OFFER_STATES, APPLICATION_LABELS
from bases.models import TrainingBase
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from quotas.queries import Matrix, Tally

FILED = Q(state__in=["submitted", "returned", "approved", "rejected"])
TREND_DAYS = 21


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over a round of a notice: people who began, filed, wait for review, passed, were confirmed, hold a place, were admitted, reported in."""

    begun: int
    filed: int
    waiting: int
    approved: int
    confirmed: int
    offered: int
    admitted: int
    reported: int


def figures(notice: Notice, round: str) -> Figures:
    """The counts of the tiles and the funnel. Two queries."""
    people = Application.objects.filter(notice=notice, round=round).aggregate(
        begun=Count("pk"),
        filed=Count("pk", filter=FILED),
        waiting=Count("pk", filter=Q(state="submitted")),
        approved=Count("pk", filter=Q(state="approved")),
        confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
    )
    places = Offer.objects.filter(notice=notice, application__round=round).aggregate(
        offered=Count("pk", filter=Q(state__in=ACTIVE_OFFER_STATES)),
        admitted=Count("pk", filter=Q(state__in=["admitted", "reported_in"])),
        reported=Count("pk", filter=Q(state="reported_in")),
    )
    return Figures(**people, **places)


def filed_per_day(notice: Notice, round: str, *, at: datetime) -> list[tuple[date, int]]:
    """New filings of a round in the last three weeks, a pair a day, days without any included. One query."""
    today = at.astimezone(BEIJING).date()
    first = today - timedelta(days=TREND_DAYS - 1)
    rows = (
        Submission.objects.filter(
            application__notice=notice, application__round=round, number=1, submitted_at__date__gte=first
        )
        .annotate(day=TruncDate("submitted_at", tzinfo=BEIJING))
        .values_list("day")
        .annotate(Count("pk"))
    )
    counts = dict(rows)
    return [(day, counts.get(day, 0)) for day in (first + timedelta(days=n) for n in range(TREND_DAYS))]


@dataclass(slots=True)
class BaseProgress:
    """One base: plan, filings by state, the oldest that waits, and how far marks and admission are."""

    base: TrainingBase
    plan: Tally = field(default_factory=Tally)
    filed: int = 0
    waiting: int = 0
    approved: int = 0
    confirmed: int = 0
    oldest_waiting: datetime | None = None
    marks: str = ""
    run: str = ""


def base_progress(notice: Notice, plan: Matrix, round: str) -> list[BaseProgress]:
    """Every base with a plan and how far it is in a round, the longest backlog first. `plan` is the notice's matrix. Three queries beside it."""
    found = {row.base.pk: BaseProgress(row.base, row.total) for row in plan.rows}
    counts = (
        Application.objects.filter(FILED, notice=notice, round=round)
        .values("base_id")
        .annotate(
            filed=Count("pk"),
            waiting=Count("pk", filter=Q(state="submitted")),
            approved=Count("pk", filter=Q(state="approved")),
            confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
            oldest_waiting=Min("submitted_at", filter=Q(state="submitted")),
        )
        .order_by()
    )
    for row in counts:
        progress = found.get(row["base_id"])
        if progress is not None:
            progress.filed, progress.waiting, progress.approved = row["filed"], row["waiting"], row["approved"]
            progress.confirmed, progress.oldest_waiting = row["confirmed"], row["oldest_waiting"]
    for sheet in ScoreSheet.objects.filter(notice=notice, round=round, base__in=found):
        found[sheet.base_id].marks = (
            "confirmed" if sheet.confirmed_at else "submitted" if sheet.submitted_at else "open"
        )
    runs = AllocationRun.objects.filter(notice=notice, round=round, kind=RunKind.BASE_ADMISSION)
    for run in runs.exclude(state="superseded"):
        if run.base_id in found and found[run.base_id].run != "published":
            found[run.base_id].run = run.state
    return sorted(found.values(), key=lambda progress: (-progress.waiting, progress.base.code))


def demand(notice: Notice, round: str) -> dict[object, int]:
    """How many people filed a quota as their first choice (第一志愿) in a round, by quota id. One query."""
    filed = Application.objects.filter(FILED, notice=notice, round=round)
    rows = Choice.objects.filter(position=1, application__in=filed)
    return dict(rows.values_list("quota_id").annotate(Count("pk")).order_by())


def shortage_fill(plan: Matrix, policy: Policy) -> list[tuple[str, Tally]]:
    """The shortage specialties (紧缺专业) of the policy with their sums, in plan order."""
    pairs = zip(plan.specialties, plan.column_totals, strict=True)
    return [(specialty.name, total) for specialty, total in pairs if policy.specialties.is_shortage(specialty.code)]


FILTERS: Mapping[str, str] = {
    "base": "base__code",
    "state": "state",
    "person": "applicant__person_type",
    "specialty": "choices__quota__specialty_id",
}


def applications(rows: QuerySet[Application], asked: Mapping[str, str]) -> QuerySet[Application]:
    """The list behind a figure: visible rows narrowed by base, state, person type, specialty (any choice) and by name or number."""
    for key, column in FILTERS.items():
        if value := asked.get(key):
            rows = rows.filter(**{column: value})
    if asked.get("confirmed"):
        rows = rows.filter(confirmed_at__isnull=False)
    if text := asked.get("q", "").strip():
        rows = rows.filter(Q(number__startswith=text) | Q(applicant__user__name__contains=text))
    return rows.prefetch_related("choices__quota__specialty").order_by("submitted_at", "number").distinct()


def state_choices() -> list[tuple[str, str]]:
    return list(APPLICATION_LABELS.items())
