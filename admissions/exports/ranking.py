"""The ranking (成绩排名) as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from admissions.exports.lists import watermark
from admissions.queries.ranking import Row
from gme_portal.policy import Policy
from gme_portal.sheets import Column, write


def ranking_sheet(title: str, rows: Iterable[Row], *, policy: Policy, actor: Any, at: datetime) -> bytes:
    """One row per person, marks as numbers; the components in the order of the notice."""
    parts = policy.scoring.components
    columns = [
        Column("rank", "名次", kind="integer"),
        Column("number", "报名号"),
        Column("name", "姓名"),
        Column("total", "总成绩", kind="mark"),
        *(Column(part.key, part.label, kind="mark") for part in parts),
        Column("tie", "同分比较"),
        Column("county", "县级及以下"),
        Column("lottery", "抽签号", kind="integer"),
        Column("choices", "志愿"),
        Column("adjust", "服从基地调剂"),
        Column("note", "说明"),
    ]
    return write(title, columns, ([_values(row, parts) for row in rows]), watermark=watermark(actor, at))


def _values(row: Row, parts: Any) -> dict[str, Any]:
    marks = {part.key: _points(value) for part, value in zip(parts, row.parts, strict=True)}
    return {
        "rank": row.rank,
        "number": row.number,
        "name": row.name,
        "total": _points(row.total),
        "tie": row.tie,
        "county": "是" if row.county else "",
        "lottery": row.lottery,
        "choices": "；".join(f"{place} {name}" for place, name in enumerate(row.choices, 1)),
        "adjust": "是" if row.adjust else "否",
        "note": row.note,
        **marks,
    }


def _points(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths) / 100
