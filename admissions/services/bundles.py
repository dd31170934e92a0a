"""Laying a published run open (公开核验): the bundle is made once, when the result is out, and never changes."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from admissions.allocation import engine
from admissions.allocation.problem import parse
from admissions.models import AllocationRun, VerificationBundle
from admissions.queries.anonymous import anonymise
from admissions.queries.bundles import name_of, record_of
from admissions.queries.lots import draw_of
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy


def lay_open(run: AllocationRun, *, at: datetime) -> VerificationBundle:
    """The bundle of a run that is out; the one already there the second time.

    Raises ValueError before the instant, and where the anonymous input would give anybody another place: then nothing is shown."""
    with transaction.atomic():
        row = AllocationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        found = VerificationBundle.objects.filter(run=row).first()
        if found is not None:
            return found
        if row.state != "published" or row.published_at is None or row.published_at > at:
            raise ValueError("a bundle is made of what is out, not before")
        salt = secrets.token_hex(32)
        numbers = list(row.result["assignment"])
        names = {number: name_of(salt, number) for number in numbers}
        problem = anonymise(row.problem, row.result, names.__getitem__)
        result = engine.solve(parse(problem))
        if result["assignment"] != {names[number]: seat for number, seat in row.result["assignment"].items()}:
            raise ValueError(f"the anonymous input of run {row.pk} has another result")
        made = VerificationBundle.objects.create(
            run=row,
            salt=salt,
            problem=problem,
            result=result,
            record=record_of(row, problem, result, draw_of(row.notice, row.round)),
            made_at=at,
        )
        record(actor=None, action="run.laid_open", subject=row, at=at, detail=made.record["public"])
    return made


def lay_open_released(notice: Notice, *, policy: Policy, at: datetime) -> None:
    """Beat: lay open every result whose instant has come since."""
    waiting = AllocationRun.objects.filter(
        notice=notice, state="published", published_at__lte=at, bundle__isnull=True
    ).order_by("published_at", "pk")
    for pk in waiting.values_list("pk", flat=True):
        lay_open(AllocationRun(pk=pk), at=at)
