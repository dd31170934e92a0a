"""The provincial office changes its notice in the browser: draft, problems, changes, preview, approval, extension; everybody reads the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from admissions.services import previews
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice, NoticeProposal, WindowExtension
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services import extensions, proposals
from tests.factories import IN_WINDOW, ApplicationFactory, QuotaFactory, StaffFactory
from tests.notices.test_proposals import MORE, REASON, TEXT, nothing

SignIn = Callable[[User], Client]
CLOSES = datetime(2025, 7, 20, 22, 0, tzinfo=BEIJING)


@pytest.fixture
def officer(db: None, clock_at: Callable[[datetime], datetime]) -> User:
    clock_at(IN_WINDOW)
    return StaffFactory(role=Role.PROVINCE_OFFICER)


@pytest.fixture
def lead(db: None) -> User:
    return StaffFactory(role=Role.PROVINCE_LEAD)


def url(notice: Notice, name: str, *args: Any) -> str:
    return reverse(f"province:{name}", args=[notice.slug, *args])


def office(name: str, *args: Any) -> str:
    return reverse(f"office:{name}", args=args)


def shown(response: Any, status: int = 200) -> str:
    text: str = response.content.decode()
    assert response.status_code == status, (response.status_code, text[:600])
    return text


def drafted(client: Client, notice: Notice, source: str, reason: str = REASON) -> NoticeProposal:
    response = client.post(url(notice, "notice_amend"), {"source": source, "reason": reason})
    assert response.status_code == 303, response.content.decode()[:600]
    return NoticeProposal.objects.latest("created_at")


def test_from_draft_to_the_version_in_force(notice: Notice, officer: User, lead: User, sign_in: SignIn) -> None:
    hers, theirs = sign_in(officer), sign_in(lead)
    form = shown(hers.get(url(notice, "notice_amend")))
    assert "yunnan-2025-residency" in form, "one begins with the text in force"
    assert "现在不能再修订的内容" in form
    row = drafted(hers, notice, MORE)
    page = office("proposal", row.pk)
    text = shown(hers.get(page))
    assert "提交批准" in text
    assert "预览影响" in text
    assert hers.post(office("proposal_step", row.pk, "propose")).status_code == 303
    assert "批准并采用" not in shown(hers.get(page)), "not by the author"
    assert "批准并采用" in shown(theirs.get(page))
    assert row.title in shown(theirs.get(reverse("province:approvals", args=[notice.slug])))
    assert theirs.post(office("proposal_step", row.pk, "approve")).status_code == 303
    assert policy_of(version_in_force(notice)).choices.max_specialties == 4
    assert "第 2 版" in shown(theirs.get(url(notice, "notices")))
    assert "改动" in shown(theirs.get(url(notice, "notice_version", 2)))
    assert "已被取代" in shown(theirs.get(url(notice, "notice_version", 1)))


def test_a_refused_step_says_why_and_changes_nothing(notice: Notice, officer: User, sign_in: SignIn) -> None:
    client = sign_in(officer)
    row = drafted(client, notice, MORE)
    client.post(office("proposal_step", row.pk, "propose"))
    assert "您是起草人" in shown(client.post(office("proposal_step", row.pk, "approve")), 422)
    assert client.post(office("proposal_step", row.pk, "burn")).status_code == 404
    assert version_in_force(notice).number == 1


def test_a_broken_file_names_file_line_and_key(notice: Notice, officer: User, sign_in: SignIn) -> None:
    client = sign_in(officer)
    broken = MORE.replace("ordered = true", "ordered = 1")
    upload = SimpleUploadedFile("修订稿.toml", broken.encode("utf-8-sig"))
    response = client.post(url(notice, "notice_amend"), {"file": upload, "source": "旧的", "reason": REASON})
    row = NoticeProposal.objects.get()
    assert (response.status_code, row.file_name, row.source) == (303, "修订稿.toml", broken)
    text = shown(client.get(office("proposal", row.pk)))
    assert all(word in text for word in ("修订稿.toml", "choices.ordered", "150", "应为“true”或“false”"))
    assert "提交批准" not in text
    told = shown(client.post(office("proposal_step", row.pk, "propose")), 422)
    assert "修订稿.toml 第 150 行 choices.ordered" in told


def test_a_file_that_is_no_text_is_refused_at_its_field(notice: Notice, officer: User, sign_in: SignIn) -> None:
    client = sign_in(officer)
    upload = SimpleUploadedFile("x.toml", "招录".encode("gbk"))
    assert "UTF-8" in shown(client.post(url(notice, "notice_amend"), {"file": upload}), 422)
    assert "请上传规则文件" in shown(client.post(url(notice, "notice_amend"), {}), 422)
    assert not NoticeProposal.objects.exists()


def test_a_new_notice_from_the_pages(notice: Notice, officer: User, lead: User, sign_in: SignIn) -> None:
    source = TEXT.replace('id = "yunnan-2025-residency"', 'id = "shili-2026-residency"').replace("2025", "2026")
    client, other = sign_in(officer), sign_in(lead)
    assert client.post(office("notice_new"), {"source": source, "reason": REASON}).status_code == 303
    row = NoticeProposal.objects.get()
    client.post(office("proposal_step", row.pk, "propose"))
    response = other.post(office("proposal_step", row.pk, "approve"))
    new = Notice.objects.get(slug="shili-2026-residency")
    assert response.headers["Location"] == url(new, "notices")
    assert "第 1 版" in shown(other.get(url(new, "notices")))
    listed = shown(other.get(office("notices")))
    assert new.title in listed
    assert notice.title in listed


def test_only_the_author_edits_and_only_a_draft(notice: Notice, officer: User, sign_in: SignIn) -> None:
    client, other = sign_in(officer), sign_in(StaffFactory(role=Role.PROVINCE_OFFICER))
    row = drafted(client, notice, MORE)
    edit = office("proposal_edit", row.pk)
    assert shown(client.get(edit))
    assert other.get(edit).headers["Location"] == office("proposal", row.pk)
    assert other.post(edit, {"source": TEXT, "reason": REASON}).status_code == 302
    row.refresh_from_db()
    assert row.source == MORE
    assert client.post(edit, {"source": TEXT.replace("= 3", "= 5", 1), "reason": REASON}).status_code == 303
    client.post(office("proposal_step", row.pk, "propose"))
    again = client.get(url(notice, "notice_amend") + f"?from={row.pk}")
    assert shown(again)


def test_files_of_a_version(notice: Notice, officer: User, sign_in: SignIn) -> None:
    client = sign_in(officer)
    response = client.get(url(notice, "notice_file", 1))
    assert response.content.decode() == version_in_force(notice).source
    assert "yunnan-2025-residency-v1.toml" in response["Content-Disposition"]
    book = load_workbook(BytesIO(client.get(url(notice, "notice_sheet", 1)).content))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value]
    assert any("手册" in cell for cell in cells), "each sentence with the notice it comes from"
    assert client.get(url(notice, "notice_file", 7)).status_code == 404


# Preview


def test_a_preview_counts_by_rule_and_direction_and_lists_the_people(
    notice: Notice, officer: User, sign_in: SignIn
) -> None:
    quota = QuotaFactory(notice=notice)
    filed = ApplicationFactory(notice=notice, state="submitted", quotas=[quota])
    client = sign_in(officer)
    harder = TEXT.replace(
        'condition = { fact = "bachelor_completed", is = true }', 'condition = { fact = "holds_licence", is = true }'
    )
    row = drafted(client, notice, harder)
    assert client.get(office("preview", row.pk)).status_code == 404
    preview = previews.ask(row, actor=officer, at=IN_WINDOW)
    text = shown(client.get(office("preview", row.pk)))
    assert "正在逐人核对" in text
    assert "0 / 1" in shown(client.get(office("preview_progress", row.pk)))
    previews.judge_all(preview.pk, at=IN_WINDOW)
    assert client.get(office("preview_progress", row.pk)).headers["HX-Redirect"] == office("preview", row.pk)
    text = shown(client.get(office("preview", row.pk)))
    assert all(word in text for word in ("变为不可报", "bachelor-record", filed.number, filed.applicant.user.name))
    assert filed.applicant.user.document_number.open() not in text
    number = filed.applicant.user.document_number.open()
    content = client.get(office("preview", row.pk) + "?export=xlsx").content
    cells = [
        str(cell.value) for line in load_workbook(BytesIO(content)).active.iter_rows() for cell in line if cell.value
    ]
    assert filed.number in cells
    assert not any(number in cell for cell in cells)
    assert AuditEvent.objects.filter(action="export.notice_preview").count() == 1


# Extension


def test_two_clicks_by_two_people(
    notice: Notice, officer: User, lead: User, sign_in: SignIn, clock_at: Callable[[datetime], datetime]
) -> None:
    clock_at(CLOSES - timedelta(minutes=10))
    hers, theirs, page = sign_in(officer), sign_in(lead), url(notice, "extensions")
    assert "网上报名" in shown(hers.get(page))
    asked = {"window": "registration|first|", "base": "", "closes": "2025-07-21T22:00", "reason": "平台故障两小时"}
    earlier = shown(hers.post(page, asked | {"closes": "2025-07-20T21:59"}), 422)
    assert "只能延后，不能提前" in earlier
    assert hers.post(page, asked).status_code == 303
    row = WindowExtension.objects.get()
    assert "批准，即刻生效" not in shown(hers.get(page))
    assert "您是申请人" in shown(hers.post(url(notice, "extension_step", row.pk, "approve")), 422)
    assert "批准，即刻生效" in shown(theirs.get(page))
    assert theirs.post(url(notice, "extension_step", row.pk, "approve")).status_code == 303
    window = policy_of(version_in_force(notice)).window("registration")
    assert window is not None
    assert window.closes == CLOSES + timedelta(days=1)
    assert "延长至2025年7月21日（星期一）22:00" in shown(Client().get(reverse("public:rules", args=[notice.slug])))


def test_a_request_is_refused_with_words(notice: Notice, officer: User, lead: User, sign_in: SignIn) -> None:
    window = policy_of(version_in_force(notice)).window("review")
    assert window is not None
    row = extensions.ask(
        notice=notice,
        window=window,
        closes=window.closes + timedelta(hours=1),
        reason="测试延长",
        actor=officer,
        at=IN_WINDOW,
    )
    page = url(notice, "extension_step", row.pk, "refuse")
    assert "请写明不批准的原因" in shown(sign_in(lead).post(page), 422)
    assert sign_in(lead).post(page, {"words": "已另行安排"}).status_code == 303
    assert "已另行安排" in shown(sign_in(lead).get(url(notice, "extensions")))


def test_who_only_watches_sees_and_does_nothing(notice: Notice, officer: User, sign_in: SignIn) -> None:
    client = sign_in(StaffFactory(role=Role.AUDITOR))
    row = proposals.draft(notice=notice, source=MORE, reason=REASON, actor=officer, at=IN_WINDOW)
    assert "起草修订" not in shown(client.get(url(notice, "notices")))
    assert "提交批准" not in shown(client.get(office("proposal", row.pk)))
    assert "提交申请" not in shown(client.get(url(notice, "extensions")))
    assert client.post(url(notice, "extensions"), {}).status_code == 403


# Everybody


def test_the_rules_in_words_for_everybody(notice: Notice, officer: User, lead: User) -> None:
    row = proposals.draft(notice=notice, source=MORE, reason="增加志愿数", actor=officer, at=IN_WINDOW)
    row = proposals.propose(row, actor=officer, at=IN_WINDOW, settled=nothing)
    proposals.approve(row, actor=lead, at=IN_WINDOW, settled=nothing)
    text = shown(Client().get(reverse("public:rules", args=[notice.slug])))
    assert "每人最多填报" in text
    assert "增加志愿数" in text
    assert officer.name not in text
    assert Client().get(reverse("public:rules_file", args=[notice.slug])).status_code == 200


def test_a_long_history_asks_no_more_queries(notice: Notice, officer: User, lead: User, sign_in: SignIn) -> None:
    client = sign_in(officer)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            shown(client.get(url(notice, "notices")))
        return len(found)

    for number in range(5, 8):
        source = TEXT.replace("max_specialties = 3", f"max_specialties = {number}")
        row = proposals.draft(notice=notice, source=source, reason=REASON, actor=officer, at=IN_WINDOW)
        row = proposals.propose(row, actor=officer, at=IN_WINDOW, settled=nothing)
        proposals.approve(row, actor=lead, at=IN_WINDOW, settled=nothing)
        if number == 5:
            few = queries()
    assert queries() == few
