"""Taking and giving back seats (占用与释放名额): counted in the database, under lock, so that nobody is admitted into a full quota.

Seats that the plan keeps for commissioned people (其中订单定向) are theirs until the province releases them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from gme_portal.accounts.access import PROVINCE
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.notices.services.standing import standing_version
from gme_portal.refusals import Refusal, Refused
from quotas.models import EntryKind, Quota, SeatEntry

NOBODY: Mapping[UUID, int] = {}


@transaction.atomic
def take(
    *, notice: Notice, counts: Mapping[UUID, int], at: datetime, commissioned: Mapping[UUID, int] = NOBODY
) -> None:
    """Take `counts[quota id]` seats in each quota, all or none; the caller writes who holds them, and the audit row, in the same transaction.

    `commissioned[quota id]` of them go to commissioned people, who fill the reserve first. `at` is the time of the admission that takes them.
    Raises Refused with one QUOTA_FULL per quota without room, or QUOTA_UNKNOWN; ValueError for a negative count."""
    quotas = _locked(notice, counts, commissioned)
    full = [
        Refusal("QUOTA_FULL", _full_sentence(quota, counts[quota.pk], at), field=str(quota.pk))
        for quota in quotas
        if quota.taken + counts[quota.pk] + max(quota.kept - commissioned.get(quota.pk, 0), 0) > quota.seats
    ]
    if full:
        raise Refused.many(full)
    for quota in quotas:
        Quota.objects.filter(pk=quota.pk).update(
            taken=F("taken") + counts[quota.pk], reserved_taken=F("reserved_taken") + commissioned.get(quota.pk, 0)
        )


@transaction.atomic
def release(
    *, notice: Notice, counts: Mapping[UUID, int], at: datetime, commissioned: Mapping[UUID, int] = NOBODY
) -> None:
    """Give back `counts[quota id]` seats, all or none, when an admission ends at `at`; `commissioned` of them were held by commissioned people.

    Raises Refused SEATS_NOT_TAKEN when more would be given back than are taken, or QUOTA_UNKNOWN; ValueError for a negative count."""
    quotas = _locked(notice, counts, commissioned)
    for quota in quotas:
        if quota.taken < counts[quota.pk] or quota.reserved_taken < commissioned.get(quota.pk, 0):
            sentence = f"{quota.base.name}的{quota.specialty.name}在 {at:%Y-%m-%d %H:%M} 只有 {quota.taken} 个已占名额，不能释放 {counts[quota.pk]} 个。"
            raise Refused("SEATS_NOT_TAKEN", sentence, field=str(quota.pk))
    for quota in quotas:
        Quota.objects.filter(pk=quota.pk).update(
            taken=F("taken") - counts[quota.pk], reserved_taken=F("reserved_taken") - commissioned.get(quota.pk, 0)
        )


@transaction.atomic
def release_reserve(*, quota: Quota, seats: int, reason: str, actor: User, at: datetime) -> SeatEntry:
    """Open seats that were kept for commissioned people to everybody (释放订单定向预留), by the province; the plan and its total stay.

    Raises Refused: NOT_YOURS, SEATS_NOT_POSITIVE, REASON_MISSING, RESERVE_EXCEEDED (more than are still kept)."""
    if actor.role not in PROVINCE:
        raise Refused("NOT_YOURS", "订单定向预留由省级释放。")
    if seats < 1:
        raise Refused("SEATS_NOT_POSITIVE", "释放的名额至少为 1。", field="seats")
    reason = reason.strip()
    if not reason:
        raise Refused("REASON_MISSING", "请写明释放预留名额的原因。", field="reason")
    rows = Quota.objects.select_related("notice").select_for_update(of=("self",), no_key=True)
    row = rows.get(pk=quota.pk)
    if seats > row.kept:
        raise Refused("RESERVE_EXCEEDED", f"还预留 {row.kept} 个名额，最多释放 {row.kept} 个。", field="seats")
    row.reserved -= seats
    row.save(update_fields=["reserved"])
    entry = SeatEntry.objects.create(
        quota=row,
        kind=EntryKind.CORRECTION,
        delta=0,
        reserved_delta=-seats,
        at=at,
        actor=actor,
        note=reason,
        decided_under=standing_version(row.notice),
    )
    detail = {"seats": seats, "reserved": row.reserved}
    record(actor=actor, action="quota.reserve_released", subject=row, at=at, detail=detail)
    return entry


def _locked(notice: Notice, counts: Mapping[UUID, int], commissioned: Mapping[UUID, int]) -> list[Quota]:
    """The quotas concerned, locked in id order so that two admissions never wait for each other."""
    if any(count < 0 for count in (*counts.values(), *commissioned.values())):
        raise ValueError("counts of seats are never negative")
    if any(count > counts.get(pk, 0) for pk, count in commissioned.items()):
        raise ValueError("commissioned people are among those counted")
    wanted = [pk for pk, count in counts.items() if count]
    rows = Quota.objects.filter(notice=notice, pk__in=wanted).select_related("base", "specialty").order_by("pk")
    quotas = list(rows.select_for_update(of=("self",), no_key=True))
    if len(quotas) != len(wanted):
        raise Refused("QUOTA_UNKNOWN", "所选专业不在本次招收计划内。请刷新后重新选择。")
    return quotas


def _full_sentence(quota: Quota, wanted: int, at: datetime) -> str:
    kept = f"，另有 {quota.kept} 个留给订单定向医学生" if quota.kept else ""
    return (
        f"{quota.base.name}的{quota.specialty.name}名额不足：计划 {quota.seats} 人，截至 {at:%Y-%m-%d %H:%M} 已录取 {quota.taken} 人{kept}，"
        f"还需 {wanted} 个。请先调整计划或减少录取人数。"
    )
