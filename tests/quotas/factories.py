"""Notices and quotas for tests. A quota is made with its ledger line: the database refuses seats that nothing explains."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from bases.models import Specialty, TrainingBase
from bases.queries import specialty_by_name
from gme_portal.notices.models import Notice
from quotas.models import EntryKind, Quota, SeatEntry

PLANNED_AT = datetime(2025, 6, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def make_notice(slug: str = "yunnan-2025-residency") -> Notice:
    return Notice.objects.create(slug=slug, title="示例通知", year=2025, lottery_seed="0" * 64)


@transaction.atomic
def make_quota(
    notice: Notice,
    base: TrainingBase,
    specialty: Specialty | str,
    seats: int,
    *,
    taken: int = 0,
    capacity: int | None = None,
) -> Quota:
    """A quota with its plan line. `specialty` may be a name; base and specialty must be in the catalogues."""
    found = specialty_by_name(specialty) if isinstance(specialty, str) else specialty
    quota = Quota.objects.create(
        notice=notice, base=base, specialty=found, planned=seats, seats=seats, taken=taken, capacity=capacity
    )
    SeatEntry.objects.create(quota=quota, kind=EntryKind.PLAN, delta=seats, at=PLANNED_AT)
    return quota
