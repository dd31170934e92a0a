"""The difference of two policies, value by value, in sentences two people can approve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from gme_portal.policy import load, loads, schema
from gme_portal.policy.diff import Change, diff
from gme_portal.policy.diff_words import _SKIPPED, told_fields
from tests.policy.conftest import FILE

CET = """
[[documents]]
kind = "cet"
label = "四六级成绩单"
required = false
accepts = ["pdf"]
max_mb = 5
clause = "003 (三)5"
"""
ALL = sorted(FILE.parent.glob("*.toml"))


def changed(text: str, *swaps: tuple[str, str]) -> list[Change]:
    edited = text
    for old, new in swaps:
        assert old in edited, old
        edited = edited.replace(old, new, 1)
    return diff(loads(text, "old"), loads(edited, "new"))


def sentences(text: str, *swaps: tuple[str, str]) -> list[str]:
    return [str(change) for change in changed(text, *swaps)]


def test_nothing_changed_says_nothing(text: str) -> None:
    assert diff(loads(text, "a"), loads(f"# 只加一行注释\n{text}", "b")) == []


def test_a_moved_window(text: str) -> None:
    assert sentences(text, ('closes = "2025-07-20 22:00"', 'closes = "2025-07-22 24:00"')) == [
        "第一批次网上报名截止由 2025年7月20日（星期日）22:00 改为 2025年7月22日（星期二）24:00。（003 说明3）"
    ]


def test_both_ends_of_a_window_are_two_changes(text: str) -> None:
    found = changed(text, ('opens = "2025-08-11 00:00"\ncloses = "2025-08-20 24:00"', 'opens = "2025-08-12 00:00"\ncloses = "2025-08-21 24:00"'))  # fmt: skip
    assert [(change.section, change.kind, change.what) for change in found] == [
        ("时间", "changed", "第一批次省级调剂开始"),
        ("时间", "changed", "第一批次省级调剂截止"),
    ]


def test_a_window_whose_people_change_stays_the_same_window(text: str) -> None:
    swap = ('closes = "2025-08-09 24:00"\n', 'closes = "2025-08-09 24:00"\nperson_types = ["social", "own_staff"]\n')
    assert sentences(text, swap) == [
        "第一批次公示（社会人、本单位人）适用人员由 无 改为 社会人、本单位人。（001 五(四)）"
    ]


def test_a_document_more_and_a_document_less(text: str) -> None:
    more = changed(text, ("[[eligibility]]\n", f"{CET}\n[[eligibility]]\n"))
    assert [str(one) for one in more] == [
        "新增材料“四六级成绩单”：格式 pdf；大小上限（MB） 5；适用 所有人；提交方式 网上上传；复印件份数 1；核对原件 是。（003 (三)5）"
    ]
    assert (more[0].kind, more[0].before) == ("added", "")
    old, new = loads(text.replace('kind = "degree"', 'kind = "diploma_copy"'), "old"), loads(text, "new")
    removed = [one for one in diff(old, new) if one.kind == "removed"]
    assert [one.what for one in removed] == ["材料“学位证书”"]
    assert removed[0].after == ""


def test_a_condition_changes_its_meaning_and_its_words(text: str) -> None:
    found = sentences(
        text,
        ('condition = { fact = "specialty", is = "0700" }', 'condition = { fact = "specialty", in = ["0700", "0100"] }'),
        ("sentence_pass = \"订单定向医学生的专业方向为全科。\"", "sentence_pass = \"订单定向医学生的专业方向为全科或内科。\""),
    )  # fmt: skip
    assert found == [
        "条件“订单定向医学生的专业方向为全科或内科”条件由 培训专业为全科 改为 培训专业为全科、内科之一。（003 说明6）",
        "条件“订单定向医学生的专业方向为全科或内科”符合时对本人说的话"
        "由 订单定向医学生的专业方向为全科 改为 订单定向医学生的专业方向为全科或内科。（003 说明6）",
    ]


def test_a_specialty_more_and_one_that_becomes_short(text: str) -> None:
    swaps = (
        ('    { code = "3700", name = "重症医学科" },\n', '    { code = "3700", name = "重症医学科" },\n    { code = "3500", name = "中医（含傣医学）" },\n'),
        ('shortage = ["0200", ', 'shortage = ["0100", "0200", '),
    )  # fmt: skip
    assert sentences(text, *swaps) == [
        "专业“内科”紧缺专业由 否 改为 是。（000 二(一)）",
        "新增专业“中医（含傣医学）”。（000 二(一)）",
    ]


def test_lists_tell_what_came_and_what_went(text: str) -> None:
    column = '    { key = "years", label = "培训年限" },\n'
    assert sentences(text, (column, "")) == ["学员信息表各列去掉培训年限。（000 五(五)）"]
    assert sentences(text, ('tie_chain = ["written", "interview"', 'tie_chain = ["interview", "written"')) == [
        "同分比较次序由 理论笔试、面试、县级及以下单位优先、抽签号 改为 面试、理论笔试、县级及以下单位优先、抽签号。（003 说明4；001 五(一)；001 五(二)）"
    ]


def test_things_that_only_change_places(text: str) -> None:
    first, second = '    { code = "0100", name = "内科" },\n', '    { code = "0200", name = "儿科" },\n'
    found = changed(text, (first + second, second + first))
    assert [(one.section, one.kind, one.what) for one in found] == [("专业", "moved", "专业")]
    assert found[0].before.startswith("专业“内科”、专业“儿科”")


def test_weights_marks_and_shares(text: str) -> None:
    interview = 'label = "面试"\nfull_mark = 100\n'
    swaps = (
        ("weight = 20", "weight = 30"),
        (f"{interview}weight = 40", f"{interview}weight = 30\nminimum = 60"),
        ("head_ratio = 0.667", "head_ratio = 0.3"),
    )
    assert [one.sentence for one in changed(text, *swaps)] == [
        "照片头部占照片高度由 66.7% 改为 30%。",
        "科目“技能操作”权重（%）由 20 改为 30。",
        "科目“面试”权重（%）由 40 改为 30。",
        "科目“面试”最低分由 无 改为 60。",
    ]


def test_a_clause_and_a_note_are_values_too(text: str) -> None:
    found = sentences(text, ('clause = "003 说明7"', 'clause = "003 (四)2"'))
    assert found == ["“志愿”的规定的依据由 003 说明7 改为 003 (四)2。（003 (四)2）"]


def test_another_notice_is_compared_by_what_it_says_and_not_by_where_it_says_it(text: str) -> None:
    old = loads(text, "old")
    new = loads(
        text.replace('id = "yunnan-2025-residency"', 'id = "later"')
        .replace('clause = "003 说明7"', 'clause = "003 (四)2"')
        .replace('note = "手册没有写，取同省2021年通知。"', 'note = "另有说明。"')
        .replace("您的禁止报名期至{ban_until}，", "您的禁止报名期到{ban_until}为止，"),
        "new",
    )
    assert [str(change) for change in diff(old, new)] == [
        "条件“没有处于禁止报名期的诚信记录”不符合时对本人说的话由 "
        "录取后不按要求报到或退出、终止培训的，3 年内不得报名；您的禁止报名期至〔禁止报名截止日〕，当日起可以报名 改为 "
        "录取后不按要求报到或退出、终止培训的，3 年内不得报名；您的禁止报名期到〔禁止报名截止日〕为止，当日起可以报名。（000 六(三)1）"
    ]


def test_names_in_a_table_tell_what_came_and_what_went(text: str) -> None:
    assert sentences(text, ('"超声科" = "超声医学科"', '"超声" = "超声医学科"')) == [
        "专业别名增加超声 超声医学科，去掉超声科 超声医学科。（000 二(一)）"
    ]


def test_the_day_the_training_starts_is_a_day(text: str) -> None:
    assert sentences(text, ('on = "2025-09-01"', 'on = "2025-09-08"')) == [
        "第一批次开始培训日期由 2025年9月1日（星期一） 改为 2025年9月8日（星期一）。（001 六(一)）"
    ]


def test_what_a_notice_does_not_say_is_not_nought(text: str) -> None:
    assert sentences(text, ("max_kb = 500", "max_kb = 0"))[0].startswith("照片最大（KB）由 500 改为 无。")


def test_a_group_that_comes_is_added_as_a_whole(text: str) -> None:
    group = '[plan]\ntotal = 577\nclause = "000 三"\nnote = "手册没有写。"\n\n[quota_moves]\n'
    gone = next(one for one in loads(text, "old").silences if one.group == "plan")
    block = f'[[silences]]\ntopic = "{gone.topic}"\ngroup = "plan"\nnote = "{gone.note}"\n'
    found = [str(one) for one in changed(text, ("[quota_moves]\n", group), (block, ""))]
    assert "新增“计划”的规定：计划总数 577；说明 手册没有写。（000 三）" in found
    assert any(one.startswith(f"删去“{gone.topic}”") for one in found)


@pytest.mark.parametrize(
    ("one", "other"), [*pairwise(ALL), (ALL[-1], ALL[0]), (FILE, FILE)], ids=lambda path: path.stem
)
def test_any_two_policies_can_be_told_apart_in_words(one: Path, other: Path) -> None:
    """Also quite different ones: every sentence is Chinese, deterministic, and none is there for the same."""
    found = diff(load(one), load(other))
    assert (found == []) == (one == other)
    assert found == diff(load(one), load(other))
    assert all("(" not in one.what or "（" in one.sentence for one in found)
    for change in found:
        assert not any(
            word in change.sentence for word in ("None", "True", "False", "Compare(", "datetime", "frozenset")
        )


def classes() -> Iterator[type]:
    for one in vars(schema).values():
        if isinstance(one, type) and is_dataclass(one) and one is not schema.Column:
            yield one


@pytest.mark.parametrize("cls", list(classes()), ids=lambda cls: cls.__name__)
def test_every_field_of_the_schema_is_told_or_left_out_on_purpose(cls: type) -> None:
    told, names = told_fields(cls), {one.name for one in fields(cls)}
    assert set(told) | _SKIPPED.get(cls, set()) == names
    assert len(set(told.values())) == len(told), "two fields under one name would hide one another"
