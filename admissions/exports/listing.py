"""Lists of names (名册) as a spreadsheet, with masked numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from admissions.queries.listing import PROGRESS
from applicants.models import RosterEntry
from gme_portal.policy import Policy
from gme_portal.sheets import Column, write
from gme_portal.wording import beijing

COLUMNS = (
    Column("name", "姓名"),
    Column("document_number", "证件号码（部分隐藏）"),
    Column("person_type", "类别"),
    Column("school", "培养院校"),
    Column("base", "指定基地"),
    Column("specialty", "指定专业"),
    Column("source", "来源"),
    Column("progress", "进度"),
    Column("imported_at", "列入时间"),
)


def listing_sheet(title: str, rows: Iterable[RosterEntry], *, policy: Policy, watermark: str) -> bytes:
    """The rows of `queries.listing.entries` as .xlsx."""
    return write(title, COLUMNS, (_line(row, policy) for row in rows), watermark=watermark)


def _line(row: Any, policy: Policy) -> dict[str, Any]:
    kind = policy.person_type(row.person_type)
    progress = "filed" if row.filed else "registered" if row.registered else "unregistered"
    return {
        "name": row.name,
        "document_number": str(row.document_number),
        "person_type": kind.label if kind else row.get_person_type_display(),
        "school": row.school.name,
        "base": row.base.name,
        "specialty": row.specialty.name,
        "source": row.get_source_display(),
        "progress": PROGRESS[progress],
        "imported_at": beijing(row.imported_at, "short"),
    }
