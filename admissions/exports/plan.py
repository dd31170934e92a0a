"""The plan as spreadsheets: the matrix, the ledger with every signature, and the sheet to distribute 其他 with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from admissions.exports.lists import watermark
from bases.models import Specialty
from gme_portal.notices.models import Notice
from gme_portal.sheets import Column, write
from gme_portal.wording import beijing
from quotas.models import EntryKind, OthersPool, SeatEntry
from quotas.queries import Matrix

OTHERS = "其他（未分配）"
LEDGER = (
    Column("base", "培训基地"),
    Column("specialty", "专业"),
    Column("kind", "类型"),
    Column("delta", "增减", kind="integer"),
    Column("seats", "现有名额", kind="integer"),
    Column("reserved", "其中订单定向", kind="integer"),
    Column("with", "对方专业"),
    Column("note", "说明"),
    Column("actor", "经办人"),
    Column("at", "时间"),
    Column("under", "依据的通知版本"),
)


def plan_sheet(notice: Notice, plan: Matrix, *, actor: Any, at: datetime) -> bytes:
    """The plan as a matrix: bases down, specialties across, "taken/seats" in each cell, "/" where a specialty is not open."""
    columns = [
        Column("base", "培训基地"),
        *(Column(one.pk, one.name) for one in plan.specialties),
        *([Column("others", OTHERS)] if plan.waiting else []),
        Column("total", "合计"),
    ]
    notes = ["每格：已录取/现有名额；“/”为不招收。"]
    if plan.total.reserved:
        notes.append(f"现有名额中，为订单定向医学生预留 {plan.total.reserved} 个。")
    if plan.has_examples:
        notes.append("表中有的计划数为示例，不是真实计划。")
    title = f"{notice.title}计划与录取"
    return write(title, columns, _plan_rows(plan), note_lines=notes, watermark=watermark(actor, at))


def _plan_rows(plan: Matrix) -> Iterator[dict[str, Any]]:
    for row in plan.rows:
        cells = {
            specialty.pk: f"{quota.taken}/{quota.seats}" if quota else "/"
            for specialty, quota in zip(plan.specialties, row.cells, strict=True)
        }
        total = f"{row.total.taken}/{row.total.seats}"
        yield {"base": row.base.name, **cells, "others": row.waiting or "/", "total": total}
    totals = {
        one.pk: f"{total.taken}/{total.seats}" for one, total in zip(plan.specialties, plan.column_totals, strict=True)
    }
    yield {"base": "合计", **totals, "others": plan.waiting, "total": f"{plan.total.taken}/{plan.total.seats}"}


def ledger_sheet(title: str, entries: Iterable[SeatEntry], *, actor: Any, at: datetime) -> bytes:
    """Every line of the ledgers in order (`quotas.queries.ledger_of_notice`), with the seats after it, who signed and when."""
    notes = ["每个专业的增减相加等于现有名额；记录只增不改，每行都有经办人和时间。"]
    return write(title, LEDGER, _ledger_rows(entries), note_lines=notes, watermark=watermark(actor, at))


def _ledger_rows(entries: Iterable[SeatEntry]) -> Iterator[dict[str, Any]]:
    quota: Any = None
    seats = reserved = 0
    for entry in entries:
        if entry.quota_id != quota:
            quota, seats, reserved = entry.quota_id, 0, 0
        seats, reserved = seats + entry.delta, reserved + entry.reserved_delta
        other = ""
        if entry.move is not None:
            other = (entry.move.target if entry.kind == EntryKind.MOVE_OUT else entry.move.source).specialty.name
        yield {
            "base": entry.quota.base.name,
            "specialty": entry.quota.specialty.name,
            "kind": entry.get_kind_display(),
            "delta": entry.delta,
            "seats": seats,
            "reserved": reserved,
            "with": other,
            "note": entry.note,
            "actor": entry.actor.name if entry.actor else "平台",
            "at": beijing(entry.at, "second"),
            "under": f"第 {entry.stands_on.number} 版" if entry.stands_on else "",
        }


def distribution_sheet(
    title: str, pools: Sequence[OthersPool], specialties: Sequence[Specialty], *, actor: Any, at: datetime
) -> bytes:
    """The sheet to fill in: a row per base that has not distributed, a column per specialty, its 其他 as the sum that must come out."""
    columns = [
        Column("base", "培训基地"),
        *(Column(one.code, one.name, kind="integer") for one in specialties),
        Column("total", "合计", kind="integer"),
    ]
    rows = [{"base": pool.base.name, "total": pool.planned} for pool in pools]
    rows.append({"base": "合计", "total": sum(pool.planned for pool in pools)})
    notes = [
        "每家基地把“其他”的名额全部分到专业，合计须等于已填的数；不招收的专业留空。",
        "最后一行“合计”须填写各专业之和；需要写明培训容量的，在专业列后加一列“专业名＋容量”。",
    ]
    return write(title, columns, rows, note_lines=notes, watermark=watermark(actor, at))
