"""One embedded PostgreSQL for the whole run, and one Valkey for each test process; xdist or not.

Loaded with `-p`, that is before pytest-django reads the settings. The controlling process starts the servers, xdist's workers inherit
their addresses, and pytest-django gives each worker a database of its own. GME_DATABASE_URL and GME_REDIS_URL, when given, are used as they are.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from gme_portal.embedded.child import Child
from gme_portal.embedded.postgres import Postgres
from gme_portal.embedded.valkey import Valkey

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
CONTROLLER = not WORKER

if CONTROLLER:
    FOLDER = Path(tempfile.mkdtemp(prefix="gme-test-"))
    FOLDER.chmod(0o711)
    atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
    os.environ["GME_TEST_FOLDER"] = str(FOLDER)
else:
    FOLDER = Path(os.environ["GME_TEST_FOLDER"])
PROCESS_FOLDER = FOLDER / (WORKER or "main")
GIVEN_DATABASE = "GME_DATABASE_URL" in os.environ
GIVEN_REDIS = "GME_REDIS_URL" in os.environ and not os.environ["GME_REDIS_URL"].startswith(f"unix://{FOLDER}")

_postgres = Postgres(FOLDER / "pg", FOLDER / "run", FOLDER / "postgres.log", fast=True, options=["max_connections=200"])
_valkey = Valkey(
    PROCESS_FOLDER / "valkey",
    PROCESS_FOLDER / "valkey.sock",
    PROCESS_FOLDER / "valkey.log",
    options=["--appendonly", "no"],
)
_running: list[Child] = []

os.environ.update(
    GME_MODE="test",
    GME_VAR=str(PROCESS_FOLDER / "var"),
    DJANGO_SETTINGS_MODULE="gme_portal.settings",
    DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright keeps an event loop in the test's own thread
)
os.environ.pop("GME_DB_POOL", None)
os.environ.setdefault("GME_DATABASE_URL", _postgres.url)
if not GIVEN_REDIS:
    os.environ["GME_REDIS_URL"] = _valkey.url


def _start(server: Child) -> None:
    _running.append(server)
    server.start(lambda: None)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    (PROCESS_FOLDER / "var" / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise looks for it
    if session.config.option.collectonly:
        return
    began = time.perf_counter()
    if CONTROLLER and not GIVEN_DATABASE:
        _start(_postgres)
    if not GIVEN_REDIS and (WORKER or not getattr(session.config.option, "numprocesses", None)):
        _start(_valkey)
    if CONTROLLER:
        session.config.stash[_SECONDS] = time.perf_counter() - began


_SECONDS = pytest.StashKey[float]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    seconds = terminalreporter.config.stash.get(_SECONDS, None)
    if seconds is not None and _running:
        terminalreporter.write_line(f"embedded servers were up in {seconds:.2f} s")


def pytest_unconfigure() -> None:
    for server in reversed(_running):
        server.stop()
    _running.clear()
