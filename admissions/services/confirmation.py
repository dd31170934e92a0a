"""On-site confirmation (现场确认): the base has seen the originals of an approved applicant and binds the copies."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from admissions.models import Application
from admissions.queries.papers import checklist, content_of
from admissions.services.staff import must_be_of_base, must_lead_base
from admissions.services.transitions import window_refusal
from admissions.states import APPLICATION_LABELS
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.services.standing import decided_under
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.wording import beijing


def confirm(
    application: Application,
    *,
    papers: Collection[str],
    actor: User,
    at: datetime,
    policy: Policy,
    paper_state: str = "unproven",
) -> Application:
    """Confirm an approved applicant; `papers` are the kinds of `papers.checklist` that were seen, `paper_state` how the scanned form stood.

    Raises Refused: NOT_YOUR_BASE, NOT_YOURS, NOT_NOW_STATE, ALREADY_CONFIRMED, NOT_YET_OPEN, WINDOW_CLOSED, PAPERS_MISSING."""
    with transaction.atomic():
        row = _locked(application)
        must_be_of_base(actor, row.base_id)
        _refuse_unless_open(row, policy, "现场确认", at)
        if row.state != "approved":
            raise Refused("NOT_NOW_STATE", f"当前状态为“{APPLICATION_LABELS[row.state]}”，资格审核通过后才能现场确认。")
        if row.confirmed_at is not None:
            raise Refused("ALREADY_CONFIRMED", f"已于{beijing(row.confirmed_at, 'second')}确认，不用再次确认。")
        submission = row.submissions.latest("number")
        missing = [paper.label for paper in checklist(content_of(submission), policy) if paper.kind not in papers]
        if missing:
            raise Refused("PAPERS_MISSING", f"还没有核对：{'、'.join(missing)}。请逐项核对原件后勾选。", field="papers")
        row.confirmed_at, row.confirmed_by = at, actor
        row.confirmed_under = decided_under(row.notice, policy)
        row.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_under"])
        detail = {
            "version": submission.number,
            "digest": submission.digest,
            "papers": sorted(papers),
            "paper": paper_state,
        }
        record(actor=actor, action="confirmation.confirmed", subject=row, at=at, detail=detail)
        base = row.base.name if row.base else ""
        tell(
            user=row.applicant.user,
            title="现场确认完成",
            body=f"您已于{beijing(at)}在{base}完成现场确认（报名号 {row.number}）。",
            dedup_key=f"confirmed:{row.pk}:{at.isoformat()}",
            at=at,
        )
    return row


def undo(application: Application, *, reason: str, actor: User, at: datetime, policy: Policy) -> Application:
    """Take a confirmation back (撤销确认), by the base's lead with a reason, as long as no mark was entered.

    Raises Refused: NOT_YOUR_BASE, NOT_YOURS, NOT_CONFIRMED, HAS_MARKS, REASON_MISSING, NOT_YET_OPEN, WINDOW_CLOSED."""
    with transaction.atomic():
        row = _locked(application)
        must_lead_base(actor, row.base_id)
        _refuse_unless_open(row, policy, "撤销现场确认", at)
        if row.confirmed_at is None:
            raise Refused("NOT_CONFIRMED", "还没有现场确认，不用撤销。")
        if not reason.strip():
            raise Refused("REASON_MISSING", "请写明撤销原因。", field="reason")
        if row.marks.exists():
            raise Refused("HAS_MARKS", "已录入考核成绩，不能撤销现场确认。")
        row.confirmed_at = row.confirmed_by = row.confirmed_under = None
        row.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_under"])
        record(actor=actor, action="confirmation.undone", subject=row, at=at, detail={"words": len(reason.strip())})
        tell(
            user=row.applicant.user,
            title="现场确认已撤销",
            body=f"您的现场确认（报名号 {row.number}）已撤销，原因：{reason.strip()[:300]}。请联系基地办理。",
            dedup_key=f"unconfirmed:{row.pk}:{at.isoformat()}",
            at=at,
        )
    return row


def _locked(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("applicant__user", "base", "notice")
        .get(pk=application.pk)
    )


def _refuse_unless_open(row: Application, policy: Policy, doing: str, at: datetime) -> None:
    window = policy.window(
        "confirmation", person_type=row.applicant.person_type, round=row.round, base=row.base.code if row.base else ""
    )
    refusal = window_refusal(window, doing=doing, at=at)
    if refusal is not None:
        raise Refused.many([refusal])
