"""What a base's people do with what was filed: review, confirmation at the counter, marks. On the real pages."""

from __future__ import annotations

import io
from collections.abc import Mapping

from openpyxl import load_workbook
from playwright.sync_api import expect

from gme_portal.sheets import MEDIA_TYPE
from tests.journey.pages import Walker

COMPONENTS = ("理论笔试", "技能操作", "面试")


def open_person(walker: Walker, name: str) -> None:
    """From the queue to the person."""
    walker.open("base:review")
    walker.look("queue")
    walker.follow(name)
    walker.titled(name)
    # Every document lies beside the data and was really loaded.
    for image in walker.page.locator(".review-docs img").all():
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("one => one.naturalWidth") > 0
    walker.look("review")


def approve(walker: Walker, name: str) -> None:
    """One key, and the next one is there."""
    open_person(walker, name)
    walker.page.keyboard.press("a")
    walker.sees("已通过")


def send_back(walker: Walker, name: str, reason: str, words: str) -> None:
    open_person(walker, name)
    walker.page.keyboard.press("r")
    dialog = walker.page.get_by_role("dialog", name="退回修改")
    dialog.get_by_label("退回原因").select_option(label=reason)
    dialog.get_by_label("补充说明").fill(words)
    walker.look("return")
    walker.press("退回修改", inside=dialog)
    walker.sees("已退回")


def reject(walker: Walker, name: str, clause: str, words: str) -> None:
    """Without its clause a rejection is refused; with it, it stands."""
    open_person(walker, name)
    walker.follow("不通过")
    dialog = walker.page.get_by_role("dialog", name="审核不通过")
    dialog.get_by_label("理由").fill(words)
    walker.press("审核不通过", inside=dialog)
    walker.sees("请选择不通过所依据的通知条款")
    assert walker.field("理由").input_value() == words
    walker.choose("依据条款", clause)
    walker.press("审核不通过")
    walker.sees("已作不通过处理")


def confirm(walker: Walker, name: str, code: str, *, said: str) -> None:
    """Scan, look, tick every paper; one left out is refused."""
    walker.open("base:confirmation")
    walker.look("confirmation")
    walker.fill("扫码或输入报名号", code)
    walker.press("查找", inside=walker.page.locator("#scan"))
    walker.titled(name)
    walker.sees(said)
    papers = walker.page.get_by_role("group", name="材料原件")
    boxes = papers.locator("label")
    expect(boxes).to_have_count(5)
    for place in range(1, 5):
        boxes.nth(place).click()
    walker.press("确认")
    walker.sees("还没有核对：报名表")
    walker.sees_not("还没有核对：报名表（第 1 版）、")
    boxes.nth(0).click()
    walker.look("confirm")
    walker.press("确认")
    walker.sees(f"已确认：{name}")


def mark_cell(walker: Walker, name: str, component: str, text: str) -> None:
    cell = walker.page.get_by_role("textbox", name=f"{name} {component}", exact=True)
    cell.fill("")
    cell.press_sequentially(text)


def marked_sheet(template: bytes, marks: Mapping[str, tuple[str, str, str]]) -> bytes:
    """The downloaded sheet filled in as in Excel: name → marks in the order of `COMPONENTS`."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.active
    headed = next(row for row in sheet.iter_rows() if "报名号" in [cell.value for cell in row])
    column = {cell.value: cell.column for cell in headed if cell.value}
    for row in range(headed[0].row + 1, sheet.max_row + 1):
        given = marks.get(str(sheet.cell(row, column["姓名"]).value))
        for component, text in zip(COMPONENTS, given or (), strict=False):
            key = next(head for head in column if head.startswith(component))
            sheet.cell(row, column[key], float(text))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload_marks(walker: Walker, content: bytes) -> None:
    walker.open("base:scores_import")
    walker.attach("成绩.xlsx", content, media_type=MEDIA_TYPE)
    walker.press("上传并预览")
