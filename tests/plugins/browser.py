"""Which tests run in a browser, and when. pytest-playwright drives the system's Chromium (nothing is downloaded), against pytest-django's `live_server`.

A test that uses `page`, `context` or `browser` is marked `browser` by itself. Under xdist all of them run in one process, one at a time.
Without Chromium they are skipped, or with GME_REQUIRE_BROWSER=1 the run ends before the first test.
"""

from __future__ import annotations

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]
if os.geteuid() == 0:
    SWITCHES.append("--no-sandbox")
FIXTURES = frozenset({"page", "context", "browser", "new_context", "browser_type"})


def chromium() -> str | None:
    """The path of the system's Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "browser: runs in a real Chromium (set by itself where the fixture `page` is used)"
    )

    if os.environ.get("GME_REQUIRE_BROWSER") == "1" and chromium() is None:
        raise pytest.UsageError(
            "Chromium is missing and GME_REQUIRE_BROWSER=1: install it (Debian, Ubuntu: apt-get install chromium)"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = chromium() is None
    for item in items:
        if item.get_closest_marker("browser") or FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
            item.add_marker(pytest.mark.xdist_group("browser"))
            if missing:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))
