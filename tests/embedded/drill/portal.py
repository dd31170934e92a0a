"""The real portal as processes: start it, find its parts, kill them, see it come back."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from gme_portal.embedded.places import socket_folder
from tests.embedded.drill.visitor import Visitor

ROOT = Path(__file__).resolve().parents[3]
BESIDE = "import sys, django; django.setup(); from tests.embedded.drill.world import main; main(*sys.argv[1:])"
# How each child of the launcher is recognised by its command line.
PARTS = {
    "web": "granian",
    "worker": " worker ",
    "beat": " beat ",
    "valkey": "valkey-server",
    "postgres": "bin/postgres",
}


class Portal:
    """One data folder, one port; `start` and `stop` as often as wanted."""

    def __init__(self, var: Path) -> None:
        self.var, self.port = var, _free_port()
        sockets = socket_folder(var)
        self.database = f"postgres://app@/app?host={sockets / 'pg'}"
        self.redis = f"unix://{sockets / 'valkey.sock'}"
        self.launcher: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 180) -> float:
        """Start everything; seconds until the site answers."""
        began = time.monotonic()
        command = [sys.executable, "-m", "gme_portal.embedded", "--port", str(self.port), "--var", str(self.var)]
        with (self.var / "launcher.log").open("ab") as log:
            self.launcher = subprocess.Popen(command, cwd=ROOT, env=_clean(), stdout=log, stderr=log)
        until(lambda: set(self.parts()) == set(PARTS) and self.answers(), seconds, "the portal did not come up")
        return time.monotonic() - began

    def stop(self) -> None:
        if self.launcher is not None:
            self.launcher.send_signal(signal.SIGINT)
            self.launcher.wait(60)

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            return Visitor(self.port).get("/healthz").status == 200
        return False

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `world.main(*arguments)` against this portal's database and files."""
        environment = _clean() | {
            "DJANGO_SETTINGS_MODULE": "gme_portal.settings",
            "GME_MODE": "demo",
            "GME_VAR": str(self.var),
            "GME_DATABASE_URL": self.database,
            "GME_REDIS_URL": self.redis,
        }
        command = [sys.executable, "-c", BESIDE, *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def parts(self) -> dict[str, int]:
        """The living children of the launcher by name."""
        assert self.launcher is not None
        return {
            name: pid for pid in _children(self.launcher.pid) for name, word in PARTS.items() if word in _command(pid)
        }

    def kill(self, name: str) -> float:
        """Kill one part and everything below it at once; seconds until another one runs and the site answers."""
        victim, began = self.parts()[name], time.monotonic()
        _kill_tree(victim)
        until(lambda: self.parts().get(name, victim) != victim and self.answers(), 120, f"{name} did not come back")
        return time.monotonic() - began

    def kill_all(self) -> None:
        """A power cut: the launcher and every process below it."""
        assert self.launcher is not None
        _kill_tree(self.launcher.pid)
        self.launcher.wait(10)

    @contextlib.contextmanager
    def books(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            yield connection


def until(condition: Callable[[], object], seconds: float, otherwise: str) -> None:
    """Wait for something; `otherwise` says what did not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{otherwise} within {seconds:.0f} s"
        time.sleep(0.05)


def _kill_tree(pid: int) -> None:
    family = [pid]
    for one in family:
        family += _children(one)
    for one in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("GME_", "PG"))}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
