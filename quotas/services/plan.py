"""The adopted plan: importing it, and raising a quota within capacity."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bases.models import Specialty, TrainingBase
from bases.queries import base_index, specialty_index
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.refusals import Refusal, Refused
from quotas.models import EntryKind, Quota, SeatEntry
from quotas.services.plan_sheet import Cells, PlannedSeats, parse


@dataclass(frozen=True, slots=True)
class PlanImport:
    """What an import did: quotas made, quotas that already stood as the sheet says, seats in the whole sheet."""

    created: int
    unchanged: int
    seats: int


@transaction.atomic
def import_plan(*, notice: Notice, rows: Cells, actor: User | None, at: datetime) -> PlanImport:
    """Adopt a plan sheet (raw cells, see `plan_sheet`) for a notice, all or nothing; the same sheet again changes nothing.

    Raises Refused with every fault and its cell: those of `plan_sheet.parse`, PLAN_WRONG_TRACK where a base does not train in that programme,
    PLAN_ALREADY_SET where another figure is already adopted (raise it with `increase`, or move seats)."""
    specialties = specialty_index()
    bases = base_index()
    cells = parse(
        rows,
        specialties={name: row.code for name, row in specialties.items()},
        bases={name: row.code for name, row in bases.items()},
    )
    Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    by_base = {row.code: row for row in bases.values()}
    by_specialty = {row.code: row for row in specialties.values()}
    standing = {(row.base_id, row.specialty_id): row for row in Quota.objects.filter(notice=notice)}
    fresh: list[PlannedSeats] = []
    faults: list[Refusal] = []
    for cell in cells:
        base, specialty = by_base[cell.base], by_specialty[cell.specialty]
        quota = standing.get((base.pk, specialty.pk))
        if quota is None:
            fresh.append(cell)
        elif (quota.planned, quota.capacity) != (cell.seats, cell.capacity):
            faults.append(
                _refusal(
                    "PLAN_ALREADY_SET",
                    f"{base.name}的{specialty.name}已下达计划 {quota.planned} 人，不能用表格覆盖。",
                    cell,
                )
            )
        if specialty.track not in base.tracks:
            faults.append(
                _refusal(
                    "PLAN_WRONG_TRACK",
                    f"{base.name}不承担{specialty.get_track_display()}，不能安排{specialty.name}。",
                    cell,
                )
            )
    if faults:
        raise Refused.many(faults)
    _create(notice, fresh, by_base, by_specialty, actor, at)
    done = PlanImport(len(fresh), len(cells) - len(fresh), sum(cell.seats for cell in cells))
    if fresh:
        detail = {"quotas": done.created, "seats": sum(cell.seats for cell in fresh), "sha256": _digest(cells)}
        record(actor=actor, action="quota.plan_imported", subject=notice, at=at, detail=detail)
    return done


@transaction.atomic
def increase(*, quota: Quota, seats: int, reason: str, actor: User, at: datetime) -> SeatEntry:
    """Add seats to a quota within the base's capacity (增加名额, as 004 lets the province approve). Returns the ledger line.

    Raises Refused: SEATS_NOT_POSITIVE, REASON_MISSING, CAPACITY_EXCEEDED."""
    if seats < 1:
        raise Refused("SEATS_NOT_POSITIVE", "增加的名额至少为 1。", field="seats")
    if not reason.strip():
        raise Refused("REASON_MISSING", "请写明增加名额的原因。", field="reason")
    locked = Quota.objects.select_for_update(no_key=True).get(pk=quota.pk)
    if locked.capacity is not None and locked.seats + seats > locked.capacity:
        room = locked.capacity - locked.seats
        raise Refused("CAPACITY_EXCEEDED", f"培训容量为 {locked.capacity} 人，最多还能增加 {room} 人。", field="seats")
    locked.seats += seats
    locked.save(update_fields=["seats"])
    entry = SeatEntry.objects.create(
        quota=locked, kind=EntryKind.INCREASE, delta=seats, at=at, actor=actor, note=reason.strip()
    )
    record(actor=actor, action="quota.increased", subject=locked, at=at, detail={"seats": seats, "now": locked.seats})
    return entry


def _create(
    notice: Notice,
    cells: list[PlannedSeats],
    bases: dict[str, TrainingBase],
    specialties: dict[str, Specialty],
    actor: User | None,
    at: datetime,
) -> None:
    quotas = [
        Quota(
            notice=notice,
            base=bases[cell.base],
            specialty=specialties[cell.specialty],
            planned=cell.seats,
            seats=cell.seats,
            capacity=cell.capacity,
        )
        for cell in cells
    ]
    Quota.objects.bulk_create(quotas)
    SeatEntry.objects.bulk_create(
        SeatEntry(quota=quota, kind=EntryKind.PLAN, delta=cell.seats, at=at, actor=actor, note=cell.note)
        for quota, cell in zip(quotas, cells, strict=True)
    )


def _refusal(code: str, sentence: str, cell: PlannedSeats) -> Refusal:
    return Refusal(code, f"{cell.cell} 单元格：{sentence}", field=cell.cell)


def _digest(cells: list[PlannedSeats]) -> str:
    rows = sorted([cell.base, cell.specialty, cell.seats, cell.capacity] for cell in cells)
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()
