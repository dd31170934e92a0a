"""Keeps a list of children alive: starts them in order, restarts what dies, stops them in reverse order."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from gme_portal.embedded.child import MARK, Child, Failed, end_leftovers, open_log, tail

RESTARTS, WITHIN = 8, 60.0  # more than so many restarts of one child in so many seconds, and we give up
DELAYS = (0.0, 0.3, 1.0, 2.0, 4.0)  # before the first, second, … restart within WITHIN; the last one repeats
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]


class Stopped(Exception):
    """Somebody asked us to stop."""


class Supervisor:
    """Runs in the main thread only: the kernel ends children when the *thread* that started them ends."""

    def __init__(self, say: Say, delays: Sequence[float] = DELAYS) -> None:
        self.say, self.delays = say, delays
        self.children: list[Child] = []
        self._deaths: dict[str, deque[float]] = {}
        self._due: dict[str, float] = {}
        self._signal: signal.Signals | None = None

    def listen(self) -> None:
        """From now on Ctrl-C and the like only ask for a stop; a second one changes nothing."""
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                signal.signal(number, self._on_signal)

    def tick(self) -> None:
        """Called wherever we wait."""
        if self._signal is not None:
            raise Stopped(self._signal.name)

    def start(self, child: Child) -> None:
        """Start one more child; it is stopped before all those that were started earlier."""
        self.tick()
        self.children.append(child)
        child.start(self.tick)

    def run_once(self, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path) -> str:
        """Run a program to its end while the children live, and return its output. Its error output goes to `log`.

        `Failed` when it fails.
        """
        self.tick()
        with open_log(log) as errors, tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                command,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
            try:
                while process.poll() is None:
                    self.tick()
                    self._restart_the_dead()
                    time.sleep(0.02)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
            output.seek(0)
            printed = output.read().decode(errors="replace")
        if process.returncode:
            what = " ".join(Path(part).name for part in command)
            raise Failed(f"{what} failed with {process.returncode}; the end of {log}:\n{tail(log, 8)}")
        return printed

    def watch(self) -> None:
        """Until somebody asks for a stop (`Stopped`) or a child cannot be kept alive (`Failed`)."""
        while True:
            self.tick()
            self._restart_the_dead()
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop all, the last started first."""
        for child in reversed(self.children):
            child.stop()

    def _on_signal(self, number: int, _frame: object) -> None:
        self._signal = signal.Signals(number)

    def _restart_the_dead(self) -> None:
        now = time.monotonic()
        for child in self.children:
            code = child.ended()
            if code is None:
                continue
            if child.name not in self._due:
                self._due[child.name] = now + self._delay(child, code, now)
            if self._due[child.name] <= now:
                self._restart(child)

    def _delay(self, child: Child, code: int, now: float) -> float:
        """Record a death and say how long to wait; `Failed` when there were too many."""
        deaths = self._deaths.setdefault(child.name, deque())
        while deaths and deaths[0] < now - WITHIN:
            deaths.popleft()
        deaths.append(now)
        if len(deaths) > RESTARTS:
            raise Failed(
                f"{child.name} ended {len(deaths)} times in {WITHIN:.0f} s; the last lines of {child.log}:\n{tail(child.log)}"
            )
        delay = self.delays[min(len(deaths), len(self.delays)) - 1]
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        self.say(f"{child.name} {how}; starting it again" + (f" in {delay:g} s" if delay else ""))
        return delay

    def _restart(self, child: Child) -> None:
        del self._due[child.name]
        # A start that fails leaves the child ended, and the next look counts it as one more death.
        with contextlib.suppress(Failed):
            child.start(self.tick)
            self.say(f"{child.name} runs again")


@contextlib.contextmanager
def only_one(var: Path, address: str) -> Iterator[None]:
    """Hold the lock of our own folder; `Failed` with the address of the holder when it is taken. Ends what a killed holder left running."""
    var.mkdir(mode=0o711, parents=True, exist_ok=True)
    owner = var.stat().st_uid
    if owner != os.geteuid():
        raise Failed(
            f"{var} belongs to user {owner} and you are user {os.geteuid()}: "
            "start as that user, or move the folder away to begin anew"
        )
    with (var / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise Failed(f"already running on {var}: {lock.read().strip()}") from None
        lock.truncate(0)
        lock.write(f"{address} (process {os.getpid()})\n")
        lock.flush()
        end_leftovers(str(var))
        yield


def environment(var: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """What our own programs see: everything we see, and the mark by which leftovers are found."""
    return {**os.environ, **extra, MARK: str(var), "PYTHONUNBUFFERED": "1"}
