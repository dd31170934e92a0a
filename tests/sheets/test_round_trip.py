"""Sheets out and in again: hostile text stays text, rare names survive, every bad cell is named."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.styles import Font

from gme_portal.refusals import Refused
from gme_portal.sheets import Column, read, template, write

COLUMNS = (
    Column("name", "姓名", aliases=("考生姓名",), required=True),
    Column("document_number", "证件号码", kind="id_number", required=True, unique=True),
    Column("mark", "笔试成绩", kind="mark", minimum=0, maximum=100, required=True),
    Column("on", "考核日期", kind="date"),
    Column("kind", "人员类型", kind="choice", choices=("社会人", "单位人")),
    Column("remark", "说明"),
)
PERSON = {
    "name": "示例䶮𬱖·买买提",
    "document_number": "530102200001010015",
    "mark": Decimal("88.50"),
    "on": date(2025, 8, 9),
    "kind": "社会人",
    "remark": "00123",
}
HOSTILE = [
    "=1+1",
    "{=1+1}",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "http://example.invalid/",
    '=HYPERLINK("x")',
    "#N/A",
    "=cmd|' /C calc'!A0",
]


def sheet_of(*rows: tuple, **cells: object) -> bytes:
    """A sheet as a person makes it, cell by cell."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    return packed(book)


def packed(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def code_of(content: bytes, max_rows: int = 100) -> str:
    with pytest.raises(Refused) as caught:
        read(content, COLUMNS, max_rows=max_rows)
    return caught.value.code


def test_what_was_written_is_read_back_with_its_types() -> None:
    content = write(
        "测试成绩表", COLUMNS, [PERSON], note_lines=["请勿改动表头。"], watermark="导出：示例甲 2025年8月9日 No.1"
    )
    reading = read(content, COLUMNS, max_rows=10)
    assert reading.faults == []
    assert [(row.number, row.values) for row in reading.rows] == [(5, PERSON)]


def test_hostile_text_is_written_as_text_and_read_back_unchanged() -> None:
    rows = [
        {**PERSON, "document_number": f"5301022000010100{n:02}", "remark": text} for n, text in enumerate(HOSTILE, 10)
    ]
    content = write("=1+1", COLUMNS, rows, note_lines=["=2+2"], watermark="@x")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets"))
    assert b"<f>" not in xml
    assert b"<hyperlink" not in xml
    remark = openpyxl.load_workbook(io.BytesIO(content)).active
    assert {remark.cell(row, 6).data_type for row in range(5, 5 + len(rows))} == {"s"}
    read_back = read(content, (*COLUMNS[:5], Column("remark", "说明")), max_rows=50)
    shown = [row.values["remark"] for row in read_back.rows]
    assert shown[:5] == HOSTILE[:5]
    assert shown[9] == HOSTILE[9]


def test_control_characters_and_lone_surrogates_do_not_break_the_file() -> None:
    content = write("表", COLUMNS, [{**PERSON, "remark": "a\x00\x0b\ud800b"}])
    assert read(content, COLUMNS, max_rows=5).rows[0].values["remark"] == "ab"


def test_columns_are_found_by_heading_in_any_order_under_a_title() -> None:
    content = sheet_of(
        ("某基地考核成绩",),
        (),
        ("序号", "笔试 成绩", "考生姓名*", "document_number", "备注"),
        (1, 90, "示例甲", "530102200001010015", "随意"),
    )
    reading = read(content, COLUMNS, max_rows=10)
    assert reading.faults == []
    assert reading.rows[0].values == {"name": "示例甲", "document_number": "530102200001010015", "mark": Decimal("90")}
    assert reading.rows[0].number == 4


def test_every_bad_cell_is_named_by_row_letter_and_heading() -> None:
    content = sheet_of(
        ("姓名", "证件号码", "笔试成绩", "人员类型"),
        ("示例甲", "530102200001010015", 90, "社会人"),
        (),
        ("示例乙", 530102200001010023, "九十", "社会人"),
        (None, "530102200001010015", 101, "其他"),
    )
    sentences = [fault.sentence for fault in read(content, COLUMNS, max_rows=10).faults]
    assert sentences == [
        "第 4 行 B 列「证件号码」：该列须为文本格式，数字已失真。请将整列设为“文本”后重新录入，现为“5.3010220000101e+17”。",
        "第 4 行 C 列「笔试成绩」：应为 0–100 的数字，现为“九十”。",
        "第 5 行 A 列「姓名」：不能为空。",
        "第 5 行 B 列「证件号码」：与第 2 行重复，现为“530102200001010015”。",
        "第 5 行 C 列「笔试成绩」：应为 0–100 的数字，现为“101”。",
        "第 5 行 D 列「人员类型」：应为以下之一：社会人、单位人，现为“其他”。",
    ]


def test_empty_leading_rows_and_columns_do_not_shift_the_numbers() -> None:
    content = sheet_of(C4="姓名", D4="证件号码", E4="笔试成绩", C6="示例甲", D6="530102200001010015", E6="?")
    fault = read(content, COLUMNS, max_rows=10).faults[0]
    assert (fault.row, fault.column) == (6, "E")


def test_unknown_missing_and_doubled_headings_stop_the_reading() -> None:
    content = sheet_of(("姓名", "名次", "笔试成绩", "笔试成绩"), ("示例甲", 1, 90, 91))
    reading = read(content, COLUMNS, max_rows=10)
    assert reading.rows == []
    assert [fault.sentence for fault in reading.faults] == [
        "第 1 行 B 列「名次」：不认识这个表头。请改为模板中的表头，或删去该列。",
        "第 1 行 D 列「笔试成绩」：与 C 列重复。请只保留一列。",
        "第 1 行缺少表头「证件号码」。请补上该列。",
    ]


def test_files_that_are_no_sheet_are_told_apart() -> None:
    assert code_of(b"") == "SHEET_EMPTY"
    assert code_of("姓名,成绩\n".encode()) == "SHEET_NOT_XLSX"
    assert code_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600) == "SHEET_NOT_XLSX"
    assert code_of(b"PK\x03\x04 torn") == "SHEET_NOT_XLSX"
    assert code_of(packed(openpyxl.Workbook())) == "SHEET_EMPTY"
    assert code_of(sheet_of(("甲", "乙"), (1, 2))) == "SHEET_NO_HEADINGS"
    assert code_of(sheet_of(("姓名", "证件号码", "笔试成绩"))) == "SHEET_EMPTY"


