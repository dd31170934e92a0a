"""Publishing a run (批准公布) and taking it back (撤销公布): each by two people, each in one transaction, all of it or nothing.

What is published may be read from `published_at` on and not a moment earlier (R13); approval before the publicity window opens waits for it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db import transaction

from admissions.access import may_approve_run, may_ask_undo, may_confirm_undo
from admissions.allocation import canonical
from admissions.models import AllocationRun, Application, Offer, Outcome, Publicity, RunKind, ScoreSheet
from admissions.queries import input_checks
from admissions.queries.held import seats_held
from admissions.queries.input_checks import Scope
from admissions.queries.release import can_be_undone
from admissions.queries.standings import Placed, as_moves, placements, pool_moves
from admissions.services.announcements import announce, announce_undone
from admissions.services.publicity import closes_at, rows_of, title_of
from admissions.services.runs import build, is_intact, locked, not_now, said
from admissions.services.transitions import actor_kind_of, move_offer
from admissions.states import ACTIVE_OFFER_STATES
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import NoticeVersion
from gme_portal.notices.queries import policy_of, version_in_force, working_calendar
from gme_portal.notices.services.locks import share_with_changes
from gme_portal.notices.services.standing import standing_version
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.wording import beijing
from quotas.models import RESERVED_FOR, Quota
from quotas.services import moves, seats

POOL_REASON = "录取运算：未招满的名额移入紧缺专业"
UNDO_REASON = "撤销录取公布，退回运算移入的名额"
CHANGED = "数据已变化，请重新计算。成绩、报名、名额或通知在运算之后有改动，本次没有公布任何结果。"


def release_instant(kind: str, policy: Policy, *, at: datetime, round: str = "first") -> datetime:
    """When a run approved at `at` becomes readable: a base's when the publicity window opens, or now if that is past (001 五(四))."""
    window = policy.window("publicity", round=round) if kind == RunKind.BASE_ADMISSION else None
    return max(at, window.opens) if window else at


def approve_and_publish(run: AllocationRun, *, actor: User, at: datetime) -> AllocationRun:
    """Approve as the second person and publish: seats, moves, offers, outcomes, publicity, audit and messages in one transaction.

    Raises Refused: SAME_PERSON, NOT_YOURS, NOT_NOW_STATE, IS_SIMULATION, RECORD_BROKEN, INPUT_CHANGED, QUOTA_FULL, YEAR_UNKNOWN."""
    with transaction.atomic():
        row = locked(run)
        _refuse_approval(row, actor)
        applications = _hold_inputs(row)
        share_with_changes(row.notice.slug)
        version = version_in_force(row.notice)
        policy = policy_of(version)
        _refuse_if_changed(row, version, policy, at)
        released = release_instant(row.kind, policy, at=at, round=row.round)
        quotas = _quotas(row)
        placed = placements(
            row, {quota.specialty.name: str(quota.pk) for quota in quotas if quota.base_id == row.base_id}
        )
        _move_pool(row, quotas, policy, actor, at)
        counted = [one for one in placed if one.quota and one.counted]
        kinds = {number: application.applicant.person_type for number, application in applications.items()}
        seats.take(
            notice=row.notice,
            counts=Counter(UUID(one.quota) for one in counted),
            commissioned=Counter(UUID(one.quota) for one in counted if kinds[one.number] == RESERVED_FOR),
            at=at,
        )
        row.state, row.approved_by, row.approved_at, row.published_at = "published", actor, at, released
        row.approved_under = version
        row.save(update_fields=["state", "approved_by", "approved_at", "approved_under", "published_at"])
        _write_outcomes(row, placed, applications)
        Publicity.objects.create(
            run=row,
            title=title_of(row, policy),
            opens_at=released,
            closes_at=closes_at(released, policy.publicity, working_calendar()),
            rows=rows_of(row, placed, applications, quotas, policy),
        )
        detail = {
            "input": row.input_sha256,
            "output": row.output_sha256,
            "offers": sum(1 for one in placed if one.quota),
        }
        record(
            actor=actor,
            action="run.published",
            subject=row,
            at=at,
            detail=detail | {"released_at": released.isoformat()},
        )
        if released <= at:
            announce(row, at=at)
    return row


