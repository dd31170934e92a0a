"""The application form on paper: one page whatever is in it, with every name, and marked when it is a rehearsal."""

from __future__ import annotations

import io
import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2
import pytest

from gme_portal.demo.portraits import draw_portrait
from gme_portal.printing.engine import render_pdf
from gme_portal.printing.forms import ApplicationForm, print_application_form
from gme_portal.printing.pictures import photo_data_uri

AT = datetime(2025, 7, 18, 21, 40, tzinfo=ZoneInfo("Asia/Shanghai"))
LONGEST = "测试阿卜杜热合曼·吐尔逊买买提·艾合买提江𬱖示例"  # 25 characters
FORM: ApplicationForm = {
    "title": "云南省住院医师规范化培训报名表",
    "number": "YN2025-1-000137",
    "round_text": "2025 年第一批招录",
    "version": "第 2 版",
    "submitted_at": "2025年7月18日（星期五）21:36",
    "name": "示例䶮·买买提",
    "gender": "女",
    "ethnic_group": "哈尼族",
    "birth_on": "2000年1月1日",
    "document_kind": "居民身份证",
    "document_number": "530102200001010015",
    "phone": "13800000000",
    "email": "shili@example.invalid",
    "address": "云南省昆明市五华区测试路 1 号",
    "household": "云南省红河哈尼族彝族自治州元阳县",
    "person_type": "面向社会招收",
    "education": [
        {
            "level": "本科",
            "school": "昆明医科大学",
            "major": "临床医学",
            "degree": "医学学士",
            "graduated_on": "2023年6月",
        }
    ],
    "licence": "未取得",
    "choices": [
        {"no": "第一志愿", "base": "示例医院", "specialty": "全科", "code": "0700"},
        {"no": "第二志愿", "base": "示例医院", "specialty": "儿科", "code": "0200"},
    ],
    "transfer_text": "本基地其他专业：服从；省级统一调剂：不服从",
    "receipt_no": "HZ2025-000137-02",
    "digest_short": "9F3A-77C1",
    "verify_url": "https://example.invalid/verify/k7Jd93mZpQ2x",
}


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in document)


def pages_of(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def test_every_cell_reaches_the_paper() -> None:
    printed = print_application_form({**FORM, "photo": photo_data_uri(draw_portrait(1))}, at=AT)
    text = text_of(printed.content).replace("\r\n", "")
    assert printed.missing_glyphs == ()
    assert pages_of(printed.content) == 1
    for part in (
        "示例䶮·买买提",
        "530102200001010015",
        "昆明医科大学",
        "第一志愿",
        "0700",
        "省级统一调剂：不服从",
        "本人签名",
        "HZ2025-000137-02",
    ):
        assert part in text
    for box in ("培训基地审核意见", "单位或研究生培养院校审核意见"):
        assert box in text
    assert "演练数据" not in text
    assert len(printed.content) < 400_000


def test_the_fullest_form_is_still_one_page() -> None:
    row = {
        "level": "硕士研究生",
        "school": "示例中医药大学第一附属临床医学院",
        "major": "内科学（心血管病方向）",
        "degree": "临床医学硕士专业学位",
        "mode": "全日制",
        "graduated_on": "2025年6月",
        "certificate_no": "100000202500000001",
    }
    long_choice = {
        "no": "第三志愿",
        "base": "示例民族自治州第一人民医院（含协同单位）",
        "specialty": "外科（神经外科方向）",
        "code": "1000",
    }
    fullest = {
        **FORM,
        "name": LONGEST,
        "person_type": "全日制专业学位硕士研究生",
        "political": "中国共产主义青年团团员",
        "address": "云南省西双版纳傣族自治州测试县示例镇很长的道路名称 1234 号示例小区 56 栋 7 单元 890 室",
        "education": [row] * 4,
        "licence": "执业医师（临床）",
        "licence_number": "202353110530102200001010015",
        "employer": "红河哈尼族彝族自治州元阳县测试中心卫生院（示例分院）",
        "employer_level": "乡镇级",
        "employer_place": "红河哈尼族彝族自治州",
        "choices": [long_choice] * 3,
        "transfer_text": "服从。即服从所报培训基地任一培训专业的调剂，或服从省级统一调剂至其他培训基地或其他专业。",
        "photo": photo_data_uri(draw_portrait(2)),
    }
    printed = print_application_form(fullest, at=AT)
    assert pages_of(printed.content) == 1
    assert LONGEST in text_of(printed.content).replace("\r\n", "")


def test_an_empty_form_prints_its_empty_cells() -> None:
    printed = print_application_form({"title": FORM["title"]}, at=AT)
    assert pages_of(printed.content) == 1
    assert "草稿，未提交" in text_of(printed.content)


def test_a_rehearsal_says_so_on_the_paper() -> None:
    assert (
        text_of(print_application_form(FORM, at=AT, rehearsal=True).content).count("练") == 4
    )  # three across the page, one in the footer


def test_a_name_that_no_font_can_draw_is_told_on_the_page_and_to_the_caller() -> None:
    printed = print_application_form({**FORM, "name": "示例\U00031350"}, at=AT)
    assert printed.missing_glyphs == ("\U00031350",)
    assert "U+31350" in text_of(printed.content)
    assert pages_of(printed.content) == 1


def test_the_same_form_at_the_same_moment_has_the_same_bytes() -> None:
    assert print_application_form(FORM, at=AT).content == print_application_form(FORM, at=AT).content


def test_text_cannot_become_markup_and_no_file_of_the_server_is_fetched() -> None:
    hostile = {**FORM, "address": "<img src='file:///etc/hostname'><b>x</b>", "photo": "file:///etc/hostname"}
    printed = print_application_form(hostile, at=AT)
    assert "<b>x</b>" in text_of(printed.content).replace("\r\n", "")
    with pikepdf.open(io.BytesIO(printed.content)) as pdf:
        assert not list(pdf.pages[0].get_images())


def test_threads_print_side_by_side_without_mixing_their_missing_glyphs() -> None:
    found: dict[str, tuple[str, ...]] = {}

    def work(name: str) -> None:
        found[name] = print_application_form({**FORM, "name": name}, at=AT).missing_glyphs

    threads = [threading.Thread(target=work, args=(name,)) for name in ("示例甲", "示例\U00031350")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"示例甲": (), "示例\U00031350": ("\U00031350",)}


def test_an_unknown_template_is_an_error_and_not_an_empty_page() -> None:
    with pytest.raises(Exception, match="nothing"):
        render_pdf("print/nothing.html", {}, at=AT)
