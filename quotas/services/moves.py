"""Moving seats between the specialties of one base (计划调整, 000 五(二)): legality by `quotas.shifting`, every move in both ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.notices.services.standing import standing_version
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused
from quotas.models import EntryKind, Quota, SeatEntry, SeatMove
from quotas.shifting import Line, Move, refusals


@dataclass(frozen=True, slots=True)
class MoveRule:
    """What the notice allows: moves at all, into which specialties (codes of the shortage ones), by which clause; `digest` of the text it was
    read from."""

    allowed: bool
    shortage: frozenset[str]
    clause: str
    digest: str = ""

    @classmethod
    def of(cls, policy: Policy) -> MoveRule:
        rule = policy.quota_moves
        return cls(rule.allowed and rule.direction != "none", policy.specialties.shortage, rule.clause, policy.digest)


def move(
    *, quota_from: Quota, quota_to: Quota, seats: int, reason: str, actor: User, at: datetime, rule: MoveRule
) -> SeatMove:
    """Move seats from one quota of a base to another. Raises Refused: MOVE_ACROSS_BASES and the codes of `move_many`."""
    if (quota_from.notice_id, quota_from.base_id) != (quota_to.notice_id, quota_to.base_id):
        raise Refused("MOVE_ACROSS_BASES", "只能在同一基地的专业之间调整计划。", rule.clause, "target")
    moves = [Move(quota_from.specialty_id, quota_to.specialty_id, seats)]
    return move_many(
        notice=quota_from.notice, base=quota_from.base, moves=moves, reason=reason, actor=actor, at=at, rule=rule
    )[0]


@transaction.atomic
def move_many(
    *,
    notice: Notice,
    base: TrainingBase,
    moves: Sequence[Move],
    reason: str,
    actor: User,
    at: datetime,
    rule: MoveRule,
) -> list[SeatMove]:
    """Make all these moves (by specialty code) inside a base, or none. The base's total does not change.

    Raises Refused with REASON_MISSING, NOTICE_CHANGED, or every reason of `quotas.shifting.refusals`."""
    reason = reason.strip()
    if not reason:
        raise Refused("REASON_MISSING", "请写明调整计划的原因。", rule.clause, "reason")
    rows = Quota.objects.filter(notice=notice, base=base).select_related("specialty").order_by("pk")
    quotas = {quota.specialty_id: quota for quota in rows.select_for_update(of=("self",), no_key=True)}
    against: list[Refusal] = refusals(
        [line_of(quota, rule) for quota in quotas.values()], moves, allowed=rule.allowed, clause=rule.clause
    )
    if against:
        raise Refused.many(against)
    version = standing_version(notice, read_from=rule.digest)
    made = [_write(quotas[one.source], quotas[one.target], one.seats, reason, actor, at, version) for one in moves]
    for code in {code for one in moves for code in (one.source, one.target)}:
        quotas[code].save(update_fields=["seats"])
    return made


@transaction.atomic
def take_back(
    *, notice: Notice, base: TrainingBase, moves: Sequence[Move], reason: str, actor: User, at: datetime
) -> None:
    """Return seats that were moved by a decision which itself is taken back (更正): corrections in both ledgers, the moves stay on record.

    The one way of the notice is not asked: nothing is moved anew. Raises Refused SEATS_TAKEN when somebody holds a seat to be returned."""
    rows = Quota.objects.filter(notice=notice, base=base).select_related("specialty").order_by("pk")
    quotas = {quota.specialty_id: quota for quota in rows.select_for_update(of=("self",), no_key=True)}
    version = standing_version(notice)
    for one in moves:
        source, target = quotas[one.source], quotas[one.target]
        if target.open_to_others < one.seats:
            raise Refused("SEATS_TAKEN", f"{target.specialty.name}已有人占用调入的名额，不能退回。", field="target")
        for quota, delta in ((source, one.seats), (target, -one.seats)):
            quota.seats += delta
            quota.save(update_fields=["seats"])
            SeatEntry.objects.create(
                quota=quota,
                kind=EntryKind.CORRECTION,
                delta=delta,
                at=at,
                actor=actor,
                note=reason,
                decided_under=version,
            )
        detail = {"from": one.source, "to": one.target, "seats": one.seats}
        record(actor=actor, action="quota.move_taken_back", subject=source, at=at, detail=detail)


def line_of(quota: Quota, rule: MoveRule) -> Line:
    """A quota (specialty loaded) as `quotas.shifting` judges it."""
    return Line(
        code=quota.specialty_id,
        name=quota.specialty.name,
        shortage=quota.specialty_id in rule.shortage,
        seats=quota.seats,
        taken=quota.taken,
        capacity=quota.capacity,
        kept=quota.kept,
    )


def _write(
    source: Quota, target: Quota, seats: int, reason: str, actor: User, at: datetime, version: NoticeVersion
) -> SeatMove:
    source.seats -= seats
    target.seats += seats
    made = SeatMove.objects.create(
        notice=source.notice,
        base=source.base,
        source=source,
        target=target,
        seats=seats,
        reason=reason,
        at=at,
        actor=actor,
        decided_under=version,
    )
    SeatEntry.objects.bulk_create(
        [
            SeatEntry(quota=source, kind=EntryKind.MOVE_OUT, delta=-seats, move=made, at=at, actor=actor, note=reason),
            SeatEntry(quota=target, kind=EntryKind.MOVE_IN, delta=seats, move=made, at=at, actor=actor, note=reason),
        ]
    )
    detail = {"from": source.specialty_id, "to": target.specialty_id, "seats": seats}
    record(actor=actor, action="quota.moved", subject=made, at=at, detail=detail)
    return made
