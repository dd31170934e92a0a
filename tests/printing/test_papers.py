"""Blank forms on paper: their own heading, lines as written, seal and date to the right, any length, and no silent boxes."""

from __future__ import annotations

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2

from gme_portal.printing.papers import Line, lines_of, print_paper, type_size

AT = datetime(2025, 7, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CONSENT = """
同意报考证明

示例医院培训基地：

兹有我单位×××同志，经个人申请，同意其参加招录考核。

特此证明。

（联系方式：×××部门，电话号码××××）

×××××单位（公章）
2025年×年×月
"""


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")


def pages_of(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def test_a_letter_is_set_as_letters_are() -> None:
    heading, lines = lines_of("同意报考证明", CONSENT)
    assert heading == "同意报考证明"
    assert [line.kind for line in lines] == [
        "form",
        "gap",
        "prose",
        "gap",
        "prose",
        "gap",
        "prose",
        "gap",
        "closing",
        "closing",
    ]
    assert lines[-2:] == (Line("×××××单位（公章）", "closing"), Line("2025年×年×月", "closing"))


def test_a_body_without_a_heading_takes_the_title_and_one_with_a_shorter_heading_keeps_it() -> None:
    assert lines_of("汇总表", "培训基地（盖章）：\n\n序号　姓名") == (
        "汇总表",
        (Line("培训基地（盖章）：", "form"), Line("", "gap"), Line("序号　姓名", "form")),
    )
    assert lines_of("毕业证明（模版）", "毕业证明\n\n特此证明。") == ("毕业证明", (Line("特此证明。", "prose"),))


def test_room_to_fill_in_stays_where_the_form_has_it() -> None:
    _, lines = lines_of(
        "报名表", "姓名　　　　性别　　　　\n本人签字：　　　　年　　月　　日\n　　　　　年　　月　　日"
    )
    assert [line.kind for line in lines] == ["form", "form", "form"]
    assert lines[0].text.endswith("　　　　")


def test_a_form_is_set_small_enough_that_its_lines_do_not_break() -> None:
    sizes = [type_size(lines_of("表", "姓名" + "　" * room)[1]) for room in (26, 27, 35, 36, 60)]
    assert sizes == ["large", "middle", "middle", "small", "small"]
    assert type_size(lines_of("表", "没有空格的长句子" * 20 + "。")[1]) == "large"


def test_an_empty_body_is_a_heading_alone() -> None:
    assert lines_of("表样", "") == ("表样", ())
    assert pages_of(print_paper("表样", "", cited="示例", at=AT).content) == 1


def test_everything_reaches_the_paper_with_its_source() -> None:
    printed = print_paper("同意报考证明", CONSENT, cited="《示例简章》附件", at=AT)
    text = text_of(printed.content)
    assert printed.missing_glyphs == ()
    assert pages_of(printed.content) == 1
    for part in ("同意报考证明", "兹有我单位×××同志", "×××××单位（公章）", "2025年×年×月", "《示例简章》附件"):
        assert part in text
    assert text.count("同意报考证明") == 1
    assert "演练数据" not in text
    assert "演练数据" in text_of(print_paper("同意报考证明", CONSENT, cited="", at=AT, rehearsal=True).content)


def test_a_long_body_goes_on_and_markup_is_text() -> None:
    body = "\n".join(f"{place}、<b>示例</b>" + "很长的一条" * 30 + "。" for place in range(1, 41))
    printed = print_paper("示例简章格式", body, cited="示例", at=AT)
    assert pages_of(printed.content) > 3
    assert "<b>示例</b>" in text_of(printed.content)


def test_a_character_no_font_has_is_said_on_the_page() -> None:
    printed = print_paper("示例", "姓名：𱍐示例", cited="示例", at=AT)
    assert printed.missing_glyphs == ("𱍐",)
    assert "U+31350" in text_of(printed.content)