def ask_undo(run: AllocationRun, *, reason: str, actor: User, at: datetime) -> AllocationRun:
    """Ask that a publication be taken back, before anybody is admitted. Raises Refused: NOT_YOURS, NOT_NOW_STATE, ALREADY_ADMITTED,
    REALLOCATION_STANDS, REASON_MISSING."""
    reason = said(reason)
    with transaction.atomic():
        row = locked(run)
        if not may_ask_undo(actor, row):
            raise Refused("NOT_YOURS", "您的账号不能申请撤销公布。")
        _refuse_undo(row, at)
        row.undo_asked_by, row.undo_asked_at, row.closed_reason = actor, at, reason
        row.save(update_fields=["undo_asked_by", "undo_asked_at", "closed_reason"])
        record(actor=actor, action="run.undo_asked", subject=row, at=at, detail={"reason": reason})
    return row


def refuse_undo(run: AllocationRun, *, actor: User, at: datetime) -> AllocationRun:
    """Leave a publication as it is: by the second person, or by who asked. Raises Refused: NOT_NOW_STATE, NOT_YOURS."""
    with transaction.atomic():
        row = locked(run)
        if row.state != "published" or row.undo_asked_by_id is None:
            raise not_now(row, "驳回撤销申请")
        if actor.pk != row.undo_asked_by_id and not may_confirm_undo(actor, row):
            raise Refused("NOT_YOURS", "您的账号不能驳回这项申请。")
        row.undo_asked_by, row.undo_asked_at, row.closed_reason = None, None, ""
        row.save(update_fields=["undo_asked_by", "undo_asked_at", "closed_reason"])
        record(actor=actor, action="run.undo_refused", subject=row, at=at)
    return row


def confirm_undo(run: AllocationRun, *, actor: User, at: datetime) -> AllocationRun:
    """Take the publication back as the second person: offers revoked, seats and the run's own moves returned, the run superseded; all or nothing.

    Raises Refused: NOT_ASKED, SAME_PERSON, NOT_YOURS, NOT_NOW_STATE, ALREADY_ADMITTED, REALLOCATION_STANDS."""
    with transaction.atomic():
        row = locked(run)
        if row.undo_asked_by_id is None:
            raise Refused("NOT_ASKED", "还没有人申请撤销公布。")
        if row.undo_asked_by_id == actor.pk:
            raise Refused("SAME_PERSON", "您是申请人，须由另一人确认撤销。")
        if not may_confirm_undo(actor, row):
            raise Refused("NOT_YOURS", "您的账号不能确认撤销公布。")
        _refuse_undo(row, at)
        policy = policy_of(row.notice_version)
        offers = list(row.offers.filter(state__in=ACTIVE_OFFER_STATES).select_related("applicant").order_by("pk"))
        for offer in offers:
            move_offer(offer, "revoke", actor=actor, actor_kind=actor_kind_of(actor), at=at, policy=policy)
        seats.release(notice=row.notice, **seats_held(offers), at=at)
        _return_pool(row, actor, at)
        row.state, row.closed_by, row.closed_at = "superseded", actor, at
        row.closed_under = standing_version(row.notice)
        row.save(update_fields=["state", "closed_by", "closed_at", "closed_under"])
        record(
            actor=actor,
            action="run.undone",
            subject=row,
            at=at,
            detail={"offers": len(offers), "reason": row.closed_reason},
        )
        if row.published_at is not None and row.published_at <= at:
            announce_undone(row, at=at)
    return row


def _refuse_approval(row: AllocationRun, actor: User) -> None:
    if row.is_simulation:
        raise Refused("IS_SIMULATION", "这是试算，不能公布。")
    if row.state != "verified":
        raise not_now(row, "批准")
    if row.made_by_id == actor.pk:
        raise Refused("SAME_PERSON", "您是经办人，须由另一人批准。")
    if not may_approve_run(actor, row):
        raise Refused("NOT_YOURS", "您的账号不能批准这次运算。")
    if row.breaches or not is_intact(row):
        raise Refused("RECORD_BROKEN", "这次运算的记录与摘要不符，不能公布。请保全现场并联系平台管理员。")


