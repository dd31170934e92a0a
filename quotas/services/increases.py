"""More seats in a specialty (增加招收计划, 004 三(五)): the base asks within its training capacity, the province decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bases.access import base_of
from gme_portal.accounts.access import PROVINCE
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.notices.models import NoticeVersion
from gme_portal.notices.services.standing import standing_version
from gme_portal.outbox.services import tell
from gme_portal.refusals import Refused
from quotas.models import EntryKind, IncreaseRequest, Quota, RequestState, SeatEntry
from quotas.terms import PlanTerms


@transaction.atomic
def ask(*, quota: Quota, seats: int, reason: str, actor: User, at: datetime, terms: PlanTerms) -> IncreaseRequest:
    """Ask for more seats, by the base's lead. What was asked for before and still waits counts against the capacity.

    Raises Refused: NOT_YOURS, INCREASE_NOT_ALLOWED, SEATS_NOT_POSITIVE, REASON_MISSING, CAPACITY_UNKNOWN, CAPACITY_EXCEEDED."""
    _refuse_unless_allowed(terms)
    base = base_of(actor)
    if actor.role != Role.BASE_LEAD or base is None or base.pk != quota.base_id:
        raise Refused("NOT_YOURS", "增加招收计划由本基地负责人申请。")
    if seats < 1:
        raise Refused("SEATS_NOT_POSITIVE", "增加的名额至少为 1。", field="seats")
    reason = reason.strip()
    if not reason:
        raise Refused("REASON_MISSING", "请写明增加招收计划的原因。", field="reason")
    row = _locked(quota)
    waiting = sum(row.increases.filter(state=RequestState.ASKED).values_list("seats", flat=True))
    _refuse_over_capacity(row, seats, waiting, terms)
    made = IncreaseRequest.objects.create(quota=row, seats=seats, reason=reason, asked_by=actor, asked_at=at)
    record(
        actor=actor, action="quota.increase_asked", subject=made, at=at, detail={"quota": str(row.pk), "seats": seats}
    )
    return made


@transaction.atomic
def approve(request: IncreaseRequest, *, actor: User, at: datetime, terms: PlanTerms) -> SeatEntry:
    """Grant it, by the province: the seats are there at once, and the ledger line names who asked and who granted.

    Raises Refused: NOT_YOURS, SAME_PERSON, NOT_NOW_STATE, INCREASE_NOT_ALLOWED, CAPACITY_UNKNOWN, CAPACITY_EXCEEDED, NOTICE_CHANGED."""
    _refuse_unless_allowed(terms)
    row = _to_decide(request, actor)
    quota = _locked(row.quota)
    _refuse_over_capacity(quota, row.seats, 0, terms)
    version = standing_version(quota.notice, read_from=terms.digest)
    quota.seats += row.seats
    quota.save(update_fields=["seats"])
    note = f"{row.asked_by.name}申请：{row.reason}"[:200]
    entry = SeatEntry.objects.create(
        quota=quota, kind=EntryKind.INCREASE, delta=row.seats, increase=row, at=at, actor=actor, note=note
    )
    _decide(row, RequestState.APPROVED, actor, at, version)
    detail = {"request": str(row.pk), "seats": row.seats, "now": quota.seats}
    record(actor=actor, action="quota.increased", subject=quota, at=at, detail=detail)
    _tell_asker(row, f"已批准，现有名额 {quota.seats} 个", at)
    return entry


@transaction.atomic
def refuse(request: IncreaseRequest, *, reason: str, actor: User, at: datetime) -> IncreaseRequest:
    """Do not grant it, by the province, with the reason. Raises Refused: NOT_YOURS, SAME_PERSON, NOT_NOW_STATE, REASON_MISSING."""
    reason = reason.strip()
    if not reason:
        raise Refused("REASON_MISSING", "请写明不批准的原因。", field="reason")
    row = _to_decide(request, actor)
    _decide(row, RequestState.REFUSED, actor, at, standing_version(row.quota.notice), answer=reason)
    record(actor=actor, action="quota.increase_refused", subject=row, at=at, detail={"seats": row.seats})
    _tell_asker(row, f"未批准：{reason}", at)
    return row


@transaction.atomic
def withdraw(request: IncreaseRequest, *, actor: User, at: datetime) -> IncreaseRequest:
    """Take it back before it is decided, by a lead of the base. Raises Refused: NOT_YOURS, NOT_NOW_STATE."""
    row = _waiting(request)
    base = base_of(actor)
    if actor.role != Role.BASE_LEAD or base is None or base.pk != row.quota.base_id:
        raise Refused("NOT_YOURS", "申请由本基地负责人撤回。")
    _decide(row, RequestState.WITHDRAWN, actor, at, standing_version(row.quota.notice))
    record(actor=actor, action="quota.increase_withdrawn", subject=row, at=at, detail={"seats": row.seats})
    return row


def _refuse_unless_allowed(terms: PlanTerms) -> None:
    if not terms.increase:
        raise Refused("INCREASE_NOT_ALLOWED", "本通知没有规定基地可以申请增加招收计划。", terms.increase_clause)


def _locked(quota: Quota) -> Quota:
    rows = Quota.objects.select_related("notice", "base", "specialty")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=quota.pk)


def _refuse_over_capacity(quota: Quota, seats: int, waiting: int, terms: PlanTerms) -> None:
    name = quota.specialty.name
    if quota.capacity is None:
        sentence = f"{name}没有登记培训容量，不能判断是否在容量之内。请先在招收计划中登记容量。"
        raise Refused("CAPACITY_UNKNOWN", sentence, terms.increase_clause, "quota")
    room = max(quota.capacity - quota.seats - waiting, 0)
    if seats > room:
        asked = f"，已申请 {waiting} 个" if waiting else ""
        sentence = f"{name}培训容量 {quota.capacity} 人，现有 {quota.seats} 个名额{asked}，最多还能增加 {room} 个。"
        raise Refused("CAPACITY_EXCEEDED", sentence, terms.increase_clause, "seats")


def _waiting(request: IncreaseRequest) -> IncreaseRequest:
    rows = IncreaseRequest.objects.select_related("quota__notice", "quota__base", "quota__specialty", "asked_by")
    row = rows.select_for_update(of=("self",)).get(pk=request.pk)
    if row.state != RequestState.ASKED:
        raise Refused("NOT_NOW_STATE", f"这项申请{row.get_state_display()}，不能再办理。请刷新页面。")
    return row


def _to_decide(request: IncreaseRequest, actor: User) -> IncreaseRequest:
    row = _waiting(request)
    if actor.role not in PROVINCE:
        raise Refused("NOT_YOURS", "增加招收计划由省级批准。")
    if actor.pk == row.asked_by_id:
        raise Refused("SAME_PERSON", "您是申请人，须由另一人批准。")
    return row


def _decide(
    row: IncreaseRequest, state: str, actor: User, at: datetime, version: NoticeVersion, *, answer: str = ""
) -> None:
    row.state, row.decided_by, row.decided_at, row.decided_under, row.answer = state, actor, at, version, answer
    row.save(update_fields=["state", "decided_by", "decided_at", "decided_under", "answer"])


def _tell_asker(row: IncreaseRequest, outcome: str, at: datetime) -> None:
    body = f"{row.quota.base.name}申请为{row.quota.specialty.name}增加 {row.seats} 个名额，{outcome}。"
    tell(user=row.asked_by, title="增加招收计划的申请已办理", body=body, dedup_key=f"increase:{row.pk}", at=at)
