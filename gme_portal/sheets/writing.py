"""Writing sheets: styled for print and Chinese, and dead: no cell is ever a formula or a link, whatever text it holds."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from gme_portal.sheets.cells import bounds
from gme_portal.sheets.columns import Column

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
TITLE = Font(name="宋体", size=16, bold=True)
NOTE = Font(name="宋体", size=10, color="00595959")
MARKING = Font(name="宋体", size=10, color="00B42318")
HEADING = Font(name="宋体", size=11, bold=True)
BODY = Font(name="宋体", size=11)
HEADING_FILL = PatternFill("solid", fgColor="00E8EEF4")
LINE = Side(style="thin", color="00BFC7CF")
GRID = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
TEMPLATE_ROWS = 2000
INLINE_LIST = 250  # characters Excel takes for a list written into the rule itself
CHOICES_SHEET = "选项"


def write(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    *,
    note_lines: Sequence[str] = (),
    watermark: str = "",
) -> bytes:
    """One styled sheet as .xlsx. `rows` are mappings by column key; missing keys and None stay empty.

    `note_lines` stand under the title; `watermark` (who, when, serial) stands there too and on every printed page. Numbers, dates and Decimals
    keep their type; everything else, and every cell of a text, id or phone column, is text: `=1+1` stays five characters.
    """
    book, sheet, heading = _begin(title, columns, note_lines, watermark)
    widths = [max(_width(column.header) + 2, column.width * 2) for column in columns]
    for number, row in enumerate(rows, start=heading + 1):
        for index, column in enumerate(columns, start=1):
            cell = sheet.cell(number, index)
            _put(cell, row.get(column.key), column)
            widths[index - 1] = max(widths[index - 1], _width(str(cell.value or "")) + 2)
    _finish(sheet, heading, columns, [min(width, 60) for width in widths])
    return _packed(book)


def template(title: str, columns: Sequence[Column], *, note_lines: Sequence[str] = ()) -> bytes:
    """An empty sheet to fill in: text format where digits must survive, lists for choices, bounds for numbers; required headings carry a star."""
    book, sheet, heading = _begin(title, columns, note_lines, "", starred=True)
    for index, column in enumerate(columns, start=1):
        last = heading + TEMPLATE_ROWS
        if column.is_text_cell or column.kind == "date":
            for number in range(heading + 1, heading + 301):
                sheet.cell(number, index).number_format = _format(column)
            sheet.column_dimensions[get_column_letter(index)].number_format = _format(column)
        rule = _rule(book, column)
        if rule is not None:
            name = get_column_letter(index)
            rule.add(f"{name}{heading + 1}:{name}{last}")
            sheet.add_data_validation(rule)
    _finish(sheet, heading, columns, [max(_width(column.header) + 4, column.width * 2, 12) for column in columns])
    return _packed(book)


def clean(text: str) -> str:
    """Without control characters and lone surrogates, which no spreadsheet can hold."""
    return CONTROL.sub("", text)


def _begin(
    title: str, columns: Sequence[Column], note_lines: Sequence[str], watermark: str, *, starred: bool = False
) -> tuple[Workbook, Worksheet, int]:
    """A book with title, notes and heading row; returns the number of the heading row."""
    book = Workbook()
    sheet = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\']", " ", clean(title))[:31].strip() or "表"
    lines = [(title, TITLE), *((line, NOTE) for line in note_lines)] + ([(watermark, MARKING)] if watermark else [])
    for number, (line, font) in enumerate(lines, start=1):
        cell = sheet.cell(number, 1)
        _text(cell, line)
        cell.font = font
        cell.alignment = Alignment(vertical="center", wrap_text=False)
        if number == 1:
            sheet.row_dimensions[1].height = 30
    heading = len(lines) + 1
    for index, column in enumerate(columns, start=1):
        cell = sheet.cell(heading, index)
        _text(cell, column.header + ("*" if starred and column.required else ""))
        cell.font, cell.fill, cell.border = HEADING, HEADING_FILL, GRID
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[heading].height = 24
    if watermark:
        sheet.oddFooter.left.text = clean(watermark).replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页 共 &N 页"
    return book, sheet, heading


def _put(cell: Cell, value: Any, column: Column) -> None:
    cell.font, cell.border = BODY, GRID
    cell.alignment = Alignment(vertical="center", wrap_text=column.kind == "text", horizontal=_align(column))
    if value is None:
        return
    number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    if number and column.kind in ("mark", "integer"):
        cell.value = value
        cell.number_format = "0.00" if column.kind == "mark" else "0"
    elif isinstance(value, (date, datetime)) and column.kind == "date":
        cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        cell.number_format = _format(column)
    else:
        _text(cell, str(value))
        cell.number_format = "@"


def _text(cell: Cell, text: str) -> None:
    """Set text as text: openpyxl would make a formula of a leading `=` and an error of `#N/A`."""
    cell.value = clean(text)[:32767]
    cell.data_type = "s"


def _align(column: Column) -> str:
    return {"mark": "right", "integer": "right", "text": "left"}.get(column.kind, "center")


def _format(column: Column) -> str:
    return "yyyy-mm-dd" if column.kind == "date" else "@"


def _width(text: str) -> int:
    """Columns on screen: a Chinese character takes two."""
    longest = max(text.splitlines() or [""], key=len)
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in longest)


def _finish(sheet: Worksheet, heading: int, columns: Sequence[Column], widths: Sequence[int]) -> None:
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width + 1
    sheet.freeze_panes = sheet.cell(heading + 1, 1)
    sheet.auto_filter.ref = f"A{heading}:{get_column_letter(len(columns))}{max(sheet.max_row, heading)}"
    sheet.print_title_rows = f"{heading}:{heading}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if sum(widths) > 90 else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _rule(book: Workbook, column: Column) -> DataValidation | None:
    """The check Excel makes while a person types; reading checks everything again."""
    blank = not column.required
    if column.kind == "choice" and column.choices:
        rule = DataValidation(type="list", formula1=_list(book, column), allow_blank=blank)
        rule.error = "请从下拉列表中选择。"
    elif (
        column.kind in ("mark", "integer")
        and not column.choices
        and column.minimum is not None
        and column.maximum is not None
    ):
        kind = "whole" if column.kind == "integer" else "decimal"
        low, high = f"{column.minimum:g}", f"{column.maximum:g}"
        rule = DataValidation(type=kind, operator="between", formula1=low, formula2=high, allow_blank=blank)
        rule.error = f"应为{bounds(column).strip()}。"
    elif column.kind in ("id_number", "phone"):
        rule = DataValidation(type="textLength", operator="between", formula1="6", formula2="24", allow_blank=blank)
        rule.error = "请按文本录入完整号码。"
    else:
        return None
    rule.errorTitle, rule.showErrorMessage = column.header[:31], True
    return rule


def _list(book: Workbook, column: Column) -> str:
    inline = ",".join(column.choices)
    if len(inline) <= INLINE_LIST and not any("," in option or '"' in option for option in column.choices):
        return f'"{inline}"'
    if CHOICES_SHEET not in book.sheetnames:
        book.create_sheet(CHOICES_SHEET).sheet_state = "hidden"
    side = book[CHOICES_SHEET]
    used = side.max_column if side["A1"].value is not None else 0
    for number, option in enumerate(column.choices, start=1):
        _text(side.cell(number, used + 1), option)
    name = get_column_letter(used + 1)
    return f"{quote_sheetname(CHOICES_SHEET)}!${name}$1:${name}${len(column.choices)}"


def _packed(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
