"""What the provincial office, the schools and visitors see; who may not; and that no list grows its queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from admissions.models import Offer, RosterExport
from admissions.services import roster_exports
from applicants.models import RosterEntry
from applicants.services.rosters import columns
from bases.models import SchoolStaff
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.refusals import Refused
from gme_portal.sheets import write
from tests.factories import (
    IN_WINDOW,
    ApplicationFactory,
    BaseFactory,
    QuotaFactory,
    SchoolFactory,
    SpecialtyFactory,
    StaffFactory,
    resident_id,
)

SignIn = Callable[[User], Client]


@pytest.fixture
def officer(db: None, clock_at: Callable[[datetime], datetime]) -> User:
    clock_at(IN_WINDOW + timedelta(hours=1))
    return StaffFactory(role=Role.PROVINCE_OFFICER)


def page(client: Client, notice: Notice, name: str, query: str = "") -> str:
    response = client.get(reverse(name, args=[notice.slug]) + query)
    assert response.status_code == 200, (name, response.status_code, response.content.decode()[:500])
    return response.content.decode()


def test_the_dashboard_names_the_base_that_lags_and_leads_to_its_list(
    officer: User, notice: Notice, sign_in: SignIn
) -> None:
    waiting, done = QuotaFactory(notice=notice), QuotaFactory(notice=notice)
    for _ in range(2):
        ApplicationFactory(notice=notice, state="submitted", quotas=[waiting])
    ApplicationFactory(notice=notice, state="approved", quotas=[done])
    client = sign_in(officer)
    shown = page(client, notice, "province:home")
    assert shown.index(waiting.base.name) < shown.index(done.base.name)
    listed = page(client, notice, "province:applications", f"?base={waiting.base.code}&state=submitted")
    assert "共 2 人" in listed
    assert "状态：待审核" in listed


@pytest.mark.parametrize("name", ["province:home", "province:applications", "province:plan", "public:plan"])
def test_a_page_needs_as_many_queries_for_one_row_as_for_many(
    officer: User, notice: Notice, sign_in: SignIn, name: str
) -> None:
    client = sign_in(officer)
    ApplicationFactory(notice=notice, state="submitted")
    page(client, notice, name)
    with CaptureQueriesContext(connection) as one:
        page(client, notice, name)
    for _ in range(24):
        ApplicationFactory(notice=notice, state="submitted")
    with CaptureQueriesContext(connection) as many:
        page(client, notice, name)
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.PROVINCE_LEAD, 200),
        (Role.ASSOCIATION, 200),
        (Role.AUDITOR, 200),
        (Role.BASE_LEAD, 403),
        (Role.SCHOOL, 403),
        (Role.PLATFORM_ADMIN, 403),
    ],
)
def test_who_may_watch(notice: Notice, sign_in: SignIn, role: str, expected: int) -> None:
    client = sign_in(StaffFactory(role=role))
    assert client.get(reverse("province:home", args=[notice.slug])).status_code == expected


def test_the_exported_list_masks_numbers_and_says_who_exported_it(
    officer: User, notice: Notice, sign_in: SignIn
) -> None:
    application = ApplicationFactory(notice=notice, state="submitted")
    number = application.applicant.user.document_number.open()
    response = sign_in(officer).get(reverse("province:applications", args=[notice.slug]) + "?export=xlsx")
    cells = [str(cell.value) for row in load_workbook(BytesIO(response.content)).active.iter_rows() for cell in row]
    assert application.number in cells
    assert not any(number in cell for cell in cells)
    assert any(officer.name in cell for cell in cells)


def _sheet(offers: list[Offer], mark: str) -> bytes:
    return f"{len(offers)} {mark}".encode()


def test_a_full_roster_needs_a_second_person_and_is_kept_as_it_went_out(officer: User, notice: Notice) -> None:
    with pytest.raises(Refused, match="用途"):
        roster_exports.ask(notice=notice, purpose=" ", actor=officer, at=IN_WINDOW)
    export = roster_exports.ask(notice=notice, purpose="上报国家平台", actor=officer, at=IN_WINDOW)
    with pytest.raises(Refused) as same:
        roster_exports.approve(export=export, produce=_sheet, actor=officer, at=IN_WINDOW)
    assert same.value.code == "SAME_PERSON"
    lead = StaffFactory(role=Role.PROVINCE_LEAD)
    done = roster_exports.approve(export=export, produce=_sheet, actor=lead, at=IN_WINDOW)
    assert done.file is not None
    assert done.people == 0
    assert AuditEvent.objects.filter(action="roster.approved", detail__sha256=done.file.sha256).exists()
    with pytest.raises(Refused) as again:
        roster_exports.approve(export=export, produce=_sheet, actor=lead, at=IN_WINDOW)
    assert again.value.code == "ALREADY_APPROVED"


def test_the_database_too_refuses_one_person_in_both_parts(officer: User, notice: Notice) -> None:
    export = roster_exports.ask(notice=notice, purpose="上报国家平台", actor=officer, at=IN_WINDOW)
    with pytest.raises(IntegrityError, match="roster_export"), transaction.atomic():
        RosterExport.objects.filter(pk=export.pk).update(approved_by=officer)


def test_an_approved_roster_is_for_its_two_people_only(officer: User, notice: Notice, sign_in: SignIn) -> None:
    lead, third = StaffFactory(role=Role.PROVINCE_LEAD), StaffFactory(role=Role.PROVINCE_OFFICER)
    export = roster_exports.ask(notice=notice, purpose="上报国家平台", actor=officer, at=IN_WINDOW)
    url = reverse("province:roster_file", args=[notice.slug, export.pk])
    assert sign_in(officer).get(url).status_code == 404, "not before it is approved"
    assert sign_in(lead).post(reverse("province:roster_approve", args=[notice.slug, export.pk])).status_code == 302
    assert sign_in(officer).get(url).content[:2] == b"PK"
    assert sign_in(third).get(url).status_code == 404


def school_sheet(notice: Notice, base: str, specialty: str, numbers: list[str]) -> BytesIO:
    rows = [
        {"name": "示例甲", "document_number": number, "person_type": "专硕研究生", "base": base, "specialty": specialty}
        for number in numbers
    ]
    sheet = BytesIO(write("名册", columns(policy_of(version_in_force(notice)), "school"), rows))
    sheet.name = "名册.xlsx"
    return sheet


def test_a_school_imports_its_list_whole_or_not_at_all(notice: Notice, sign_in: SignIn) -> None:
    staff, school = StaffFactory(role=Role.SCHOOL), SchoolFactory()
    SchoolStaff.objects.create(user=staff, school=school)
    base, specialty = BaseFactory(), SpecialtyFactory(code="0700", name="全科")
    client, url = sign_in(staff), reverse("school:name_list_import", args=[notice.slug])
    good, wrong = resident_id(1), resident_id(2)[:-1] + ("0" if resident_id(2)[-1] != "0" else "1")
    refused = client.post(url, {"sheet": school_sheet(notice, base.name, specialty.name, [good, wrong])})
    assert refused.status_code == 422
    assert "校验位" in refused.content.decode()
    looked_at = client.post(url, {"sheet": school_sheet(notice, base.name, specialty.name, [good])})
    assert looked_at.status_code == 200
    assert not RosterEntry.objects.exists(), "looking at the difference imports nothing"
    assert client.post(url, {"expected": looked_at.context["plan"].digest}).status_code == 302
    shown = client.get(reverse("school:home", args=[notice.slug])).content.decode()
    assert "未注册" in shown
    assert good not in shown


def test_a_visitor_sees_the_plan_and_what_is_short(notice: Notice, client: Client) -> None:
    quota = QuotaFactory(notice=notice, specialty=SpecialtyFactory(code="0700", name="全科"), seats=7)
    assert quota.base.name in page(client, notice, "public:plan")
    opened = page(client, notice, "public:plan", f"?base={quota.base.code}")
    assert "紧缺" in opened
    assert ">7<" in opened


def test_a_list_of_people_that_leaves_the_house_is_on_record(officer: User, notice: Notice, sign_in: SignIn) -> None:
    ApplicationFactory(notice=notice, state="submitted", quotas=[QuotaFactory(notice=notice)])
    sent = sign_in(officer).get(reverse("province:applications", args=[notice.slug]) + "?export=xlsx")
    assert sent.status_code == 200
    event = AuditEvent.objects.get(action="export.applications")
    assert (event.actor_id, event.detail["rows"]) == (officer.pk, 1)
    assert event.detail["sha256"] == sha256(sent.content).hexdigest()


@pytest.mark.parametrize(
    "address",
    ["public:plan?base=%00", "public:publicity?page=%00", "public:verify?code=%00", "province:applications?q=%00"],
)
def test_an_address_with_a_nul_is_a_bad_request_and_no_failure(
    officer: User, notice: Notice, sign_in: SignIn, address: str
) -> None:
    route, query = address.split("?")
    client = sign_in(officer)
    client.raise_request_exception = False
    assert client.get(reverse(route, args=[notice.slug]) + f"?{query}").status_code < 500


@pytest.mark.parametrize("stamp", ["t=inf", "t=nan", "t=1e30", "t=-1e30", "soon"])
def test_a_stamp_of_arrival_that_is_no_time_falls_back_to_our_own_clock(
    notice: Notice, client: Client, settings: Any, stamp: str
) -> None:
    settings.GME_BEHIND_PROXY = True
    answer = client.get(reverse("public:plan", args=[notice.slug]), headers={"X-Request-Start": stamp})
    assert answer.status_code == 200
