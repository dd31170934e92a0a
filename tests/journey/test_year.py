"""One whole year in real Chromium, from the first text message to the roster: three applicants, a base, the province, second persons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from django.core.management import call_command
from playwright.sync_api import expect

from admissions.tasks import follow_deadlines
from tests.journey import admitting, applying, judging, papers
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


def test_a_whole_year(world, someone, staff, at, tmp_path):
    base = world.bases[0]
    first, second, third = (
        someone(name, viewport=size) for name, size in (("first", DESKTOP), ("second", PHONE), ("third", DESKTOP))
    )

    with step("three people register and file"):
        at("2025-07-10 09:00:00")
        receipts, pages = [], []
        for walker, person in ((first, FIRST), (second, SECOND), (third, THIRD)):
            applying.register(walker, person)
            applying.fill_in(walker, person)
            applying.choose(walker, person, base.name)
            receipts.append(applying.submit(walker))
            pages.append(walker.page.url)
        began = int(receipts[0].removesuffix("-01"))
        assert receipts == [f"{began + place}-01" for place in range(3)]

    with step("the form is printed"):
        form = Printed(*first.fetch("打印报名表"), keep="form")
        assert form.pages == 1
        assert receipts[0] in form.text
        for words in (FIRST.name, FIRST.document_number, base.name, "内科", "外科", "昆明医科大学"):
            assert words in form.text, words
        assert 0.02 < form.ink < 0.4

    with step("the province commits to the lottery"):
        officer = staff("province_officer")
        commitment = admitting.commit_lottery(officer)

    with step("the base returns one, approves one and rejects one"):
        at("2025-07-12 10:00:00")
        editor = staff("base1.editor")
        judging.send_back(editor, SECOND.name, "照片不合格", "请换一张近照。")
        judging.approve(editor, FIRST.name)
        judging.reject(editor, THIRD.name, "000 一(一)", "所学专业不在本次招录范围内。")

    with step("the person reads why, corrects and files again"):
        at("2025-07-12 20:00:00")
        second.open("apply:home")
        second.sees("报名被退回", "个人照片不符合要求", "请换一张近照。", receipts[1])
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
        assert receipts[1] == f"{began + 1}-02"
        second.sees("与上一版相比的改动", "个人照片")

    with step("the base approves the new version"):
        at("2025-07-13 10:00:00")
        judging.open_person(editor, SECOND.name)
        editor.sees("与第 1 版有 1 处不同")
        editor.page.keyboard.press("a")
        editor.sees("已通过")
        third.open("apply:home")
        third.sees("资格审核未通过")
        third.follow("查看原因")
        third.sees("所学专业不在本次招录范围内。", "一(一)")
        third.look("rejected")

    with step("registration is over: the public draw, typed by two"):
        at("2025-07-21 09:00:00")
        admitting.enter_draw(officer)
        province_lead = staff("province_lead")
        admitting.confirm_draw(province_lead)
        public = someone("public", viewport=PHONE)
        public.open("public:lottery")
        public.sees(commitment, admitting.DRAWN, "密钥随第一个录取结果一起公开")

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
        editor.sees("100.5 分超过满分 100 分")
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

    with step("seats move to a shortage specialty, the lead computes, a second person approves"):
        at("2025-08-05 09:00:00")
        admitting.move_seats(lead, "外科", "儿科", 1)
        admitting.compute(lead)
        lead.sees("拟录取", SECOND.name, "未录取")
        lead.sees("您是经办人，须由另一人批准")
        expect(lead.page.get_by_role("button", name="批准并公布")).to_have_count(0)
        lead.look("run")
        second_lead = staff("base1.second")
        admitting.approve(second_lead, "base:admission")
        second_lead.sees("已批准，等待公布")
        second_lead.look("approved-run")
        first.open("apply:result")
        first.sees("结果公布前，这里不显示成绩和名次")
        public.open("public:publicity")
        public.sees("还没有公示的名单")

    with step("publicity"):
        at("2025-08-07 00:00:00")
        follow_deadlines()
        public.open("public:publicity")
        public.page.locator("main table a").first.click()
        public.sees(base.name)
        public.sees(FIRST.name, "内科", "90.20")
        public.sees_not(SECOND.name, THIRD.name)
        assert_no_number(public.page.locator("body").inner_text(), FIRST)
        public.look("publicity")
        shown = Printed(*public.fetch("打印（PDF）"), keep="publicity")
        assert FIRST.name in shown.text
        assert_no_number(shown.text, FIRST)
        first.open("apply:result")
        first.sees("内科", "第 1 名", "90.20")
        first.look("published")

    with step("anybody runs it again, and the person is in it"):
        public.open("public:lottery")
        public.sees(commitment, "自己核对", "sha256sum")
        public.look("lottery")
        public.open("public:publicity")
        public.page.locator("main table a").first.click()
        public.follow("公开核验")
        public.look("verification")
        bundle = public.download(lambda: public.follow("下载核验包"))
        assert FIRST.name.encode() not in bundle
        kept = tmp_path / "bundle.zip"
        kept.write_bytes(bundle)
        call_command("verify_bundle", kept, stdout=StringIO())
        first.open(pages[0])
        name = first.fact("识别码")
        first.look("own-row")
        first.follow("在公开数据中查看")
        first.sees("在运算输入中", "内科", "90.20")
        assert len(name) == 20

    with step("admission after the publicity"):
        at("2025-08-10 00:00:00")
        follow_deadlines()
        first.open("apply:result")
        first.sees("已录取", "报到时间")
        first.look("admitted")
        second.open("apply:result")
        second.sees("已公布的录取名单中没有您", "第 2 名", "77.80", "90.20")
        second.look("left-over")

    with step("the province reallocates"):
        at("2025-08-12 09:00:00")
        officer.open("province:home")
        officer.look("dashboard")
        admitting.reallocate(officer)
        officer.sees(SECOND.name, "安排")
        officer.look("reallocation-run")
        province_lead.open("province:approvals")
        province_lead.look("approvals")
        admitting.approve(province_lead, "province:reallocation")
        province_lead.sees("公示中")
        second.open("apply:result")
        second.sees("拟录取", "调剂")
        second.look("reallocated")
        at("2025-08-16 00:00:00")
        follow_deadlines()
        second.open("apply:result")
        second.sees("已录取")

    with step("people report in"):
        at("2025-08-18 09:00:00")
        editor.open("base:report_in")
        editor.look("report-in")
        editor.row(FIRST.name).get_by_role("button", name=re.compile("确认报到")).click()
        editor.sees(f"{FIRST.name}（报名号 {began}）：已报到")
        editor.open(editor.address("base:report_in") + "?state=reported_in")
        editor.sees(FIRST.name, "8月18日 09:00")
        first.open("apply:result")
        first.sees("已报到")

    with step("rosters: masked at once, in full for a purpose and by a second person"):
        at("2025-08-20 09:00:00")
        officer.open("province:roster")
        masked = papers.rows_of(officer.download(lambda: officer.follow("导出 XLSX")))
        assert FIRST.document_number not in str(masked)
        assert FIRST.name in str(masked)
        officer.type("用途", "上报国家住培信息管理系统")
        officer.press("提交申请")
        officer.sees("待批准")
        expect(officer.page.get_by_role("button", name="批准并生成")).to_have_count(0)
        province_lead.open("province:roster")
        province_lead.look("roster")
        province_lead.press("批准并生成")
        full = papers.rows_of(province_lead.download(lambda: province_lead.follow("下载")))
        assert {FIRST.document_number, SECOND.document_number} <= {str(cell) for row in full for cell in row}
        assert THIRD.document_number not in str(full)

    with step("the person sees who looked"):
        first.open("profile:looks")
        first.sees("基地审核员", "现场确认", "省级经办人", "完整名册：上报国家住培信息管理系统")
        first.look("looks")


def assert_no_number(text: str, person: Applicant) -> None:
    """No fragment of an ID number: no four digits in a row of birthday, order and check digit. Application numbers begin with the year."""
    shown = re.sub(r"2025\d*", "", text)
    tail = person.document_number[10:]
    assert [tail[start : start + 4] for start in range(len(tail) - 3) if tail[start : start + 4] in shown] == []
