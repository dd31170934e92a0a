"""One cell to one value: pure, by the kind of its column. A bad cell raises `BadCell` with the second half of the sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from gme_portal.sheets.columns import Column, Value

EXACT = 10**15  # from here on Excel has already lost digits of a number
ERROR_CELL = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
PHONE = re.compile(r"1\d{10}|\+\d{6,15}")
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
NOT_TEXT = "该列须为文本格式，数字已失真。请将整列设为“文本”后重新录入"


class BadCell(ValueError):
    """What is wrong with a cell, e.g. 「应为 0–100 的数字」."""


def convert(cell: Any, column: Column) -> Value:
    """The value of a cell in a column, None for an empty one. Raises `BadCell`."""
    if isinstance(cell, str):
        cell = INVISIBLE.sub("", cell).strip(" \t\r\n\u3000\u00a0") or None
    if cell is None:
        if column.required:
            raise BadCell("不能为空")
        return None
    if isinstance(cell, str) and ERROR_CELL.fullmatch(cell):
        raise BadCell("是公式错误，请改为数值")
    return CONVERTERS[column.kind](cell, column)


def shown(cell: Any) -> str:
    """A cell as the person sees it, cut to 40 characters."""
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return cell["date"]
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    text = str(cell)
    return text if len(text) <= 40 else text[:39] + "…"


def _text(cell: Any, column: Column) -> str:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= EXACT:
        raise BadCell(NOT_TEXT)
    return cell if isinstance(cell, str) else shown(cell)


def _compact(cell: Any, column: Column) -> str:
    """Numbers that are names (证件号码, 手机号): full-width folded, inner blanks removed, x upper."""
    if isinstance(cell, (bool, dict)) or (isinstance(cell, float) and not cell.is_integer()):
        raise BadCell("该列须为文本格式")
    return re.sub(r"[\s\u3000]", "", _text(cell, column).translate(FULL_WIDTH)).upper()


def _id_number(cell: Any, column: Column) -> str:
    number = _compact(cell, column)
    if not re.fullmatch(r"[0-9A-Z()]{6,24}", number):
        raise BadCell("应为证件号码（数字和字母）")
    return number


def _phone(cell: Any, column: Column) -> str:
    number = _compact(cell, column).replace("-", "")
    if not PHONE.fullmatch(number):
        raise BadCell("应为 11 位手机号（境外号码以 + 开头）")
    return number


def _number(cell: Any, what: str) -> Decimal:
    if isinstance(cell, (bool, dict)):
        raise BadCell(f"应为{what}")
    text = cell.translate(FULL_WIDTH) if isinstance(cell, str) else repr(cell)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadCell(f"应为{what}") from None
    if not number.is_finite() or abs(number) >= EXACT:
        raise BadCell(f"应为{what}")
    return number


def _in_bounds(number: Decimal, column: Column, what: str) -> None:
    low, high = column.minimum, column.maximum
    if (low is not None and number < Decimal(str(low))) or (high is not None and number > Decimal(str(high))):
        raise BadCell(f"应为{what}")


def bounds(column: Column) -> str:
    """「0–100 的数字」, 「不小于 0 的整数」: what a numeric column takes, in words."""
    noun = "整数" if column.kind == "integer" else "数字"
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f" {low:g}–{high:g} 的{noun}"
    if low is not None:
        return f"不小于 {low:g} 的{noun}"
    return f"不大于 {high:g} 的{noun}" if high is not None else noun


def _mark(cell: Any, column: Column) -> Decimal | str:
    if isinstance(cell, str) and cell in column.choices:
        return cell
    what = bounds(column) + (f"（或“{'”“'.join(column.choices)}”）" if column.choices else "")
    number = _number(cell, what)
    rounded = number.quantize(Decimal("0.01"))
    # A sum computed by Excel carries binary dust (88.30000000000001); a third decimal typed by a person is a mistake.
    if abs(rounded - number) > Decimal("1e-9"):
        raise BadCell("最多保留两位小数")
    _in_bounds(rounded, column, what)
    return rounded


def _integer(cell: Any, column: Column) -> int:
    what = bounds(column)
    number = _number(cell, what)
    if number != number.to_integral_value():
        raise BadCell(f"应为{what}")
    _in_bounds(number, column, what)
    return int(number)


def _date(cell: Any, column: Column) -> date:
    if isinstance(cell, dict):
        return date.fromisoformat(cell["date"])
    text = shown(cell).translate(FULL_WIDTH)
    found = DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)
    if isinstance(cell, bool) or not found:
        raise BadCell("应为日期，如 2025-06-30")
    try:
        year, month, day = (int(part) for part in found.groups())
        return date(year, month, day)
    except ValueError:
        raise BadCell("不是存在的日期") from None


def _choice(cell: Any, column: Column) -> str:
    wanted = re.sub(r"\s", "", shown(cell))
    for option in column.choices:
        if re.sub(r"\s", "", option) == wanted:
            return option
    few = "、".join(column.choices[:12]) + ("等" if len(column.choices) > 12 else "")
    raise BadCell(f"应为以下之一：{few}")


CONVERTERS: dict[str, Callable[[Any, Column], Value]] = {
    "text": _text,
    "id_number": _id_number,
    "phone": _phone,
    "mark": _mark,
    "integer": _integer,
    "date": _date,
    "choice": _choice,
}
