"""`manage.py import_plan NOTICE FILE`: adopt a plan sheet (.csv or .xlsx) for a notice."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gme_portal.clock.services import now
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.refusals import Refused
from gme_portal.sheets import cells
from quotas.services.plan import import_plan
from quotas.terms import PlanTerms

MAX_ROWS = 400
# In the name of a sheet whose figures are made up: plan.example.csv.
EXAMPLE = ".example"


class Command(BaseCommand):
    help = "Import a base × specialty plan for a notice; refused as a whole when a sum or a name does not fit"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("notice", help="slug of an adopted notice")
        parser.add_argument("sheet", type=Path)

    def handle(self, *, notice: str, sheet: Path, **options: object) -> None:
        found = Notice.objects.filter(slug=notice).first()
        if found is None:
            raise CommandError(f"没有名为 {notice} 的通知。请先发布通知。")
        try:
            terms = PlanTerms.of(policy_of(version_in_force(found)))
            done = import_plan(
                notice=found, rows=_cells(sheet), terms=terms, actor=None, at=now(), example=EXAMPLE in sheet.suffixes
            )
        except Refused as refused:
            raise CommandError("\n".join(str(refusal) for refusal in refused.refusals)) from refused
        self.stdout.write(f"新增 {done.created} 项，未变 {done.unchanged} 项，共 {done.seats} 人")
        if done.lacking:
            self.stdout.write(f"计划比通知公布的 {terms.total} 人少 {done.lacking} 人")


def _cells(sheet: Path) -> list[list[Any]]:
    """Raw cells with the row numbers of the file; a line that begins with # is a remark and reads as empty."""
    if sheet.suffix.lower() == ".xlsx":
        return cells(sheet.read_bytes(), max_rows=MAX_ROWS)
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        return [[] if row and row[0].startswith("#") else row for row in csv.reader(file)]
