"""The whole portal under its launcher, as `make demo` starts it (without the demonstration's people)."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(var: Path, port: int) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GME_")}
    command = [sys.executable, "-m", "gme_portal.embedded", "--port", str(port), "--var", str(var)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def test_one_command_serves_the_portal_and_ctrl_c_ends_it(tmp_path):
    port = free_port()
    portal = launch(tmp_path, port)
    assert portal.stdout is not None
    try:
        said = ""
        while line := portal.stdout.readline():
            said += line
            if " is up after " in line:
                break
        assert re.search(rf"http://127\.0\.0\.1:{port}/ is up after", said), said
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            assert answer.status == 200
            assert "住院医师" in answer.read().decode()

        other = launch(tmp_path / "other", port)
        refusal, _ = other.communicate(timeout=60)
        assert other.returncode == 1
        assert refusal.startswith(f"port {port} on 127.0.0.1 cannot be used")
    finally:
        portal.send_signal(signal.SIGINT)
        rest, _ = portal.communicate(timeout=60)
    assert portal.returncode == 0
    assert "stopped after" in rest
