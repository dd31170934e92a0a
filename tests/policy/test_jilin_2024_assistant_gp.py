"""Jilin's notice of 2024 (002), assistant general practitioners: value by value with its clause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gme_portal.policy import Policy
from gme_portal.policy.moments import parse_moment
from tests.policy.reading import moments, notice, span, unexplained


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("jilin-2024-assistant-gp")


def test_whom_the_notice_is_about(policy: Policy) -> None:
    assert (policy.province, policy.year, policy.track) == ("22", 2024, "assistant_gp")
    assert [(kind.code, kind.label, kind.clause) for kind in policy.person_types] == [
        ("social", "社会人", "002 附件1 一(二)2"),
        ("delegated", "单位人", "002 附件1 一(二)1"),
        ("commissioned", "定向生（专科农村订单定向免费培养医学生）", "002 三(一)"),
    ]
    assert all(kind.registers for kind in policy.person_types)


def test_registration_and_confirmation_on_site_in_one_go(policy: Policy) -> None:
    assert (policy.registration.mode, policy.registration.clause) == ("on_site", "002 附件1 三(六)1")
    for key in ("registration", "review", "confirmation"):
        assert span(policy, key) == moments("2024-07-01 00:00", "2024-07-04 24:00", "002 附件1 三(六)1")
    window = policy.window("registration")
    assert window is not None
    assert window.label == "现场报名"
    assert window.is_open(parse_moment("2024-07-05 00:00") - timedelta(microseconds=1))
    assert not window.is_open(parse_moment("2024-07-05 00:00"))


def test_the_calendar_after_registration(policy: Policy) -> None:
    for key in ("assessment", "base_admission"):
        assert span(policy, key)[1] == parse_moment("2024-08-16 24:00")
    opens, closes, clause = span(policy, "publicity")
    assert (closes - opens, clause) == (timedelta(days=3), "002 附件1 七(一)；示例")
    assert span(policy, "report_in")[1] == parse_moment("2024-09-01 24:00")
    assert str(policy.training_starts_on) == "2024-09-01"
    assert policy.window("reallocation") is None


def test_ten_seats_at_one_base(policy: Policy) -> None:
    assert policy.plan is not None
    assert (policy.plan.total, policy.plan.others_row, policy.plan.clause) == (10, False, "002 二")
    assert policy.specialties.names == {"AGP": "助理全科"}
    assert (policy.choices.max_bases, policy.choices.max_specialties) == (1, 1)
    assert (policy.transfer.kinds, policy.reallocation.enabled) == ((), False), "nowhere to transfer to"
    assert not policy.quota_moves.allowed


def test_strictly_by_score_and_a_units_person_first_when_equal(policy: Policy) -> None:
    rule = policy.scoring
    assert (rule.ranked_by, rule.decided_by, rule.checks) == ("score", "base", ())
    assert rule.tie_chain == ("own_staff", "lottery")
    assert "002 附件1 六(一)" in rule.clause
    assert "002 附件1 一(二)1" in rule.clause
    assert [(part.key, part.weight, part.run_by) for part in rule.components] == [
        ("written", 60, "base"),
        ("interview", 40, "base"),
    ]
    assert policy.brochure is not None
    assert "weights" in policy.brochure.may_decide


def test_what_is_brought_along(policy: Policy) -> None:
    def brought(person_type: str, *, licence: bool) -> list[str]:
        return [rule.kind for rule in policy.papers_for(person_type, {"holds_licence": licence})]

    assert brought("social", licence=False) == ["id_card", "diploma", "application_form"]
    assert brought("social", licence=True) == ["id_card", "diploma", "licence", "application_form"]
    assert brought("delegated", licence=False) == ["id_card", "diploma", "application_form", "employment_contract"]
    assert all(rule.channel == "paper" for rule in policy.documents)
    contract = next(rule for rule in policy.documents if rule.kind == "employment_contract")
    assert (contract.copies, contract.originals, contract.clause) == (1, False, "002 附件1 三(六)2")


def test_forms_and_columns_of_the_annexes(policy: Policy) -> None:
    assert policy.form.title == "吉林省2024年助理全科医生培训学员报名表"
    assert [(paper.kind, paper.clause) for paper in policy.papers] == [
        ("application", "002 附件3"),
        ("summary", "002 附件4"),
        ("brochure", "002 附件5"),
    ]
    assert "单位意见" in policy.papers[0].body
    assert [column.label for column in policy.roster.columns] == [
        "序号", "姓名", "性别", "身份证号", "手机号", "最高学历", "人员属性", "工作单位（单位人填写）",
    ]  # fmt: skip


def test_there_is_no_year_reduction_and_the_medical_exam_is_on_demand(policy: Policy) -> None:
    assert policy.year_reduction is None
    assert policy.medical_exam is not None
    assert (policy.medical_exam.need, policy.medical_exam.clause) == ("on_demand", "002 三(四)")


def test_sanctions_and_publicity(policy: Policy) -> None:
    assert [(ban.trigger, ban.programme, ban.years, ban.clause) for ban in policy.bans] == [
        ("fraud", "assistant_gp", 0, "002 附件1 三(六)2")
    ]
    assert (policy.publicity.days, policy.publicity.kind) == (3, "calendar")


def test_what_the_notice_leaves_out_is_said(policy: Policy) -> None:
    assert {one.group for one in policy.silences if one.group} == {
        "password", "acceptance", "invitations", "year_reduction",
    }  # fmt: skip
    assert unexplained(policy) == []
