"""One whole year in real Chromium, from the first text message to the roster: three applicants, a base, the province, second persons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.journey import applying, judging
from tests.journey.pages import DESKTOP, PHONE
from tests.journey.papers import Printed
from tests.journey.world import Applicant

FIRST = Applicant("示例甲", 1, "13900000001", ("内科", "外科"))
SECOND = Applicant("示例乙·演练", 2, "13900000002", ("内科",), ("服从省级统一调剂至其他基地或专业",))
THIRD = Applicant("示例丙", 3, "13900000003", ("外科", "儿科", "全科"))


@contextmanager
def step(name: str) -> Iterator[None]:
    """Tells in a failure how far the year had come."""
    try:
        yield
    except Exception as error:
        error.add_note(f"while: {name}")
        raise


def test_a_whole_year(world, someone, staff, at):
    base, other = world.bases
    first, second, third = (
        someone(name, viewport=size) for name, size in (("first", DESKTOP), ("second", PHONE), ("third", DESKTOP))
    )

    with step("three people register and file"):
        at("2025-07-10 09:00:00")
        receipts = []
        for walker, person in ((first, FIRST), (second, SECOND), (third, THIRD)):
            applying.register(walker, person)
            applying.fill_in(walker, person)
            applying.choose(walker, person, base.name)
            receipts.append(applying.submit(walker))
        assert receipts == ["2025100001-01", "2025100002-01", "2025100003-01"]

    with step("the form is printed"):
        form = Printed(*first.fetch("打印报名表"), keep="form")
        assert form.pages == 1
        assert "2025100001-01" in form.text
        for words in (FIRST.name, FIRST.document_number, base.name, "内科", "外科", "昆明医科大学"):
            assert words in form.text, words
        assert 0.02 < form.ink < 0.4

    with step("the base returns one, approves one and rejects one"):
        at("2025-07-12 10:00:00")
        editor = staff("base1.editor")
        judging.send_back(editor, SECOND.name, "照片不合格", "请换一张近照。")
        judging.approve(editor, FIRST.name)
        judging.reject(editor, THIRD.name, "000 一(一)", "所学专业不在本次招录范围内。")

    with step("the person reads why, corrects and files again"):
        at("2025-07-12 20:00:00")
        second.open("apply:home")
        second.sees("报名被退回", "个人照片不符合要求", "请换一张近照。", "2025100002-01")
        second.look("returned")
        second.open("profile:photo")
        second.attach("photo.jpg", SECOND.portrait(background="#EDEFF2"))
        second.press("上传")
        second.sees("逐项检查结果", "可以自动修正")
        second.look("photo-repair")
        second.press("采用修正后的照片")
        second.sees("现在的照片")
        second.open("apply:check")
        second.sees("与上次提交比较")
        receipts[1] = applying.submit(second)
        assert receipts[1] == "2025100002-02"
        second.sees("与上一版相比的改动", "个人照片")

    with step("the base approves the new version"):
        at("2025-07-13 10:00:00")
        judging.open_person(editor, SECOND.name)
        editor.sees("与第 1 版有 1 处不同")
        editor.page.keyboard.press("a")
        editor.sees("已通过")
        third.open("apply:home")
        third.sees("审核不通过", "所学专业不在本次招录范围内。")
        third.look("rejected")

    with step("on-site confirmation"):
        at("2025-07-22 09:00:00")
        check = re.search(r"校验\s*([0-9a-f]{12})", form.text)
        assert check
        judging.confirm(editor, FIRST.name, f"{receipts[0]}-{check[1]}", said="纸质报名表与系统一致")
        judging.confirm(editor, SECOND.name, receipts[1], said="没有扫描校验码")

    with step("marks: a wrong cell, a sheet with one bad row, a good one"):
        at("2025-08-01 09:00:00")
        editor.open("base:scores")
        judging.mark_cell(editor, FIRST.name, "理论笔试", "100.5")
        editor.sees("不能超过 100 分")
        editor.press("保存本页")
        editor.sees("不能超过")
        assert editor.page.get_by_role("textbox", name=f"{FIRST.name} 理论笔试").input_value() == "100.5"
        editor.look("bad-cell")
        editor.open("base:scores")
        assert editor.page.get_by_role("textbox", name=f"{FIRST.name} 理论笔试").input_value() == ""
        template = editor.download(lambda: editor.follow("下载成绩表"))
        judging.upload_marks(
            editor,
            judging.marked_sheet(template, {FIRST.name: ("90", "88", "91.5"), SECOND.name: ("80", "100.5", "75")}),
        )
        editor.sees("表中有错误，没有导入", "100.5")
        editor.look("bad-sheet")
        editor.open("base:scores")
        editor.sees("已录 0 / 6 项")
        judging.upload_marks(
            editor, judging.marked_sheet(template, {FIRST.name: ("90", "88", "91.5"), SECOND.name: ("80", "79", "75")})
        )
        editor.sees("改动 6 处")
        editor.look("import")
        editor.press("导入这 6 处")
        editor.sees("已录 6 / 6 项")
        editor.press("提交复核")
        editor.confirm("提交成绩？", "提交复核")
        editor.sees("待第二人复核")
        lead = staff("base1.lead")
        lead.open("base:scores_confirm")
        lead.sees("90.20", "77.80")
        lead.look("confirm-marks")
        lead.press("确认并锁定")
        lead.confirm("确认并锁定成绩？", "确认并锁定")
        lead.sees("已复核锁定")
        expect(lead.page.locator("main input.mark")).to_have_count(0)