def test_one_row_over_the_limit_is_refused_and_the_limit_itself_is_not() -> None:
    rows = [{**PERSON, "document_number": f"5301022000010{n:05}"} for n in range(31)]
    assert len(read(write("表", COLUMNS, rows[:30]), COLUMNS, max_rows=30).rows) == 30
    assert code_of(write("表", COLUMNS, rows), max_rows=30) == "SHEET_TOO_MANY_ROWS"


def test_a_filled_template_is_read() -> None:
    many = Column("specialty", "专业", kind="choice", choices=tuple(f"测试专业{n}号" for n in range(60)))
    content = template("导入模板", (*COLUMNS, many), note_lines=["证件号码须为文本。"])
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet["B3"].value == "证件号码*"
    assert sheet["B4"].number_format == "@"
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"textLength", "decimal", "list"}
    assert book["选项"].sheet_state == "hidden"
    for place, value in {"A4": "示例甲", "B4": "530102200001010015", "C4": 77, "G4": "测试专业59号"}.items():
        sheet[place] = value
    reading = read(packed(book), (*COLUMNS, many), max_rows=10)
    assert reading.faults == []
    assert reading.rows[0].values["specialty"] == "测试专业59号"


def test_a_styled_sheet_freezes_its_heading_and_prints_its_watermark() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write("名单[1]", COLUMNS, [PERSON], watermark="导出：示例甲 & 复核 No.7")))
    sheet = book.active
    assert (sheet.freeze_panes, sheet.title) == ("A4", "名单 1")
    assert sheet["A2"].value == "导出：示例甲 & 复核 No.7"
    assert "No.7" in sheet.oddFooter.left.text
    assert sheet["B4"].number_format == "@"
    assert sheet["B4"].font == Font(name="宋体", size=11)
