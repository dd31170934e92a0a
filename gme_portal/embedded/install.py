"""Sets up `.venv` from the hashed lock, and the system parts. Run by `setup.sh` with the system's Python: standard library only."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed"
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = ("apt-get", "-qq", "-y", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20")


@dataclass(frozen=True)
class Part:
    """Something of the operating system: how to see that it is there, Debian's package, and what is lost without it."""

    name: str
    package: str
    present: Callable[[], bool]
    consequence: str


def main(purpose: str) -> int:
    if not _up_to_date() and not _install():
        return 1
    _system_parts(_parts(purpose))
    return 0


def _up_to_date() -> bool:
    return os.access(PYTHON, os.X_OK) and STAMP.is_file() and STAMP.read_text() == _stamp()


def _stamp() -> str:
    """What the environment was made from: the lock, the Python, and the place (scripts contain it)."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{digest} {_venv_version()} {VENV}\n"


def _venv_version() -> str:
    try:
        lines = (VENV / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition("=")[2].strip() for line in lines if line.startswith("version")), "")


def _install() -> bool:
    """Make the environment, or bring it up to date. An environment that works keeps its Python."""
    print("setup: installing the packages of requirements.lock into .venv …", flush=True)
    if not (_works() and (not STAMP.is_file() or STAMP.read_text().endswith(f" {VENV}\n"))):
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
        if made.returncode:
            print(f"setup: {sys.executable} could not make {VENV}: see above", file=sys.stderr)
            return False
    STAMP.unlink(missing_ok=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)], check=False)
    if done.returncode:
        print(
            "setup: pip could not install requirements.lock (its message is above); is the package index reachable?",
            file=sys.stderr,
        )
        return False
    STAMP.write_text(_stamp())
    return True


def _works() -> bool:
    """Whether the environment's Python starts, is new enough and has pip."""
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _parts(purpose: str) -> list[Part]:
    printing = "no form or list can be printed as PDF"
    parts = [
        Part("Pango", "libpangoft2-1.0-0", lambda: _library("libpango-1.0.so.0", "libpangoft2-1.0.so.0"), printing),
        Part(
            "HarfBuzz subset",
            "libharfbuzz-subset0",
            lambda: _library("libharfbuzz-subset.so.0"),
            "printing a form takes seconds instead of a moment",
        ),
        Part("fontconfig", "fontconfig", lambda: _library("libfontconfig.so.1"), printing),
        Part(
            "the Hanazono font",
            "fonts-hanazono",
            lambda: _font("HanaMin*"),
            "very rare characters in names are printed as empty boxes",
        ),
    ]
    if purpose == "test":
        lost = (
            "the tests cannot pass" if os.environ.get("GME_REQUIRE_BROWSER") == "1" else "the browser tests are skipped"
        )
        parts.append(Part("Chromium", "chromium", lambda: any(map(shutil.which, BROWSERS)), lost))
    return parts


def _library(*names: str) -> bool:
    if sys.platform != "linux":
        names = tuple(name.replace(".so.0", ".0.dylib").replace(".so.1", ".1.dylib") for name in names)
    try:
        for name in names:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _font(pattern: str) -> bool:
    return any(next(Path(folder).expanduser().rglob(pattern), None) for folder in FONT_FOLDERS)


def _system_parts(parts: list[Part]) -> None:
    missing = [part for part in parts if not part.present()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = [part.package for part in missing]
        print(f"setup: installing {' '.join(packages)} with apt-get …", flush=True)
        if not _apt("install", "--no-install-recommends", *packages):
            _apt("update")
            for package in packages:  # one by one: what this system does not know must not keep the rest away
                _apt("install", "--no-install-recommends", package)
        missing = [part for part in missing if not part.present()]
    for part in missing:
        print(
            f"setup: {part.name} is missing: {part.consequence}. Install it (Debian, Ubuntu: apt-get install {part.package}).",
            file=sys.stderr,
        )


def _apt(*arguments: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        [*APT, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        print(f"setup: apt-get {arguments[0]}: {last}", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "test"))
