"""Jilin's notice of 2024 (002), residency: value by value with its clause."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from gme_portal.policy import Policy, describe
from gme_portal.policy.moments import parse_moment
from tests.policy.reading import moments, notice, span, unexplained


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("jilin-2024-residency")


def test_whom_the_notice_is_about(policy: Policy) -> None:
    assert (policy.province, policy.year, policy.track, policy.medicine) == ("22", 2024, "residency", "western")
    assert [(one.key, one.dates_by_base, one.clause) for one in policy.rounds] == [
        ("first", False, "002 附件1 三(一)"),
        ("second", True, "002 附件1 六(三)"),
    ]
    assert "不再进行材料提交及审核" in policy.rounds[1].note


def test_everybody_registers_and_a_units_people_are_two_kinds_of_one(policy: Policy) -> None:
    assert [(kind.code, kind.registers, kind.roster, kind.clause) for kind in policy.person_types] == [
        ("social", True, "none", "002 附件1 一(一)2"),
        ("own_staff", True, "none", "002 附件1 一(一)1"),
        ("delegated", True, "none", "002 附件1 一(一)1"),
        ("commissioned", True, "none", "002 附件1 一(一)5；002 三(一)"),
    ]
    assert policy.person_type("professional_master") is None


def test_registration_from_midnight_to_midnight(policy: Policy) -> None:
    assert span(policy, "registration") == moments("2024-06-14 00:00", "2024-06-30 24:00", "002 附件1 三(一)")
    window = policy.window("registration", "commissioned")
    assert window is not None
    assert window.closes == parse_moment("2024-07-01 00:00"), "24:00 is the first instant of the next day"
    assert not window.is_open(parse_moment("2024-06-14 00:00") - timedelta(microseconds=1))
    assert window.is_open(parse_moment("2024-06-14 00:00"))
    assert window.is_open(parse_moment("2024-07-01 00:00") - timedelta(microseconds=1))
    assert not window.is_open(parse_moment("2024-07-01 00:00"))
    assert "6月14日后" in window.note, "the notice shows the brochures a day after registration opens"


def test_the_calendar_after_registration(policy: Policy) -> None:
    assert span(policy, "confirmation") == moments("2024-07-01 00:00", "2024-07-04 24:00", "002 附件1 三(四)")
    assert span(policy, "review")[1] == parse_moment("2024-07-05 00:00")
    for key, clause in (("assessment", "002 附件1 四；示例"), ("base_admission", "002 附件1 六(二)；示例")):
        assert span(policy, key)[1:] == (parse_moment("2024-08-16 24:00"), clause)
    opens, closes, clause = span(policy, "publicity")
    assert closes - opens == timedelta(days=3)
    assert clause == "002 附件1 七(一)；示例"
    assert span(policy, "reallocation")[2] == "002 附件1 六(三)；示例"
    assert span(policy, "report_in")[1] == parse_moment("2024-09-01 24:00")
    assert str(policy.training_starts_on) == "2024-09-01"
    training = policy.window("training_start")
    assert training is not None
    assert training.clause == "002 附件1 八(四)"


def test_what_was_filed_may_be_changed_until_the_window_closes(policy: Policy) -> None:
    rule = policy.registration
    assert (rule.mode, rule.changes, rule.clause) == ("online", "free", "002 附件1 三(一)；002 附件1 三(三)2")


def test_one_base_one_specialty(policy: Policy) -> None:
    rule = policy.choices
    assert (rule.max_bases, rule.max_specialties, rule.clause) == (1, 1, "002 附件1 三(三)1")


def test_the_social_must_consent_to_provincial_transfer_and_the_others_are_not_asked(policy: Policy) -> None:
    rule = policy.transfer
    assert (rule.kinds, rule.required_for, rule.clause) == (("province",), ("social",), "002 附件1 三(三)1")
    assert rule.wording == "服从省里专业调剂。"
    assert rule.offered_to("social")
    assert not any(rule.offered_to(kind) for kind in ("own_staff", "delegated", "commissioned"))


def test_the_plan_gives_the_other_specialties_as_one_number(policy: Policy) -> None:
    assert policy.plan is not None
    assert (policy.plan.total, policy.plan.others_row, policy.plan.clause) == (577, True, "002 二；002 附件2")


def test_eight_shortage_specialties_in_the_order_of_the_matrix(policy: Policy) -> None:
    rule = policy.specialties
    assert [rule.name(code) for code in rule.codes[:8]] == [
        "全科", "儿科", "精神科", "妇产科", "麻醉科", "急诊科", "临床病理科", "重症医学科",
    ]  # fmt: skip
    assert rule.shortage == frozenset(rule.codes[:8])
    assert rule.shortage_clause == "002 附件2"
    assert len(rule.codes) == 35
    assert not {"3500", "3600"} & set(rule.codes), "no Chinese medicine (002 二)"


def test_papers_are_brought_in_the_order_they_are_sent_to_the_province(policy: Policy) -> None:
    def brought(person_type: str, *, licence: bool) -> list[str]:
        return [rule.kind for rule in policy.papers_for(person_type, {"holds_licence": licence})]

    graduate = ["year_reduction_approval", "id_card", "diploma", "degree", "year_reduction_form"]
    licensed = [*graduate[:4], "licence", "year_reduction_form"]
    assert brought("social", licence=False) == graduate
    assert brought("social", licence=True) == licensed
    assert brought("delegated", licence=True) == [*licensed, "employment_contract", "unit_consent"]
    assert brought("own_staff", licence=False) == [*graduate, "employment_contract", "unit_consent"]
    assert brought("commissioned", licence=False) == [*graduate, "commission_contract"]
    for kind in policy.person_types:
        assert policy.documents_for(kind.code, {}) == (), "nothing but the photo is uploaded"


def test_each_paper_with_its_number_of_copies(policy: Policy) -> None:
    papers = {rule.kind: rule for rule in policy.documents}
    assert {kind: (rule.binding_order, rule.copies, rule.originals) for kind, rule in papers.items()} == {
        "year_reduction_approval": (1, 0, True),
        "id_card": (2, 1, True),
        "diploma": (3, 1, True),
        "degree": (3, 1, True),
        "licence": (4, 1, True),
        "year_reduction_form": (5, 0, True),
        "employment_contract": (0, 1, False),
        "unit_consent": (0, 0, True),
        "commission_contract": (0, 0, True),
    }
    assert all("002 附件1 六(二)" in rule.clause for rule in papers.values() if rule.binding_order)
    assert {kind: papers[kind].clause for kind in ("employment_contract", "unit_consent", "commission_contract")} == {
        "employment_contract": "002 附件1 三(四)2",
        "unit_consent": "002 附件1 三(五)1",
        "commission_contract": "002 附件1 三(四)4",
    }
    assert not papers["year_reduction_form"].required, "only who applies for it"


def test_the_photo_has_a_size_and_nothing_else(policy: Policy) -> None:
    photo = policy.photo
    assert (photo.min_kb, photo.max_kb, photo.clause) == (150, 300, "002 附件1 三(三)3；示例")
    assert (photo.min_width, photo.min_height, photo.background, photo.head_ratio) == (0, 0, "", 0)


def test_written_60_by_the_province_interview_40_by_the_base(policy: Policy) -> None:
    rule = policy.scoring
    assert [(part.key, part.full_mark, part.weight, part.run_by) for part in rule.components] == [
        ("written", 6000, 60, "province"),
        ("skills", 10000, 0, "base"),
        ("interview", 4000, 40, "base"),
    ]
    assert "技能成绩照录，不计入总成绩" in rule.note, "four results are imported, two make up the total"
    assert (rule.decided_by, rule.ranked_by) == ("province", "overall")
    assert [(check.key, check.label) for check in rule.checks] == [("result", "考核结果")]
    assert rule.checks[0].clause == "002 附件1 四；002 附件1 六(一)；002 二"


def test_the_medical_exam_is_on_demand(policy: Policy) -> None:
    assert policy.medical_exam is not None
    assert (policy.medical_exam.need, policy.medical_exam.clause) == ("on_demand", "002 三(四)")
    assert all(check.key != "medical" for check in policy.scoring.checks)


def test_seats_of_other_specialties_are_fixed(policy: Policy) -> None:
    moves = policy.quota_moves
    assert (moves.allowed, moves.direction, moves.increase) == (False, "none", "none")
    assert moves.clause == "002 附件5 四"


def test_the_province_decides_whether_there_is_a_reallocation(policy: Policy) -> None:
    rule = policy.reallocation
    assert (rule.enabled, rule.when_needed, rule.geography) == (True, True, "any")
    assert rule.clause.startswith("002 附件1 六(三)")


def test_publicity_of_three_days(policy: Policy) -> None:
    rule = policy.publicity
    assert (rule.days, rule.kind, rule.clause) == (3, "calendar", "002 附件1 七(一)")


def test_a_contract_within_two_weeks_of_reporting_in(policy: Policy) -> None:
    assert (policy.report_in.agreement_days, policy.report_in.late_days) == (14, 0)
    assert policy.report_in.clause == "002 三(二)；示例"


def test_year_reduction_is_decided_by_the_centre(policy: Policy) -> None:
    rule = policy.year_reduction
    assert rule is not None
    assert (rule.steps, rule.clause) == (("base", "association"), "002 三(七)；002 附件1 五")
    assert rule.form_title == "住院医师规范化培训年限减免申请表"
    assert [(one.id, one.clause, one.outcome) for one in rule.rules] == [
        ("clinical-degree-or-physician", "002 附件1 三(三)4", "ineligible"),
        ("clinical-experience", "002 附件1 三(三)4", "needs_review"),
        ("postgraduate-major-is-specialty", "002 附件1 五(二)", "ineligible"),
        ("no-foreign-non-clinical-doctorate", "002 附件1 五(二)", "ineligible"),
    ]
    opens, closes, _ = span(policy, "year_reduction")
    assert (opens, closes) == (parse_moment("2024-07-01 00:00"), parse_moment("2024-08-16 24:00"))


def test_the_only_sanction_is_for_false_information(policy: Policy) -> None:
    assert [(ban.trigger, ban.years, ban.clause) for ban in policy.bans] == [("fraud", 0, "002 附件1 三(五)1")]


def test_the_summary_has_the_columns_of_annex_4(policy: Policy) -> None:
    assert [column.label for column in policy.roster.columns] == [
        "序号", "姓名", "性别", "身份证号", "手机号", "最高学历", "人员属性", "工作单位（单位人填写）",
    ]  # fmt: skip
    assert policy.roster.clause == "002 附件1 六(二)；002 附件4"


def test_the_brochure_of_a_base_follows_annex_5(policy: Policy) -> None:
    assert policy.brochure is not None
    assert "weights" not in policy.brochure.may_decide
    assert set(policy.brochure.may_decide) == {"exam_dates", "slots", "medical_exam", "contact"}
    (paper,) = policy.papers
    assert (paper.kind, paper.clause) == ("brochure", "002 附件5")
    assert "非紧缺专业名额确定后不得调整" in paper.body


def test_contacts_are_offices_without_names_of_persons(policy: Policy) -> None:
    assert "0431-88906383" in policy.contact.text
    assert "0431-85619676" in policy.contact.text
    told = "\n".join(str(one) for one in describe(policy))
    assert not re.search(r"王\s*妮|刘\s*冬", told)


def test_what_the_notice_leaves_out_is_said(policy: Policy) -> None:
    assert {one.group for one in policy.silences if one.group} == {"password", "acceptance", "invitations"}
    assert unexplained(policy) == []


def test_the_description_can_be_held_against_the_notice(policy: Policy) -> None:
    told = [str(one) for one in describe(policy)]
    assert any(
        one.startswith("网上报名：2024年6月14日（星期五）00:00 至 2024年6月30日（星期日）24:00。（002 附件1 三(一)）")
        for one in told
    )
    assert any("技能满分 100 不计入总成绩" in one for one in told)
    assert any("社会人必须服从" in one for one in told)
    assert any("否则不予减免" in one for one in told)
    assert any(one.startswith("二次补录，通知没有统一的时间。") for one in told)
