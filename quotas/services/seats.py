"""Taking and giving back seats (占用与释放名额): counted in the database, under lock, so that nobody is admitted into a full quota."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from gme_portal.notices.models import Notice
from gme_portal.refusals import Refusal, Refused
from quotas.models import Quota


@transaction.atomic
def take(*, notice: Notice, counts: Mapping[UUID, int], at: datetime) -> None:
    """Take `counts[quota id]` seats in each quota, all or none; the caller writes who holds them, and the audit row, in the same transaction.

    `at` is the time of the admission that takes them. Raises Refused with one QUOTA_FULL per quota without room, or QUOTA_UNKNOWN;
    ValueError for a negative count."""
    quotas = _locked(notice, counts)
    full = [
        Refusal("QUOTA_FULL", _full_sentence(quota, counts[quota.pk], at), field=str(quota.pk))
        for quota in quotas
        if quota.taken + counts[quota.pk] > quota.seats
    ]
    if full:
        raise Refused.many(full)
    for quota in quotas:
        Quota.objects.filter(pk=quota.pk).update(taken=F("taken") + counts[quota.pk])


@transaction.atomic
def release(*, notice: Notice, counts: Mapping[UUID, int], at: datetime) -> None:
    """Give back `counts[quota id]` seats, all or none, when an admission ends at `at`.

    Raises Refused SEATS_NOT_TAKEN when more would be given back than are taken, or QUOTA_UNKNOWN; ValueError for a negative count."""
    quotas = _locked(notice, counts)
    for quota in quotas:
        if quota.taken < counts[quota.pk]:
            sentence = f"{quota.base.name}的{quota.specialty.name}在 {at:%Y-%m-%d %H:%M} 只有 {quota.taken} 个已占名额，不能释放 {counts[quota.pk]} 个。"
            raise Refused("SEATS_NOT_TAKEN", sentence, field=str(quota.pk))
    for quota in quotas:
        Quota.objects.filter(pk=quota.pk).update(taken=F("taken") - counts[quota.pk])


def _locked(notice: Notice, counts: Mapping[UUID, int]) -> list[Quota]:
    """The quotas concerned, locked in id order so that two admissions never wait for each other."""
    if any(count < 0 for count in counts.values()):
        raise ValueError("counts of seats are never negative")
    wanted = [pk for pk, count in counts.items() if count]
    rows = Quota.objects.filter(notice=notice, pk__in=wanted).select_related("base", "specialty").order_by("pk")
    quotas = list(rows.select_for_update(of=("self",), no_key=True))
    if len(quotas) != len(wanted):
        raise Refused("QUOTA_UNKNOWN", "所选专业不在本次招收计划内。请刷新后重新选择。")
    return quotas


def _full_sentence(quota: Quota, wanted: int, at: datetime) -> str:
    return (
        f"{quota.base.name}的{quota.specialty.name}名额不足：计划 {quota.seats} 人，截至 {at:%Y-%m-%d %H:%M} 已录取 {quota.taken} 人，"
        f"还需 {wanted} 个。请先调整计划或减少录取人数。"
    )
