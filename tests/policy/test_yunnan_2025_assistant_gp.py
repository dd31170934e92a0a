"""The manual of 2025 (003) for assistant general practice, its schedule from a hospital's brochure of the same year (001), and that brochure."""

from __future__ import annotations

from datetime import time

import pytest

from gme_portal.policy import Policy, PolicyError, Supplement, describe_supplement, load_supplement, loads_supplement
from gme_portal.policy.moments import parse_moment
from tests.policy.reading import FIXTURES, moments, notice, rows, span, unexplained

BROCHURE = FIXTURES / "policies" / "supplements" / "yunnan-2025-assistant-gp.km-second.toml"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("yunnan-2025-assistant-gp")


@pytest.fixture(scope="module")
def brochure(policy: Policy) -> Supplement:
    return load_supplement(BROCHURE, policy)


def test_whom_the_notice_is_about(policy: Policy) -> None:
    assert (policy.track, policy.medicine, policy.year) == ("assistant_gp", "western", 2025)
    assert [source.key for source in policy.sources if source.own] == ["003"]
    assert [kind.code for kind in policy.person_types] == ["social", "own_staff", "delegated", "commissioned"]
    assert not any(kind.assigned or kind.roster != "none" for kind in policy.person_types)
    assert [(one.key, one.dates_by_base) for one in policy.rounds] == [("first", False), ("second", True)]


def test_every_window(policy: Policy) -> None:
    assert span(policy, "registration") == moments("2025-06-25 10:00", "2025-07-20 22:00", "003 说明3")
    assert span(policy, "confirmation") == moments("2025-07-21 08:00", "2025-07-25 17:00", "001 四(二)2(1)")
    window = policy.window("confirmation")
    assert window is not None
    assert window.hours == ((time(8), time(11, 30)), (time(14), time(17)))
    assert span(policy, "review")[1] == parse_moment("2025-07-25 17:00")
    assert span(policy, "assessment")[0] == parse_moment("2025-07-28 09:00")
    assert span(policy, "base_admission")[1] == parse_moment("2025-08-06 24:00")
    assert span(policy, "publicity") == moments("2025-08-07 00:00", "2025-08-09 24:00", "001 五(四)")
    assert span(policy, "reallocation") == moments("2025-08-11 00:00", "2025-08-20 24:00", "001 五(六)")
    assert span(policy, "report_in")[1] == parse_moment("2025-09-01 18:00")
    assert str(policy.training_starts_on) == "2025-09-01"


def test_one_base_one_specialty_and_the_province_may_move(policy: Policy) -> None:
    assert (policy.choices.max_bases, policy.choices.max_specialties) == (1, 1)
    assert dict(policy.specialties.names) == {"AGP": "助理全科"}
    assert policy.transfer.kinds == ("province",)
    assert policy.transfer.clause == "003 说明7；001 五(六)"
    assert policy.registration.changes == "withdraw_first"
    assert policy.registration.clause.endswith("003 (六)2")


def test_account_and_photo_are_those_of_the_residency(policy: Policy) -> None:
    residency = notice("yunnan-2025-residency")
    assert policy.password == residency.password
    assert policy.photo == residency.photo
    assert policy.identity == residency.identity
    assert policy.identity.accepts == ("resident_id", "hk_macao_permit", "taiwan_permit")


def test_uploads_and_their_binding_order(policy: Policy) -> None:
    def asked(person_type: str, *, licence: bool) -> list[str]:
        facts = {"holds_licence": licence}
        assert policy.papers_for(person_type, facts) == policy.documents_for(person_type, facts)
        return [rule.kind for rule in policy.papers_for(person_type, facts)]

    graduate = ["id_front", "id_back", "diploma"]
    assert asked("social", licence=False) == graduate
    assert asked("social", licence=True) == [*graduate, "licence"]
    for person_type in ("own_staff", "delegated", "commissioned"):
        assert asked(person_type, licence=True) == [*graduate, "licence", "unit_consent"]
    consent = next(rule for rule in policy.documents if rule.kind == "unit_consent")
    assert consent.clause == "003 (三)2请注意(2)；001 四(二)2(3)4)"
    assert (consent.copies, consent.originals) == (0, False)
    assert next(rule for rule in policy.documents if rule.kind == "diploma").stand_in == "盖章的毕业证明"
    assert [paper.kind for paper in policy.papers] == ["graduation_proof"]


def test_marks_and_ties(policy: Policy) -> None:
    assert [(part.key, part.weight, part.full_mark) for part in policy.scoring.components] == [
        ("written", 40, 10000),
        ("skills", 20, 10000),
        ("interview", 40, 10000),
    ]
    assert policy.scoring.tie_chain == ("licence", "county", "lottery"), "licence holders first (001 三(二)2)"
    assert policy.scoring.checks == (), "the medical exam is the base's demand"
    assert policy.brochure is not None
    assert policy.brochure.may_decide == ("weights", "exam_dates", "slots", "medical_exam", "contact")


