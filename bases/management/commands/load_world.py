"""`manage.py load_world`: load or refresh the catalogues of `fixtures/`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bases.services.catalogue import load_world
from gme_portal.refusals import Refused


class Command(BaseCommand):
    help = "Load places, specialties, majors, schools and training bases (idempotent)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "fixtures")

    def handle(self, *, folder: Path, **options: object) -> None:
        try:
            counts = load_world(folder=folder)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write("，".join(f"{name} {count}" for name, count in counts.items()))
