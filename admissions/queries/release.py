"""What the public may count (R13): seats and admissions without those whose instant has not come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from admissions.models import AllocationRun, Offer, Publicity
from admissions.queries.standings import pool_moves
from admissions.states import PAST_ADMISSION
from gme_portal.notices.models import Notice
from quotas.models import Quota


def is_held(run: AllocationRun) -> bool:
    """Whether nobody of a published list may be admitted yet: an objection to all of it is open, or somebody has asked to take it back."""
    return (
        run.undo_asked_by_id is not None or run.publicity.objections.filter(application=None, answered_at=None).exists()
    )


def can_be_undone(run: AllocationRun, at: datetime) -> bool:
    """Whether a published list may still be taken back: while it is on show or held, and nobody of it was admitted."""
    if run.offers.filter(state__in=PAST_ADMISSION).exists():
        return False
    return at < run.publicity.closes_at or is_held(run)


@dataclass(frozen=True, slots=True)
class OpenCount:
    """One quota as the public sees it at a moment."""

    quota: Quota
    seats: int
    taken: int

    @property
    def free(self) -> int:
        return self.seats - self.taken


def open_counts(quotas: Sequence[Quota], notice: Notice, *, at: datetime) -> list[OpenCount]:
    """The given quotas (specialty loaded), in their order, as if runs that are approved but not yet out did not exist. Two queries."""
    ahead = list(AllocationRun.objects.filter(notice=notice, state="published", published_at__gt=at))
    held: Counter[UUID] = Counter()
    if ahead:
        held.update(
            Offer.objects.filter(run__in=ahead, counted=True, state="published").values_list("quota_id", flat=True)
        )
    moved: dict[tuple[object, str], int] = {}
    for run in ahead:
        for source, target, seats in pool_moves(run.problem, run.result):
            moved[run.base_id, source] = moved.get((run.base_id, source), 0) - seats
            moved[run.base_id, target] = moved.get((run.base_id, target), 0) + seats
    return [
        OpenCount(
            quota, quota.seats - moved.get((quota.base_id, quota.specialty.name), 0), quota.taken - held[quota.pk]
        )
        for quota in quotas
    ]


def lists_on_view(notice: Notice, *, at: datetime) -> QuerySet[Publicity]:
    """Lists anybody may read: of runs that stand, from their instant on; the newest first."""
    rows = Publicity.objects.select_related("run__base", "run__notice_version", "run__notice")
    return rows.filter(run__notice=notice, run__state="published", opens_at__lte=at).order_by("-opens_at", "title")


def rows_now(publicity: Publicity) -> list[dict[str, str]]:
    """The list as it was published, with a word at the name of whoever's place was taken away since (取消资格). At most one query."""
    gone = set(publicity.run.offers.filter(state__in=("revoked", "left")).values_list("application__number", flat=True))
    return [
        row | {"name": f"{row['name']}（已取消）"} if row.get("application_no") in gone and "name" in row else row
        for row in publicity.rows
    ]
