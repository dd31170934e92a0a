"""Keeping the working-day table (工作日历): seeding it from the data set, and an administrator's changes with reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version

from chinese_calendar import Holiday
from chinese_calendar.constants import holidays, workdays
from django.db import transaction

from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.notices.models import CalendarDay, CalendarYear
from gme_portal.notices.queries import arranged_days
from gme_portal.policy.arrangement import ArrangedDay
from gme_portal.refusals import Refused

SOURCE = f"国务院办公厅节假日安排（数据包 {version('chinesecalendar')}）"


def announced() -> dict[int, tuple[ArrangedDay, ...]]:
    """The years that the data set knows, in order, whatever stands in the table. Needs no database."""
    names = {holiday.value: holiday.chinese for holiday in Holiday}
    found: dict[int, list[ArrangedDay]] = {}
    for is_working, days in ((False, holidays), (True, workdays)):
        for day, name in days.items():
            found.setdefault(day.year, []).append(ArrangedDay(day, is_working, names[name]))
    return {year: tuple(sorted(days)) for year, days in sorted(found.items())}


@transaction.atomic
def seed(*, at: datetime) -> int:
    """Enter every year that the data set knows and the table does not; what stands in the table is left as it is. How many years came in."""
    known = set(CalendarYear.objects.values_list("year", flat=True))
    fresh = {year: days for year, days in announced().items() if year not in known}
    for year, days in fresh.items():
        row = CalendarYear.objects.create(year=year, source=SOURCE, changed_at=at)
        _write(row, days)
        record(actor=None, action="working_days.seeded", subject=row, at=at, detail={"days": len(days)})
    return len(fresh)


def arrange(
    *,
    year: int,
    source: str,
    days: Iterable[ArrangedDay],
    reason: str,
    seen: datetime | None,
    actor: User,
    at: datetime,
) -> CalendarYear:
    """Put a year's holidays as `days` (see `policy.arrangement`), a new year or in place of what stands. `seen`: `changed_at` of what the
    editor had before them, None for a new year. Lists that are published already keep their closing.

    Raises Refused: NOT_YOURS, SOURCE_MISSING, REASON_MISSING, CHANGED_MEANWHILE, NOTHING_CHANGED."""
    if actor.role != Role.PLATFORM_ADMIN:
        raise Refused("NOT_YOURS", "只有平台管理员可以修改工作日历。")
    source, reason = source.strip(), reason.strip()
    if not source:
        raise Refused("SOURCE_MISSING", "请写明依据，例如国务院办公厅通知的文号。", field="source")
    if not reason:
        raise Refused("REASON_MISSING", "请写明修改的原因。", field="reason")
    with transaction.atomic():
        row = CalendarYear.objects.select_for_update().filter(year=year).first()
        if (row.changed_at if row else None) != seen:
            raise Refused("CHANGED_MEANWHILE", "这一年的安排刚刚被别人改过，请重新打开页面后再改。")
        before, after = set(arranged_days(year)), set(days)
        if row and (before, row.source) == (after, source):
            raise Refused("NOTHING_CHANGED", "与现有安排相同，没有需要保存的改动。")
        if row is None:
            row, created = CalendarYear.objects.get_or_create(year=year, defaults={"source": source, "changed_at": at})
            if not created:
                raise Refused("CHANGED_MEANWHILE", "这一年刚刚由别人录入，请重新打开页面后再改。")
        row.source, row.changed_at = source, at
        row.save(update_fields=["source", "changed_at"])
        row.days.all().delete()
        _write(row, after)
        detail = {"reason": reason, "source": source, "taken": _said(before - after), "put": _said(after - before)}
        record(actor=actor, action="working_days.arranged", subject=row, at=at, detail=detail)
    return row


def _write(row: CalendarYear, days: Iterable[ArrangedDay]) -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(year=row, day=one.day, is_working=one.is_working, name=one.name) for one in sorted(days)
    )


def _said(days: Iterable[ArrangedDay]) -> list[str]:
    return [f"{one.day.isoformat()} {'上班' if one.is_working else '放假'} {one.name}".rstrip() for one in sorted(days)]
