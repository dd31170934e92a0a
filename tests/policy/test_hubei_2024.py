"""Hubei's notice of 2024 (004), value by value with its clause."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from gme_portal.policy import Policy, describe
from gme_portal.policy.moments import SHANGHAI, parse_moment
from gme_portal.policy.working_days import WorkingCalendar
from tests.policy.reading import moments, notice, span, unexplained

# 国务院办公厅关于2024年部分节假日安排的通知：劳动节 5月1日至5日放假，4月28日、5月11日上班；端午节 6月10日放假。
CALENDAR = WorkingCalendar(
    {
        2024: {
            date(2024, 4, 28): True,
            date(2024, 5, 11): True,
            date(2024, 6, 10): False,
            **{date(2024, 5, day): False for day in range(1, 6)},
        }
    }
)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("hubei-2024-residency")


def working_days(policy: Policy, round: str) -> int:
    opens, closes, _ = span(policy, "publicity", round=round)
    last = closes - timedelta(seconds=1)
    return CALENDAR.count(opens.astimezone(SHANGHAI).date(), last.astimezone(SHANGHAI).date())


def test_whom_the_notice_is_about(policy: Policy) -> None:
    assert (policy.province, policy.year, policy.track, policy.medicine) == ("42", 2024, "residency", "western")
    assert [(one.key, one.own, str(one.issued_on)) for one in policy.sources] == [("004", True, "2024-03-22")]
    assert [(one.key, one.label, one.dates_by_base) for one in policy.rounds] == [
        ("first", "第一批次", False),
        ("second", "第二批次", False),
    ]


def test_three_kinds_of_people_register_and_two_are_recorded_by_others(policy: Policy) -> None:
    assert [(kind.code, kind.registers, kind.recorded_by, kind.clause) for kind in policy.person_types] == [
        ("social", True, "", "004 三(二)"),
        ("own_staff", True, "", "004 三(二)"),
        ("delegated", True, "", "004 二(三)1；004 三(二)"),
        ("professional_master", False, "base", "004 二(三)2"),
        ("commissioned", False, "province", "004 二(三)3"),
    ]
    master, commissioned = policy.person_types[3:]
    assert "不需网上报名" in master.refusal
    assert "不参加本次招录" in commissioned.refusal


def test_the_first_round_registers_up_to_the_last_second_of_23_april(policy: Policy) -> None:
    assert span(policy, "registration") == moments("2024-04-08 00:00", "2024-04-23 24:00", "004 三(二)")
    window = policy.window("registration", "social")
    assert window is not None
    assert window.closes == parse_moment("2024-04-24 00:00"), "24:00 is the first instant of the next day"
    assert not window.is_open(parse_moment("2024-04-08 00:00") - timedelta(microseconds=1))
    assert window.is_open(parse_moment("2024-04-08 00:00"))
    assert window.is_open(parse_moment("2024-04-24 00:00") - timedelta(microseconds=1))
    assert not window.is_open(parse_moment("2024-04-24 00:00"))


def test_the_first_round_after_registration(policy: Policy) -> None:
    for key in ("review", "assessment", "base_admission"):
        assert span(policy, key) == moments("2024-04-24 00:00", "2024-05-26 24:00", "004 三(三)1"), key
    assert span(policy, "confirmation")[:2] == span(policy, "assessment")[:2]
    clause = "004 三(三)3"
    assert span(policy, "publicity") == moments("2024-05-27 00:00", "2024-06-04 24:00", clause)
    assert span(policy, "acceptance") == span(policy, "publicity"), "confirmed during publicity"
    assert span(policy, "report_in") == moments("2024-06-05 00:00", "2024-09-01 24:00", "004 三(六)")


def test_the_second_round(policy: Policy) -> None:
    assert span(policy, "registration", round="second") == moments(
        "2024-06-01 00:00", "2024-06-15 24:00", "004 三(四)1"
    )
    for key in ("review", "assessment", "base_admission"):
        assert span(policy, key, round="second")[1] == parse_moment("2024-06-26 00:00"), key
        assert "004 三(四)3" in span(policy, key, round="second")[2]
    assert span(policy, "publicity", round="second") == moments(
        "2024-06-26 00:00", "2024-07-04 24:00", "004 三(四)3；004 三(三)3"
    )
    assert span(policy, "acceptance", round="second") == moments("2024-06-26 00:00", "2024-07-04 24:00", "004 三(四)3")
    assert span(policy, "report_in", round="second") == moments("2024-07-05 00:00", "2024-09-01 24:00", "004 三(六)")
    assert policy.window("invitation", round="first") is None
    assert span(policy, "invitation", round="second")[1] == parse_moment("2024-06-25 24:00")


def test_the_round_people_work_in_changes_at_midnight_of_1_june(policy: Policy) -> None:
    june = parse_moment("2024-06-01 00:00")
    assert policy.round_at(june - timedelta(microseconds=1)).key == "first"
    assert policy.round_at(june).key == "second"
    assert policy.round_at(parse_moment("2024-03-25 00:00")).key == "first"


@pytest.mark.parametrize("round", ["first", "second"])
def test_every_step_of_the_journey_has_its_window(policy: Policy, round: str) -> None:
    for key in (
        "registration", "review", "confirmation", "assessment", "base_admission", "publicity", "acceptance", "report_in",
    ):  # fmt: skip
        assert policy.window(key, "social", round) is not None, key


def test_publicity_keeps_its_seven_working_days_and_runs_into_the_second_round(policy: Policy) -> None:
    """The notice contradicts itself: five working days lie between the assessments and the second round."""
    assert (policy.publicity.days, policy.publicity.kind, policy.publicity.clause) == (7, "working", "004 三(三)3")
    assert CALENDAR.count(date(2024, 5, 27), date(2024, 5, 31)) == 5
    assert working_days(policy, "first") == 7
    window, registration = policy.window("publicity"), policy.window("registration", round="second")
    assert window is not None
    assert registration is not None
    assert registration.opens < window.closes
    assert "自相矛盾" in window.note


def test_the_second_publicity_keeps_them_too_past_the_day_it_should_be_over(policy: Policy) -> None:
    """Assessments until 25 June and publicity over on 30 June leave three working days; the list is out in time all the same."""
    assert CALENDAR.count(date(2024, 6, 26), date(2024, 6, 30)) == 3
    assert working_days(policy, "second") == 7
    window = policy.window("publicity", round="second")
    assert window is not None
    assert window.opens < parse_moment("2024-06-30 24:00") < window.closes
    assert "自相矛盾" in window.note


def test_one_base_and_one_specialty_in_each_round(policy: Policy) -> None:
    rule = policy.choices
    assert (rule.max_bases, rule.max_specialties, rule.ordered, rule.clause) == (1, 1, False, "004 三(二)")


def test_transfer_stays_within_the_base_and_is_not_for_delegates(policy: Policy) -> None:
    rule = policy.transfer
    assert (rule.kinds, rule.required_for, rule.clause) == (("base",), (), "004 三(三)2")
    assert rule.offered_to("social")
    assert rule.offered_to("own_staff")
    assert not rule.offered_to("delegated")


def test_paediatric_surgery_is_the_ninth_shortage_specialty(policy: Policy) -> None:
    rule = policy.specialties
    assert {rule.name(code) for code in rule.shortage} == {
        "全科", "儿科", "儿外科", "精神科", "麻醉科", "妇产科", "急诊科", "临床病理科", "重症医学科",
    }  # fmt: skip
    assert rule.shortage_clause == "004 三(四)1"
    assert len(rule.codes) == 35
    assert not {"3500", "3600"} & set(rule.codes), "no Chinese medicine"
    assert rule.find("全科医学科") == "0700"
    assert rule.find("重症医学") == "3700"
    assert rule.find("外科(神经外科方向)") == rule.find("外科（神经外科方向）") == "1000"
    assert rule.find("外科(方向)") is None


def test_documents_are_uploaded(policy: Policy) -> None:
    def asked(person_type: str, **facts: object) -> dict[str, bool]:
        return {rule.kind: rule.required for rule in policy.documents_for(person_type, facts)}

    everybody = {"id_front": True, "id_back": True, "diploma": True, "degree": False}
    assert asked("social", holds_licence=False) == everybody
    assert asked("own_staff", holds_licence=True) == {**everybody, "licence": True}
    assert asked("delegated", holds_licence=False) == {**everybody, "unit_consent": True}
    assert policy.papers_for("delegated", {"holds_licence": True}) == (), "the notice binds nothing"
    assert {rule.clause for rule in policy.documents if rule.kind == "unit_consent"} == {"004 二(三)1"}


def test_the_photo_is_not_prescribed(policy: Policy) -> None:
    photo = policy.photo
    assert (photo.min_width, photo.min_height, photo.min_kb, photo.max_kb) == (0, 0, 0, 0)
    assert (photo.background, photo.head_ratio, photo.clause) == ("", 0, "示例")


def test_hong_kong_macao_and_taiwan_register_with_their_permits(policy: Policy) -> None:
    assert policy.identity.accepts == ("resident_id", "hk_macao_permit", "taiwan_permit")
    assert policy.identity.clause == "004 二(一)1"


def test_the_base_judges_each_person(policy: Policy) -> None:
    rule = policy.scoring
    assert (rule.decided_by, rule.ranked_by) == ("base", "overall")
    assert [(part.key, part.label, part.full_mark, part.run_by) for part in rule.components] == [
        ("written", "专业考试", 10000, "base"),
        ("interview", "面试", 10000, "base"),
    ]
    assert [(check.key, check.clause) for check in rule.checks] == [("result", "004 三(三)2")]
    assert "各占50%" in rule.note, "an example, said to be one"
    assert policy.brochure is not None
    assert policy.brochure.may_decide == ("weights", "exam_dates", "slots", "contact")
    assert policy.brochure.clause == "004 三(一)1；004 三(三)2"


def test_seats_are_added_within_capacity_and_never_moved(policy: Policy) -> None:
    moves = policy.quota_moves
    assert (moves.allowed, moves.direction, moves.increase) == (False, "none", "province_within_capacity")
    assert moves.clause == "004 三(五)"
    assert policy.plan is None, "annex 1 is not in our sources"


def test_who_does_not_say_yes_is_not_admitted(policy: Policy) -> None:
    rule = policy.acceptance
    assert rule is not None
    assert (rule.required, rule.silent) == (True, "not_admitted")
    assert rule.clause == "004 三(三)3；004 三(四)3；示例"
    assert "示例" in rule.note


def test_bases_invite_in_the_second_round(policy: Policy) -> None:
    rule = policy.invitations
    assert rule is not None
    assert (rule.round, rule.reply_hours, rule.clause) == ("second", 48, "004 三(四)2；示例")
    assert not policy.reallocation.enabled


def test_report_in_and_the_agreement(policy: Policy) -> None:
    rule = policy.report_in
    assert (rule.late_days, rule.agreement_days, rule.clause) == (14, 7, "004 三(六)；004 四(四)")
    assert "逾期2周" in rule.effect


def test_bans(policy: Policy) -> None:
    assert [(ban.trigger, ban.programme, ban.years, ban.clause) for ban in policy.bans] == [
        ("fraud", "residency", 0, "004 四(四)"),
        ("no_show", "residency", 3, "004 四(四)"),
        ("withdrawal", "residency", 3, "004 四(四)"),
    ]


def test_contacts_are_offices_without_names_of_persons(policy: Policy) -> None:
    for phone in ("027-87576373", "027-87893491", "027-87360360"):
        assert phone in policy.contact.text
    told = "\n".join(str(one) for one in describe(policy))
    assert not re.search(r"黄\s*虎|陈俊芬|赵保军|老师|QQ", told)
    assert policy.contact.url == "http://hb.ezhupei.com"


def test_what_the_notice_leaves_out_is_said(policy: Policy) -> None:
    assert {one.group for one in policy.silences if one.group} == {
        "registration", "password", "plan", "medical_exam", "year_reduction",
    }  # fmt: skip
    assert unexplained(policy) == []


def test_the_description_can_be_held_against_the_notice(policy: Policy) -> None:
    told = [str(one) for one in describe(policy)]
    assert (
        "网上报名和填报第一志愿·第一批次：2024年4月8日（星期一）00:00 至 2024年4月23日（星期二）24:00。（004 三(二)）"
        in told
    )
    assert "公示不少于 7 个工作日，公布序号、报名号、姓名、培训基地、培训专业。" in "".join(told)
    assert any(one.startswith("专硕研究生：不自行报名，由培训基地录入，不占招收计划。2024年被录取") for one in told)
    assert any("在专业基地容量内可申请增加计划，由省级批准" in one for one in told)
