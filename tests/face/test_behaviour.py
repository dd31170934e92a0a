"""What the modules do, on the component page: autosave, type-ahead, grid, dialogs, keys, choices, upload, viewer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guide(page: Page, live_server: Any) -> Page:
    page.goto(f"{live_server.url}/styleguide/")
    return page


def paste(page: Page, selector: str, text: str) -> None:
    """A paste as the spreadsheet gives it."""
    page.locator(selector).focus()
    page.evaluate(
        """([selector, text]) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [selector, text],
    )


# Autosave


def test_typing_is_saved_by_itself(guide: Page) -> None:
    with guide.expect_request(lambda request: request.headers.get("x-autosave") == "1") as sent:
        guide.locator("#sample [name=p-name]").fill("示例·甲")
    assert sent.value.post_data_json["p-name"] == "示例·甲"
    assert "p-photo" not in sent.value.post_data_json
    expect(guide.locator("[data-autosave-status]")).to_contain_text("已自动保存")


def test_what_is_typed_offline_survives_a_reload_and_is_saved_later(guide: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    guide.locator("#sample [name=p-remark]").fill("断网时写的")
    status = guide.locator("[data-autosave-status]")
    expect(status).to_contain_text("网络中断，内容已暂存在本机")
    guide.get_by_role("button", name="保存并继续").last.click()
    expect(status).to_contain_text("没有网络")
    expect(guide.locator("#sample [name=p-remark]")).to_have_value("断网时写的")
    context.set_offline(False)
    expect(status).to_contain_text("已自动保存")
    assert guide.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))") == []


def test_a_kept_draft_is_restored_into_the_form(guide: Page, context: BrowserContext) -> None:
    guide.route("**/styleguide/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    guide.locator("#sample [name=p-name]").fill("示例丙")
    guide.locator("#sample label", has_text="外单位委派人员").click()
    expect(guide.locator("[data-autosave-status]")).to_contain_text("网络中断")
    guide.unroute("**/styleguide/")
    with guide.expect_request(lambda request: request.headers.get("x-autosave") == "1") as sent:
        guide.reload()
    assert (sent.value.post_data_json["p-name"], sent.value.post_data_json["p-kind"]) == ("示例丙", "delegated")
    expect(guide.locator("#sample [name=p-name]")).to_have_value("示例丙")


def test_a_refusal_of_the_server_is_shown(guide: Page) -> None:
    def refuse(route: Any) -> None:
        if route.request.method == "POST":
            route.fulfill(status=409, json={"message": "已在另一个页签修改，请刷新"})
        else:
            route.continue_()

    guide.route("**/styleguide/", refuse)
    guide.locator("#sample [name=p-name]").fill("示例丁")
    expect(guide.locator("[data-autosave-status]")).to_have_text("已在另一个页签修改，请刷新")


# Type-ahead


def test_a_school_is_picked_by_keyboard_and_its_code_goes_along(guide: Page) -> None:
    school = guide.locator("#sample [name=p-school]")
    school.press_sequentially("slyk")
    expect(guide.locator(".combobox-option")).to_have_count(3)
    school.press("ArrowDown")
    school.press("ArrowDown")
    expect(school).to_have_attribute("aria-activedescendant", "combobox-1-1")
    school.press("Enter")
    expect(school).to_have_value("示例中医药大学")
    assert guide.locator("[name=p-school_code]").input_value() == "90002"
    school.press_sequentially("x")
    assert guide.locator("[name=p-school_code]").input_value() == ""


def test_a_name_typed_in_full_is_recognised_when_leaving_the_field(guide: Page) -> None:
    school = guide.locator("#sample [name=p-school]")
    school.fill("示例医科大学")
    expect(guide.locator(".combobox-option")).to_have_count(1)
    school.blur()
    assert guide.locator("[name=p-school_code]").input_value() == "90001"


# Score grid


def test_a_block_from_a_spreadsheet_is_pasted_checked_and_undone(guide: Page) -> None:
    paste(guide, "[name='paper-1']", "91\t８２．５\t77\r\n60\t55\t101\r\n70\t71\t72\r\n1\t2\t3\r\n")
    assert guide.locator("[name='skill-1']").input_value() == "82.5"
    expect(guide.locator("#talk-2-error")).to_have_text("不能超过 100 分")
    expect(guide.locator("[data-grid-status]")).to_contain_text("已粘贴 9 格，3 格超出表格或已锁定")
    guide.keyboard.press("Control+z")
    assert guide.locator("[name='paper-1']").input_value() == "88.50"
    assert guide.locator("[name='talk-3']").input_value() == ""
    expect(guide.locator("#talk-2-error")).to_have_text("")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("100", ""), ("100.01", "不能超过 100 分"), ("88.555", "最多两位小数"), ("缺考", "请填数字"), ("-1", "请填数字")],
)
def test_marks_are_checked_while_typing(guide: Page, typed: str, fault: str) -> None:
    guide.locator("[name='talk-1']").fill(typed)
    expect(guide.locator("#talk-1-error")).to_have_text(fault)