def test_bans_of_two_years(policy: Policy) -> None:
    assert [(ban.trigger, ban.programme, ban.years, ban.clause) for ban in policy.bans] == [
        ("fraud", "assistant_gp", 0, "001 八(一)"),
        ("no_show", "assistant_gp", 2, "001 八(一)"),
        ("withdrawal", "assistant_gp", 2, "001 八(一)"),
    ]


def test_what_the_notice_leaves_out_is_said(policy: Policy) -> None:
    assert {one.group for one in policy.silences if one.group} == {
        "acceptance", "invitations", "plan", "medical_exam", "year_reduction",
    }  # fmt: skip
    said = {one.topic: one.note for one in policy.silences}
    assert "矛盾" in said["已毕业的本科学历"], "the manual asks a bachelor's degree of college graduates"
    assert unexplained(policy) == []


# ---- the brochure -----------------------------------------------------------------------------------------------


def test_the_brochure_is_that_of_a_real_base(brochure: Supplement) -> None:
    names = {row["code"]: row["name"] for row in rows("bases/yunnan.csv")}
    assert names[brochure.base] == brochure.base_name == "昆明市第二人民医院"


def test_weights_of_the_brochure(policy: Policy, brochure: Supplement) -> None:
    assert brochure.weights is not None
    assert dict(brochure.weights.by_component) == {"written": 40, "skills": 20, "interview": 40}
    assert brochure.weights.clause == "001 五(一)；001 五(二)"


def test_examination_days_and_hours(brochure: Supplement) -> None:
    assert [(exam.component, exam.opens, exam.closes, exam.clause) for exam in brochure.exams] == [
        ("written", *moments("2025-07-28 09:00", "2025-07-28 11:00", "001 五(一)")),
        ("skills", *moments("2025-07-29 09:00", "2025-07-29 16:00", "001 五(一)")),
        ("interview", *moments("2025-07-31 00:00", "2025-07-31 24:00", "001 五(二)")),
    ]
    assert "没有写钟点" in brochure.exams[2].note


def test_confirmation_on_five_days_at_one_place(brochure: Supplement) -> None:
    assert [str(slot.on) for slot in brochure.slots] == [f"2025-07-{day}" for day in range(21, 26)]
    for slot in brochure.slots:
        assert slot.hours == ((time(8), time(11, 30)), (time(14), time(17)))
        assert slot.place.endswith("办公楼2楼2-9室科研教学部")
        assert slot.capacity == 0, "the brochure names no limit"


def test_nobody_is_admitted_without_the_medical_exam(policy: Policy, brochure: Supplement) -> None:
    exam = brochure.medical_exam
    assert exam is not None
    assert (exam.need, exam.until, exam.clause) == ("required", parse_moment("2025-08-06 24:00"), "001 五(三)")
    assert "公务员标准" in exam.standard
    assert "三级甲等" in exam.standard
    rule = brochure.scoring(policy)
    assert [(check.key, check.clause) for check in rule.checks] == [("medical", "001 五(三)")]
    assert sum(part.weight for part in rule.components) == 100


def test_the_printed_address_without_a_domain_is_not_taken_over(policy: Policy, brochure: Supplement) -> None:
    contact = brochure.contact
    assert contact is not None
    assert contact.email == "keyanjiaoxuebu@kmsdermyy.com"
    assert "3225714607@.com" in contact.note
    text = BROCHURE.read_text(encoding="utf-8").replace(f'email = "{contact.email}"', 'email = "3225714607@.com"')
    with pytest.raises(PolicyError, match=r"contact\.email：“3225714607@\.com”的写法不对"):
        loads_supplement(text, "test", policy)


def test_the_letter_of_consent_is_there_to_download(brochure: Supplement) -> None:
    (paper,) = brochure.papers
    assert (paper.kind, paper.title, paper.clause) == ("unit_consent", "同意报考证明", "001 附件")
    for part in ("兹有我单位×××同志", "2025年助理全科医生培训招录考核，报考专业为助理全科。", "（公章）"):
        assert part in paper.body


def test_what_else_the_brochure_tells(policy: Policy, brochure: Supplement) -> None:
    told = "".join(str(one) for one in describe_supplement(brochure, policy))
    for fact in (
        "20人，订单定向、单位人、社会人均不特定招录人数",
        "1200元",
        "833元",
        "400元",
        "1000元",
        "免费提供住宿",
    ):
        assert fact in told
    plan = {row["培训基地"]: row["合计"] for row in rows("plans/yunnan-2025-assistant-gp.csv")}
    assert plan["昆明市第二人民医院"] == "20"
