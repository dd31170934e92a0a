"""The roster of those admitted (学员信息表, 000 五(五)) in the columns that the policy names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from admissions.models import Offer
from admissions.queries.year_reductions import training_years
from gme_portal.pii.masks import mask_number, mask_phone
from gme_portal.policy import Policy
from gme_portal.sheets import Column, write

# From low to high: the last one reached is the highest education (最高学历).
LEVELS = ("college", "bachelor", "master", "doctor")
KINDS = {"id_number": "id_number", "mobile": "phone"}


def roster_sheet(title: str, offers: Iterable[Offer], *, policy: Policy, full: bool, watermark: str) -> bytes:
    """The roster as .xlsx. `full` shows whole numbers; otherwise ID number, phone and licence number are masked.

    `offers` come with their application's newest submission, quota, base and specialty. Raises KeyError for a column that no one knows."""
    columns = [Column(column.key, column.label, kind=KINDS.get(column.key, "text")) for column in policy.roster.columns]  # type: ignore[arg-type]
    rows = ({column.key: _CELLS[column.key](person) for column in columns} for person in _people(offers, full))
    note = "含完整证件号码，请按个人信息保护要求保管。" if full else "证件号码、手机号和证书编号部分隐藏。"
    return write(title, columns, rows, note_lines=[note], watermark=watermark)


def _people(offers: Iterable[Offer], full: bool) -> Iterator[dict[str, Any]]:
    for place, offer in enumerate(offers, start=1):
        newest = max(offer.application.submissions.all(), key=lambda submission: submission.number)
        content = json.loads(newest.content.open())
        education: dict[str, Any] = max(content["education"], key=lambda row: LEVELS.index(row["level"]), default={})
        yield {
            "place": place,
            "offer": offer,
            "person": content["person"],
            "education": education,
            "content": content,
            "full": full,
        }


def _number(row: dict[str, Any], plain: str, mask: Callable[[str], str]) -> str:
    return plain if row["full"] or not plain else mask(plain)


_CELLS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "seq": lambda row: row["place"],
    "name": lambda row: row["person"]["name"],
    "gender": lambda row: row["person"]["gender_label"],
    "ethnicity": lambda row: row["person"]["ethnic_group_label"],
    "id_kind": lambda row: row["person"]["document_kind_label"],
    "id_number": lambda row: _number(row, row["person"]["document_number"], mask_number),
    "mobile": lambda row: _number(row, row["person"]["phone"], mask_phone),
    "highest_education": lambda row: row["education"].get("level_label", ""),
    "school": lambda row: row["education"].get("school", ""),
    "major": lambda row: row["education"].get("major", ""),
    "licence_no": lambda row: _number(row, (row["content"]["licence"] or {}).get("number", ""), mask_number),
    "person_type": lambda row: row["person"]["person_type_label"],
    "employer": lambda row: (row["content"]["employment"] or {}).get("name", ""),
    "base": lambda row: row["offer"].quota.base.name,
    "specialty": lambda row: row["offer"].quota.specialty.name,
    "years": lambda row: training_years(row["offer"]),
    "reported_on": lambda row: row["offer"].reported_at.date() if row["offer"].reported_at else "",
}