def _hold_inputs(row: AllocationRun) -> dict[str, Application]:
    """Lock what the decision rests on, marks first, so that nothing changes between the check and the commit. Number → application."""
    sheets = ScoreSheet.objects.filter(notice=row.notice, round=row.round).order_by("pk")
    applications = Application.objects.select_related("applicant__user").filter(
        notice=row.notice, round=row.round, state="approved"
    )
    if row.base_id:
        sheets, applications = sheets.filter(base=row.base_id), applications.filter(base=row.base_id)
    list(sheets.select_for_update(of=("self",)))
    held = list(applications.order_by("pk").select_for_update(of=("self",), no_key=True))
    quotas = Quota.objects.filter(notice=row.notice).order_by("pk")
    list((quotas.filter(base=row.base_id) if row.base_id else quotas).select_for_update(of=("self",), no_key=True))
    return {application.number: application for application in held}


def _refuse_if_changed(row: AllocationRun, version: NoticeVersion, policy: Policy, at: datetime) -> None:
    """The input as it would be built now must be the very one that was computed on."""
    try:
        now = build(row.kind, row.notice, row.base, policy=policy, at=at, round=row.round)
    except Refused as refused:
        raise Refused("INPUT_CHANGED", f"{CHANGED}{refused.refusal.sentence}") from refused
    same = canonical.digest(now.problem) == row.input_sha256 and now.beside == row.beside
    if not same or version.digest != row.notice_version.digest:
        raise Refused("INPUT_CHANGED", CHANGED)
    scope = Scope(row.notice, row.round, row.kind, row.base, policy, at)
    faults = input_checks.check(scope, row.problem, row.beside)
    if faults:
        raise Refused("RECORD_BROKEN", f"输入没有通过核对，不能公布：{faults[0]}请保全现场并联系平台管理员。")


def _quotas(row: AllocationRun) -> list[Quota]:
    rows = Quota.objects.select_related("base", "specialty").filter(notice=row.notice)
    return list(rows.filter(base=row.base_id) if row.base_id else rows)


def _move_pool(row: AllocationRun, quotas: list[Quota], policy: Policy, actor: User, at: datetime) -> None:
    named = pool_moves(row.problem, row.result)
    if named and row.base is not None:
        codes = {quota.specialty.name: quota.specialty_id for quota in quotas}
        moves.move_many(
            notice=row.notice,
            base=row.base,
            moves=as_moves(named, codes),
            reason=POOL_REASON,
            actor=actor,
            at=at,
            rule=moves.MoveRule.of(policy),
        )


def _return_pool(row: AllocationRun, actor: User, at: datetime) -> None:
    named = pool_moves(row.problem, row.result)
    if named and row.base is not None:
        codes = {quota.specialty.name: quota.specialty_id for quota in _quotas(row)}
        moves.take_back(
            notice=row.notice, base=row.base, moves=as_moves(named, codes), reason=UNDO_REASON, actor=actor, at=at
        )


def _write_outcomes(row: AllocationRun, placed: list[Placed], applications: dict[str, Application]) -> None:
    Outcome.objects.bulk_create(
        Outcome(
            run=row,
            application=applications[one.number],
            quota_id=one.quota or None,
            choice_number=one.choice_number,
            total=one.total,
            rank=one.rank,
            explanation=one.explanation,
        )
        for one in placed
    )
    Offer.objects.bulk_create(
        Offer(
            notice=row.notice,
            applicant_id=applications[one.number].applicant_id,
            application=applications[one.number],
            run=row,
            quota_id=UUID(one.quota),
            choice_number=one.choice_number,
            counted=one.counted,
            state="published",
            published_at=row.published_at,
        )
        for one in placed
        if one.quota
    )


def _refuse_undo(row: AllocationRun, at: datetime) -> None:
    if row.state != "published":
        raise not_now(row, "撤销公布")
    if row.base_id:
        _refuse_under_reallocation(row)
    if not can_be_undone(row, at):
        raise Refused(
            "ALREADY_ADMITTED",
            f"公示已于{beijing(row.publicity.closes_at, 'until')}结束，录取已经生效，不能整批撤销。",
        )


def _refuse_under_reallocation(row: AllocationRun) -> None:
    """A reallocation rests on what the bases published: it has to be taken back first, or its places would rest on nothing."""
    later = AllocationRun.objects.filter(
        notice=row.notice,
        round=row.round,
        kind=RunKind.REALLOCATION,
        state="published",
        approved_at__gt=row.approved_at,
    ).first()
    if later is not None and later.approved_at is not None:
        raise Refused(
            "REALLOCATION_STANDS",
            f"省级调剂已于{beijing(later.approved_at)}批准，是在本基地录取的基础上作出的。须先撤销省级调剂，再撤销本基地的公布。",
        )
