"""Review (资格审核): a base decides on a filed version; its lead may take a decision back. Two reviewers at once: the second is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from admissions.models import Application, Review, ReviewDecision, Submission
from admissions.queries.review_reasons import OTHER, RETURN_REASONS, rejection_clauses, words_for
from admissions.services.amendments import settle
from admissions.services.sections import unlock
from admissions.services.staff import must_be_of_base
from admissions.services.transitions import actor_kind_of, move_application
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.services.standing import decided_under
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refused
from gme_portal.wording import beijing

MAX_WORDS = 300


def decide(
    application: Application,
    decision: str,
    *,
    reason_code: str = "",
    words: str = "",
    clause: str = "",
    actor: User,
    at: datetime,
    policy: Policy,
    seen: UUID | None = None,
) -> Review:
    """Approve, return (a code of `RETURN_REASONS` and words) or reject (a clause of the notice and words) the newest filed version.

    `seen` is the version the reviewer looked at. Raises Refused: NOT_YOUR_BASE, NOT_YOURS, NOT_YET_OPEN, WINDOW_CLOSED, ALREADY_DECIDED,
    NEWER_VERSION, REASON_UNKNOWN, WORDS_MISSING, WORDS_LONG, CLAUSE_UNKNOWN, RETURN_TOO_LATE. A return opens the person's sections again."""
    must_be_of_base(actor, application.base_id)
    with transaction.atomic():
        row = (
            Application.objects.select_for_update(of=("self",))
            .select_related("applicant__user", "base", "notice")
            .get(pk=application.pk)
        )
        submission = row.submissions.latest("number")
        must_be_of_base(actor, row.base_id)
        _refuse_second(row, submission, seen)
        said = _checked(decision, reason_code, words, clause, policy)
        code = row.base.code if row.base else ""
        registration = policy.window("registration", person_type=row.applicant.person_type, round=row.round, base=code)
        if decision == ReviewDecision.RETURN and registration is not None and at >= registration.closes:
            sentence = f"{registration.label}已于{beijing(registration.closes, 'second')}截止，退回后学员不能再提交。请审核通过，或按通知条款审核不通过。"
            raise Refused("RETURN_TOO_LATE", sentence, registration.clause, "decision")
        changing = row.amending_since is not None
        row = move_application(row, decision, actor=actor, actor_kind=actor_kind_of(actor), at=at, policy=policy)
        review = Review.objects.create(
            submission=submission,
            decision=decision,
            reason_code=reason_code if decision == ReviewDecision.RETURN else "",
            words=said,
            clause=clause if decision == ReviewDecision.REJECT else "",
            reviewer=actor,
            notice_version=decided_under(row.notice, policy),
            at=at,
        )
        if decision == ReviewDecision.RETURN:
            unlock(row)
        elif changing:
            settle(row, why="培训基地已完成审核，", at=at)
        detail = {
            "version": submission.number,
            "digest": submission.digest,
            "reason": review.reason_code,
            "clause": review.clause,
        }
        record(actor=actor, action=f"review.{decision}", subject=submission, at=at, detail=detail)
        _tell(row, review, policy, registration, at)
    return review


def take_back(application: Application, *, reason: str, actor: User, at: datetime, policy: Policy) -> Application:
    """Put a decided application back into the queue (撤回审核), by the base's lead with a reason; an on-site confirmation falls with it.

    Raises Refused: NOT_YOUR_BASE, NOT_NOW_STATE, NOT_YOURS, NOT_YET_OPEN, WINDOW_CLOSED, REASON_MISSING."""
    must_be_of_base(actor, application.base_id)
    with transaction.atomic():
        if not reason.strip():
            raise Refused("REASON_MISSING", "请写明撤回原因。", field="reason")
        before = application.state
        row = move_application(
            application,
            "take_back",
            actor=actor,
            actor_kind=actor_kind_of(actor),
            at=at,
            policy=policy,
            confirmed_at=None,
            confirmed_by=None,
            confirmed_under=None,
        )
        record(
            actor=actor,
            action="review.taken_back",
            subject=row,
            at=at,
            detail={"from": before, "words": len(reason.strip())},
        )
        tell(
            user=row.applicant.user,
            title="审核结果已撤回",
            body=f"您的报名（报名号 {row.number}）的审核结果已撤回，基地将重新审核，原因：{reason.strip()[:MAX_WORDS]}。您暂时不用操作。",
            dedup_key=f"taken-back:{row.pk}:{at.isoformat()}",
            at=at,
        )
    return row


