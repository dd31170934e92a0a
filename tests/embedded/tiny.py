"""A supervisor over three tiny children, to be run as a program: `python -m tests.embedded.tiny FOLDER [COMMAND_OF_LAST_CHILD]`."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from gme_portal.embedded.child import Failed, Program
from gme_portal.embedded.supervisor import Stopped, Supervisor, environment, only_one

# Writes when it starts and when it is asked to stop; its own child ignores the request to stop.
LIVING = """
import os, signal, subprocess, sys, time
def note(what):
    with open("events", "a") as events: events.write(f"{sys.argv[1]} {what} {os.getpid()}\\n")
def stop(*_):
    note("stopped"); os._exit(0)
signal.signal(signal.SIGTERM, stop)
subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"])
note("started")
while True: time.sleep(1)
"""


def main(folder: Path, last: str) -> int:
    def say(line: str) -> None:
        print(line, flush=True)

    supervisor = Supervisor(say, delays=(0,))
    supervisor.listen()
    try:
        with only_one(folder, "http://127.0.0.1:1/"):
            try:
                for name, code in (("first", LIVING), ("second", LIVING), ("third", last)):
                    command = [sys.executable, "-c", code, name]
                    child = Program(name, command, env=environment(folder, {}), cwd=folder, log=folder / f"{name}.log")
                    supervisor.start(child)
                say(f"up {os.getpid()}")
                with contextlib.suppress(Stopped):
                    supervisor.watch()
            finally:
                supervisor.stop()
    except Failed as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else LIVING))
