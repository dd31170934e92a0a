"""Lists of names (名册) under any notice: whoever the notice wants on one is put there by the school, in the sheet its page gives out."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bases.models import Specialty
from gme_portal.sheets import MEDIA_TYPE
from tests.journey.cast import Figure
from tests.journey.province import Province
from tests.journey.reader import Reader, Scan

KIND = "类别"


def hand_in(province: Province) -> None:
    """Everybody who is assigned, or has to be on a list before signing up, with base and specialty."""
    listed = [one for one in province.people if one.kind.assigned or one.kind.roster != "none"]
    if listed:
        school = province.at("school")
        school.open("/")
        _import(school, listed)


def _import(reader: Reader, people: Sequence[Figure]) -> None:
    book = load_workbook(io.BytesIO(reader.fetch("下载模板")))
    _fill(book, book.active, people)
    out = io.BytesIO()
    book.save(out)
    (label,) = reader.asks("导入")
    reader.press("导入", {label: Scan("名册.xlsx", out.getvalue(), MEDIA_TYPE)})
    reader.sees(f"已导入 {len(people)} 人", *(one.name for one in people))


def _fill(book: Workbook, sheet: Worksheet, people: Sequence[Figure]) -> None:
    """A line for each person under the headings of the template."""
    heading = next(row for row in sheet.iter_rows() if any(_plain(cell.value) == KIND for cell in row))
    columns = {_plain(cell.value): cell.column for cell in heading if cell.value}
    kinds = _offered(book, sheet, columns[KIND])
    for row, one in enumerate(people, heading[0].row + 1):
        line = {
            "姓名": one.name,
            "证件号码": one.document_number,
            KIND: next(word for word in kinds if word in (one.kind.label, *one.kind.aliases)),
            "培训基地": one.base.name,
            "培训专业": Specialty.objects.get(pk=one.specialty).name,
        }
        for head, text in line.items():
            sheet.cell(row, columns[head], text)


def _offered(book: Workbook, sheet: Worksheet, column: int) -> list[str]:
    """What the template lets one pick in a column."""
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list" and any(area.min_col == column for area in rule.sqref.ranges):
            source = rule.formula1
            if source.startswith('"'):
                return source.strip('"').split(",")
            name, _, area = source.partition("!")
            rows = book[name.strip("'")][area.replace("$", "")]
            return [str(cell.value) for row in rows for cell in row if cell.value]
    raise AssertionError("no list to pick from")


def _plain(heading: object) -> str:
    return str(heading or "").strip().rstrip("*＊ ")
