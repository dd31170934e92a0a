"""Notices and quotas for tests. A quota is made with its ledger line: the database refuses seats that nothing explains."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from bases.models import Specialty, TrainingBase
from bases.queries import specialty_by_name
from gme_portal.notices.models import Notice, NoticeVersion
from quotas.models import EntryKind, Quota, SeatEntry
from quotas.terms import PlanTerms

PLANNED_AT = datetime(2025, 6, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
OPENS = datetime(2025, 6, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SHORTAGE = frozenset({"0200", "0300", "0500", "0700", "1600", "1900", "2000", "3700"})


def make_notice(slug: str = "yunnan-2025-residency") -> Notice:
    """A notice with a version of which only its being there counts."""
    notice = Notice.objects.create(slug=slug, title="示例通知", year=2025)
    NoticeVersion.objects.create(notice=notice, number=1, source="", digest="", reason="示例", adopted_at=PLANNED_AT)
    return notice


def make_terms(**values: object) -> PlanTerms:
    """A notice that recruits for every specialty and opens on `OPENS`; `values` change what it says."""
    codes = frozenset(Specialty.objects.values_list("code", flat=True))
    return PlanTerms(**{"codes": codes, "shortage": SHORTAGE, "opens": OPENS, "clause": "002 附件2", **values})  # type: ignore[arg-type]


@transaction.atomic
def make_quota(
    notice: Notice,
    base: TrainingBase,
    specialty: Specialty | str,
    seats: int,
    *,
    taken: int = 0,
    capacity: int | None = None,
    reserved: int = 0,
) -> Quota:
    """A quota with its plan line. `specialty` may be a name; base and specialty must be in the catalogues."""
    found = specialty_by_name(specialty) if isinstance(specialty, str) else specialty
    quota = Quota.objects.create(
        notice=notice,
        base=base,
        specialty=found,
        planned=seats,
        seats=seats,
        taken=taken,
        capacity=capacity,
        reserved=reserved,
    )
    SeatEntry.objects.create(
        quota=quota,
        kind=EntryKind.PLAN,
        delta=seats,
        reserved_delta=reserved,
        at=PLANNED_AT,
        decided_under=notice.versions.first(),
    )
    return quota
