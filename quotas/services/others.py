"""Distributing the 其他 of a base (其他专业计划分配): the base proposes, the province approves, once; then the specialties can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from bases.access import base_of
from bases.models import Specialty
from bases.queries import base_index, specialty_index
from gme_portal.accounts.access import PROVINCE
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.notices.services.standing import standing_version
from gme_portal.outbox.services import tell
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import beijing
from quotas.distributing import Portion, refusals
from quotas.models import Distribution, EntryKind, OthersPool, Quota, RequestState, SeatEntry, Share
from quotas.services.plan_sheet import Cells, parse
from quotas.terms import PlanTerms


@transaction.atomic
def propose(
    *, pool: OthersPool, portions: Sequence[Portion], actor: User, at: datetime, terms: PlanTerms
) -> Distribution:
    """Say which specialties the seats are for, by the base's lead or the province (for a base, from a sheet). A proposal that waits is replaced.

    Raises Refused: NOT_YOURS, OTHERS_OFF, ALREADY_DISTRIBUTED, DISTRIBUTION_LATE (registration has opened and the province has not allowed it), and
    every reason of `quotas.distributing.refusals`."""
    base = base_of(actor)
    own = actor.role == Role.BASE_LEAD and base is not None and base.pk == pool.base_id
    if not own and actor.role not in PROVINCE:
        raise Refused("NOT_YOURS", "其他专业的计划由本基地负责人分配。")
    row = _undistributed(pool)
    if not terms.others_row:
        raise Refused("OTHERS_OFF", "本通知没有由基地分配的“其他”计划。", terms.clause)
    if own and terms.opens is not None and at >= terms.opens and row.late_at is None:
        sentence = f"报名已于{beijing(terms.opens)}开始，不能再分配。请联系省级管理部门准许逾期分配。"
        raise Refused("DISTRIBUTION_LATE", sentence, terms.clause)
    _refuse_illegal(row, portions, terms)
    for old in row.distributions.filter(state=RequestState.ASKED).select_for_update():
        _decide(old, RequestState.WITHDRAWN, actor, at, standing_version(row.notice))
    made = Distribution.objects.create(pool=row, asked_by=actor, asked_at=at)
    Share.objects.bulk_create(
        Share(distribution=made, specialty_id=one.specialty, seats=one.seats, capacity=one.capacity) for one in portions
    )
    detail = {"pool": str(row.pk), "seats": {one.specialty: one.seats for one in portions}}
    record(actor=actor, action="quota.distribution_asked", subject=made, at=at, detail=detail)
    return made


@transaction.atomic
def approve(distribution: Distribution, *, actor: User, at: datetime, terms: PlanTerms) -> list[Quota]:
    """Make the proposal the plan, by somebody in the province who did not propose it: a quota for each specialty with its ledger line, all or none.

    Raises Refused: NOT_YOURS, SAME_PERSON, NOT_NOW_STATE, ALREADY_DISTRIBUTED, NOTICE_CHANGED, and every reason of `quotas.distributing.refusals`."""
    pool = _undistributed(distribution.pool)  # before the proposal, as whoever proposes anew locks them
    row = _to_decide(distribution, actor)
    shares = list(row.shares.select_related("specialty"))
    _refuse_illegal(pool, [Portion(one.specialty_id, one.seats, one.capacity) for one in shares], terms)
    quotas = [
        Quota(
            notice=pool.notice,
            base=pool.base,
            specialty=one.specialty,
            planned=one.seats,
            seats=one.seats,
            capacity=one.capacity,
        )
        for one in shares
    ]
    version = standing_version(pool.notice, read_from=terms.digest)
    Quota.objects.bulk_create(quotas)
    note = f"{row.asked_by.name}分配"
    SeatEntry.objects.bulk_create(
        SeatEntry(quota=quota, kind=EntryKind.DISTRIBUTED, delta=one.seats, share=one, at=at, actor=actor, note=note)
        for quota, one in zip(quotas, shares, strict=True)
    )
    _decide(row, RequestState.APPROVED, actor, at, version)
    pool.distributed_at = at
    pool.save(update_fields=["distributed_at"])
    detail = {"pool": str(pool.pk), "seats": pool.planned, "specialties": len(quotas)}
    record(actor=actor, action="quota.distributed", subject=row, at=at, detail=detail)
    _tell_asker(row, "已批准，报名人员可以选择这些专业", at)
    return quotas


@transaction.atomic
def refuse(distribution: Distribution, *, reason: str, actor: User, at: datetime) -> Distribution:
    """Send the proposal back with the reason. Raises Refused: NOT_YOURS, SAME_PERSON, NOT_NOW_STATE, REASON_MISSING."""
    reason = reason.strip()
    if not reason:
        raise Refused("REASON_MISSING", "请写明不批准的原因。", field="reason")
    row = _to_decide(distribution, actor)
    _decide(row, RequestState.REFUSED, actor, at, standing_version(row.pool.notice), answer=reason)
    record(actor=actor, action="quota.distribution_refused", subject=row, at=at, detail={"pool": str(row.pool_id)})
    _tell_asker(row, f"未批准：{reason}", at)
    return row


@transaction.atomic
def allow_late(pool: OthersPool, *, actor: User, at: datetime) -> OthersPool:
    """Let a base distribute although registration has opened (准许逾期分配), by the province. Raises Refused: NOT_YOURS, ALREADY_DISTRIBUTED."""
    if actor.role not in PROVINCE:
        raise Refused("NOT_YOURS", "逾期分配由省级准许。")
    row = _undistributed(pool)
    if row.late_at is None:
        row.late_by, row.late_at, row.late_under = actor, at, standing_version(row.notice)
        row.save(update_fields=["late_by", "late_at", "late_under"])
        record(actor=actor, action="quota.distribution_late_allowed", subject=row, at=at)
    return row


@transaction.atomic
def import_distributions(
    *, notice: Notice, rows: Cells, actor: User, at: datetime, terms: PlanTerms
) -> list[Distribution]:
    """Propose for all bases of a sheet at once (a plan sheet, see `plan_sheet`, whose rows add up to each base's 其他), all or none.

    Raises Refused: those of `plan_sheet.parse` and `propose`, each with the cell or the base; POOL_UNKNOWN for a base without 其他."""
    specialties, bases = specialty_index(), base_index()
    sheet = parse(
        rows,
        specialties={name: row.code for name, row in specialties.items()},
        bases={name: row.code for name, row in bases.items()},
    )
    pools = {row.base.code: row for row in OthersPool.objects.filter(notice=notice).select_related("base")}
    names = {row.code: row.name for row in bases.values()}
    made: list[Distribution] = []
    faults: list[Refusal] = [
        Refusal("SHARE_UNKNOWN_SPECIALTY", f"{other.cell} 单元格：分配时须写明专业，不能写“其他”。", field=other.cell)
        for other in sheet.others
    ]
    for code in dict.fromkeys(cell.base for cell in sheet.seats):
        cells = {cell.specialty: cell for cell in sheet.seats if cell.base == code and cell.seats}
        if code not in pools:
            sentence = f"{names[code]}没有由基地分配的“其他”计划。"
            faults.append(Refusal("POOL_UNKNOWN", sentence, field=next(iter(cells.values())).cell if cells else ""))
            continue
        portions = [Portion(cell.specialty, cell.seats, cell.capacity) for cell in cells.values()]
        try:
            made.append(propose(pool=pools[code], portions=portions, actor=actor, at=at, terms=terms))
        except Refused as refused:
            faults += [
                _placed(one, cells[one.field].cell if one.field in cells else "", names[code])
                for one in refused.refusals
            ]
    if faults:
        raise Refused.many(faults)
    return made


def _placed(refusal: Refusal, cell: str, base: str) -> Refusal:
    """A reason with its cell, or with its base where it concerns the whole row."""
    words = f"{cell} 单元格：{refusal.sentence}" if cell else f"{base}：{refusal.sentence}"
    return Refusal(refusal.code, words, refusal.clause, cell)


def _undistributed(pool: OthersPool) -> OthersPool:
    rows = OthersPool.objects.select_related("base", "notice")
    row = rows.select_for_update(of=("self",)).get(pk=pool.pk)
    if row.distributed_at is not None:
        sentence = f"{row.base.name}的其他专业计划已于{beijing(row.distributed_at)}分配，确定后不得调整。"
        raise Refused("ALREADY_DISTRIBUTED", sentence)
    return row


def _refuse_illegal(pool: OthersPool, portions: Sequence[Portion], terms: PlanTerms) -> None:
    names = dict(Specialty.objects.filter(code__in=terms.codes).values_list("code", "name"))
    planned = set(Quota.objects.filter(notice=pool.notice_id, base=pool.base_id).values_list("specialty_id", flat=True))
    against = refusals(
        portions, pool=pool.planned, names=names, shortage=terms.shortage, planned=planned, clause=terms.clause
    )
    if against:
        raise Refused.many(against)


def _to_decide(distribution: Distribution, actor: User) -> Distribution:
    rows = Distribution.objects.select_related("pool__base", "pool__notice", "asked_by")
    row = rows.select_for_update(of=("self",)).get(pk=distribution.pk)
    if row.state != RequestState.ASKED:
        raise Refused("NOT_NOW_STATE", f"这份方案{row.get_state_display()}，不能再办理。请刷新页面。")
    if actor.role not in PROVINCE:
        raise Refused("NOT_YOURS", "其他专业计划的分配由省级批准。")
    if actor.pk == row.asked_by_id:
        raise Refused("SAME_PERSON", "方案由您提交，须由另一人批准。")
    return row


def _decide(
    row: Distribution, state: str, actor: User, at: datetime, version: NoticeVersion, *, answer: str = ""
) -> None:
    row.state, row.decided_by, row.decided_at, row.decided_under, row.answer = state, actor, at, version, answer
    row.save(update_fields=["state", "decided_by", "decided_at", "decided_under", "answer"])


def _tell_asker(row: Distribution, outcome: str, at: datetime) -> None:
    body = f"{row.pool.base.name}的其他专业计划分配方案{outcome}。"
    tell(user=row.asked_by, title="其他专业计划分配方案已办理", body=body, dedup_key=f"distribution:{row.pk}", at=at)
