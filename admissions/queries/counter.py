"""The counter (现场报名, 002 附件1 三(六)1): when it is open, whose application a typed number means, and what a person still lacks."""

from __future__ import annotations

import re
from datetime import datetime

from admissions.models import Application, FoundBy, Submission
from admissions.queries import choosing
from admissions.queries.papers import plain_number
from bases.models import TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.accounts.queries import document_blind
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window

_RECEIPT = re.compile(r"(\d{5,16})-\d{2}")


def window_at(policy: Policy, base: TrainingBase, at: datetime) -> Window | None:
    """The window (报名时间) of the counter in the running round: the one that is open now, else the next to open, else the last.
    Person types may have windows of their own."""
    key = policy.round_at(at).key
    kinds = [kind.code for kind in policy.person_types if kind.registers]
    found = {policy.window("registration", person_type=kind, round=key, base=base.code) for kind in kinds}
    windows = sorted((one for one in found if one is not None), key=lambda one: (one.opens, one.closes))
    coming = [one for one in windows if at < one.closes]
    return next((one for one in coming if one.is_open(at)), coming[0] if coming else windows[-1] if windows else None)


def named(typed: str, notice: Notice) -> tuple[Application | User | None, str]:
    """(whom an exact number names, how): an application by its number, its receipt or the code on a printed form, else an applicant by the
    whole document number; (None, "") when it names nobody. Parts of numbers find nothing."""
    plain = plain_number(typed)
    receipt = _RECEIPT.match(plain)
    rows = Application.objects.select_related("applicant__user", "notice", "base")
    application = rows.filter(notice=notice, number=receipt[1] if receipt else plain).first()
    if application is not None:
        return application, FoundBy.APPLICATION
    user = User.objects.filter(document_blind=document_blind(plain), role=Role.APPLICANT, is_active=True).first()
    return (user, FoundBy.DOCUMENT) if user is not None else (None, "")


def chosen_base(application: Application) -> TrainingBase | None:
    """Where the person wants to go, as far as they have said."""
    choices = choosing.saved_choices(application)
    return choices[0].quota.base if choices else None


def recorded_at(notice: Notice, base: TrainingBase, since: datetime) -> list[Submission]:
    """What this base has recorded at its counter since a moment, newest first, with people and staff at hand. One query."""
    rows = Submission.objects.filter(
        application__notice=notice, base=base, recorded_by__isnull=False, submitted_at__gte=since
    )
    return list(rows.select_related("application__applicant__user", "recorded_by").order_by("-submitted_at")[:50])
