"""One cell to one value: what people and Excel really put there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gme_portal.sheets.cells import BadCell, convert
from gme_portal.sheets.columns import Column

NAME = Column("name", "姓名")
NUMBER = Column("document_number", "证件号码", kind="id_number")
PHONE = Column("phone", "手机号码", kind="phone")
MARK = Column("mark", "笔试成绩", kind="mark", minimum=0, maximum=100, choices=("缺考",))
SEATS = Column("seats", "招收计划", kind="integer", minimum=0)
DAY = Column("on", "毕业日期", kind="date")
KIND = Column("kind", "人员类型", kind="choice", choices=("社会人", "单位人"))


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (NAME, " 测试䶮𬱖·示例\u200b\u3000", "测试䶮𬱖·示例"),
        (NAME, 123.0, "123"),
        (NAME, "=1+1", "=1+1"),
        (NAME, "   ", None),
        (NUMBER, "11010519491231002x", "11010519491231002X"),
        (NUMBER, "５３０１０２ 20000101 0015", "530102200001010015"),
        (NUMBER, 12345678.0, "12345678"),
        (PHONE, 13800000000.0, "13800000000"),
        (PHONE, "138-0000-0000", "13800000000"),
        (PHONE, "+85200000000", "+85200000000"),
        (MARK, 0, Decimal("0")),
        (MARK, 100.0, Decimal("100")),
        (MARK, "88.5", Decimal("88.5")),
        (MARK, 88.30000000000001, Decimal("88.30")),
        (MARK, "缺考", "缺考"),
        (MARK, None, None),
        (SEATS, 12.0, 12),
        (DAY, {"date": "2025-06-30"}, date(2025, 6, 30)),
        (DAY, "2025年6月30日", date(2025, 6, 30)),
        (DAY, "2025/6/30", date(2025, 6, 30)),
        (DAY, 20250630.0, date(2025, 6, 30)),
        (KIND, " 社会 人", "社会人"),
    ],
)
def test_what_is_understood(column: Column, cell: object, value: object) -> None:
    assert convert(cell, column) == value


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        (NUMBER, 5.301021999010113e17, "该列须为文本格式"),
        (NUMBER, 1e15, "该列须为文本格式"),
        (NAME, 5.301021999010113e17, "该列须为文本格式"),
        (NUMBER, "未知", "应为证件号码"),
        (PHONE, "1380000000", "应为 11 位手机号"),
        (MARK, "九十", "应为 0–100 的数字（或“缺考”）"),
        (MARK, 100.01, "应为 0–100 的数字"),
        (MARK, -0.01, "应为 0–100 的数字"),
        (MARK, 88.555, "最多保留两位小数"),
        (MARK, "nan", "应为 0–100 的数字"),
        (MARK, "1e999999", "应为 0–100 的数字"),
        (MARK, True, "应为 0–100 的数字"),
        (MARK, "#N/A", "公式错误"),
        (SEATS, 1.5, "应为不小于 0 的整数"),
        (SEATS, "/", "应为不小于 0 的整数"),
        (DAY, 45000.0, "应为日期"),
        (DAY, "2025-02-30", "不是存在的日期"),
        (KIND, "本单位人", "应为以下之一：社会人、单位人"),
        (Column("name", "姓名", required=True), "\u3000", "不能为空"),
    ],
)
def test_what_is_refused_and_why(column: Column, cell: object, why: str) -> None:
    with pytest.raises(BadCell, match=why):
        convert(cell, column)
