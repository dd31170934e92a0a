"""The year at a glance, its change on screen, its spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gme_portal.accounts.models import Role, User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import CalendarYear
from gme_portal.notices.queries import working_calendar
from gme_portal.notices.services.working_days import seed
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
AT = datetime(2025, 6, 1, 9, 0, tzinfo=BEIJING)
PAGE, EDIT, FILE = "/platform/working-days/", "/platform/working-days/edit/", "/platform/working-days/file/"


@pytest.fixture
def admin(sign_in: Callable[[User], Client], clock_at: Callable[[datetime], Any]) -> Client:
    clock_at(AT)
    seed(at=AT)
    return sign_in(StaffFactory(role=Role.PLATFORM_ADMIN))


def form_of(page: Any) -> dict[str, str]:
    """What the form holds as it is shown."""
    return {name: str(page.context["form"][name].value() or "") for name in ("source", "lines", "reason", "seen")}


def test_the_year_at_a_glance(admin: Client) -> None:
    said = admin.get(PAGE).content.decode()
    assert "2025年9月28日（星期日）调休上班：国庆节" in said
    assert "2025年10月8日（星期三）放假：" in said
    assert "10月7日至10月8日 放假 国庆节" in said
    assert admin.get(PAGE).context["counts"]["working"] == 248
    assert "修改 2025 年" in said


def test_a_year_that_is_not_entered_says_so(admin: Client) -> None:
    said = admin.get(PAGE, {"year": "2099"}).content.decode()
    assert "没有2099年的放假调休安排" in said
    assert admin.get(FILE, {"year": "2099"}).status_code == 404
    for wrong in ("x", "1999", "²025"):
        assert admin.get(PAGE, {"year": wrong}).status_code == 404


def test_a_day_is_changed_on_screen(admin: Client) -> None:
    address = f"{EDIT}?year=2025"
    values = form_of(admin.get(address))
    values["lines"] = values["lines"].replace("9月28日 上班 国庆节\n", "").replace("9月28日 上班 国庆节\r\n", "")
    values["reason"] = "示例：安排更正"
    assert admin.post(address, values).status_code == 302
    assert not working_calendar().is_working(date(2025, 9, 28))
    said = admin.get(PAGE).content.decode()
    assert "示例：安排更正" in said
    assert "2025-09-28 上班 国庆节" in said


def test_a_new_year_is_entered_and_wrong_lines_are_named(admin: Client) -> None:
    address = f"{EDIT}?year=2030"
    values = {"source": "国办发明电〔2029〕1号", "lines": "1月1日 放假 元旦\n春节放假", "reason": "公布", "seen": ""}
    answer = admin.post(address, values)
    assert answer.status_code == 422
    assert "第 2 行 “春节放假”读不懂" in answer.content.decode()
    assert not CalendarYear.objects.filter(year=2030).exists()
    assert admin.post(address, values | {"lines": "1月1日 放假 元旦"}).status_code == 302
    assert not working_calendar().is_working(date(2030, 1, 1))


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    admin: Client, clock_at: Callable[[datetime], Any]
) -> None:
    address = f"{EDIT}?year=2025"
    values = form_of(admin.get(address)) | {"reason": "示例", "source": "另一文号"}
    clock_at(AT + timedelta(minutes=1))
    assert admin.post(address, values).status_code == 302
    answer = admin.post(address, values | {"source": "第三文号"})
    assert answer.status_code == 422
    assert "刚刚被别人改过" in answer.content.decode()


def test_the_province_looks_but_does_not_change(admin: Client, sign_in: Callable[[User], Client]) -> None:
    officer = sign_in(StaffFactory(role=Role.PROVINCE_OFFICER))
    said = officer.get(PAGE).content.decode()
    assert "工作日历" in said
    assert "修改 2025 年" not in said
    assert officer.get(EDIT).status_code == 403


def test_the_spreadsheet_has_every_day(admin: Client) -> None:
    book = load_workbook(BytesIO(admin.get(FILE, {"year": "2025"}).content))
    cells = book.active.iter_rows(values_only=True)
    rows = {row[0].date(): row[1:] for row in cells if isinstance(row[0], datetime)}
    assert len(rows) == 365
    assert rows[date(2025, 9, 28)] == ("日", "调休上班", "国庆节")
    assert rows[date(2025, 8, 9)] == ("六", "周末", None)
