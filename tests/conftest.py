"""Shared by all tests. The servers and the choice of browser tests are in `tests/plugins`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.browser import SWITCHES, chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium instead of Playwright's own. Here and not in a plugin: a plugin's fixture would come before Playwright's."""
    return browser_type_launch_args | {"executable_path": chromium(), "args": SWITCHES}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
