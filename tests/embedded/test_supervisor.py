"""The supervisor, run as a program of its own over tiny children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def events(folder: Path) -> list[tuple[str, str, int]]:
    path = folder / "events"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(name, what, int(pid)) for name, what, pid in map(str.split, lines)]


def alive(folder: Path) -> list[int]:
    """Every process that carries the folder's mark, the supervisor's grandchildren included."""
    mark = f"GME_SUPERVISED={folder}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


class Run:
    """One supervisor at work."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.embedded.tiny", str(folder), *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.folder = folder

    def up(self) -> Run:
        until(
            lambda: {name for name, what, _ in events(self.folder) if what == "started"} == {"first", "second", "third"}
        )
        return self

    def end(self) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=20)
        return self.process.returncode, output


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(*arguments: str) -> Run:
        runs.append(Run(tmp_path, *arguments))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.communicate(timeout=20)


def test_ctrl_c_stops_in_reverse_order_and_a_second_one_does_not_cut_it_short(start, tmp_path):
    run = start().up()
    run.process.send_signal(signal.SIGINT)
    run.process.send_signal(signal.SIGINT)
    code, _ = run.end()
    assert code == 0
    assert [name for name, what, _ in events(tmp_path) if what == "stopped"] == ["third", "second", "first"]
    assert alive(tmp_path) == []


def test_a_killed_child_runs_again_and_what_it_left_behind_is_gone(start, tmp_path):
    run = start().up()
    victim = next(pid for name, _, pid in events(tmp_path) if name == "second")
    os.kill(victim, signal.SIGKILL)
    until(lambda: [name for name, what, _ in events(tmp_path) if what == "started"].count("second") == 2)
    # Three children with one child of their own each: the grandchild of the killed one went with it.
    until(lambda: len(alive(tmp_path)) == 6)
    run.process.terminate()
    code, output = run.end()
    assert code == 0
    assert "second was ended by SIGKILL; starting it again" in output


def test_a_child_that_cannot_live_ends_the_run_with_its_last_words(start, tmp_path):
    code, output = start("raise SystemExit('no such table')").end()
    assert code == 1
    assert "third ended 9 times in 60 s" in output
    assert "no such table" in output
    assert alive(tmp_path) == []


def test_a_second_start_on_the_same_folder_is_refused_with_the_address_of_the_first(start, tmp_path):
    first = start().up()
    code, output = start().end()
    assert code == 1
    assert f"already running on {tmp_path}: http://127.0.0.1:1/ (process {first.process.pid})" in output
    assert first.process.poll() is None


def test_a_killed_supervisor_blocks_nobody_and_its_orphans_end_at_the_next_start(start, tmp_path):
    first = start().up()
    first.process.kill()
    first.end()
    orphans = set(alive(tmp_path))
    (tmp_path / "events").unlink(missing_ok=True)
    start().up()
    until(lambda: not orphans & set(alive(tmp_path)))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused_by_name(start, tmp_path):
    os.chown(tmp_path, 65534, -1)
    code, output = start().end()
    assert code == 1
    assert f"{tmp_path} belongs to user 65534 and you are user 0" in output
