"""Report-in (报到): the base confirms who has come; after the deadline its lead records who has not, and the notice's own consequence follows."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from admissions.models import Offer
from admissions.queries.held import seats_held
from admissions.services.integrity import open_record
from admissions.services.staff import must_be_of_base, must_lead_base
from admissions.services.transitions import actor_kind_of, move_offer
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.services.standing import decided_under
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.wording import beijing
from quotas.services import seats


def confirm(offer: Offer, *, actor: User, at: datetime, policy: Policy) -> Offer:
    """The person has reported in (报到确认). Raises Refused: NOT_YOUR_BASE, NOT_YOURS, NOT_NOW_STATE, NOT_YET_OPEN, WINDOW_CLOSED."""
    must_be_of_base(actor, offer.quota.base_id)
    with transaction.atomic():
        row = move_offer(
            offer,
            "report_in",
            actor=actor,
            actor_kind=actor_kind_of(actor),
            at=at,
            policy=policy,
            reported_at=at,
            reported_by=actor,
            reported_under=decided_under(offer.notice, policy),
        )
        record(actor=actor, action="report_in.confirmed", subject=row, at=at, detail={"quota": str(row.quota_id)})
    return row


def undo(offer: Offer, *, reason: str, actor: User, at: datetime, policy: Policy) -> Offer:
    """Take a report-in back (撤销报到), by the base's lead with a reason."""
    must_lead_base(actor, offer.quota.base_id)
    if not reason.strip():
        raise Refused("REASON_MISSING", "请写明撤销原因。", field="reason")
    with transaction.atomic():
        row = move_offer(
            offer,
            "undo_report_in",
            actor=actor,
            actor_kind=actor_kind_of(actor),
            at=at,
            policy=policy,
            reported_at=None,
            reported_by=None,
            reported_under=None,
        )
        record(actor=actor, action="report_in.undone", subject=row, at=at, detail={"reason": reason.strip()[:200]})
    return row


def deadline(policy: Policy, person_type: str, round: str, base: str) -> datetime | None:
    """From when on somebody who has not come to a base (its code) counts as absent: the close of the window and the days of grace."""
    window = policy.window("report_in", person_type=person_type, round=round, base=base)
    return window.closes + timedelta(days=policy.report_in.late_days) if window else None


def mark_absent(offer: Offer, *, actor: User, at: datetime, policy: Policy) -> Offer:
    """Record that an admitted person did not come (登记未报到), by the base's lead after the deadline: the seat is free, the ban of the notice begins.

    Raises Refused: NOT_YOUR_BASE, NOT_YOURS, NOT_NOW_STATE, BEFORE_DEADLINE."""
    must_lead_base(actor, offer.quota.base_id)
    until = deadline(policy, offer.applicant.person_type, offer.application.round, offer.quota.base.code)
    if until is not None and at < until:
        raise Refused(
            "BEFORE_DEADLINE", f"报到于{beijing(until, 'second')}截止，之后才能登记未报到。", policy.report_in.clause
        )
    with transaction.atomic():
        row = move_offer(
            offer,
            "mark_absent",
            actor=actor,
            actor_kind=actor_kind_of(actor),
            at=at,
            policy=policy,
            reported_under=decided_under(offer.notice, policy),
        )
        if row.counted:
            seats.release(notice=row.notice, **seats_held([row]), at=at)
        record(actor=actor, action="report_in.absent", subject=row, at=at, detail={"quota": str(row.quota_id)})
        assert row.reported_under is not None
        consequence = open_record(
            row.applicant,
            policy.ban("no_show"),
            reason=f"录取后未报到（报名号 {row.application.number}）",
            under=row.reported_under,
            actor=actor,
            at=at,
            policy=policy,
        )
        tell(
            user=row.applicant.user,
            title="已登记为未报到",
            body=f"您未在规定时间内报到（报名号 {row.application.number}）。{policy.report_in.effect}{consequence}如有异议请联系录取基地。",
            dedup_key=f"absent:{row.pk}",
            at=at,
        )
    return row
