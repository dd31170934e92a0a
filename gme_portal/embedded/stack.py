"""Which programs the portal consists of on one machine, and in which order they start."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from gme_portal.embedded.child import Failed, Program, wait_for
from gme_portal.embedded.places import socket_folder
from gme_portal.embedded.postgres import Postgres
from gme_portal.embedded.supervisor import Say, Stopped, Supervisor, environment, only_one
from gme_portal.embedded.valkey import Valkey

HOST = "127.0.0.1"
WEB_WORKERS, WEB_THREADS, JOB_THREADS = 2, 4, 2


@dataclass(frozen=True)
class Stack:
    """One run: the source folder, the data folder, the mode, the port, whether to fill in the demonstration, and of which notice ("" for the usual one)."""

    root: Path
    var: Path
    mode: str
    port: int
    demo: bool
    notice: str = ""

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @property
    def of_notice(self) -> list[str]:
        """Which notice, for the commands of the demonstration."""
        return ["--notice", self.notice] if self.notice else []


def serve(stack: Stack, say: Say) -> int:
    """Run everything until Ctrl-C. Returns the exit code: 0 after a stop that was asked for, 1 after a failure."""
    supervisor = Supervisor(say)
    supervisor.listen()
    began = time.monotonic()
    try:
        with only_one(stack.var, stack.address):
            try:
                _require_free(stack.port)
                environment = _start(stack, supervisor)
                say(
                    f"\n{stack.address} is up after {time.monotonic() - began:.1f} s. Ctrl-C stops it; data and logs: {stack.var}\n"
                )
                if stack.demo:
                    say("bringing in the first fictional people; their accounts follow …\n")
                    say(_people(stack, supervisor, environment))
                supervisor.watch()
            except Stopped as reason:
                say(f"\nstopping ({reason})")
            finally:
                began = time.monotonic()
                supervisor.stop()
                if supervisor.children:
                    say(f"stopped after {time.monotonic() - began:.1f} s; the data stays in {stack.var}")
    except Failed as failure:
        say(str(failure))
        return 1
    return 0


def _start(stack: Stack, supervisor: Supervisor) -> dict[str, str]:
    """Start all in order and return what our programs see. The web comes before the jobs: people wait for it."""
    logs = stack.var / "log"
    base = environment(
        stack.var, {"GME_MODE": stack.mode, "GME_VAR": str(stack.var), "GME_PUBLIC_URL": stack.address.rstrip("/")}
    )
    (stack.var / "static").mkdir(exist_ok=True)  # WhiteNoise looks for it
    base |= _servers(stack, supervisor)
    web, *jobs = _programs(stack, base, logs)
    # The web loads its code while the database is prepared; nobody is told its address before that is done.
    supervisor.start(web)
    prepare = [sys.executable, "manage.py", "prepare", *(["--demo", *stack.of_notice] if stack.demo else [])]
    # What it makes can be made again, so its commits need not wait for the disk one by one.
    hurried = base | ({} if os.environ.get("GME_DATABASE_URL") else {"PGOPTIONS": "-c synchronous_commit=off"})
    supervisor.run_once(prepare, env=hurried, cwd=stack.root, log=logs / "prepare.log")
    wait_for(web, lambda: _answers(stack.address), supervisor.tick, timeout=60)
    for job in jobs:
        supervisor.start(job)
    return base


def _people(stack: Stack, supervisor: Supervisor, base: dict[str, str]) -> str:
    """Bring in the first fictional people, leave the rest to a job, and return the accounts. The site answers meanwhile."""
    command = [sys.executable, "manage.py", "demo", *stack.of_notice]
    return supervisor.run_once(command, env=base, cwd=stack.root, log=stack.var / "log" / "prepare.log")


def _servers(stack: Stack, supervisor: Supervisor) -> dict[str, str]:
    """Start the servers that are not given, and return their addresses."""
    urls: dict[str, str] = {}
    sockets = socket_folder(stack.var)
    logs = stack.var / "log"
    if not os.environ.get("GME_DATABASE_URL"):
        postgres = Postgres(stack.var / "pg", sockets / "pg", logs / "postgres.log")
        supervisor.start(postgres)
        urls["GME_DATABASE_URL"] = postgres.url
    if not os.environ.get("GME_REDIS_URL"):
        valkey = Valkey(stack.var / "valkey", sockets / "valkey.sock", logs / "valkey.log")
        supervisor.start(valkey)
        urls["GME_REDIS_URL"] = valkey.url
    return urls


def _programs(stack: Stack, base: dict[str, str], logs: Path) -> list[Program]:
    worker = (
        f"-m celery -A gme_portal worker -l info -P threads -c {JOB_THREADS} --without-gossip --without-mingle".split()
    )
    # Its own program, not `worker -B`: a beat that dies inside a worker is not noticed by anybody.
    beat = [
        "-m",
        "celery",
        "-A",
        "gme_portal",
        "beat",
        "-l",
        "info",
        "--pidfile=",
        "-s",
        str(stack.var / "beat-schedule"),
    ]
    listen = f"-m granian --interface wsgi --http 1 --no-ws --host {HOST} --port {stack.port}"
    power = f"--workers {WEB_WORKERS} --blocking-threads {WEB_THREADS} --workers-kill-timeout 5"
    respawn = "--respawn-failed-workers --respawn-interval 0.5 gme_portal.wsgi:application"
    web = [*listen.split(), *power.split(), *respawn.split()]

    def program(name: str, arguments: list[str], connections: int) -> Program:
        pooled = base | {"GME_DB_POOL": str(connections)}
        return Program(name, [sys.executable, *arguments], env=pooled, cwd=stack.root, log=logs / f"{name}.log")

    return [program("web", web, WEB_THREADS), program("worker", worker, JOB_THREADS + 1), program("beat", beat, 0)]


def _require_free(port: int) -> None:
    with socket.socket(socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Failed(
                f"port {port} on {HOST} cannot be used ({error.strerror}): choose another one, e.g. `make demo PORT={port + 1}`"
            ) from None


def _answers(address: str) -> bool:
    """Any answer below 500 to a plain request counts; proxies of the environment are not asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, urllib.error.URLError):
        return False
    finally:
        with contextlib.suppress(OSError):
            opener.close()
