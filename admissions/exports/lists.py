"""Lists as spreadsheets: of applications with masked numbers, and of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from admissions.models import Application
from applicants.models import PersonType
from gme_portal.notices.models import Notice
from gme_portal.sheets import Column, write
from gme_portal.wording import beijing
from quotas.queries import Matrix

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


def plan_sheet(notice: Notice, plan: Matrix, *, actor: Any, at: datetime) -> bytes:
    """The plan as a matrix: bases down, specialties across, "taken/seats" in each cell, "/" where a specialty is not open."""
    columns = [
        Column("base", "培训基地"),
        *(Column(one.pk, one.name) for one in plan.specialties),
        Column("total", "合计"),
    ]
    return write(
        f"{notice.title}计划与录取",
        columns,
        _plan_rows(plan),
        note_lines=["每格：已录取/现有名额；“/”为不招收。"],
        watermark=watermark(actor, at),
    )


def _plan_rows(plan: Matrix) -> Iterator[dict[str, Any]]:
    for row in plan.rows:
        cells = {
            specialty.pk: f"{quota.taken}/{quota.seats}" if quota else "/"
            for specialty, quota in zip(plan.specialties, row.cells, strict=True)
        }
        yield {"base": row.base.name, **cells, "total": f"{row.total.taken}/{row.total.seats}"}
    totals = {
        one.pk: f"{total.taken}/{total.seats}" for one, total in zip(plan.specialties, plan.column_totals, strict=True)
    }
    yield {"base": "合计", **totals, "total": f"{plan.total.taken}/{plan.total.seats}"}
