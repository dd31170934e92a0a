"""A base's brochure decides only what the notice leaves to it, and every mistake is named by its path."""

from __future__ import annotations

from datetime import datetime

import pytest

from gme_portal.policy import Policy, PolicyError, describe_supplement, loads, loads_supplement
from gme_portal.policy.moments import SHANGHAI

TEXT = """
schema = 1
policy = "yunnan-2025-residency"
base = "test-base"
base_name = "示例医院"
title = "示例医院2025年招收简章"

[[sources]]
key = "J"
name = "示例医院2025年招收简章"
own = true

[weights]
written = 50
skills = 10
interview = 40
clause = "J 五(一)"

[[exams]]
component = "written"
opens = "2025-07-28 09:00"
closes = "2025-07-28 11:00"
place = "示例楼2楼"
clause = "J 五(一)"

[[slots]]
on = "2025-07-21"
hours = ["08:00-11:30", "14:00-17:00"]
place = "示例楼1楼"
capacity = 60
clause = "J 四(二)"

[medical_exam]
need = "required"
standard = "公务员标准"
until = "2025-08-06 24:00"
clause = "J 五(三)"

[contact]
phone = "0871-00000000"
email = "office@example.org"
clause = "J 九"

[[facts]]
topic = "住宿"
note = "免费提供。"
"""


def problems(text: str, policy: Policy) -> dict[str, str]:
    with pytest.raises(PolicyError) as caught:
        loads_supplement(text, "test.toml", policy)
    return {problem.path: problem.sentence for problem in caught.value.problems}


def test_a_brochure_changes_the_weights_and_adds_the_medical_check(policy: Policy) -> None:
    scoring = loads_supplement(TEXT, "test.toml", policy).scoring(policy)
    assert {part.key: part.weight for part in scoring.components} == {"written": 50, "skills": 10, "interview": 40}
    assert [check.key for check in scoring.checks] == ["medical"]
    assert scoring.clause == "J 五(一)"
    assert {part.key: part.weight for part in policy.scoring.components}["written"] == 40, "the policy itself stays"


def test_a_brochure_without_weights_leaves_the_scoring_alone(policy: Policy) -> None:
    bare = TEXT[: TEXT.index("[weights]")]
    assert loads_supplement(bare, "test.toml", policy).scoring(policy) == policy.scoring


def test_days_end_at_midnight_and_hours_are_kept(policy: Policy) -> None:
    brochure = loads_supplement(TEXT, "test.toml", policy)
    assert brochure.medical_exam is not None
    assert brochure.medical_exam.until == datetime(2025, 8, 7, tzinfo=SHANGHAI)
    assert [f"{begins:%H:%M}" for begins, _ in brochure.slots[0].hours] == ["08:00", "14:00"]


def test_it_is_told_in_sentences(policy: Policy) -> None:
    said = [str(sentence) for sentence in describe_supplement(loads_supplement(TEXT, "test.toml", policy), policy)]
    assert "成绩：理论笔试占 50%，技能操作占 10%，面试占 40%。（J 五(一)）" in said
    assert any("体检合格方可录取，2025年8月6日（星期三）24:00前交体检报告" in line for line in said)


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ("written = 50", "written = 51", "weights", "相加为 101%"),
        ("skills = 10\n", "", "weights.skills", "缺少这一项"),
        ("skills = 10", "essay = 10", "weights.essay", "没有这个键"),
        ('component = "written"', 'component = "essay"', "exams[0].component", "不在可用的值之内"),
        ('closes = "2025-07-28 11:00"', 'closes = "2025-07-28 09:00"', "exams[0].closes", "不晚于开始时间"),
        ('opens = "2025-07-28 09:00"', 'opens = "2025-07-28 08:59"', "exams[0].opens", "不在通知规定的考核时间"),
        ('email = "office@example.org"', 'email = "3225714607@.com"', "contact.email", "写法不对"),
        ('policy = "yunnan-2025-residency"', 'policy = "another"', "policy", "不属于"),
        ('clause = "J 九"', 'clause = "K 九"', "contact.clause", "没有在 sources 中列出"),
        ('topic = "住宿"', 'topics = "住宿"', "facts[0].topics", "没有这个键"),
    ],
)
def test_each_mistake_is_named(policy: Policy, old: str, new: str, path: str, says: str) -> None:
    assert old in TEXT
    assert says in problems(TEXT.replace(old, new, 1), policy)[path]


def test_what_the_notice_keeps_to_itself_is_refused(text: str) -> None:
    strict = loads(text.replace('may_decide = ["weights", ', "may_decide = ["), "strict.toml")
    assert problems(TEXT, strict)["weights"] == "通知没有把“各科权重”交给基地决定"
