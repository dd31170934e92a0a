"""The base's pages as each role meets them: own, foreign and missing base; what a reader cannot do; lists that never grow their queries."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from admissions.models import Application, Review
from admissions.queries import receipts
from bases.models import TrainingBase
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AccessLog, AuditEvent
from gme_portal.notices.models import Notice
from tests.admissions.base_pages import ClockAt, SignIn, shown, url
from tests.admissions.ranked import (
    ASSESSED,
    CONFIRMED,
    applicant,
    make_base,
    quotas_of,
)
from tests.factories import IN_WINDOW, ApplicationFactory, StaffFactory, reviewer_of

PAGES = ("home", "review", "confirmation", "scores", "scores_confirm", "report_in")


@pytest.fixture
def base(notice: Notice, clock_at: ClockAt) -> TrainingBase:
    clock_at(IN_WINDOW + timedelta(hours=1))
    return make_base(notice, {"内科": 5, "儿科": 3})


def filed(notice: Notice, base: TrainingBase, state: str = "submitted", **values: object) -> Application:
    return ApplicationFactory(notice=notice, state=state, quotas=quotas_of(notice, base, "内科"), **values)


def decide(
    client: Client, notice: Notice, application: Application, decision: str, query: str = "", **why: str
) -> HttpResponse:
    seen = application.submissions.latest("number").pk
    return client.post(url(notice, "decide", application.pk) + query, {"decision": decision, "seen": seen, **why})


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [Role.BASE_READER, Role.BASE_EDITOR, Role.BASE_LEAD])
def test_every_base_role_reads_every_page(
    notice: Notice, base: TrainingBase, sign_in: SignIn, role: str, name: str
) -> None:
    assert base.name in shown(sign_in(reviewer_of(base, role)).get(url(notice, name)))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [Role.APPLICANT, Role.SCHOOL, Role.PROVINCE_LEAD, Role.PLATFORM_ADMIN, Role.AUDITOR])
def test_other_roles_are_turned_away(notice: Notice, base: TrainingBase, sign_in: SignIn, role: str, name: str) -> None:
    shown(sign_in(StaffFactory(role=role)).get(url(notice, name)), 403)


@pytest.mark.parametrize("name", PAGES)
def test_strangers_go_to_the_login_and_unplaced_staff_are_told(
    notice: Notice, base: TrainingBase, sign_in: SignIn, client: Client, name: str
) -> None:
    assert client.get(url(notice, name)).status_code == 302
    assert "没有关联培训基地" in shown(sign_in(StaffFactory(role=Role.BASE_LEAD)).get(url(notice, name)), 403)


def test_a_foreign_application_is_not_there(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    theirs = filed(notice, make_base(notice, {"内科": 2}))
    submission = theirs.submissions.get()
    document = theirs.applicant.documents.first()
    lead = sign_in(reviewer_of(base, Role.BASE_LEAD))
    for name, args in (
        ("review_one", [theirs.pk]),
        ("confirm_one", [theirs.pk]),
        ("document", [submission.pk, document.pk]),
    ):
        shown(lead.get(url(notice, name, *args)), 404)
    for name in ("decide", "take_back", "reveal", "confirm", "confirm_undo"):
        shown(lead.post(url(notice, name, theirs.pk), {"decision": "approve", "seen": submission.pk}), 404)
    theirs.refresh_from_db()
    assert theirs.state == "submitted"
    assert not AccessLog.objects.exists()


FORM_OF_BUTTON = re.compile(r'<button[^>]* form="([^"]+)"')


@pytest.mark.parametrize("name", ["review_one", "confirm_one"])
def test_every_button_belongs_to_a_form_of_its_page(
    notice: Notice, base: TrainingBase, sign_in: SignIn, clock_at: ClockAt, name: str
) -> None:
    application = filed(notice, base, "submitted" if name == "review_one" else "approved")
    clock_at(CONFIRMED)
    page = shown(sign_in(reviewer_of(base)).get(url(notice, name, application.pk)))
    named = FORM_OF_BUTTON.findall(page)
    assert named
    assert all(re.search(rf'<form[^>]* id="{one}"', page) and page.count(f'id="{one}"') == 1 for one in named)


def test_a_draft_is_not_there_before_it_is_filed(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    draft = filed(notice, base, "draft")
    shown(sign_in(reviewer_of(base)).get(url(notice, "review_one", draft.pk)), 404)


def test_a_reader_sees_everything_and_can_do_nothing(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    application = filed(notice, base)
    reader = sign_in(reviewer_of(base, Role.BASE_READER))
    page = shown(reader.get(url(notice, "review_one", application.pk)))
    assert application.applicant.user.name in page
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert 'method="post"' not in main
    for name in ("review", "confirmation", "scores", "report_in"):
        main = shown(reader.get(url(notice, name))).split("<main", 1)[1].split("</main>", 1)[0]
        assert 'method="post"' not in main, name
    for name in (
        "decide",
        "reveal",
        "confirm",
        "confirm_undo",
        "take_back",
        "report_in_confirm",
        "report_in_undo",
        "report_in_absent",
    ):
        shown(reader.post(url(notice, name, application.pk), {"decision": "approve"}), 403)
    steps = ("save", "submit", "confirm", "send_back", "reopen", "import")
    for name in ("confirm_scan", *(f"scores_{step}" for step in steps)):
        shown(reader.post(url(notice, name)), 403)


def test_an_editor_cannot_do_what_is_the_leads(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    application = filed(notice, base, "approved")
    editor = sign_in(reviewer_of(base))
    for name in ("take_back", "confirm_undo", "report_in_undo", "report_in_absent"):
        shown(editor.post(url(notice, name, application.pk), {"reason": "误点"}), 403)
    shown(editor.post(url(notice, "scores_reopen"), {"reason": "误点"}), 403)


# The workbench.


def test_the_numbers_of_the_workbench_are_those_of_its_lists(
    notice: Notice, base: TrainingBase, sign_in: SignIn
) -> None:
    for state, number in (("submitted", 3), ("returned", 1), ("approved", 2), ("rejected", 1)):
        for _ in range(number):
            filed(notice, base, state)
    filed(notice, make_base(notice, {"内科": 1}))
    applicant(notice, base, ["内科"])
    client = sign_in(reviewer_of(base, Role.BASE_READER))
    home = shown(client.get(url(notice, "home")))
    tiles = re.findall(r'<a href="([^"]+)">([^<]+)</a></p>\s*<p class="stat-value">(\d+)', home)
    assert {label: int(value) for _, label, value in tiles} == {
        "待审核": 3,
        "退回未交": 1,
        "待现场确认": 2,
        "待录成绩": 1,
        "待报到": 0,
    }
    for address, label, value in tiles:
        page = client.get(address).context["page"]
        assert page.paginator.count == int(value), label


# The queue and the review.


def test_filters_stand_in_the_address_and_are_chips(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    one = filed(notice, base, person_type="delegated")
    other = ApplicationFactory(notice=notice, state="submitted", quotas=quotas_of(notice, base, "儿科"))
    client = sign_in(reviewer_of(base))

    def numbers(query: str) -> set[str]:
        page = client.get(url(notice, "review") + query)
        return {row["number"] for row in page.context["rows"]}

    assert numbers("") == {one.number, other.number}
    assert numbers("?specialty=0200") == {other.number}
    assert numbers("?person_type=delegated") == {one.number}
    assert numbers(f"?q={one.number}") == {one.number}
    assert numbers(f"?q={other.applicant.user.document_number.open()}") == {other.number}
    assert numbers("?q=%E6%9F%A5%E6%97%A0") == set()
    assert numbers("?state=approved") == set()
    assert numbers("?state=nonsense&specialty=9999&page=99") == {one.number, other.number}
    page = shown(client.get(url(notice, "review") + "?specialty=0200&q=示例"))
    assert "专业：儿科" in page
    assert "查找：示例" in page


def test_after_a_decision_the_next_one_is_there(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    first, second = filed(notice, base, at=IN_WINDOW), filed(notice, base, at=IN_WINDOW + timedelta(minutes=1))
    client = sign_in(reviewer_of(base))
    answer = decide(client, notice, first, "approve", "?specialty=0100")
    assert answer.status_code == 303
    assert answer.url == url(notice, "review_one", second.pk) + "?specialty=0100"
    last = decide(client, notice, second, "return", reason_code="photo")
    assert last.url == url(notice, "review")
    assert f"已退回：{second.applicant.user.name}" in shown(client.get(last.url))


def test_a_refused_decision_keeps_what_was_typed(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    application = filed(notice, base)
    page = shown(decide(sign_in(reviewer_of(base)), notice, application, "reject", words="学历不符合要求"), 422)
    assert "请选择不通过所依据的通知条款" in page
    assert "学历不符合要求" in page
    assert not Review.objects.exists()


def test_a_second_reviewer_gets_a_sentence_not_an_error(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    application = filed(notice, base)
    client = sign_in(reviewer_of(base))
    decide(client, notice, application, "approve")
    page = shown(decide(sign_in(reviewer_of(base, Role.BASE_LEAD)), notice, application, "approve"), 422)
    assert "您的操作没有生效" in page


def test_the_number_is_masked_until_it_is_asked_for_with_a_purpose(
    notice: Notice, base: TrainingBase, sign_in: SignIn
) -> None:
    application = filed(notice, base)
    user = application.applicant.user
    number, phone = user.document_number.open(), user.phone.open()
    client = sign_in(reviewer_of(base))
    page = shown(client.get(url(notice, "review_one", application.pk)))
    assert number not in page
    assert phone not in page
    assert str(user.document_number) in page
    refused = shown(client.post(url(notice, "reveal", application.pk), {"purpose": ""}), 422)
    assert number not in refused
    assert "请写明查看原因" in refused
    assert not AccessLog.objects.filter(column="document_number").exists()
    revealed = client.post(url(notice, "reveal", application.pk), {"purpose": "与证件原件核对"})
    assert number in shown(revealed)
    assert phone in shown(revealed)
    assert "no-store" in revealed["Cache-Control"]
    look = AccessLog.objects.get(column="document_number")
    assert (look.owner, look.actor, look.purpose) == (user, reviewer_of(base), "与证件原件核对")
    assert number not in shown(client.get(url(notice, "review_one", application.pk)))


def test_a_document_is_served_to_the_base_only_and_every_look_is_written_down(
    notice: Notice, base: TrainingBase, sign_in: SignIn
) -> None:
    application, another = filed(notice, base), filed(notice, base)
    submission, document = application.submissions.get(), application.applicant.documents.get(kind="diploma")
    client = sign_in(reviewer_of(base))
    answer = client.get(url(notice, "document", submission.pk, document.pk))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    look = AccessLog.objects.get(column="file")
    assert (look.owner, look.subject_id) == (application.applicant.user, str(document.pk))
    shown(client.get(url(notice, "document", another.submissions.get().pk, document.pk)), 404)
    assert AccessLog.objects.filter(column="file").count() == 1


def test_the_lead_takes_back_from_the_page(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    application = filed(notice, base, "approved")
    client = sign_in(reviewer_of(base, Role.BASE_LEAD))
    assert "撤回审核结果" in shown(client.get(url(notice, "review_one", application.pk)))
    shown(client.post(url(notice, "take_back", application.pk), {"reason": ""}), 422)
    assert client.post(url(notice, "take_back", application.pk), {"reason": "误点"}).status_code == 303
    application.refresh_from_db()
    assert application.state == "submitted"


def test_the_export_is_masked_filtered_and_on_record(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    application = filed(notice, base)
    filed(notice, base, "approved")
    answer = sign_in(reviewer_of(base, Role.BASE_READER)).get(url(notice, "review_sheet"))
    cells = [
        str(cell)
        for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
        for cell in row
        if cell
    ]
    assert application.number in cells
    assert application.applicant.user.document_number.open() not in cells
    assert AuditEvent.objects.get(action="export.review_queue").detail["rows"] == 1


# Confirmation.


def test_a_scan_leads_to_the_person_and_the_papers(
    notice: Notice, base: TrainingBase, sign_in: SignIn, clock_at: ClockAt
) -> None:
    application = filed(notice, base, "approved")
    clock_at(CONFIRMED)
    submission = application.submissions.get()
    code = receipts.verify_code(submission.receipt_number, submission.digest)
    client = sign_in(reviewer_of(base))
    answer = client.post(url(notice, "confirm_scan"), {"code": f"https://example.com/verify/{code}"})
    assert answer.status_code == 303
    page = shown(client.get(answer.url))
    assert "纸质报名表与系统一致" in page
    confirm = url(notice, "confirm", application.pk) + f"?code={code}"
    refused = shown(client.post(confirm, {"papers": ["form"]}), 422)
    assert "还没有核对" in refused
    assert re.search(r'value="form"[^>]*checked', refused)
    papers = ["form", "id_front", "id_back", "diploma", "degree"]
    assert client.post(confirm, {"papers": papers}).url == url(notice, "confirmation")
    application.refresh_from_db()
    assert application.confirmed_at == CONFIRMED
    assert AuditEvent.objects.get(action="confirmation.confirmed").detail["paper"] == "current"


def test_an_unknown_code_is_said_at_the_field_and_kept(notice: Notice, base: TrainingBase, sign_in: SignIn) -> None:
    page = shown(sign_in(reviewer_of(base)).post(url(notice, "confirm_scan"), {"code": "2025999999"}), 422)
    assert "没有找到这份报名" in page
    assert 'value="2025999999"' in page


# Lists never grow their queries.


@pytest.mark.parametrize("name", ["home", "review", "confirmation", "scores", "scores_confirm", "review_one"])
def test_a_page_needs_as_many_queries_for_one_row_as_for_many(
    notice: Notice, base: TrainingBase, sign_in: SignIn, clock_at: ClockAt, name: str
) -> None:
    first = applicant(notice, base, ["内科"], confirmed=name in ("scores", "scores_confirm"))
    client = sign_in(reviewer_of(base, Role.BASE_LEAD))
    clock_at(ASSESSED if name.startswith("scores") else CONFIRMED)
    query = "?state=all" if name in ("review", "review_one") else ""
    address = url(notice, name, *([first.pk] if name == "review_one" else [])) + query
    shown(client.get(address))
    with CaptureQueriesContext(connection) as few:
        shown(client.get(address))
    for _ in range(24):
        applicant(notice, base, ["内科"], confirmed=name in ("scores", "scores_confirm"))
    with CaptureQueriesContext(connection) as many:
        page = shown(client.get(address))
    assert name == "home" or Application.objects.latest("created_at").applicant.user.name in page
    assert len(many) == len(few), (len(few), len(many), [query["sql"][:160] for query in many.captured_queries])
    assert len(many) < 30