def test_arrows_and_enter_move_in_the_grid_and_enter_does_not_send(guide: Page) -> None:
    guide.locator("[name='paper-1']").focus()
    guide.keyboard.press("Enter")
    expect(guide.locator("[name='paper-2']")).to_be_focused()
    guide.keyboard.press("ArrowRight")
    expect(guide.locator("[name='skill-2']")).to_be_focused()
    guide.keyboard.press("ArrowUp")
    expect(guide.locator("[name='skill-1']")).to_be_focused()


# Dialogs, sending, keys


def test_a_dangerous_form_waits_for_its_confirmation(guide: Page) -> None:
    guide.get_by_role("button", name="撤回报名（须确认）").click()
    dialog = guide.get_by_role("dialog", name="撤回报名？")
    dialog.get_by_role("button", name="取消").click()
    expect(dialog).to_be_hidden()
    guide.get_by_role("button", name="撤回报名（须确认）").click()
    dialog.get_by_role("button", name="撤回", exact=True).click()
    expect(guide.locator(".messages")).to_contain_text("act=withdraw")


def test_a_form_is_sent_once_however_often_the_button_is_pressed(guide: Page) -> None:
    sent: list[str] = []
    guide.route("**/styleguide/", lambda route: (sent.append(route.request.method), route.fulfill(status=204)))
    guide.locator("#scores button").evaluate("button => { button.click(); button.click(); button.click(); }")
    expect(guide.locator("#scores button")).to_have_attribute("aria-busy", "true")
    assert sent == ["POST"]


def test_single_keys_act_on_the_review_but_not_while_typing(guide: Page) -> None:
    guide.locator("#q-name").press("a")
    assert guide.locator("#q-name").input_value() == "a"
    guide.locator("#q-name").blur()
    guide.keyboard.press("?")
    expect(guide.get_by_role("dialog", name="键盘快捷键")).to_contain_text("退回修改")
    guide.keyboard.press("Escape")
    guide.keyboard.press("a")
    expect(guide.locator(".messages")).to_contain_text("act=approve")


def test_single_keys_can_be_switched_off(guide: Page) -> None:
    guide.locator("#q-name").focus()
    guide.locator("#q-name").blur()
    guide.keyboard.press("?")
    guide.get_by_label("关闭单键快捷键").check()
    guide.keyboard.press("Escape")
    guide.keyboard.press("a")
    expect(guide.locator(".messages")).to_have_count(0)


# Choices, files, documents


def test_choices_exchange_places(guide: Page) -> None:
    guide.get_by_role("button", name="第 2 志愿上移").click()
    assert [guide.locator(f"#choice_{name}").input_value() for name in ("first", "second", "third")] == [
        "0200",
        "0100",
        "",
    ]
    expect(guide.get_by_role("button", name="第 1 志愿上移")).to_be_disabled()
    expect(guide.get_by_role("button", name="第 1 志愿下移")).to_be_focused()


def test_a_picked_photo_is_shown_with_its_size(guide: Page, tmp_path: Path) -> None:
    photo = tmp_path / "照片.jpg"
    Image.new("RGB", (295, 413), "white").save(photo)
    guide.locator("#sample input[type=file]").set_input_files(photo)
    expect(guide.locator("#sample [data-drop-info]")).to_contain_text("295×413 像素")
    expect(guide.locator("#sample canvas")).to_be_visible()


def test_a_file_that_is_no_picture_is_named_so(guide: Page, tmp_path: Path) -> None:
    fake = tmp_path / "扫描.jpg"
    fake.write_bytes(b"%PDF-1.7")
    guide.locator("#sample input[type=file]").set_input_files(fake)
    expect(guide.locator("#sample [data-drop-info]")).to_contain_text("不能作为图片打开")


def test_documents_are_zoomed_turned_and_changed_by_keyboard(guide: Page) -> None:
    stage = guide.locator("[data-stage]")
    stage.press("+")
    stage.press("]")
    expect(guide.locator("[data-view-zoom]")).to_have_text("125%")
    assert "rotate(90deg)" in (guide.locator("[data-image]").get_attribute("style") or "")
    guide.get_by_role("link", name="身份证").click()
    expect(guide.locator("[data-image]")).to_have_attribute("alt", "身份证")
    expect(guide.locator("[data-view-zoom]")).to_have_text("100%")


def test_numbers_typed_with_a_chinese_input_method_become_ascii(guide: Page) -> None:
    guide.locator("#id_id_number").fill("１１０１０１ 19900307001ｘ")
    assert guide.locator("#id_id_number").input_value() == "11010119900307001X"
