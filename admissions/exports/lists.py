"""Lists of applications as spreadsheets, with masked numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from admissions.models import Application
from applicants.models import PersonType
from gme_portal.sheets import Column, write
from gme_portal.wording import beijing

APPLICATIONS = (
    Column("number", "报名号"),
    Column("name", "姓名"),
    Column("document_number", "证件号码（部分隐藏）"),
    Column("person_type", "人员类型"),
    Column("base", "志愿基地"),
    Column("choices", "志愿专业"),
    Column("state", "状态"),
    Column("submitted_at", "提交时间"),
    Column("confirmed_at", "现场确认"),
)


def watermark(actor: Any, at: datetime) -> str:
    """Who made the export and when; stands on every printed page of it."""
    return f"{actor.name} {beijing(at)} 导出"


def applications_sheet(title: str, rows: Iterable[Application], *, actor: Any, at: datetime) -> bytes:
    """Applications (报名) as .xlsx; numbers stay masked, so no second person is asked."""
    return write(title, APPLICATIONS, map(_application, rows), watermark=watermark(actor, at))


def _application(row: Application) -> dict[str, Any]:
    return {
        "number": row.number,
        "name": row.applicant.user.name,
        "document_number": str(row.applicant.user.document_number),
        "person_type": PersonType(row.applicant.person_type).label if row.applicant.person_type else "",
        "base": row.base.name if row.base else "",
        "choices": "；".join(f"{choice.position} {choice.quota.specialty.name}" for choice in row.choices.all()),
        "state": row.get_state_display(),
        "submitted_at": beijing(row.submitted_at, "second") if row.submitted_at else "",
        "confirmed_at": beijing(row.confirmed_at, "short") if row.confirmed_at else "",
    }
