"""The component page in real Chromium: accessible, never wider than the screen, clean under the content security policy; with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Page]


@pytest.fixture
def address(live_server: Any) -> str:
    return f"{live_server.url}/styleguide/"


@pytest.fixture
def styleguide(new_context: Callable[..., BrowserContext], address: str) -> Iterator[Open]:
    """Opens the page; at the end nothing may have been complained about in the console."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "ERR_INTERNET_DISCONNECTED" not in message.text:
            complaints.append(message.text)

    def open_page(**context: Any) -> Page:
        page = new_context(**context).new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 360])
def test_the_page_is_accessible_and_fits(styleguide: Open, width: int, scheme: str) -> None:
    page = styleguide(viewport={"width": width, "height": 844}, color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_open_menus_dialogs_and_lists_are_accessible_too(styleguide: Open) -> None:
    page = styleguide(viewport={"width": 390, "height": 844})
    page.locator("#sample [name=p-school]").fill("示例")
    expect(page.locator(".combobox-option").first).to_be_visible()
    page.get_by_role("button", name="撤回报名（须确认）").click()
    expect(page.get_by_role("dialog", name="撤回报名？")).to_be_visible()
    assert Axe().run(page).response["violations"] == []


def test_a_chosen_scheme_is_remembered(styleguide: Open) -> None:
    page = styleguide(color_scheme="light")
    toggle = page.locator("[data-theme-toggle]")
    toggle.click()
    toggle.click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 19, 26)"


def test_without_scripts_forms_are_sent_and_every_control_is_native(styleguide: Open) -> None:
    page = styleguide(java_script_enabled=False, viewport={"width": 390, "height": 844})
    expect(page.locator("#sample input[type=file]")).to_be_visible()
    expect(page.locator(".js-only").first).to_be_hidden()
    page.locator("#sample [name=p-name]").fill("示例·甲")
    page.get_by_role("button", name="保存并继续").last.click()
    expect(page.locator(".messages")).to_contain_text("p-name=示例·甲")


def test_print_is_black_on_white_without_controls(styleguide: Open) -> None:
    page = styleguide(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator(".action-bar")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(255, 255, 255)"


def test_the_error_summary_takes_focus_and_leads_to_the_field(styleguide: Open) -> None:
    page = styleguide()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="证件号码：第 18 位应为 X，请核对").click()
    expect(page.locator("#id_id_number")).to_be_focused()
    page.get_by_role("link", name="请上传免冠照片").click()
    expect(page.locator("#id_photo")).to_be_focused()


def test_the_countdown_ticks(styleguide: Open) -> None:
    page = styleguide()
    soon = page.locator(".countdown.urgent")
    first = soon.inner_text()
    assert re.fullmatch(r"还有 1[12] 分 \d\d 秒", first)
    expect(soon).not_to_have_text(first)
