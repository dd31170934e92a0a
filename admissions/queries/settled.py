"""What people have settled under a notice (已定事项), so that an amendment does not undo it."""

from __future__ import annotations

from collections.abc import Collection

from admissions.models import AllocationRun, Offer, ScoreSheet
from gme_portal.notices.models import Notice
from gme_portal.policy.amending import Settled


def settled(notice: Notice) -> Collection[Settled]:
    """Asked under the lock that decisions share. Three queries."""
    found = {
        Settled.MARKS: ScoreSheet.objects.filter(notice=notice, confirmed_by__isnull=False),
        Settled.LISTS: AllocationRun.objects.filter(notice=notice, state="published"),
        Settled.REPORTED: Offer.objects.filter(notice=notice, state__in=("reported_in", "absent")),
    }
    return {what for what, rows in found.items() if rows.exists()}
