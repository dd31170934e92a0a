"""The notice of 2021 (000), assistant general practice: value by value, with its clause."""

from __future__ import annotations

import pytest

from gme_portal.policy import Policy, describe
from gme_portal.policy.moments import parse_moment
from tests.policy.reading import moments, notice, rows, span, unexplained


@pytest.fixture(scope="module")
def policy() -> Policy:
    return notice("yunnan-2021-assistant-gp")


def test_whom_the_notice_is_about(policy: Policy) -> None:
    assert (policy.track, policy.medicine, policy.year) == ("assistant_gp", "both", 2021)
    assert [kind.code for kind in policy.person_types] == ["social", "own_staff", "delegated", "commissioned"]
    assert policy.person_type("professional_master") is None


def test_commissioned_college_graduates_choose_their_base_themselves(policy: Policy) -> None:
    kind = policy.person_type("commissioned")
    assert kind is not None
    assert (kind.registers, kind.assigned, kind.roster) == (True, False, "none")
    assert kind.clause == "000 四(二)；000 四(二)1(3)"


def test_every_window(policy: Policy) -> None:
    assert span(policy, "registration") == moments(
        "2021-06-28 09:00", "2021-07-12 18:00", "000 四(一)1(1)；000 四(二)1(1)"
    )
    for key in ("confirmation", "review"):
        assert span(policy, key)[1:] == (parse_moment("2021-07-16 18:00"), "000 四(一)2；000 四(二)2")
    assert span(policy, "assessment") == moments("2021-07-17 08:00", "2021-07-28 22:00", "000 四；000 五(三)；示例")
    assert span(policy, "base_admission")[1:] == (parse_moment("2021-07-28 22:00"), "000 五(三)")
    assert span(policy, "publicity") == moments("2021-07-29 00:00", "2021-07-31 24:00", "示例")
    assert span(policy, "reallocation") == moments("2021-08-02 00:00", "2021-08-06 24:00", "000 五(四)")
    assert span(policy, "report_in")[1:] == (parse_moment("2021-08-20 18:00"), "000 五(六)")
    assert str(policy.training_starts_on) == "2021-09-01"


def test_one_base_and_one_of_two_specialties(policy: Policy) -> None:
    assert (policy.choices.max_bases, policy.choices.max_specialties) == (1, 1)
    assert policy.choices.clause == "000 四(一)1(7)；000 四(二)"
    catalogue = {row["code"]: row["name"] for row in rows("specialties.csv") if row["track"] == "assistant_gp"}
    assert dict(policy.specialties.names) == catalogue == {"AGP": "助理全科", "AGP-TCM": "中医助理全科"}
    assert policy.specialties.shortage == frozenset()
    assert policy.specialties.clause == "000 二(二)"


def test_the_plan_adds_up_to_what_the_notice_says(policy: Policy) -> None:
    assert policy.plan is not None
    assert policy.plan.total == 711
    bases = [row for row in rows("plans/yunnan-2021-assistant-gp.csv") if row["培训基地"] != "合计"]
    clinical = [int(row["助理全科"]) for row in bases if row["助理全科"].isdigit()]
    tcm = [int(row["中医助理全科"]) for row in bases if row["中医助理全科"].isdigit()]
    assert (len(clinical), sum(clinical), len(tcm), sum(tcm)) == (22, 520, 15, 191)
    assert sum(clinical) + sum(tcm) == policy.plan.total


def test_papers_in_binding_order(policy: Policy) -> None:
    def brought(person_type: str, *, licence: bool) -> list[tuple[str, bool]]:
        return [(rule.kind, rule.required) for rule in policy.papers_for(person_type, {"holds_licence": licence})]

    graduate = [("id_card", True), ("diploma", True), ("degree", False)]
    assert brought("social", licence=False) == graduate
    assert brought("social", licence=True) == [*graduate, ("licence", True)]
    assert brought("delegated", licence=True) == [*graduate, ("licence", True), ("unit_consent", True)]
    assert brought("commissioned", licence=False) == [*graduate, ("unit_consent", True)]
    assert policy.documents_for("social", {}) == ()
    assert policy.form.copies_for("commissioned") == 1


def test_seats_do_not_move_where_nothing_is_short(policy: Policy) -> None:
    assert (policy.quota_moves.allowed, policy.quota_moves.direction) == (False, "none")
    assert policy.reallocation.priority == ("fill_plan", "county_first")
    assert policy.reallocation.geography_for("commissioned") == "any"
    assert policy.transfer.kinds == ("base",)


def test_bans_of_two_years(policy: Policy) -> None:
    assert [(ban.trigger, ban.programme, ban.years, ban.clause) for ban in policy.bans] == [
        ("fraud", "assistant_gp", 0, "000 六(三)1"),
        ("no_show", "assistant_gp", 2, "000 六(三)1"),
        ("withdrawal", "assistant_gp", 2, "000 六(三)1"),
    ]


def test_what_the_notice_leaves_out_is_said(policy: Policy) -> None:
    assert {one.group for one in policy.silences if one.group} == {
        "password", "acceptance", "invitations", "medical_exam", "year_reduction",
    }  # fmt: skip
    assert unexplained(policy) == []


def test_the_description_says_that_nothing_is_short(policy: Policy) -> None:
    told = [sentence.text for sentence in describe(policy)]
    assert "没有紧缺专业。" in told
    assert "共招收 711 人。" in told
    assert not any("年限减免申请表》" in text for text in told)
