"""Marks, report-in and roster on the base's pages: typed, pasted, imported, handed over, locked; who came."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook

from admissions.models import Application, Mark, ScoreSheet
from admissions.services import marks, offers, releases
from bases.models import TrainingBase
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from tests.admissions.base_pages import ClockAt, SignIn, shown, url
from tests.admissions.ranked import APPROVED, ASSESSED, OVER, another_lead, applicant, computed, make_base, mark_all
from tests.factories import reviewer_of


@pytest.fixture
def base(notice: Notice) -> TrainingBase:
    return make_base(notice, {"内科": 5, "儿科": 3})


@pytest.fixture
def sitting(notice: Notice, base: TrainingBase, clock_at: ClockAt) -> list[Application]:
    people = [applicant(notice, base, ["内科"]) for _ in range(2)]
    clock_at(ASSESSED)
    return people


def grid(
    client: Client, notice: Notice, cells: dict[tuple[Application, str], str], people: list[Application], **more: str
) -> dict[str, str]:
    """The whole page as a browser sends it."""
    page = client.get(url(notice, "scores"))
    keys = [column["key"] for column in page.context["columns"]]
    typed = {marks.cell(row.pk, key): cells.get((row, key), "") for row in people for key in keys}
    return {**typed, "version": page.context["version"], **more}


def test_the_grid_saves_a_page_whole(
    notice: Notice, base: TrainingBase, sitting: list[Application], sign_in: SignIn
) -> None:
    client = sign_in(reviewer_of(base))
    sent = grid(client, notice, {(sitting[0], "written"): "88.5"}, sitting, **{f"absent-{sitting[1].pk}": "on"})
    assert client.post(url(notice, "scores_save"), sent).status_code == 303
    assert Mark.objects.get(application=sitting[0]).value == 8850
    assert Mark.objects.filter(application=sitting[1], absent=True).count() == 3


def test_a_mark_over_full_is_said_at_the_cell_and_everything_typed_stays(
    notice: Notice, base: TrainingBase, sitting: list[Application], sign_in: SignIn
) -> None:
    client = sign_in(reviewer_of(base))
    sent = grid(client, notice, {(sitting[0], "written"): "88", (sitting[1], "written"): "100.5"}, sitting)
    page = shown(client.post(url(notice, "scores_save"), sent), 422)
    assert "100.5 分超过满分 100 分" in page
    assert 'value="88"' in page
    assert 'value="100.5"' in page
    assert not Mark.objects.exists()


def test_autosave_answers_in_json_and_two_people_never_overwrite_each_other(
    notice: Notice, base: TrainingBase, sitting: list[Application], sign_in: SignIn
) -> None:
    client, other = sign_in(reviewer_of(base)), sign_in(reviewer_of(base, Role.BASE_LEAD))
    mine = grid(client, notice, {(sitting[0], "written"): "88"}, sitting)
    theirs = grid(other, notice, {(sitting[0], "written"): "60"}, sitting)
    saved = client.post(url(notice, "scores_save"), mine, headers={"X-Autosave": "1"})
    assert saved.status_code == 200
    late = other.post(url(notice, "scores_save"), theirs, headers={"X-Autosave": "1"})
    assert (late.status_code, "其他人刚刚修改" in late.json()["message"]) == (409, True)
    assert Mark.objects.get().value == 8800
    again = {**mine, marks.cell(sitting[0].pk, "skills"): "70", "version": saved.json()["version"]}
    assert client.post(url(notice, "scores_save"), again, headers={"X-Autosave": "1"}).status_code == 200
    bad = {
        **again,
        marks.cell(sitting[0].pk, "skills"): "170",
        "version": client.get(url(notice, "scores")).context["version"],
    }
    assert "没有保存" in client.post(url(notice, "scores_save"), bad, headers={"X-Autosave": "1"}).json()["message"]


def test_two_people_on_the_page(
    notice: Notice, base: TrainingBase, sitting: list[Application], sign_in: SignIn
) -> None:
    editor, lead = sign_in(reviewer_of(base)), sign_in(reviewer_of(base, Role.BASE_LEAD))
    cells = {
        (row, key): str(70 + place) for place, row in enumerate(sitting) for key in ("written", "skills", "interview")
    }
    assert "还有成绩没有录入" in shown(editor.post(url(notice, "scores_submit")), 422)
    editor.post(url(notice, "scores_save"), grid(editor, notice, cells, sitting))
    assert editor.post(url(notice, "scores_submit")).status_code == 303
    digest = lead.get(url(notice, "scores_confirm")).context["digest"]
    assert "须由本基地另一人复核" in shown(editor.post(url(notice, "scores_confirm"), {"seen": digest}), 422)
    assert lead.post(url(notice, "scores_confirm"), {"seen": digest}).status_code == 303
    assert ScoreSheet.objects.get().confirmed_by == reviewer_of(base, Role.BASE_LEAD)
    page = shown(editor.get(url(notice, "scores")))
    assert "已复核锁定" in page
    assert "<input name=" not in page.split("<main", 1)[1]
    assert lead.post(url(notice, "scores_reopen"), {"reason": "漏加分"}).status_code == 303
    assert ScoreSheet.objects.get().confirmed_by is None


def upload(client: Client, notice: Notice, content: bytes) -> HttpResponse:
    return client.post(url(notice, "scores_import"), {"file": SimpleUploadedFile("成绩.xlsx", content)})


def test_a_sheet_goes_in_by_preview_and_a_bad_one_changes_nothing(
    notice: Notice, base: TrainingBase, sitting: list[Application], sign_in: SignIn
) -> None:
    client = sign_in(reviewer_of(base))
    book = load_workbook(io.BytesIO(client.get(url(notice, "scores_template")).content))
    row = next(number for number in range(1, 13) if book.active.cell(number, 1).value == "报名号") + 1

    def packed(value: object) -> bytes:
        for line in range(2):
            for column in (3, 4, 5):
                book.active.cell(row + line, column).value = 80 if line else 70
        book.active.cell(row, 3).value = value
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    page = shown(upload(client, notice, packed(100.5)), 422)
    assert f"C{row}" in page
    assert "应为 0–100 的数字" in page
    assert not Mark.objects.exists()
    preview = upload(client, notice, packed(88.5))
    assert "改动 <strong>6</strong> 处" in shown(preview)
    assert not Mark.objects.exists(), "a preview stores no mark"
    applied = client.post(url(notice, "scores_import"), {"expected": preview.context["plan"].digest})
    assert applied.status_code == 303
    assert Mark.objects.count() == 6
    gone = shown(client.post(url(notice, "scores_import"), {"expected": preview.context["plan"].digest}), 422)
    assert "预览已失效" in gone
    assert "不是 .xlsx 表格" in shown(upload(client, notice, b"name,mark"), 422)


# Report-in and roster.


def test_report_in_and_the_roster(
    notice: Notice, base: TrainingBase, sitting: list[Application], sign_in: SignIn, clock_at: ClockAt
) -> None:
    mark_all(notice, base, dict(zip(sitting, ["90", "80"], strict=True)))
    releases.approve_and_publish(computed(notice, base), actor=another_lead(base), at=APPROVED)
    offers.admit_after_publicity(notice, policy=policy_of(version_in_force(notice)), at=OVER)
    clock_at(OVER + timedelta(days=1))
    client, lead = sign_in(reviewer_of(base)), sign_in(reviewer_of(base, Role.BASE_LEAD))
    offer = sitting[0].offers.get()
    assert "确认报到" in shown(client.get(url(notice, "report_in")))
    assert client.post(url(notice, "report_in_confirm", offer.pk)).status_code == 303
    shown(client.post(url(notice, "report_in_confirm", offer.pk)), 422)
    assert "撤销报到" in shown(lead.get(url(notice, "report_in") + "?state=reported_in"))
    assert lead.post(url(notice, "report_in_undo", offer.pk), {"reason": "误点"}).status_code == 303
    assert "报到于" in shown(lead.post(url(notice, "report_in_absent", offer.pk)), 422)
    clock_at(datetime(2025, 9, 1, 18, 0, tzinfo=BEIJING))
    assert "登记未报到" in shown(lead.get(url(notice, "report_in")))
    asked = shown(lead.get(url(notice, "report_in_absent", offer.pk)))
    assert "3 年内不能再报名" in asked
    offer.refresh_from_db()
    assert offer.state == "admitted", "looking changes nothing"
    assert lead.post(url(notice, "report_in_absent", offer.pk)).status_code == 303
    shown(lead.post(url(notice, "report_in_absent", offer.pk)), 422)
    foreign = sign_in(reviewer_of(make_base(notice, {"儿科": 1}), Role.BASE_LEAD))
    shown(foreign.post(url(notice, "report_in_confirm", offer.pk)), 404)
    roster = load_workbook(io.BytesIO(client.get(url(notice, "roster")).content)).active
    cells = [str(cell) for row in roster.iter_rows(values_only=True) for cell in row if cell]
    assert sitting[1].applicant.user.document_number.open() not in cells
    assert sitting[1].applicant.user.name in cells
    assert AuditEvent.objects.get(action="export.base_roster").detail["rows"] == 1
