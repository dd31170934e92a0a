"""A person at a screen: what they read, type, tick and press. Everything is found as a person finds it, by label, legend and text."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Response, expect

# A loaded machine is slow, not wrong: what never comes fails as well after this.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# A form that was refused answers 422 and a lost race 409: Chromium writes both to the console.
ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of (409|422)")


class Walker:
    """One person with a browser window of their own; `complaints` is what the console and the network said against our pages."""

    def __init__(self, context: BrowserContext, home: str, slug: str, name: str) -> None:
        self.context, self.home, self.slug, self.name = context, home.rstrip("/"), slug, name
        self.complaints: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._answered)
        self._shots = 0

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not ANSWERED.match(message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.url}: {response.status}")

    # Going somewhere.

    def address(self, route: str, *args: Any) -> str:
        """A page of the notice."""
        return f"{self.home}{reverse(route, args=[self.slug, *args])}"

    def open(self, address: str) -> None:
        """Go to an address or, when it has no slash, to a page of the notice."""
        self.page.goto(address if "/" in address else self.address(address))

    def follow(self, words: str, *, inside: Locator | None = None, nth: int = 0) -> None:
        """Click the link that begins with these words."""
        (inside or self.page.locator("main")).get_by_role("link", name=re.compile(rf"^\s*{re.escape(words)}")).nth(
            nth
        ).click()

    def press(self, words: str, *, inside: Locator | None = None) -> None:
        """Press the button with exactly these words."""
        (inside or self.page.locator("main")).get_by_role("button", name=words, exact=True).first.click()

    def confirm(self, title: str, words: str) -> None:
        """Press a button of the dialog that has opened."""
        self.press(words, inside=self.page.get_by_role("dialog", name=title))

    # Filling in.

    def field(self, label: str) -> Locator:
        """The control with this label, with or without the mark of a required one."""
        return self.page.get_by_label(re.compile(rf"^{re.escape(label)}\s*\*?$")).first

    def type(self, label: str, text: str) -> None:
        """Key by key, over whatever stood there."""
        self.field(label).fill("")
        self.field(label).press_sequentially(text)

    def fill(self, label: str, value: str) -> None:
        """Put in at once: dates, passwords, long numbers."""
        self.field(label).fill(value)

    def choose(self, label: str, option: str) -> None:
        """Pick from a select the first option that holds these words."""
        select = self.field(label)
        words = select.evaluate("(one, words) => [...one.options].find((o) => o.label.includes(words))?.label", option)
        assert words, f"{label}: no option {option!r}"
        select.select_option(label=words)

    def tick(self, legend: str, *options: str) -> None:
        """Click tiles of the group with this legend."""
        group = self.page.get_by_role("group", name=re.compile(rf"^{re.escape(legend)}")).first
        for option in options:
            group.get_by_text(option, exact=True).first.click()

    def pick(self, label: str, typed: str, wanted: str) -> None:
        """Type into a combobox and choose with the keyboard the entry that reads exactly `wanted`."""
        box = self.field(label)
        box.fill("")
        box.press_sequentially(typed, delay=10)
        entry = self.page.locator(
            f"#{box.get_attribute('aria-controls')} .combobox-option", has=self.page.get_by_text(wanted, exact=True)
        ).first
        expect(entry).to_be_visible()
        for _ in range(int(entry.get_attribute("data-index") or 0) + 1):
            box.press("ArrowDown")
        box.press("Enter")
        expect(box).to_have_value(wanted)

    def attach(
        self, name: str, content: bytes, *, media_type: str = "image/jpeg", inside: Locator | None = None
    ) -> None:
        """Give a file to the page's (or the part's) file field."""
        (inside or self.page.locator("main")).locator("input[type=file]").first.set_input_files(
            [{"name": name, "mimeType": media_type, "buffer": content}]
        )

    # Reading.

    def sees(self, *words: str) -> None:
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)

    def sees_not(self, *words: str) -> None:
        for each in words:
            expect(self.page.locator("main")).not_to_contain_text(each)

    def is_at(self, route: str, *args: Any) -> None:
        expect(self.page).to_have_url(re.compile(re.escape(urlsplit(self.address(route, *args)).path)))

    def titled(self, title: str) -> None:
        expect(self.page.locator("h1")).to_contain_text(title)

    def said_at(self, label: str) -> str:
        """The complaint under a field."""
        named = self.field(label).get_attribute("aria-describedby") or ""
        texts = [
            self.page.locator(f"#{each}").inner_text() for each in named.split() if each.endswith(("_error", "-error"))
        ]
        return " ".join(texts)

    def fact(self, label: str) -> str:
        """What stands beside a label in a list of facts."""
        fact = self.page.locator(".fact", has=self.page.locator("dt", has_text=re.compile(rf"^{re.escape(label)}$")))
        return fact.last.locator("dd").inner_text().strip()

    def card(self, title: str) -> Locator:
        """The card with this heading."""
        return (
            self.page.locator("section, article, details").filter(has=self.page.get_by_role("heading", name=title)).last
        )

    def row(self, words: str) -> Locator:
        """The table row that holds these words."""
        return self.page.locator("main tr").filter(has_text=words).first

    def fits(self) -> None:
        """Nothing sticks out at the side."""
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, (
            f"{self.page.url} is wider than {width}"
        )

    def download(self, press: Callable[[], None]) -> bytes:
        """The file that a click brings."""
        with self.page.expect_download() as caught:
            press()
        return Path(caught.value.path()).read_bytes()

    def fetch(self, words: str) -> tuple[bytes, str]:
        """What is behind the link with these words, with the person's own cookies: (content, media type)."""
        link = self.page.locator("main").get_by_role("link", name=re.compile(rf"^\s*{re.escape(words)}")).first
        answer = self.context.request.get(f"{self.home}{link.get_attribute('href')}")
        assert answer.ok, answer.status
        return answer.body(), answer.headers["content-type"]

    def look(self, name: str) -> None:
        """Check the width and, with GME_PICTURES=folder, keep a picture of the whole page."""
        self.fits()
        folder = os.environ.get("GME_PICTURES")
        if folder:
            self._shots += 1
            self.page.screenshot(path=f"{folder}/{self.name}-{self._shots:02d}-{name}.png", full_page=True)
