"""`python -m gme_portal.embedded [--demo]`: run the whole portal here. Not a Django command: it is up two seconds sooner without Django."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path

from gme_portal.embedded.stack import Stack, serve

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m gme_portal.embedded",
        description="Run PostgreSQL and Valkey (unless GME_DATABASE_URL / GME_REDIS_URL are set), web, worker and beat here.",
    )
    parser.add_argument(
        "--demo", action="store_true", help="demo mode: fill in fictional people and print their accounts"
    )
    parser.add_argument(
        "--notice", default="", help="with --demo: policy id of the notice to play, in a data folder of its own"
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--var", type=Path, help="data folder (default: GME_VAR, or var/<mode>, or var/<mode>-<notice>)"
    )
    given = parser.parse_args()
    mode = "demo" if given.demo else os.environ.get("GME_MODE", "demo")
    if mode == "production":
        parser.error("this is for demonstrations and rehearsals; docs/operations.md tells how to run in production")
    if given.notice and not given.demo:
        parser.error("--notice says which demonstration to play: it needs --demo")
    own = f"{mode}-{given.notice}" if given.notice else mode
    var = given.var or Path(os.environ.get("GME_VAR") or ROOT / "var" / own)
    stack = Stack(root=ROOT, var=var.resolve(), mode=mode, port=given.port, demo=given.demo, notice=given.notice)
    return serve(stack, _say)


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads any more: no reason to stop
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
