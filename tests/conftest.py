"""Shared by all tests. The servers and the choice of browser tests are in `tests/plugins`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice
from tests.factories import IN_WINDOW, NoticeFactory, UserFactory
from tests.plugins.browser import SWITCHES, chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium instead of Playwright's own. Here and not in a plugin: a plugin's fixture would come before Playwright's."""
    return browser_type_launch_args | {"executable_path": chromium(), "args": SWITCHES}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], datetime]:
    """`clock_at(moment)`: requests arrive at this moment until it is called again."""

    def put(moment: datetime) -> datetime:
        monkeypatch.setattr("gme_portal.clock.services.wall_clock", lambda: moment)
        return moment

    return put


@pytest.fixture
def notice(db: None) -> Notice:
    """Yunnan 2025 residency, adopted from `fixtures/policies`."""
    return NoticeFactory()


@pytest.fixture
def applicant_client(client: Client, clock_at: Callable[[datetime], datetime], notice: Notice) -> Client:
    """A client in which a new applicant (`client.user`) is signed in, inside the registration window; they have no profile yet."""
    clock_at(IN_WINDOW)
    client.user = UserFactory()  # type: ignore[attr-defined]
    client.force_login(client.user, backend="gme_portal.accounts.backends.IdentityBackend")  # type: ignore[attr-defined]
    return client


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """`sign_in(user)`: a client in which they are signed in, staff with their second factor entered."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="gme_portal.accounts.backends.IdentityBackend")
        if user.is_staff_role:
            device = TOTPDevice.objects.create(user=user, name="测试", confirmed=True)
            session = client.session
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()
        return client

    return enter
