"""Spreadsheet bombs cost less than 200 MB and 20 s and get a clear refusal (R10)."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from gme_portal.files import sandbox
from gme_portal.refusals import Refused
from gme_portal.sheets import Column, read

COLUMNS = (Column("name", "姓名", required=True),)


def with_sheet(body: bytes | list[bytes], *, prolog: bytes = b"") -> bytes:
    """A real workbook whose first sheet is replaced by raw XML."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    result = io.BytesIO()
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                target.writestr(name, source.read(name))
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b'<?xml version="1.0"?>' + prolog)
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for part in body if isinstance(body, list) else [body]:
                sheet.write(part)
            sheet.write(b"</sheetData></worksheet>")
    return result.getvalue()


def far_corner() -> bytes:
    first = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    return with_sheet(first + b'<row r="1048576"><c s="0" r="XFD1048576"><v>1</v></c></row>')


def hidden_corner() -> bytes:
    """The address written as an entity, so that the scan does not see it: the memory limit has to hold."""
    first = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    return with_sheet(first + b'<row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row>')


def zip_bomb() -> bytes:
    return with_sheet(
        [b'<row r="1"><c r="A1" t="inlineStr"><is><t>', *[b"x" * 1_000_000] * 400, b"</t></is></c></row>"]
    )


def lying_zip_bomb() -> bytes:
    """The directory says 1,000 bytes where 400 MB come out."""
    bomb = zip_bomb()
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return bomb.replace(true.to_bytes(4, "little"), (1000).to_bytes(4, "little")).replace(
        true.to_bytes(8, "little"), (1000).to_bytes(8, "little")
    )


def laughs() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    body = b'<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'
    return with_sheet(body, prolog=b'<!DOCTYPE x [<!ENTITY l0 "ha">' + entities + b"]>")


@pytest.mark.parametrize(
    ("bomb", "codes"),
    [
        (far_corner, {"SHEET_TOO_MANY_ROWS"}),
        (hidden_corner, {"FILE_TOO_HEAVY", "FILE_UNREADABLE", "SHEET_BROKEN"}),
        (zip_bomb, {"SHEET_TOO_BIG"}),
        (lying_zip_bomb, {"SHEET_NOT_XLSX", "FILE_TOO_HEAVY", "SHEET_BROKEN"}),
        (laughs, {"SHEET_BROKEN", "SHEET_EMPTY", "SHEET_NO_HEADINGS"}),
    ],
)
def test_bombs_are_refused_in_bounds(bomb: Callable[[], bytes], codes: set[str]) -> None:
    content = bomb()
    assert len(content) < 1_000_000
    start = time.monotonic()
    with pytest.raises(Refused) as caught:
        read(content, COLUMNS, max_rows=1000)
    assert caught.value.code in codes
    assert time.monotonic() - start < 20


def test_macros_are_refused() -> None:
    content = with_sheet(b"")
    with zipfile.ZipFile(out := io.BytesIO(content), "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(Refused) as caught:
        read(out.getvalue(), COLUMNS, max_rows=10)
    assert caught.value.code == "SHEET_MACROS"


def test_a_full_sheet_of_3000_rows_stays_under_200_mb() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(3000):
        sheet.append([f"示例{number}"] * 25)
    book.save(out := io.BytesIO())
    answer = sandbox.run("gme_portal.sheets.decode:rows_of", out.getvalue(), {"max_rows": 3000, "max_columns": 120})
    assert len(answer.data["rows"]) == 3000
    assert answer.peak_mb < 200
