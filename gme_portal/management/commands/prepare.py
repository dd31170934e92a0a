"""`manage.py prepare`: what the launcher needs before the programs start, in one process because each start of Django takes a second or two."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from gme_portal.clock import services as clock
from gme_portal.demo import start
from gme_portal.management.commands.demo import ground
from gme_portal.notices.services.working_days import seed


class Command(BaseCommand):
    help = (
        "Migrate the database, with --demo lay the ground of the demonstration (world, notice, plan, staff, clock), "
        "and enter the working days that are not there yet."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true")
        parser.add_argument("--notice", default="", help="with --demo: policy id of the notice to play")

    def handle(self, *, demo: bool, notice: str, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        if demo:
            ground(notice)
            start.resume()
        seed(at=clock.now())  # after the demonstration has put its clock: nothing may happen before the story begins
