"""The application form (报名表) on paper: what it needs to know, and nothing about where that comes from.

The app that knows the application fills an `ApplicationForm` with finished Chinese text; empty or missing keys print as empty cells to be filled
by hand. Source of the form: 003 (五) 打印报名表; of the two opinion boxes: 000 四 「单位或研究生培养院校审核意见」.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from gme_portal.printing.engine import Printed, render_pdf
from gme_portal.printing.pictures import qr_svg

TEMPLATE = "print/application_form.html"
EDUCATION_LINES = 3
CHOICE_LINES = 3


class EducationLine(TypedDict, total=False):
    """One education (学历), in words."""

    level: str  # 本科
    school: str
    major: str
    degree: str  # 医学学士（专业学位）
    mode: str  # 全日制
    graduated_on: str  # 2025年6月, or 在读
    certificate_no: str


class ChoiceLine(TypedDict, total=False):
    """One choice (志愿) in its order."""

    no: str  # 第一志愿
    base: str
    specialty: str
    code: str  # 0700


class ApplicationForm(TypedDict, total=False):
    """Everything on the form, as text. `photo` is a data URI from `photo_data_uri`; `verify_url` becomes the QR code."""

    title: str  # 云南省住院医师规范化培训报名表
    number: str  # 报名编号
    round_text: str  # 2025 年第一批招录
    version: str  # 第 2 版
    submitted_at: str  # 2025年7月18日（星期五）21:40, empty for a draft
    name: str
    gender: str
    ethnic_group: str
    birth_on: str
    document_kind: str
    document_number: str
    phone: str
    email: str
    address: str
    household: str
    person_type: str
    political: str
    education: list[EducationLine]
    licence: str  # 执业医师（临床） / 未取得
    licence_number: str
    licence_on: str  # 取得日期
    employer: str
    employer_level: str  # 县级
    employer_place: str  # 大理白族自治州
    choices: list[ChoiceLine]
    transfer_text: str  # 服从 / 不服从, with the notice's words
    receipt_no: str
    digest_short: str
    verify_url: str
    mark: str  # 未受理: across the sheet of a form that was not filed yet
    photo: str


def print_application_form(form: ApplicationForm, *, at: datetime, rehearsal: bool = False) -> Printed:
    """The form as a PDF of one A4 page. `rehearsal` adds the watermark 演练数据."""
    return render_pdf(TEMPLATE, application_form_context(form, rehearsal=rehearsal), at=at, one_page=True)


def application_form_context(form: ApplicationForm, *, rehearsal: bool = False) -> dict[str, Any]:
    """The template's context: the form with its tables padded to a fixed number of lines, and the QR code drawn."""
    return {
        "form": form,
        "education": _padded(form.get("education", []), EDUCATION_LINES),
        "choices": _padded(form.get("choices", []), CHOICE_LINES),
        "qr": qr_svg(form.get("verify_url", "")),
        "serial": form.get("receipt_no", ""),
        "mark": form.get("mark", ""),
        "rehearsal": rehearsal,
    }


def _padded(lines: list[Any], least: int) -> list[Mapping[str, str]]:
    return [*lines, *({} for _ in range(least - len(lines)))]