def _refuse_second(row: Application, submission: Submission, seen: UUID | None) -> None:
    """Somebody else decided, or the person filed again, while the reviewer was reading."""
    if row.state != "submitted":
        last = submission.reviews.select_related("reviewer").order_by("-at").first()
        if last is not None and row.state != "withdrawn":
            sentence = f"{last.reviewer.name}已于{beijing(last.at, 'second')}作出“{last.get_decision_display()}”，您的操作没有生效。"
            raise Refused("ALREADY_DECIDED", sentence)
    elif seen is not None and seen != submission.pk:
        sentence = f"学员已于{beijing(submission.submitted_at, 'second')}重新提交，您看到的是旧版本。请重新打开，核对新版本后再审核。"
        raise Refused("NEWER_VERSION", sentence)


def _checked(decision: str, reason_code: str, words: str, clause: str, policy: Policy) -> str:
    """The words that go on record. Raises Refused for a decision without its reason."""
    said = words.strip()
    if len(said) > MAX_WORDS:
        raise Refused("WORDS_LONG", f"说明最多 {MAX_WORDS} 个字，现有 {len(said)} 个。", field="words")
    if decision == ReviewDecision.APPROVE:
        return ""
    if decision == ReviewDecision.RETURN:
        if reason_code not in RETURN_REASONS:
            raise Refused("REASON_UNKNOWN", "请选择退回原因。", field="reason_code")
        if reason_code == OTHER and not said:
            raise Refused("WORDS_MISSING", "选择“其他”时请写明需要修改什么。", field="words")
        return words_for(reason_code, said)
    if decision != ReviewDecision.REJECT:
        raise Refused("DECISION_UNKNOWN", "请选择审核通过、退回修改或审核不通过。", field="decision")
    if clause not in rejection_clauses(policy):
        raise Refused("CLAUSE_UNKNOWN", "请选择不通过所依据的通知条款。", field="clause")
    if not said:
        raise Refused("WORDS_MISSING", "请写明不通过的理由，学员会看到这段话。", field="words")
    return said


def _tell(row: Application, review: Review, policy: Policy, registration: Window | None, at: datetime) -> None:
    base = row.base.name if row.base else ""
    if review.decision == ReviewDecision.APPROVE:
        code = row.base.code if row.base else ""
        window = policy.window("confirmation", person_type=row.applicant.person_type, round=row.round, base=code)
        later = (
            f"请于{beijing(window.opens)}至{beijing(window.closes)}携带报名表和材料原件到基地现场确认。"
            if window
            else ""
        )
        title, body = "资格审核通过", f"您报考{base}的资格审核已通过（报名号 {row.number}）。{later}"
    elif review.decision == ReviewDecision.RETURN:
        until = (
            f"请在{beijing(registration.closes, 'second')}前修改并重新提交，逾期不能再提交。"
            if registration
            else "请修改后重新提交。"
        )
        title, body = "报名被退回修改", f"您的报名（报名号 {row.number}）被{base}退回：{review.words}{until}"
    else:
        title = "资格审核未通过"
        body = f"您的报名（报名号 {row.number}）未通过{base}的资格审核：{review.words}依据：{policy.cite(review.clause)}。如有疑问请联系基地。"
    tell(user=row.applicant.user, title=title, body=body, dedup_key=f"review:{review.pk}", at=at)
