"""What bases and the provincial office do under any notice with what was filed: review, confirmation, marks, admission, publicity, reallocation, report-in."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import load_workbook

from admissions.scoring import format_mark
from bases.models import Specialty, TrainingBase
from tests.journey.cast import Figure
from tests.journey.province import Province
from tests.journey.reader import Reader

RETURNED, WORDS = "照片不合格", "请换一张近照。"


def distribute_others(province: Province) -> None:
    """Where the plan gives the rest of a base as one number (其他): the base's lead says for which specialties, the province approves."""
    for base in province.bases:
        codes = province.others.get(base.code, [])
        if not codes:
            continue
        lead = province.crew(base)[1]
        lead.go("录取")
        lead.follow("调整名额" if province.policy.quota_moves.allowed else "名额台账")
        lead.follow("其他专业分配", anywhere=True)
        asked = {f"{Specialty.objects.get(pk=code).name}招收人数": codes.count(code) for code in dict.fromkeys(codes)}
        lead.press("提交省级批准", asked)
        officer = province.at("officer")
        officer.go("招收计划")
        officer.follow("其他专业分配", anywhere=True)
        officer.press("批准", inside=base.name)


def commit_to_lots(province: Province, round_key: str) -> None:
    """Where equals are told apart by lot: before the close the office names the public draw that will count."""
    officer = _lots(province, "officer", round_key)
    officer.press("公布承诺", {"以哪一次公开抽签为准": "报名截止次日在示例公证处公证的现场抽签"})
    officer.sees("承诺已公布")


def draw_lots(province: Province, round_key: str) -> None:
    """After the close one enters the public draw, another types it again."""
    for login, button in (("officer", "录入"), ("lead", "复核")):
        reader = _lots(province, login, round_key)
        reader.press(button, {"公开抽签结果": "07 11 23 28 30 31"})
    reader.sees("抽签已完成")


def _lots(province: Province, login: str, round_key: str) -> Reader:
    reader = province.at(login)
    reader.go("省级调剂")
    reader.follow("抽签")
    in_round(province, reader, round_key)
    return reader


def in_round(province: Province, reader: Reader, round_key: str) -> None:
    """Where a notice has several rounds, the page of this one."""
    label = province.policy.round(round_key).label
    if reader.has_tab(label):
        reader.follow(label, anywhere=True)


def invite(province: Province, base: TrainingBase, figure: Figure) -> None:
    """The base looks among those without a place, sees no name and no number, and invites."""
    editor = province.crew(base)[0]
    editor.go("工作台")
    editor.follow("邀请")
    editor.follow("查找考生")
    editor.sees_not(figure.name, figure.document_number)
    editor.follow("邀请", inside=figure.kind.label)
    name = Specialty.objects.get(pk=figure.specialty).name
    wanted = next(words for words in editor.options("邀请专业", "发出邀请") if words.startswith(f"{name}（"))
    editor.press("发出邀请", {"邀请专业": wanted})


def _open_person(reader: Reader, figure: Figure) -> None:
    reader.go("资格审核")
    reader.follow(figure.name)
    assert reader.title == figure.name


def approve(editor: Reader, figure: Figure) -> None:
    _open_person(editor, figure)
    editor.press("通过")
    editor.sees(f"已通过：{figure.name}")


def send_back(editor: Reader, figure: Figure) -> None:
    """Every file lies beside the data and really is there; back it goes, with a reason from the list and words of one's own."""
    _open_person(editor, figure)
    for picture in editor.main.iter("img"):
        assert len(editor.file(picture.get("src"))) > 500, picture.get("src")
    editor.press("退回修改", {"退回原因": RETURNED, "补充说明": WORDS})
    editor.sees(f"已退回：{figure.name}")


def confirm(editor: Reader, figure: Figure) -> None:
    """The person stands at the counter with form and papers; every one the notice asks for is ticked."""
    editor.go("现场确认")
    editor.press("查找", {"扫码或输入报名号": figure.number}, inside="扫码确认")
    assert editor.title == figure.name
    (label,) = editor.asks("确认")
    papers = list(editor.options(label, "确认"))
    for rule in figure.policy.papers_for(figure.kind.code, {"holds_licence": False, "nationality": "CN"}):
        if rule.required:
            assert any(rule.label in one for one in papers), (rule.label, papers)
    editor.press("确认", {label: papers})
    editor.sees(f"已确认：{figure.name}")


