"""The workbench of a base (工作台): what is to be done, how much of it, and until when. Every number is that of the list behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from admissions.access import applications_visible_to, offers_visible_to
from admissions.models import Choice, ScoreSheet
from admissions.queries import mark_book
from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from quotas.models import OthersPool, Quota
from quotas.queries import Tally, open_specialties

# What a base has to have done by the close of which window, in the order of the year.
DUTIES = {
    "review": "完成资格审核",
    "confirmation": "完成现场确认",
    "assessment": "录入并复核成绩",
    "base_admission": "完成录取",
    "acceptance": "收集接受录取的确认",
    "invitation": "邀请未录取的考生",
    "report_in": "完成报到确认",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """`waiting` 待审核 · `returned` 退回未交 · `unconfirmed` 待现场确认 · `unmarked` 待录成绩的人数 · `to_report` 待报到."""

    waiting: int
    returned: int
    approved: int
    unconfirmed: int
    confirmed: int
    rejected: int
    unmarked: int
    to_report: int
    reported: int
    oldest: datetime | None
    sheet: ScoreSheet | None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One specialty of the base: seats, taken, and how many filed it as their first choice."""

    quota: Quota
    first_choices: int
    shortage: bool


def counts(user: User, notice: Notice, base: TrainingBase, policy: Policy, round: str) -> Counts:
    """Of one round; reporting in is one list for the year. Five queries."""
    filed = applications_visible_to(user).filter(notice=notice, round=round).aggregate(
        waiting=Count("pk", filter=Q(state="submitted")),
        returned=Count("pk", filter=Q(state="returned")),
        approved=Count("pk", filter=Q(state="approved")),
        unconfirmed=Count("pk", filter=Q(state="approved", confirmed_at__isnull=True)),
        confirmed=Count("pk", filter=Q(state="approved", confirmed_at__isnull=False)),
        rejected=Count("pk", filter=Q(state="rejected")),
        oldest=Min("submitted_at", filter=Q(state="submitted")),
    )  # fmt: skip
    offers = offers_visible_to(user).filter(notice=notice).aggregate(
        to_report=Count("pk", filter=Q(state="admitted")), reported=Count("pk", filter=Q(state="reported_in"))
    )  # fmt: skip
    progress = mark_book.progress(notice, base, policy, round)
    sheet = mark_book.sheet_of(notice, base, round)
    return Counts(**filed, **offers, unmarked=progress.people - progress.complete_people, sheet=sheet)


def plan(notice: Notice, base: TrainingBase, policy: Policy, round: str) -> tuple[list[PlanLine], Tally]:
    """The base's plan by specialty, with the first choices of a round, and its sum. Two queries."""
    rows = Choice.objects.filter(
        position=1,
        application__notice=notice,
        application__round=round,
        application__base=base,
        application__state__in=("submitted", "approved"),
    )
    firsts = dict(rows.values_list("quota").annotate(number=Count("pk")))
    lines = [
        PlanLine(quota, firsts.get(quota.pk, 0), policy.specialties.is_shortage(quota.specialty_id))
        for quota in open_specialties(notice, base)
    ]
    total = Tally()
    for line in lines:
        total += line.quota
    return lines, total


def undistributed(notice: Notice, base: TrainingBase) -> int:
    """Seats of the base's plan that belong to no specialty yet (其他). One query."""
    pool = OthersPool.objects.filter(notice=notice, base=base, distributed_at=None).first()
    return pool.waiting if pool else 0


def deadlines(policy: Policy, base: TrainingBase, at: datetime, round: str) -> list[tuple[Window, str]]:
    """The base's windows of a round that have not closed, with what has to be done in them, by their close."""
    windows = [(policy.window(key, round=round, base=base.code), duty) for key, duty in DUTIES.items()]
    return sorted(
        ((window, duty) for window, duty in windows if window is not None and at < window.closes),
        key=lambda pair: pair[0].closes,
    )
