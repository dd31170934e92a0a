"""While a password is typed, each demand of the notice is ticked off; the browser's tests and the server's agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from gme_portal.notices.models import Notice
from gme_portal.notices.queries import password_demands
from tests.factories import IN_WINDOW

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = [
    *("a", "aB3#567", "aB3#5678", "aB3#567890123456", "aB3#567890123456x"),
    *("ａB3#5678", "aB3# 678", "aB3#5678😀", "abcdefgh", "12345678", "########"),
]


def test_each_demand_is_ticked_off_as_the_server_judges(
    notice: Notice, live_server: Any, page: Page, clock_at: Callable[[datetime], datetime]
) -> None:
    clock_at(IN_WINDOW)
    demands = password_demands(IN_WINDOW, notice.slug)
    assert demands is not None
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_server.url + reverse("accounts:register") + f"?notice={notice.slug}")
    field, lines = page.locator("#id_password"), page.locator("#id_password_demands li")
    expect(lines.first).to_be_hidden()
    expect(lines).to_have_count(len(demands.parts))
    assert "id_password_demands" in (field.get_attribute("aria-describedby") or "")
    for password in TYPED:
        field.fill(password)
        expect(lines.first).to_be_visible()
        ticked = page.locator("#id_password_demands li.met").count() == len(demands.parts)
        assert ticked == (not demands.refusals(password)), password
    field.fill("aB3#5678")
    expect(lines.first).to_have_text("8–16 位（已满足）")
    field.fill("")
    expect(lines.first).to_be_hidden()
    assert complaints == []
