"""Groups of a policy that contradict one another, each found and each just not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from gme_portal.policy import Policy, load, load_supplement
from gme_portal.policy.lint import Finding, brochure_findings, lint
from gme_portal.policy.lint.groups import bad_mails
from tests.policy.conftest import FILE
from tests.policy.lint.conftest import CALENDAR

FILES = FILE.parent

Edited = Callable[..., Policy]
WORDING = "服从调剂所报考培训基地的任一培训专业，或服从省级统一调剂至其他培训基地或其他专业。"


def found(policy: Policy, code: str) -> list[Finding]:
    return [one for one in lint(policy, CALENDAR) if one.code == code]


def test_a_note_that_owns_up_to_a_contradiction_is_shown_again(edited: Edited) -> None:
    notes = found(edited(), "NOTED_CONTRADICTION")
    assert [one.path for one in notes] == ["person_types[4]", "transfer", "photo"]
    assert notes[2].clauses == ("003 (三)2；003 (三)5(2)；003 (三)5(3)",)
    assert {one.severity for one in notes} == {"提示"}


def test_wording_wider_than_the_kinds_and_narrower(edited: Edited) -> None:
    assert not found(edited(), "TRANSFER_WIDER")
    assert not found(edited(), "TRANSFER_NARROWER")
    (wide,) = found(edited(('kinds = ["base", "province"]', 'kinds = ["base"]')), "TRANSFER_WIDER")
    assert "省级统一调剂" in wide.sentence
    assert wide.clauses == ("003 说明7",)
    base_only = (WORDING, "服从调剂所报考培训基地的任一培训专业。")
    assert found(edited(base_only), "TRANSFER_NARROWER")
    narrow = edited(base_only, ('kinds = ["base", "province"]', 'kinds = ["base"]'))
    assert not found(narrow, "TRANSFER_WIDER")
    assert found(narrow, "NOBODY_CONSENTS"), "there is a reallocation nobody could consent to"


def test_weights_are_for_the_base_or_for_the_province_to_decide(edited: Edited) -> None:
    policy = edited()
    assert policy.brochure is not None
    assert not found(policy, "WEIGHTS_NOWHERE")
    assert not found(policy, "WEIGHTS_TWICE")
    for brochure in (None, replace(policy.brochure, may_decide=("contact",))):
        assert found(replace(policy, brochure=brochure), "WEIGHTS_NOWHERE")
    province = replace(policy, scoring=replace(policy.scoring, decided_by="province"))
    assert found(province, "WEIGHTS_TWICE")
    assert not found(replace(province, brochure=None), "WEIGHTS_TWICE")


def test_people_who_need_not_file_but_have_a_number_of_choices(edited: Edited) -> None:
    """The real one (003): 专硕 must file choices in 说明6 and need not in (四)."""
    kind = 'code = "professional_master"\nlabel = "专硕研究生"\n'
    away = 'registers = false\nrefusal = "不需要个人报名。"\nrecorded_by = "base"\n'
    stays_away = (f"{kind}registers = true\n", f"{kind}{away}")
    (finding,) = found(edited(stays_away), "MUST_AND_NEED_NOT")
    assert finding.path == "choices.limits"
    assert "“专硕研究生”不自行报名，却写了可填报 1 个专业" in finding.sentence
    alone = ("limits = { commissioned = 1, professional_master = 1 }", "limits = { commissioned = 1 }")
    assert not found(edited(stays_away, alone), "MUST_AND_NEED_NOT")


def test_conditions_that_leave_a_person_type_nothing(edited: Edited) -> None:
    assert not found(edited(), "NOTHING_LEFT")
    rule = (
        '[[eligibility]]\nid = "no-gp"\nclause = "003 说明6"\napplies = { fact = "person_type", is = "commissioned" }\n'
        'condition = { not = { fact = "specialty", is = "0700" } }\nsentence_pass = "可以。"\nsentence_fail = "不可选全科。"\n\n'
    )
    (finding,) = found(edited(("[[eligibility]]\n", f"{rule}[[eligibility]]\n")), "NOTHING_LEFT")
    assert "“订单定向医学生”可以报名，但报考条件把所有专业都排除了" in finding.sentence
    assert finding.clauses == ("003 说明6",)


def test_moves_and_places_need_what_they_move_to(edited: Edited) -> None:
    policy = edited()
    assert not found(policy, "NO_SHORTAGE")
    assert not found(policy, "NO_NEIGHBOURS")
    assert found(replace(policy, specialties=replace(policy.specialties, shortage=frozenset())), "NO_SHORTAGE")
    assert found(replace(policy, reallocation=replace(policy.reallocation, adjacent={})), "NO_NEIGHBOURS")


def test_a_mail_address_without_a_domain(edited: Edited) -> None:
    text = "报考要求请拨打报考基地咨询电话"
    assert not found(edited((text, f"邮箱 jlgmec@163.com。{text}")), "MAIL_WITHOUT_DOMAIN")
    assert found(edited((text, f"邮箱 3225714607@.com。{text}")), "MAIL_WITHOUT_DOMAIN")


def test_which_mail_addresses_can_be_written_to() -> None:
    good = "yzjjpxk@126.com、18308725926@126.com, mailto:keyanjiaoxuebu@kmsdermyy.com 111@qq.com。a.b-c@mail.gov.cn."
    assert list(bad_mails(good)) == []
    assert list(bad_mails("3225714607@.com；office@；a@localhost")) == ["3225714607@.com", "office@", "a@localhost"]


def test_a_brochure_owns_up_to_what_is_wrong_in_it() -> None:
    policy = load(FILES / "yunnan-2025-assistant-gp.toml")
    brochure = load_supplement(FILES / "supplements" / "yunnan-2025-assistant-gp.km-second.toml", policy)
    (finding,) = brochure_findings(brochure, policy)
    assert (finding.code, finding.path, finding.clauses) == ("MAIL_WITHOUT_DOMAIN", "contact", ("001 九",))
    assert "“3225714607@.com”没有域名" in finding.sentence
    assert list(brochure_findings(replace(brochure, contact=None), policy)) == []


def test_a_brochure_that_confirms_on_a_day_when_nobody_can() -> None:
    policy = load(FILES / "yunnan-2025-assistant-gp.toml")
    brochure = load_supplement(FILES / "supplements" / "yunnan-2025-assistant-gp.km-second.toml", policy)
    first = brochure.slots[0]
    for day, expected in ((20, 1), (21, 0), (25, 0), (26, 1)):
        moved = replace(brochure, slots=(replace(first, on=date(2025, 7, day)),), contact=None)
        assert [one.code for one in brochure_findings(moved, policy)] == ["SLOT_OUTSIDE"] * expected


def test_every_finding_is_said_once_and_the_gravest_first(edited: Edited) -> None:
    policy = edited(('kinds = ["base", "province"]', 'kinds = ["base"]'))
    policy = replace(policy, reallocation=replace(policy.reallocation, adjacent={}))
    findings = lint(policy, CALENDAR)
    assert len(findings) == len(set(findings))
    assert [one.severity for one in findings] == sorted(
        [one.severity for one in findings], key=["错误", "矛盾", "提示"].index
    )
    assert str(findings[0]).startswith("【错误】reallocation.adjacent：")
