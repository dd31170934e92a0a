"""The working-day table: seeded once, changed by an administrator with a reason, never overwritten."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import CalendarDay, CalendarYear
from gme_portal.notices.queries import arranged_days, working_calendar
from gme_portal.notices.services.working_days import arrange, seed
from gme_portal.policy.arrangement import ArrangedDay, parse_arrangement
from gme_portal.policy.working_days import YearUnknown
from gme_portal.refusals import Refused
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
AT = datetime(2025, 6, 1, 9, 0, tzinfo=BEIJING)
NEW = parse_arrangement(2040, "1月2日 放假 元旦\n5月1日 放假 劳动节")


@pytest.fixture
def admin() -> User:
    return StaffFactory(role=Role.PLATFORM_ADMIN)


def put(actor: User, *, year: int = 2040, days: tuple[ArrangedDay, ...] = NEW, seen: datetime | None = None, at: datetime = AT,
        source: str = "示例文号", reason: str = "示例：国务院办公厅公布") -> CalendarYear:  # fmt: skip
    return arrange(year=year, source=source, days=days, reason=reason, seen=seen, actor=actor, at=at)


def refused(actor: User, **changes: object) -> str:
    with pytest.raises(Refused) as caught:
        put(actor, **changes)  # type: ignore[arg-type]
    return caught.value.code


def test_seeding_knows_the_autumn_of_2025() -> None:
    assert seed(at=AT) >= 22
    calendar = working_calendar()
    assert {2021, 2024, 2025} <= set(calendar.years)
    assert calendar.is_working(date(2025, 9, 28))
    assert not calendar.is_working(date(2025, 10, 8))
    assert calendar.is_working(date(2025, 10, 9))
    assert CalendarDay.objects.get(day=date(2025, 10, 1)).name == "国庆节"
    with pytest.raises(YearUnknown):
        calendar.is_working(date(2101, 1, 3))


def test_every_seeded_year_is_one_that_could_be_typed_in() -> None:
    seed(at=AT)
    for year in working_calendar().years:
        days = arranged_days(year)
        assert days
        assert all(one.day.weekday() >= 5 for one in days if one.is_working), year


def test_seeding_again_leaves_what_an_administrator_changed(admin: User) -> None:
    seed(at=AT)
    before = CalendarYear.objects.get(year=2025)
    days = tuple(one for one in arranged_days(2025) if one.day != date(2025, 10, 8))
    put(admin, year=2025, days=days, seen=before.changed_at, at=AT + timedelta(days=1))
    assert seed(at=AT + timedelta(days=2)) == 0
    assert working_calendar().is_working(date(2025, 10, 8))


def test_a_change_is_written_down_with_its_reason_and_its_days(admin: User) -> None:
    first = put(admin)
    put(admin, days=NEW[:1], seen=first.changed_at, reason="示例：更正", at=AT + timedelta(hours=1))
    event = AuditEvent.objects.get(detail__reason="示例：更正")
    assert (event.actor, event.action, event.subject_id) == (admin, "working_days.arranged", "2040")
    assert (event.detail["taken"], event.detail["put"]) == (["2040-05-01 放假 劳动节"], [])


def test_only_a_platform_administrator_changes_it(admin: User) -> None:
    for role in (Role.PROVINCE_LEAD, Role.BASE_LEAD, Role.AUDITOR):
        assert refused(StaffFactory(role=role)) == "NOT_YOURS"
    assert not CalendarYear.objects.filter(year=2040).exists()
    put(admin)
    assert CalendarYear.objects.get(year=2040).days.count() == 2


def test_reason_and_source_are_asked_for(admin: User) -> None:
    assert refused(admin, reason="  ") == "REASON_MISSING"
    assert refused(admin, source=" ") == "SOURCE_MISSING"


def test_two_editors_do_not_overwrite_one_another(admin: User) -> None:
    first = put(admin)
    assert refused(admin, days=NEW[:1]) == "CHANGED_MEANWHILE", "the second thought it new"
    put(admin, days=NEW[:1], seen=first.changed_at, at=AT + timedelta(seconds=1))
    assert refused(admin, days=NEW, seen=first.changed_at, at=AT + timedelta(seconds=2)) == "CHANGED_MEANWHILE"


def test_the_same_again_is_no_change(admin: User) -> None:
    first = put(admin)
    assert refused(admin, seen=first.changed_at) == "NOTHING_CHANGED"
    put(admin, seen=first.changed_at, source="国办发明电〔2039〕1号")


def test_the_database_holds_each_day_once_and_under_its_year(admin: User) -> None:
    year = put(admin)
    for day in (date(2040, 1, 2), date(2041, 1, 2)):
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarDay.objects.create(year=year, day=day, is_working=False)
