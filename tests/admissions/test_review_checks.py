"""What the machine ticks for the reviewer, and what it flags."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from admissions.models import Application
from admissions.queries.papers import content_of, documents_of
from admissions.queries.review_checks import Check, checks, differences
from admissions.services import applications
from gme_portal.accounts.identity import check_digit
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from tests.factories import IN_WINDOW, ApplicationFactory, UserFactory, file_again, resident_id

Edit = Callable[[dict[str, Any]], None]


def found(application: Application, edit: Edit = lambda content: None) -> list[Check]:
    submission = application.submissions.latest("number")
    content = content_of(submission)
    documents = {row.kind: row for row in documents_of(content)}
    edited = copy.deepcopy(content)
    edit(edited)
    policy = policy_of(version_in_force(application.notice))
    return checks(submission, edited, policy, documents=documents)


def texts(rows: list[Check], tone: str) -> str:
    return "；".join(row.text for row in rows if row.tone == tone)


@pytest.fixture
def filed(notice: Notice) -> Application:
    user = UserFactory(document_number=resident_id(1, born="20000101"))
    return ApplicationFactory(notice=notice, state="submitted", user=user)


def test_a_sound_application_is_ticked(filed: Application) -> None:
    rows = found(filed)
    assert texts(rows, "bad") == ""
    ticked = texts(rows, "ok")
    for words in ("校验位正确", "出生日期与证件号码一致", "项材料都已上传", "符合所报专业的报考条件"):
        assert words in ticked


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda c: c["person"].update(document_number="530102200001010012"[:17] + "0"), "校验位不符"),
        (lambda c: c["person"].update(born_on="2000-01-02"), "出生日期与证件号码不一致"),
        (lambda c: c["person"].update(gender="female"), "性别与证件号码不一致"),
        (lambda c: c.update(documents=[row for row in c["documents"] if row["kind"] != "degree"]), "缺少学位证书"),
    ],
)
def test_what_is_wrong_is_flagged_first(filed: Application, edit: Edit, words: str) -> None:
    rows = found(filed, edit)
    assert words in texts(rows, "bad")
    assert rows[0].tone == "bad"


def test_an_open_question_of_eligibility_comes_with_its_clause(filed: Application) -> None:
    def ask(content: dict[str, Any]) -> None:
        for verdict in content["eligibility"].values():
            verdict["findings"].append(
                {"rule": "x", "verdict": "needs_review", "clause": "003 一", "sentence": "须核对单位证明。"}
            )

    flagged = [row for row in found(filed, ask) if row.tone == "warn"]
    assert ("报考条件：须核对单位证明。", "003 一") in [(row.text, row.clause) for row in flagged]


@pytest.mark.parametrize(
    ("number", "tone", "words"),
    [
        ("20235311053010220000101001", "warn", "27 位"),
        ("202353110{own}", "ok", "与本人证件号码一致"),
        ("202353210{own}", "bad", "级别与所填不一致"),
        ("202353110{other}", "bad", "与本人不一致"),
        ("201053110{own}", "warn", "年份与取得日期相差较大"),
    ],
)
def test_a_licence_number_is_read(filed: Application, number: str, tone: str, words: str) -> None:
    own = filed.applicant.user.document_number.open()
    first = "53010219990101003"

    def give(content: dict[str, Any]) -> None:
        written = number.format(own=own, other=first + check_digit(first))
        content["licence"] = {
            "kind": "physician",
            "category": "clinical",
            "number": written,
            "obtained_on": "2023-12-01",
        }

    assert words in texts(found(filed, give), tone)


def test_what_was_measured_of_the_photo_is_said(filed: Application) -> None:
    background = {
        "key": "background",
        "label": "背景",
        "passed": False,
        "measured": "91% 为纯白",
        "wanted": "98%",
        "sentence": "",
        "advice": False,
    }
    head = {**background, "key": "head", "label": "头部比例", "advice": True}
    assert "没有测量记录" in texts(found(filed), "warn")
    for findings, tone, words in (
        ([background], "bad", "照片背景：91% 为纯白，要求98%"),
        ([head], "warn", "照片头部比例"),
        ([{**head, "passed": True}], "ok", "照片 1 项要求都符合"),
    ):
        filed.applicant.documents.filter(kind="photo").update(findings=findings)
        assert words in texts(found(filed), tone)


def test_the_roster_is_compared(filed: Application) -> None:
    def on_roster(specialty: str) -> Edit:
        def give(content: dict[str, Any]) -> None:
            content["roster"] = {
                "base": content["choice"]["base"]["code"], "base_label": "示例", "specialty": specialty, "specialty_label": "全科", "school": "示例医科大学"
            }  # fmt: skip

        return give

    assert "与名册一致" in texts(found(filed, on_roster("0100")), "ok")
    assert "与名册不一致" in texts(found(filed, on_roster("0700")), "bad")


def test_differences_to_the_version_before_are_named_field_by_field(filed: Application) -> None:
    policy = policy_of(version_in_force(filed.notice))
    before = content_of(filed.submissions.get())
    applications.withdraw(application=filed, actor=filed.applicant.user, at=IN_WINDOW, policy=policy)
    filed.applicant.refresh_from_db()
    filed.applicant.title = "junior"
    filed.applicant.save()
    file_again(filed, at=IN_WINDOW + timedelta(minutes=1))
    after = content_of(filed.submissions.latest("number"))
    changed = differences(after, before)
    assert [row["label"] for row in changed] == ["职称"]
    assert differences(before, None) == []
