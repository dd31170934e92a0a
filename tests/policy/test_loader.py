"""A broken policy never loads by half, and says everything that is wrong at once, with path, line and a Chinese sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gme_portal.policy import PolicyError, load, loads


def problems(text: str) -> dict[str, str]:
    with pytest.raises(PolicyError) as caught:
        loads(text, "test.toml")
    return {problem.path: problem.sentence for problem in caught.value.problems}


def swap(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ('closes = "2025-07-20 22:00"', 'closes = "2025-06-25 10:00"', "windows.registration[0].closes", "不晚于开始时间"),
        ('closes = "2025-07-20 22:00"', 'closes = "7月20日22时"', "windows.registration[0].closes", "读不懂"),
        ('closes = "2025-07-20 22:00"', "closes = 20250720", "windows.registration[0].closes", "应为文字"),
        ('closes = "2025-07-20 22:00"\n', "", "windows.registration[0].closes", "缺少这一项"),
        ('clause = "003 说明3"\n', "", "windows.registration[0].clause", "缺少这一项"),
        ('clause = "003 说明3"', 'clause = "003"', "windows.registration[0].clause", "请写明条款"),
        ('clause = "003 说明3"', 'clause = "999 一"', "windows.registration[0].clause", "没有在 sources 中列出"),
        ('clause = "003 说明3"', 'clause = "001 四(一)"', "windows.registration[0].note", "不是本通知的条款"),
        ('clause = "003 说明3"', 'clause = "示例"', "windows.registration[0].note", "不是本通知的条款"),
        ("max_bases = 1", "max_base = 1", "choices.max_base", "没有这个键"),
        ("max_bases = 1", "max_base = 1", "choices.max_bases", "缺少这一项"),
        ("max_bases = 1", "max_bases = true", "choices.max_bases", "应为整数"),
        ("max_bases = 1", "max_bases = 0", "choices.max_bases", "应在 1 到 10 之间"),
        ("ordered = true", 'ordered = "yes"', "choices.ordered", "应为“true”或“false”"),
        ("commissioned = 1,", "commisioned = 1,", "choices.limits.commisioned", "没有人员类型"),
        ("weight = 20", "weight = 30", "scoring.components", "相加为 110%"),
        ("weight = 20", "weight = 20.5", "scoring.components[1].weight", "应为整数"),
        ('tie_chain = ["written"', 'tie_chain = ["essay"', "scoring.tie_chain[0]", "不在可用的值之内"),
        ('"county", "lottery"]', '"lottery", "county"]', "scoring.tie_chain", "最后一项须为 lottery"),
        ('"county", "lottery"]', '"county"]', "scoring.tie_chain", "最后一项须为 lottery"),
        ('5306 = ["5301", "5303"]', '5306 = ["5301", "5303", "昆明"]', "reallocation.adjacent.5306", "不是州市代码"),
        ('province = "53"', 'province = "99"', "province", "写法不对"),
        ('province = "53"', "province = 53", "province", "应为文字"),
        ('code = "delegated"', 'code = "social"', "person_types[2].code", "重复"),
        ("max_kb = 500", "max_kb = 100", "photo.max_kb", "小于下限"),
        ("max_length = 16", "max_length = 7", "password.max_length", "小于最短"),
        ("allowed = true", "allowed = false", "quota_moves.direction", "矛盾"),
        ('"0500", "0700"', '"0500", "9900"', "specialties.shortage[3]", "不在可用的值之内"),
        ('code = "0200", name', 'code = "0100", name', "specialties.list[1].code", "重复"),
        ('fact = "holds_licence"', 'fact = "holds_license"', "documents[4].applies.fact", "不在事实词表内"),
        ('is = "0700"', 'is = "0701"', "eligibility[6].condition.is", "不在可用的值之内"),
        ("至{ban_until}", "至{banned_until}", "eligibility[3].sentence_fail", "不在事实词表内"),
        ('{ key = "name", label', '{ key = "id_number", label', "publicity.columns[2].key", "不在可用的值之内"),
        ('5306 = ["5301", "5303"]', '5306 = ["5301"]', "reallocation.adjacent.5303", "5306 一行没有 5303"),
        ("own = true", "own = false", "sources", "恰有一份"),
        ("schema = 1", "schema = 2", "schema", "只读版本 1"),
        ('hours = ["08:00-11:30", "14:00-17:00"]', 'hours = ["08:00-11:30", "11:00-17:00"]', "windows.confirmation[0].hours[1]", "重叠"),
        ("[contact]", "[contacts]", "contact", "缺少这一项"),
        ("[contact]", "[contacts]", "contacts", "没有这个键"),
        ('closes = "2025-07-20 22:00"', 'closes = "2025-07-20 24:01"', "windows.registration[0].closes", "读不懂"),
        ('closes = "2025-07-20 22:00"', 'closes = "9999-12-31 24:00"', "windows.registration[0].closes", "读不懂"),
        ('url = "http://www.ynwsjkrc.cn"', 'url = "mailto:a@.com"', "contact.url", "写法不对"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_by_its_path(text: str, old: str, new: str, path: str, says: str) -> None:
    found = problems(swap(text, old, new))
    assert says in found[path], found


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ('opens = "2025-08-07 00:00"', 'opens = "2025-08-06 00:00"', "windows.publicity[0].opens", "基地录取要到"),
        ('closes = "2025-08-09 24:00"', 'closes = "2025-08-09 18:00"', "windows.publicity[0].closes", "不足规定的 3 天"),
        ('opens = "2025-08-11 00:00"', 'opens = "2025-08-09 00:00"', "windows.reallocation[0].opens", "公示要到"),
        ("[[windows.report_in]]", "[[windows.registration]]", "windows.report_in", "没有报到时间"),
        ("[[windows.report_in]]", "[[windows.registration]]", "windows.registration[1]", "写了两次"),
        ('closes = "2025-07-20 22:00"', 'closes = "2025-07-20 22:00"\nperson_types = ["social"]', "windows.registration", "没有报名时间"),
    ],
)  # fmt: skip
def test_windows_must_fit_one_another(text: str, old: str, new: str, path: str, says: str) -> None:
    with pytest.raises(PolicyError) as caught:
        loads(swap(text, old, new), "test.toml")
    assert any(says in problem.sentence for problem in caught.value.problems if problem.path == path), caught.value


def test_publicity_may_take_exactly_its_days(text: str) -> None:
    assert loads(text, "test.toml").publicity.days == 3


def test_all_problems_are_told_at_once_in_the_order_of_the_file(text: str) -> None:
    broken = swap(
        swap(swap(text, "max_bases = 1", "max_bases = 0"), "weight = 20", "weight = 21"),
        'province = "53"',
        "province = 53",
    )
    with pytest.raises(PolicyError) as caught:
        loads(broken, "test.toml")
    assert [problem.path for problem in caught.value.problems] == [
        "province",
        "choices.max_bases",
        "scoring.components",
    ]
    assert "共 3 处问题" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('closes = "2025-08-20 24:00"', 'closes = "x"', "windows.reallocation[0].closes"),
        ("weight = 20", 'weight = "x"', "scoring.components[1].weight"),
        ('{ code = "3700", name', '{ code = "0100", name', "specialties.list[34].code"),
        ('fact = "commission_in_breach"', 'fact = "x"', "eligibility[5].condition.fact"),
    ],
)
def test_a_problem_names_the_line_it_stands_in(text: str, old: str, new: str, path: str) -> None:
    broken = swap(text, old, new)
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(PolicyError) as caught:
        loads(broken, "test.toml")
    assert [problem.line for problem in caught.value.problems if problem.path == path] == [line]


def test_a_missing_key_names_the_line_of_its_table(text: str) -> None:
    broken = swap(text, "max_bases = 1\n", "")
    with pytest.raises(PolicyError) as caught:
        loads(broken, "test.toml")
    assert caught.value.problems[0].line == broken[: broken.index("[choices]")].count("\n") + 1


@pytest.mark.parametrize("broken", ["title = ", "a = 1\na = 2", "[x\n", "title = 'x' y"])
def test_what_is_not_toml_is_refused_in_chinese_with_a_line(broken: str) -> None:
    with pytest.raises(PolicyError) as caught:
        loads(broken, "test.toml")
    (problem,) = caught.value.problems
    assert problem.line
    assert "TOML 语法" in problem.sentence


def test_every_problem_names_a_line(text: str) -> None:
    for old, new, line_holds in (
        ("[[bans]]", "[[bansx]]", "[[bansx]]"),
        ("[[windows.review]]", "[[windows.reviewx]]", "[[windows.reviewx]]"),
        ('"全科医学科" = "全科"', '"全科医学科" = 5', '"全科医学科"'),
        ("[choices]", '[choices]\n"a[b" = 1', '"a[b"'),
        ('title = "', 'titel = "', "titel"),
    ):
        broken = swap(text, old, new)
        with pytest.raises(PolicyError) as caught:
            loads(broken, "test.toml")
        rows = broken.split("\n")
        assert all(problem.line for problem in caught.value.problems), str(caught.value)
        assert any(line_holds in rows[(problem.line or 0) - 1] for problem in caught.value.problems), str(caught.value)


def test_a_key_written_twice_is_named_with_its_second_line(text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        loads(swap(text, "max_bases = 1", "max_bases = 1\nmax_bases = 2"), "test.toml")
    (problem,) = caught.value.problems
    assert (problem.path, problem.sentence) == ("max_bases", "这个键或表写了两次，请删去一处")
    assert problem.line == text[: text.index("max_bases")].count("\n") + 2


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "嵌套超过"),
        ("[a" + ".b" * 5000 + "]", "嵌套超过"),
        ("a = " + "9" * 5000, "不符合 TOML 语法"),
        ("# " + "字" * 2_000_000, "不像一份规则文件"),
    ],
)
def test_a_text_that_would_take_forever_is_refused(broken: str, says: str) -> None:
    assert says in problems(broken)[""]


def test_a_byte_order_mark_is_no_mistake(text: str) -> None:
    assert loads("\ufeff" + text, "test.toml") == loads(text, "test.toml")


def test_an_empty_file_lacks_everything_and_still_says_so() -> None:
    found = problems("")
    assert {"id", "title", "windows", "choices", "eligibility", "scoring", "bans", "sources"} <= set(found)


def test_problems_are_written_in_chinese(text: str) -> None:
    for sentence in problems(re.sub(r"= \d+", '= "x"', text)).values():
        assert re.search(r"[\u4e00-\u9fff]", sentence)


def test_the_file_name_is_the_id(tmp_path: Path, text: str) -> None:
    other = tmp_path / "yunnan-2026-residency.toml"
    other.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match="与文件名"):
        load(other)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "yunnan-2025-residency.toml"
    file.write_bytes(text.encode("gb18030"))
    with pytest.raises(PolicyError, match="UTF-8"):
        load(file)
