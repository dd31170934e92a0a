"""The world and the people of the journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.factories import PASSWORD
from tests.journey.pages import DESKTOP, Walker
from tests.journey.world import World, build

Enter = Callable[..., Walker]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


@pytest.fixture
def someone(live_server: Any, new_context: Callable[..., BrowserContext], world: World) -> Iterator[Enter]:
    """`someone("name", viewport=…)`: a person with a browser of their own. At the end no page may have complained."""
    walkers: list[Walker] = []

    def come(name: str, viewport: dict[str, int] = DESKTOP, **context: Any) -> Walker:
        window = new_context(viewport=viewport, color_scheme="light", **context)
        walkers.append(Walker(window, live_server.url, world.notice.slug, name))
        return walkers[-1]

    yield come
    assert [line for walker in walkers for line in walker.complaints] == []


@pytest.fixture
def staff(someone: Enter, world: World) -> Enter:
    """`staff("base1.editor")`: signed in with password and one-time code."""

    def come(login_name: str, **options: Any) -> Walker:
        walker = someone(login_name, **options)
        walker.open(walker.home + "/account/login/")
        walker.type("证件号码、手机号或登录名", login_name)
        walker.fill("密码", PASSWORD)
        walker.press("登录")
        walker.titled("输入动态口令")
        walker.type("动态口令", world.code(login_name))
        walker.press("验证")
        return walker

    return come


@pytest.fixture
def at(clock_at: Callable[[datetime], datetime]) -> Callable[[str], datetime]:
    """`at("2025-07-20 21:59:59")`: requests arrive then, Beijing time."""

    def put(text: str) -> datetime:
        return clock_at(datetime.fromisoformat(f"{text}+08:00"))

    return put
