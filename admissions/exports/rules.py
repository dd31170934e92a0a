"""A notice in sentences, and what an amendment changes for people, as spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from admissions.exports.lists import watermark
from admissions.models import PreviewLine
from gme_portal.notices.models import NoticeVersion
from gme_portal.policy import Policy, describe
from gme_portal.sheets import Column, write
from gme_portal.wording import beijing

RULES = (
    Column("section", "章节"),
    Column("text", "内容", width=50),
    Column("clause", "依据"),
    Column("note", "说明", width=30),
)
PREVIEW = (
    Column("number", "报名号"),
    Column("name", "姓名"),
    Column("document_number", "证件号码（部分隐藏）"),
    Column("base", "志愿基地"),
    Column("change", "结论变化"),
    Column("specialties", "涉及专业"),
    Column("rule", "规则"),
    Column("before", "现行规定"),
    Column("after", "修订之后"),
    Column("clause", "依据"),
)


def rules_sheet(policy: Policy, version: NoticeVersion) -> bytes:
    """Every sentence of a notice with its clause."""
    rows = (
        {
            "section": one.section,
            "text": one.text,
            "clause": policy.cite(one.clause) if one.clause else "",
            "note": one.note,
        }
        for one in describe(policy)
    )
    note = f"第 {version.number} 版，{beijing(version.adopted_at)}起执行，摘要 {version.digest[:12]}。"
    return write(f"{policy.title}招录规则", RULES, rows, note_lines=[note])


def preview_sheet(title: str, lines: Iterable[PreviewLine], *, policy: Policy, actor: Any, at: datetime) -> bytes:
    """People whose verdict an amendment changes; numbers stay masked."""
    return write(f"{title}修订影响名单", PREVIEW, (_line(one, policy) for one in lines), watermark=watermark(actor, at))


def _line(line: PreviewLine, policy: Policy) -> dict[str, str]:
    row = line.application
    return {
        "number": row.number,
        "name": row.applicant.user.name,
        "document_number": str(row.applicant.user.document_number),
        "base": row.base.name if row.base else "",
        "change": line.get_direction_display(),
        "specialties": "、".join(names_of(line, policy)),
        "rule": line.rule,
        "before": line.before,
        "after": line.after,
        "clause": policy.cite(line.clause) if line.clause else "",
    }


def names_of(line: PreviewLine, policy: Policy) -> list[str]:
    """The specialties of a line by name."""
    return [policy.specialties.names.get(code, code) for code in line.specialties]
