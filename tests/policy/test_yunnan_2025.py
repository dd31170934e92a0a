"""The policy of the first journey, value by value against its notice."""

from __future__ import annotations

import re
from pathlib import Path

from gme_portal.policy import Policy, describe, digest, loads


def test_what_the_notice_says_about_choices_and_transfer(policy: Policy) -> None:
    assert (policy.choices.max_bases, policy.choices.max_specialties, policy.choices.ordered) == (1, 3, True)
    assert policy.choices.limit("social") == 3
    assert policy.choices.limit("commissioned") == policy.choices.limit("professional_master") == 1
    assert policy.transfer.kinds == ("base", "province")
    assert policy.transfer.offered_to("delegated")
    assert not policy.transfer.offered_to("professional_master")


def test_all_five_person_types_register_in_person(policy: Policy) -> None:
    codes = [kind.code for kind in policy.person_types if kind.registers]
    assert codes == ["social", "own_staff", "delegated", "commissioned", "professional_master"]
    assert [kind.code for kind in policy.person_types if kind.assigned] == ["commissioned", "professional_master"]
    assert policy.person_type("nobody") is None


def test_the_western_track_has_35_of_37_specialties_and_eight_shortage_ones(policy: Policy) -> None:
    rule = policy.specialties
    assert len(rule.codes) == 35
    assert not {"3500", "3600"} & set(rule.codes)
    assert {rule.name(code) for code in rule.shortage} == {
        "全科", "儿科", "精神科", "妇产科", "麻醉科", "急诊科", "临床病理科", "重症医学科",
    }  # fmt: skip
    assert rule.is_shortage("0700")
    assert not rule.is_shortage("0100")


def test_specialties_are_found_by_code_name_and_alias(policy: Policy) -> None:
    find = policy.specialties.find
    assert find("0700") == find("全科") == find("全  科") == find("全科医学科") == "0700"
    assert find("耳鼻喉科") == "1800"
    assert find("中医全科") is None
    assert find("") is None


def test_documents_depend_on_who_one_is(policy: Policy) -> None:
    def kinds(person_type: str, **facts: object) -> dict[str, bool]:
        return {rule.kind: rule.required for rule in policy.documents_for(person_type, facts)}

    everybody = {"id_front": True, "id_back": True, "diploma": True, "degree": True}
    assert kinds("social", holds_licence=False) == everybody
    assert kinds("social", holds_licence=True) == {**everybody, "licence": True}
    assert kinds("social") == {**everybody, "licence": False}, "still unknown: offered, not required"
    assert kinds("own_staff", holds_licence=False) == {**everybody, "unit_consent": True}
    assert kinds("delegated", holds_licence=False) == {**everybody, "unit_consent": True}
    assert kinds("commissioned", holds_licence=False) == everybody


def test_photo_password_form(policy: Policy) -> None:
    photo = policy.photo
    assert (photo.min_width, photo.min_height, photo.min_kb, photo.max_kb) == (413, 526, 150, 500)
    assert photo.head_is_advice
    assert "30%" in photo.note, "the contradiction of the notice is named"
    assert (policy.password.min_length, policy.password.max_length) == (8, 16)
    assert policy.form.copies_for("social") == 1
    assert policy.form.copies_for("professional_master") == 2


def test_one_account_per_number_and_which_numbers(policy: Policy) -> None:
    assert policy.identity.accepts == ("resident_id", "hk_macao_permit", "taiwan_permit")
    assert policy.identity.clause == "003 (二)注意(3)；003 (二)注意(6)"
    assert policy.password.requires == ("letter", "digit", "special")
    assert policy.password.clause == "003 (二)注意(5)"


def test_a_form_is_taken_back_before_it_is_changed(policy: Policy) -> None:
    assert (policy.registration.mode, policy.registration.changes) == ("online", "withdraw_first")
    assert policy.registration.clause == "003 说明2；003 (六)2"


def test_every_group_the_manual_leaves_out_is_said(policy: Policy) -> None:
    assert {one.group for one in policy.silences if one.group} == {
        "acceptance", "invitations", "medical_exam", "plan", "year_reduction",
    }  # fmt: skip
    assert policy.brochure is not None
    assert policy.brochure.may_decide == ("weights", "exam_dates", "slots", "medical_exam", "contact")
    assert [(paper.kind, paper.clause) for paper in policy.papers] == [("graduation_proof", "003 (三)3请注意；示例")]


def test_scoring_is_whole_numbers(policy: Policy) -> None:
    assert [(part.key, part.weight, part.full_mark) for part in policy.scoring.components] == [
        ("written", 40, 10000),
        ("skills", 20, 10000),
        ("interview", 40, 10000),
    ]


def test_geography_of_the_reallocation(policy: Policy) -> None:
    rule = policy.reallocation
    assert rule.geography_for("social") == "any"
    assert rule.geography_for("commissioned") == "same_or_adjacent"
    assert len(rule.adjacent) == 16, "all prefectures of the province"


def test_whatever_is_borrowed_says_so(policy: Policy) -> None:
    for sentence in describe(policy):
        if re.search(r"(^|；)(000|001|示例)", sentence.clause):
            assert sentence.note, sentence


def test_the_description_can_be_held_against_the_notice(policy: Policy) -> None:
    told = [str(sentence) for sentence in describe(policy)]
    assert "网上报名：2025年6月25日（星期三）10:00 至 2025年7月20日（星期日）22:00。（003 说明3）" in told
    assert any("每人最多填报 1 个基地的 3 个专业，有先后顺序" in sentence for sentence in told)
    assert any("理论笔试满分 100 占 40%" in sentence and "可由基地招生简章另定" in sentence for sentence in told)
    assert any(
        sentence.startswith("公示：2025年8月7日（星期四）00:00 至 2025年8月9日（星期六）24:00") for sentence in told
    )
    silent = [sentence for sentence in describe(policy) if not sentence.clause]
    assert {sentence.section for sentence in silent} == {"通知", "通知未规定"}


def test_a_clause_is_cited_by_the_name_of_its_notice(policy: Policy) -> None:
    assert policy.cite("003 说明3") == f"《{policy.source}》说明3"
    assert policy.cite("003 说明3；001 五(四)").count("《") == 2
    assert policy.cite("示例") == "示例（通知没有规定）"


def test_the_digest_is_of_the_content_not_of_its_dress(policy: Policy, text: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", policy.digest)
    assert digest("# 注释\n\n" + text.replace(" = ", "=")) == policy.digest == digest(text)
    assert digest(text.replace("22:00", "22:01", 1)) != policy.digest


def test_a_new_province_is_one_more_file(text: str) -> None:
    other = text.replace('id = "yunnan-2025-residency"', 'id = "nowhere-2031-residency"').replace(
        'province = "53"', 'province = "64"'
    )
    policy = loads(other, "test")
    assert (policy.id, policy.province) == ("nowhere-2031-residency", "64")


def test_no_code_of_the_policy_names_a_province_or_a_year() -> None:
    root = Path(__file__).resolve().parents[2]
    for folder in ("gme_portal/policy", "applicants/eligibility"):
        for file in (root / folder).rglob("*.py"):
            code = re.sub(r'""".*?"""', "", file.read_text(encoding="utf-8"), flags=re.S)
            code = re.sub(r"#.*", "", code)
            assert not re.search(r"(?i)yunnan|云南|jilin|吉林|hubei|湖北", code), file
