"""Changing what was filed where the notice lets it (修改报名, 000 四(四)1: 在网络报名截止日期前可自行修改).

What was filed stands, and the base works on it, until the changed form is filed. Nobody loses their place in the queue by opening a page."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admissions.models import Application
from admissions.services.locks import share_with_sealing
from admissions.services.sections import is_bound_elsewhere
from admissions.services.staff import must_be_of_base
from admissions.services.transitions import actor_kind_of, move_application
from applicants.services import locking
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy


def begin(*, application: Application, actor: User, at: datetime, policy: Policy) -> Application:
    """Open sections and choices of a filed application, for the person, or at the counter (现场报名) for the base's staff. Twice is once.

    Raises Refused: NOT_NOW_STATE, NOT_YET_OPEN, WINDOW_CLOSED, WITHDRAW_FIRST, ON_SITE_ONLY, ONLINE_ONLY, NOT_YOUR_BASE."""
    step = "amend" if actor.role == Role.APPLICANT else "correct"
    with transaction.atomic():
        share_with_sealing(application.notice_id, application.round)
        row = Application.objects.select_for_update().get(pk=application.pk)
        if step == "correct":
            must_be_of_base(actor, row.base_id)
        if row.amending_since is not None:
            return row
        row = move_application(
            row, step, actor=actor, actor_kind=actor_kind_of(actor), at=at, policy=policy, amending_since=at
        )
        if not is_bound_elsewhere(row):
            locking.open_for_changes(row.applicant, at=at)
        record(actor=actor, action="application.opened_for_changes", subject=row, at=at, detail={"step": step})
    return row


def give_up(*, application: Application, actor: User, at: datetime) -> Application:
    """Leave what was filed as it is (放弃修改): the new choices are dropped, the sections close. Without changes under way it does nothing."""
    with transaction.atomic():
        row = Application.objects.select_for_update(of=("self",)).select_related("applicant").get(pk=application.pk)
        if row.amending_since is None:
            return row
        row.amending_since = row.amended = None
        row.save(update_fields=["amending_since", "amended"])
        locking.lock(row.applicant, at=at)
        record(actor=actor, action="application.changes_dropped", subject=row, at=at)
    return row


def settle(application: Application, *, why: str, at: datetime) -> None:
    """Changes under way are over because of something else: `why` says what, in words for the person. Call it in that transaction, with the
    row locked and its change already dropped by the step, or still there at a deadline."""
    Application.objects.filter(pk=application.pk).update(amending_since=None, amended=None)
    locking.lock(application.applicant, at=at)
    number = application.submissions.latest("number").number
    tell(
        user=application.applicant.user,
        title="修改没有提交",
        body=f"{why}您对报名（报名号 {application.number}）的修改没有提交，以此前提交的第 {number} 版为准。",
        dedup_key=f"unfiled-changes:{application.pk}:{at.isoformat()}",
        at=at,
    )