def mark(province: Province, base: TrainingBase, people: Sequence[Figure]) -> None:
    """One person enters every component and check of the notice in the grid, another confirms and locks."""
    scoring = province.policy.scoring
    editor, lead, _ = province.crew(base)
    editor.go("考核成绩")
    (heads,) = [heads for heads in editor.heads() if heads[0] == "考生"]
    for part in scoring.components:
        assert f"{part.label}满分 {part.full_mark // 100}" in heads
    for check in scoring.checks:
        assert f"{check.label}合格或不合格" in heads
    marks = {}
    for one in people:
        for part in scoring.components:
            marks[f"{one.name} {part.label}"] = format_mark(part.full_mark * one.percent // 100)
        for check in scoring.checks:
            marks[f"{one.name} {check.label}"] = "合格"
    editor.press("保存本页", marks)
    editor.press("提交复核")
    editor.sees("待第二人复核")
    lead.go("考核成绩")
    lead.follow("去复核")
    lead.press("确认并锁定")
    lead.sees("已复核锁定")


def admit(province: Province, base: TrainingBase) -> None:
    """The lead computes, another lead approves and publishes."""
    _, lead, second = province.crew(base)
    lead.go("录取")
    lead.press("运算")
    lead.sees("您是经办人，须由另一人批准")
    assert not lead.offers("批准并公布")
    second.go("录取")
    second.follow("查看结果与说明")
    second.press("批准并公布")


def show(
    province: Province, base: TrainingBase, round_key: str, admitted: Sequence[Figure], others: Sequence[Figure]
) -> None:
    """Anybody reads the list: the notice's columns, who is on it and nobody else, nothing of an identity number."""
    visitor = Reader("visitor")
    visitor.open("/")
    visitor.follow("公示名单")
    called = province.policy.round(round_key).label if len(province.rounds) > 1 else ""
    visitor.follow(next(title for title in _titles(visitor) if f"{base.name}{called}" in title))
    rows = visitor.rows()[: len(admitted)]
    assert visitor.heads()[0] == [column.label for column in province.policy.publicity.columns]
    assert len(rows) == len(admitted)
    names = {column.key: column.label for column in province.policy.publicity.columns}
    for one in admitted:
        assert any(one.number in row.values() or one.name in row.get(names.get("name", ""), "") for row in rows), (
            one.name
        )
        assert one.document_number[6:] not in visitor.text
    for one in others:
        assert one.name not in visitor.text
        assert one.number not in visitor.text
    visitor.sees(province.policy.cite(province.policy.publicity.clause))
    province.staff[f"visitor {round_key} {base.code}"] = visitor


def _titles(reader: Reader) -> list[str]:
    return [one.text_content().strip() for one in reader.main.iter("a") if "名单" in (one.text_content() or "")]


def reallocate(province: Province) -> None:
    """The officer computes, the lead of the province approves."""
    officer, lead = province.at("officer"), province.at("lead")
    officer.go("省级调剂")
    officer.sees(province.policy.cite(province.policy.reallocation.clause))
    officer.press("正式运算")
    lead.go("待复核")
    lead.follow("去复核")
    lead.press("批准并公布")
    lead.sees("公示中")


def receive(province: Province, base: TrainingBase, figure: Figure) -> None:
    """The person has come."""
    editor = province.crew(base)[0]
    editor.go("报到")
    editor.press(f"确认报到：{figure.name}", inside=figure.name)
    editor.sees(f"{figure.name}（报名号 {figure.number}）：已报到")


def rosters(province: Province, listed: Sequence[Figure]) -> None:
    """The notice's columns, at once with the numbers masked, in full for a purpose and by a second person."""
    columns = province.policy.roster.columns
    officer, lead = province.at("officer"), province.at("lead")
    officer.go("名册导出")
    masked = _lines(officer.fetch("导出 XLSX"), [column.label for column in columns])
    officer.press("提交申请", {"用途": "上报国家住培信息管理系统"})
    officer.sees("待批准")
    lead.go("名册导出")
    lead.press("批准并生成")
    full = _lines(lead.fetch("下载"), [column.label for column in columns])
    for one in listed:
        own = {"name": one.name, "id_number": one.document_number, "mobile": one.phone, "person_type": one.kind.label}
        wanted = {column.label: own[column.key] for column in columns if column.key in own}
        assert any(wanted.items() <= line.items() for line in full), (wanted, full)
        assert not any(one.document_number in line.values() or one.phone in line.values() for line in masked)
    assert len(masked) == len(full) == len(listed)


def _lines(content: bytes, labels: list[str]) -> list[dict[str, str]]:
    """The filled rows under the heading with exactly these labels."""
    rows = [
        ["" if value is None else str(value) for value in row]
        for row in load_workbook(io.BytesIO(content)).active.values
    ]
    place = next(
        number for number, row in enumerate(rows) if row[: len(labels)] == labels and not any(row[len(labels) :])
    )
    filled = [dict(zip(labels, row, strict=False)) for row in rows[place + 1 :]]
    return [line for line in filled if line[labels[0]].isdigit()]
