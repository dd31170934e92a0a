"""The comparison of two runs (运算比较) as a spreadsheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from admissions.exports.lists import watermark
from admissions.queries.comparisons import Comparison, figure_rows, option_label
from gme_portal.sheets import Column, write

COLUMNS = (
    Column("number", "报名号"),
    Column("name", "姓名"),
    Column("before", "原结果"),
    Column("after", "现结果"),
    Column("kind", "变化"),
    Column("why", "原因"),
)


def comparison_sheet(title: str, found: Comparison, *, actor: Any, at: datetime) -> bytes:
    """One row per person whose result differs; which runs, the figures of both and the changed rules stand above."""
    figures = "；".join(
        f"{row['label']} {row['before']} → {row['after']}" for row in figure_rows(found.before, found.after)
    )
    notes = [f"原：{option_label(found.older)}　现：{option_label(found.newer)}", figures, *found.rules]
    rows = (
        {
            "number": change.number,
            "name": name,
            "before": change.before,
            "after": change.after,
            "kind": change.label,
            "why": change.why,
        }
        for change, name in found.people
    )
    return write(title, COLUMNS, rows, note_lines=notes, watermark=watermark(actor, at))
