"""`make setup` on a machine that lacks something says so in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parent.parent.parent / "gme_portal" / "embedded" / "setup.sh"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH with nothing but `dirname` in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "dirname").symlink_to(shutil.which("dirname") or "")
    return folder


def run(programs: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "GME_PYTHON"} | {"PATH": str(programs)}
    return subprocess.run(["/bin/sh", SETUP, "demo"], env=environment, capture_output=True, text=True, check=False)


def python(programs: Path, name: str, script: str) -> None:
    path = programs / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_no_python_at_all(programs):
    done = run(programs)
    assert done.returncode == 1
    assert done.stderr.startswith("setup: no Python 3.11 or newer found: install one")
    assert done.stderr.count("\n") == 1


def test_a_python_that_is_too_old_counts_as_none(programs):
    python(programs, "python3", "exit 1")
    assert "no Python 3.11 or newer" in run(programs).stderr


def test_a_python_without_venv_names_the_package(programs):
    python(programs, "python3.11", 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    done = run(programs)
    assert done.returncode == 1
    assert "apt-get install python3.11-venv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_first_python_that_can_make_environments_gets_the_work(programs):
    python(programs, "python3.12", 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    python(programs, "python3.11", 'case "$1" in -P) echo "$@";; esac; exit 0')
    assert run(programs).stdout == "-P gme_portal/embedded/install.py demo\n"
