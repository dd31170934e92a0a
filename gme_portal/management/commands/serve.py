"""`manage.py serve`: PostgreSQL, Valkey, web, worker and beat on this machine under one supervisor."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gme_portal.embedded.stack import Stack, serve


class Command(BaseCommand):
    help = "Run the whole portal here: embedded PostgreSQL and Valkey (unless GME_DATABASE_URL / GME_REDIS_URL are set), web, worker, beat."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="demo mode: fill in fictional people and print their accounts"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--var", type=Path, help="data folder (default: GME_VAR, or var/<mode>)")

    def handle(self, *, demo: bool, port: int, var: Path | None, **options: Any) -> None:
        mode = "demo" if demo else settings.MODE
        if mode == "production":
            raise CommandError(
                "serve is for demonstrations and rehearsals; docs/operations.md tells how to run in production"
            )
        folder = var or Path(os.environ.get("GME_VAR") or settings.BASE_DIR / "var" / mode)
        stack = Stack(root=settings.BASE_DIR, var=folder.resolve(), mode=mode, port=port, demo=demo)
        code = serve(stack, self._say)
        if code:
            raise SystemExit(code)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
