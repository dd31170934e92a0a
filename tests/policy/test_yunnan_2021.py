"""The notice of 2021 (000), residency: value by value, with its clause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gme_portal.policy import Policy, describe
from gme_portal.policy.moments import parse_moment
from tests.policy.reading import moments, notice, rows, span, unexplained


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("yunnan-2021-residency")


def test_whom_the_notice_is_about(policy: Policy) -> None:
    assert (policy.track, policy.medicine, policy.year, policy.province) == ("residency", "both", 2021, "53")
    assert [one.key for one in policy.rounds] == ["first"]
    assert [kind.code for kind in policy.person_types] == [
        "social", "own_staff", "delegated", "commissioned", "professional_master",
    ]  # fmt: skip
    assert all(kind.registers for kind in policy.person_types)


def test_two_kinds_of_people_need_to_be_on_a_list(policy: Policy) -> None:
    listed = {kind.code: kind for kind in policy.person_types if kind.roster != "none"}
    assert set(listed) == {"commissioned", "professional_master"}
    commissioned, master = listed["commissioned"], listed["professional_master"]
    assert (commissioned.roster, commissioned.assigned, commissioned.in_plan) == ("province", True, True)
    assert commissioned.roster_deadline is None, "published with the notice"
    assert "不在名册" in commissioned.note, "the way in for those not on the list is told"
    assert "000 四(二)" in commissioned.clause
    assert (master.roster, master.assigned, master.in_plan) == ("school", True, False)
    assert master.roster_deadline == parse_moment("2021-07-15 24:00")
    assert "000 四(三)1" in master.clause
    assert "000 三" in master.clause, "不含专硕研究生"


@pytest.mark.parametrize("person_type", ["social", "own_staff", "delegated", "commissioned"])
def test_registration_is_open_to_the_minute(policy: Policy, person_type: str) -> None:
    assert span(policy, "registration", person_type) == moments(
        "2021-06-28 09:00", "2021-07-12 18:00", "000 四(一)1(1)；000 四(二)1(1)"
    )
    window = policy.window("registration", person_type)
    second = timedelta(seconds=1)
    assert window is not None
    assert not window.is_open(parse_moment("2021-06-28 09:00") - second)
    assert window.is_open(parse_moment("2021-06-28 09:00"))
    assert window.is_open(parse_moment("2021-07-12 18:00") - second)
    assert not window.is_open(parse_moment("2021-07-12 18:00"))


def test_masters_sign_up_in_a_window_of_their_own(policy: Policy) -> None:
    assert span(policy, "registration", "professional_master") == moments(
        "2021-07-19 09:00", "2021-07-26 18:00", "000 四(三)2(1)"
    )
    window = policy.window("registration", "professional_master")
    assert window is not None
    assert not window.is_open(parse_moment("2021-07-12 17:59")), "the others' window is not theirs"


@pytest.mark.parametrize("person_type", ["social", "own_staff", "delegated", "commissioned"])
def test_confirmation_and_review_end_together(policy: Policy, person_type: str) -> None:
    clause = "000 四(一)2；000 四(二)2"
    for key in ("confirmation", "review"):
        assert span(policy, key, person_type) == moments("2021-06-28 09:00", "2021-07-16 18:00", clause)


def test_masters_bring_the_form_their_school_has_sealed(policy: Policy) -> None:
    window = policy.window("confirmation", "professional_master")
    assert window is not None
    assert window.label == "交学校盖章的报名表"
    assert window.closes == parse_moment("2021-07-28 22:00")
    assert span(policy, "review", "professional_master")[1] == parse_moment("2021-07-28 22:00")
    assert policy.window("assessment", "professional_master") is None
    assert policy.window("assessment", "commissioned") is None


def test_admission_reallocation_and_report_in(policy: Policy) -> None:
    assert span(policy, "base_admission")[1:] == (parse_moment("2021-07-28 22:00"), "000 五(三)")
    assert span(policy, "reallocation") == moments("2021-08-02 00:00", "2021-08-06 24:00", "000 五(四)")
    assert span(policy, "report_in")[1:] == (parse_moment("2021-08-20 18:00"), "000 五(六)")
    assert str(policy.training_starts_on) == "2021-09-01"
    for kind in policy.person_types:
        assert policy.window("report_in", kind.code) is not None


def test_publicity_is_an_example_because_the_notice_is_silent(policy: Policy) -> None:
    assert span(policy, "publicity") == moments("2021-07-29 00:00", "2021-07-31 24:00", "示例")
    assert (policy.publicity.days, policy.publicity.kind, policy.publicity.clause) == (3, "calendar", "示例")
    assert "没有写公示" in policy.publicity.note


def test_forms_may_be_changed_freely_until_the_window_closes(policy: Policy) -> None:
    rule = policy.registration
    assert (rule.mode, rule.changes, rule.clause) == ("online", "free", "000 四；000 四(四)1")


def test_choices_and_transfer(policy: Policy) -> None:
    rule = policy.choices
    assert (rule.max_bases, rule.max_specialties, rule.ordered, rule.clause) == (1, 3, True, "000 四(一)1(7)")
    limits = {kind.code: rule.limit(kind.code) for kind in policy.person_types}
    assert limits == {"social": 3, "own_staff": 3, "delegated": 3, "commissioned": 1, "professional_master": 1}
    assert policy.transfer.kinds == ("base",), "narrower than the manual of 2025"
    assert policy.transfer.wording == "服从调剂所报考培训基地的任一培训专业。"
    assert policy.transfer.required_for == ()
    assert policy.transfer.offered_to("delegated")
    assert not policy.transfer.offered_to("commissioned")


def test_37_specialties_as_in_the_catalogue(policy: Policy) -> None:
    catalogue = {row["code"]: row["name"] for row in rows("specialties.csv") if row["track"] == "residency"}
    assert dict(policy.specialties.names) == catalogue
    assert len(policy.specialties.codes) == 37
    assert policy.specialties.clause == "000 二(一)"
    assert policy.specialties.find("中医") == "3500"
    assert policy.specialties.find("中医全科") == "3600"
    assert policy.specialties.find("全科医学科") == "0700"


def test_eight_shortage_specialties(policy: Policy) -> None:
    rule = policy.specialties
    assert {rule.name(code) for code in rule.shortage} == {
        "全科", "儿科", "精神科", "妇产科", "麻醉科", "急诊科", "临床病理科", "重症医学科",
    }  # fmt: skip
    assert rule.shortage_clause == "000 三"
    assert not rule.is_shortage("3600"), "中医全科 is not named"
    assert not rule.is_shortage("1500")


def test_the_plan_and_the_part_of_it_we_have(policy: Policy) -> None:
    assert policy.plan is not None
    assert (policy.plan.total, policy.plan.others_row, policy.plan.clause) == (2475, False, "000 首段；000 三")
    bases = [row for row in rows("plans/yunnan-2021-residency-tcm.csv") if row["培训基地"] != "合计"]

    def sum_of(column: str) -> int:
        return sum(int(row[column].removesuffix("（傣医学）")) for row in bases if row[column] not in ("", "/"))

    assert len(bases) == 9
    assert (sum_of("中医全科"), sum_of("其中：订单定向"), sum_of("中医（含傣医学）"), sum_of("总计")) == (
        300,
        295,
        155,
        455,
    )
    for figure in ("455人", "300人", "295人", "155人", "2020人"):
        assert figure in policy.plan.note


def test_nothing_but_the_photo_is_uploaded_and_the_rest_is_brought_in_order(policy: Policy) -> None:
    photo = policy.photo
    assert (photo.min_width, photo.min_height, photo.min_kb, photo.max_kb) == (0, 0, 0, 0)
    assert (photo.background, photo.head_ratio) == ("", 0)
    for kind in policy.person_types:
        assert policy.documents_for(kind.code, {}) == ()

    def brought(person_type: str, *, licence: bool) -> list[str]:
        return [rule.kind for rule in policy.papers_for(person_type, {"holds_licence": licence})]

    graduate = ["id_card", "diploma", "degree"]
    assert brought("social", licence=False) == graduate
    assert brought("social", licence=True) == [*graduate, "licence"]
    assert brought("delegated", licence=True) == [*graduate, "licence", "unit_consent"]
    assert brought("own_staff", licence=False) == [*graduate, "unit_consent"]
    assert brought("commissioned", licence=True) == [*graduate, "unit_consent"], "四(二)2 asks for no licence"
    assert brought("professional_master", licence=True) == [], "only the form, which the school seals"


def test_each_paper_says_how_it_is_brought_and_where_it_is_bound(policy: Policy) -> None:
    papers = {rule.kind: rule for rule in policy.documents}
    assert {kind: rule.binding_order for kind, rule in papers.items()} == {
        "id_card": 2, "diploma": 3, "degree": 3, "licence": 4, "unit_consent": 5,
    }  # fmt: skip
    for kind in ("id_card", "diploma", "degree", "licence"):
        assert (papers[kind].copies, papers[kind].originals) == (1, True)
        assert "000 四(四)4" in papers[kind].clause
    assert papers["licence"].clause.startswith("000 四(一)2(3)")
    assert (papers["unit_consent"].copies, papers["unit_consent"].originals) == (0, False)
    assert papers["unit_consent"].clause == "000 四(四)5"
    assert "介绍信一致" in papers["unit_consent"].help


def test_the_form_in_two_copies_for_masters(policy: Policy) -> None:
    assert policy.form.copies_for("social") == policy.form.copies_for("commissioned") == 1
    assert policy.form.copies_for("professional_master") == 2
    assert "000 四(三)2(7)" in policy.form.clause


def test_seats_move_to_shortage_and_never_back(policy: Policy) -> None:
    moves = policy.quota_moves
    assert (moves.allowed, moves.direction, moves.increase) == (True, "other_to_shortage", "none")
    assert moves.clause == "000 五(二)"


def test_reallocation_puts_shortage_and_the_counties_first(policy: Policy) -> None:
    rule = policy.reallocation
    assert rule.enabled
    assert not rule.when_needed
    assert rule.priority == ("fill_plan", "shortage_first", "county_first")
    assert rule.geography_for("social") == "any"
    assert rule.geography_for("commissioned") == "same_or_adjacent"
    assert rule.clause == "000 五(四)；000 四(二)3"


def test_prefectures_are_adjacent_as_on_the_map(policy: Policy) -> None:
    pairs = {(row["prefecture"], row["neighbour"]) for row in rows("prefecture_adjacency.csv")}
    adjacent = policy.reallocation.adjacent or {}
    assert {(one, other) for one, others in adjacent.items() for other in others if one < other} == pairs


def test_bans_of_three_years(policy: Policy) -> None:
    assert [(ban.trigger, ban.programme, ban.years, ban.clause) for ban in policy.bans] == [
        ("fraud", "residency", 0, "000 六(三)1"),
        ("no_show", "residency", 3, "000 六(三)1"),
        ("withdrawal", "residency", 3, "000 六(三)1"),
    ]
    assert all("50%" in ban.effect for ban in policy.bans if ban.years)
    assert (policy.report_in.late_days, policy.report_in.agreement_days) == (0, 0)
    assert "退培" in policy.report_in.effect


def test_year_reduction_goes_through_three_hands(policy: Policy) -> None:
    rule = policy.year_reduction
    assert rule is not None
    assert rule.steps == ("base", "association", "province")
    assert rule.form_title == "云南省住院医师规范化培训年限减免申请表"
    assert (rule.rules, rule.clause) == ((), "000 五(一)"), "the notice lists no terms"


def test_marks_are_the_bases_business(policy: Policy) -> None:
    rule = policy.scoring
    assert (rule.decided_by, rule.ranked_by, rule.checks) == ("base", "score", ())
    assert [(part.key, part.weight, part.minimum) for part in rule.components] == [
        ("written", 60, None),
        ("interview", 40, None),
    ]
    assert rule.tie_chain == ("county", "lottery")
    assert "示例" in rule.clause
    assert policy.brochure is not None
    assert policy.brochure.may_decide == ("weights", "exam_dates", "slots", "contact")


def test_what_the_notice_leaves_out_is_said(policy: Policy) -> None:
    assert {one.group for one in policy.silences if one.group} == {
        "password", "acceptance", "invitations", "medical_exam",
    }  # fmt: skip
    assert {"公示", "省级调剂征求本人意愿的办法"} <= {one.topic for one in policy.silences}


def test_whatever_is_no_sentence_of_the_notice_says_so(policy: Policy) -> None:
    assert unexplained(policy) == []


def test_the_contact_is_an_office_and_no_person(policy: Policy) -> None:
    assert "0871-68179573" in policy.contact.text
    assert "18308725926" not in policy.contact.text


def test_the_description_can_be_held_against_the_notice(policy: Policy) -> None:
    told = [str(sentence) for sentence in describe(policy)]
    who = "社会人、单位委派（本基地职工）、单位委派、订单定向（本科）"
    assert (
        f"网上报名（{who}）：2021年6月28日（星期一）09:00 至 2021年7月12日（星期一）18:00。（000 四(一)1(1)；000 四(二)1(1)）"
        in told
    )
    assert (
        "网上报名（专硕研究生）：2021年7月19日（星期一）09:00 至 2021年7月26日（星期一）18:00。（000 四(三)2(1)）"
        in told
    )
    assert any(
        one.startswith("专硕研究生：自行注册报名，须在培养院校名册（2021年7月15日（星期四）24:00前提供）内")
        for one in told
    )
    assert any("省级调剂：2021年8月2日（星期一）00:00 至 2021年8月6日（星期五）24:00" in one for one in told)
