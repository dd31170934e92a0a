"""Processes that live and die with us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, ClassVar

LINUX = sys.platform == "linux"
MARK = "GME_SUPERVISED"  # in the environment of every child: its value is the data folder of its supervisor
LOG_LIMIT = 10 * 1024 * 1024

libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1

Tick = Callable[[], None]


class Failed(RuntimeError):
    """A child could not be started. The text is one line for a person: what is wrong and what to do."""


class Child:
    """One supervised process, in a session of its own so that the terminal's Ctrl-C reaches only the supervisor."""

    farewell: ClassVar[tuple[tuple[signal.Signals, float], ...]] = ((signal.SIGTERM, 10.0),)

    def __init__(self, name: str, log: Path) -> None:
        self.name, self.log = name, log.absolute()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, tick: Tick) -> None:
        """Start it; a server also waits until it can be used. `tick` is called while waiting; what it raises ends the wait."""
        raise NotImplementedError

    def ended(self) -> int | None:
        """The exit code once the process is gone (negative: the signal), else None. Ends what the dead process left in its group."""
        if self.process is None or self.process.returncode is not None:
            return None if self.process is None else self.process.returncode
        # Looked at without reaping: as long as the dead leader is there, its group number cannot belong to anybody else.
        if os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return None
        self._kill_group()
        return self.process.wait()

    def stop(self) -> None:
        """Ask politely, then less politely; return when the process and its group are gone."""
        for number, patience in self.farewell:
            if self.ended() is not None or self.process is None:
                return
            self.process.send_signal(number)
            deadline = time.monotonic() + patience
            while self.ended() is None and time.monotonic() < deadline:
                time.sleep(0.02)
        if self.process is not None and self.ended() is None:
            self._kill_group()
            self.process.wait()

    def _launch(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        before: Callable[[], None] | None = None,
        parting: signal.Signals = signal.SIGTERM,
    ) -> None:
        def prepare() -> None:
            if before is not None:
                before()
            die_with_parent(parting)  # last: a change of credentials clears it

        with open_log(self.log) as log:
            self.process = subprocess.Popen(
                command,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=prepare,
            )

    def _kill_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Program(Child):
    """A program of the portal itself (web, worker, beat)."""

    # A job under way may take minutes. It is not waited for: it is delivered again, and finds what it has done already.
    farewell: ClassVar = ((signal.SIGTERM, 4.0),)

    def __init__(
        self, name: str, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path
    ) -> None:
        super().__init__(name, log)
        self.command, self.env, self.cwd = command, env, cwd

    def start(self, tick: Tick) -> None:
        """Start only: whoever needs to know when it answers asks it (`wait_for`)."""
        tick()
        self._launch(self.command, env=self.env, cwd=self.cwd)


def wait_for(child: Child, ready: Callable[[], bool], tick: Tick, timeout: float) -> None:
    """Wait until `ready()`; `Failed` when the child ends first or the time is up (then it is stopped)."""
    deadline = time.monotonic() + timeout
    while not ready():
        code = child.ended()
        if code is not None:
            raise Failed(
                f"{child.name} ended with {code} while starting; the last lines of {child.log}:\n{tail(child.log)}"
            )
        if time.monotonic() > deadline:
            child.stop()
            raise Failed(
                f"{child.name} was not ready after {timeout:.0f} s; the end of {child.log}:\n{tail(child.log)}"
            )
        tick()
        time.sleep(0.02)


def die_with_parent(number: signal.Signals) -> None:
    """For a new process: ask the kernel to end it when the thread that started it ends, so a killed supervisor leaves nothing behind."""
    if LINUX:
        libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; a large one is put aside first, one old copy is kept."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for a message about a failure."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def end_leftovers(mark: str, patience: float = 3.0) -> int:
    """End processes that an earlier supervisor of this folder left behind (it and a child were killed together). Returns how many.

    Call it under the folder's lock only. Linux only: elsewhere there is no /proc to look into.
    """
    needle = f"{MARK}={mark}".encode()
    found = 0
    deadline = time.monotonic() + patience
    asked: set[int] = set()
    while left := _marked(needle):
        late = time.monotonic() > deadline
        for pid in left:
            if late or pid not in asked:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
                found += pid not in asked
                asked.add(pid)
        time.sleep(0.05)
    return found


def _marked(needle: bytes) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if needle in (entry / "environ").read_bytes().split(b"\0") and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found
