"""Inside the bounded child: check an .xlsx as the ZIP of XML that it is, then let calamine parse its first visible sheet.

The scan comes first because the parser allocates the rectangle between the outermost cells: a 5 KB file with cells A1 and XFD1048576 makes it
abort. What slips past the scan dies at the child's memory limit. Run through `sandbox.run`.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from gme_portal.refusals import Refused

MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 150  # an empty styled sheet reaches about 60
RATIO_FROM = 5 * 1024 * 1024  # small files may be as dense as they like
MAX_PARTS = 500
MAX_REACH = 10_000  # rows that may carry formatting; only filled rows count against `max_rows`
CHUNK = 1024 * 1024
CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']\$?([A-Za-z]{1,4})\$?(\d{1,8})[\"']")
SAVE_AS = "请用 Excel 或 WPS 打开后“另存为”.xlsx 再上传。"


def rows_of(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """`options`: `max_rows` (filled rows of the sheet, headings and notes included), `max_columns`.

    Answers `{rows: [[cell…]…]}` from A1 on; a cell is a string, number or boolean, `{"date": iso}` for a date, null for an empty one."""
    max_rows = options["max_rows"]
    _scan(content, max(max_rows, MAX_REACH), options["max_columns"])
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            meta.name
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
        ]
        if not sheets:
            raise Refused("SHEET_EMPTY", "文件里没有可见的工作表。请检查后重新上传。")
        grid = book.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False)
    except CalamineError as broken:
        raise Refused("SHEET_BROKEN", f"表格无法读取，可能已损坏。{SAVE_AS}") from broken
    filled = [number for number, row in enumerate(grid, start=1) if any(cell != "" for cell in row)]
    if len(filled) > max_rows:
        raise Refused("SHEET_TOO_MANY_ROWS", f"表格有 {len(filled)} 行，最多 {max_rows} 行。请分成几个文件上传。")
    return {"rows": [[_plain(cell) for cell in row] for row in grid[: filled[-1] if filled else 0]]}


def _plain(cell: Any) -> Any:
    if cell == "":
        return None
    if isinstance(cell, dt.datetime):
        return {"date": cell.date().isoformat()}
    if isinstance(cell, dt.date):
        return {"date": cell.isoformat()}
    if isinstance(cell, (dt.time, dt.timedelta)):
        return str(cell)
    return cell


def _scan(content: bytes, max_rows: int, max_columns: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _check_reach(archive, part, max_rows, max_columns)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as broken:
        raise Refused("SHEET_NOT_XLSX", f"文件不是完整的 .xlsx 表格。{SAVE_AS}") from broken


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise Refused("SHEET_NOT_XLSX", f"文件不是 .xlsx 表格。{SAVE_AS}")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Refused("SHEET_MACROS", f"表格含有宏，不能接收。{SAVE_AS}")
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    dense = unpacked > RATIO_FROM and unpacked / packed > MAX_RATIO
    if unpacked > MAX_UNPACKED or dense or len(parts) > MAX_PARTS:
        raise Refused(
            "SHEET_TOO_BIG", f"表格展开后有 {unpacked // CHUNK} MB，超出上限。请只保留需要的行列，粘贴到新文件后上传。"
        )


def _check_reach(archive: zipfile.ZipFile, part: zipfile.ZipInfo, max_rows: int, max_columns: int) -> None:
    """Stream the sheet's XML and look at the address of every cell; a chunk keeps the tail of the one before it."""
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            window = tail + chunk
            for letters, digits in CELL.findall(window):
                if int(digits) > max_rows:
                    raise Refused(
                        "SHEET_TOO_MANY_ROWS",
                        f"表格用到第 {int(digits)} 行，最多 {max_rows} 行。请删去多余的行（含空行的格式）后上传。",
                    )
                if _column_number(letters) > max_columns:
                    name = letters.decode().upper()
                    raise Refused(
                        "SHEET_TOO_MANY_COLUMNS", f"表格用到 {name} 列，最多 {max_columns} 列。请删去多余的列后上传。"
                    )
            tail = window[-256:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
