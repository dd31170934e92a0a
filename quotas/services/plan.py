"""Adopting the plan (下达计划) from a sheet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bases.models import Specialty, TrainingBase
from bases.queries import base_index, specialty_index
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.notices.services.standing import standing_version
from gme_portal.refusals import Refusal, Refused
from quotas.models import EntryKind, OthersPool, Quota, SeatEntry
from quotas.queries import planned_total
from quotas.services.plan_sheet import Cells, PlannedOthers, PlannedSeats, PlanSheet, parse
from quotas.terms import PlanTerms


@dataclass(frozen=True, slots=True)
class PlanImport:
    """What an import did: quotas and pools made, those that already stood as the sheet says, seats in the whole sheet, and how many of the seats
    that the notice announces the plan still lacks afterwards (0 where it announces no number)."""

    created: int
    unchanged: int
    seats: int
    lacking: int


@dataclass(slots=True)
class _Names:
    """The catalogue by code."""

    bases: dict[str, TrainingBase]
    specialties: dict[str, Specialty]


@dataclass(slots=True)
class _Judged:
    """What of a sheet is new, and what is wrong with it."""

    seats: list[PlannedSeats] = field(default_factory=list)
    others: list[PlannedOthers] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)

    def fault(self, code: str, sentence: str, cell: str, clause: str = "") -> None:
        self.faults.append(Refusal(code, f"{cell} 单元格：{sentence}", clause, cell))


@transaction.atomic
def import_plan(
    *, notice: Notice, rows: Cells, terms: PlanTerms, actor: User | None, at: datetime, example: bool = False
) -> PlanImport:
    """Adopt a plan sheet (raw cells, see `plan_sheet`) for a notice, all or nothing; the same sheet again changes nothing. `example`: its figures
    are made up, and are marked so.

    Raises Refused with every fault and its cell: those of `plan_sheet.parse`; PLAN_WRONG_TRACK where a base does not train in that programme,
    PLAN_NOT_IN_NOTICE where the notice does not recruit for a specialty, PLAN_ALREADY_SET where another figure is already adopted,
    PLAN_OTHERS_UNKNOWN and PLAN_RESERVE_UNKNOWN where the notice knows no 其他 or no commissioned people, PLAN_TOTAL_EXCEEDED where the
    plan would be larger than the notice announces; NOTICE_CHANGED."""
    specialties, bases = specialty_index(), base_index()
    sheet = parse(
        rows,
        specialties={name: row.code for name, row in specialties.items()},
        bases={name: row.code for name, row in bases.items()},
    )
    version = standing_version(
        notice, read_from=terms.digest
    )  # before the row: who amends a notice takes them in this order
    Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    names = _Names({row.code: row for row in bases.values()}, {row.code: row for row in specialties.values()})
    judged = _judge(notice, sheet, names, terms)
    standing = planned_total(notice)
    planned = standing + sum(cell.seats for cell in judged.seats) + sum(other.seats for other in judged.others)
    if terms.total and planned > terms.total:
        sentence = f"加上已下达的 {standing} 人，计划共 {planned} 人，多于通知公布的 {terms.total} 人。请核对。"
        judged.fault("PLAN_TOTAL_EXCEEDED", sentence, sheet.total_cell, terms.clause)
    if judged.faults:
        raise Refused.many(judged.faults)
    _create(version, judged, names, actor, at, example)
    fresh, lines = len(judged.seats) + len(judged.others), len(sheet.seats) + len(sheet.others)
    done = PlanImport(fresh, lines - fresh, sheet.total, max(terms.total - planned, 0))
    if fresh:
        detail = {"quotas": fresh, "seats": planned - standing, "sha256": _digest(sheet)}
        record(actor=actor, action="quota.plan_imported", subject=notice, at=at, detail=detail)
    return done


def _judge(notice: Notice, sheet: PlanSheet, names: _Names, terms: PlanTerms) -> _Judged:
    found = _Judged()
    quotas = {(row.base_id, row.specialty_id): row for row in Quota.objects.filter(notice=notice)}
    pools = {row.base_id: row for row in OthersPool.objects.filter(notice=notice)}
    for cell in sheet.seats:
        base, specialty = names.bases[cell.base], names.specialties[cell.specialty]
        if specialty.track not in base.tracks:
            sentence = f"{base.name}不承担{specialty.get_track_display()}，不能安排{specialty.name}。"
            found.fault("PLAN_WRONG_TRACK", sentence, cell.cell)
        elif specialty.code not in terms.codes:
            found.fault("PLAN_NOT_IN_NOTICE", f"本通知不招收{specialty.name}。", cell.cell, terms.clause)
        if cell.reserved and not terms.reserve:
            sentence = "本通知没有由省级或院校指定、占计划的订单定向医学生，不能预留名额。"
            found.fault("PLAN_RESERVE_UNKNOWN", sentence, cell.cell, terms.clause)
        quota = quotas.get((base.pk, specialty.pk))
        if quota is None:
            found.seats.append(cell)
        elif (quota.planned, quota.capacity) != (cell.seats, cell.capacity):
            sentence = f"{base.name}的{specialty.name}已下达计划 {quota.planned} 人，不能用表格覆盖。"
            found.fault("PLAN_ALREADY_SET", sentence, cell.cell)
    for other in sheet.others:
        _judge_others(found, other, names.bases[other.base], pools, terms)
    return found


def _judge_others(
    found: _Judged, other: PlannedOthers, base: TrainingBase, pools: dict[UUID, OthersPool], terms: PlanTerms
) -> None:
    pool = pools.get(base.pk)
    if not terms.others_row:
        sentence = "本通知的计划须写明每个专业的人数，不能只写“其他”。"
        found.fault("PLAN_OTHERS_UNKNOWN", sentence, other.cell, terms.clause)
    elif pool is None:
        found.others.append(other)
    elif pool.planned != other.seats:
        sentence = f"{base.name}的其他专业已下达计划 {pool.planned} 人，不能用表格覆盖。"
        found.fault("PLAN_ALREADY_SET", sentence, other.cell)


def _create(
    version: NoticeVersion, judged: _Judged, names: _Names, actor: User | None, at: datetime, example: bool
) -> None:
    notice = version.notice
    quotas = [
        Quota(
            notice=notice,
            base=names.bases[cell.base],
            specialty=names.specialties[cell.specialty],
            planned=cell.seats,
            seats=cell.seats,
            capacity=cell.capacity,
            reserved=cell.reserved,
            is_example=example,
        )
        for cell in judged.seats
    ]
    Quota.objects.bulk_create(quotas)
    SeatEntry.objects.bulk_create(
        SeatEntry(
            quota=quota,
            kind=EntryKind.PLAN,
            delta=cell.seats,
            reserved_delta=cell.reserved,
            at=at,
            actor=actor,
            note=cell.note,
            decided_under=version,
        )
        for quota, cell in zip(quotas, judged.seats, strict=True)
    )
    OthersPool.objects.bulk_create(
        OthersPool(notice=notice, base=names.bases[other.base], planned=other.seats, adopted_at=at)
        for other in judged.others
    )


def _digest(sheet: PlanSheet) -> str:
    """Of the plan, not of the file: the same plan in another layout has the same digest."""
    lines = [f"{one.base} {one.specialty} {one.seats} {one.capacity} {one.reserved}" for one in sheet.seats]
    lines += [f"{other.base} {other.seats}" for other in sheet.others]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
