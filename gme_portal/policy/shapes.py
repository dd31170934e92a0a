"""How short texts must be written (写法): identifiers, codes, addresses; each with the words that say so to whoever wrote another."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern for the whole text, and what it asks for in Chinese."""

    pattern: str
    words: str

    def fits(self, text: str) -> bool:
        return re.fullmatch(self.pattern, text) is not None


_PROVINCES = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"  # GB/T 2260
SLUG = Shape(r"[a-z0-9]+(-[a-z0-9]+)*", "应为小写字母和数字，中间可用连字符")
WORD = Shape(r"[a-z][a-z0-9_]*", "应为小写字母开头，可用数字和下划线")
PAPER = Shape(r"[a-z][a-z0-9-]*", "应为小写字母开头，可用数字和连字符")
MARK = Shape(r"\S+", "中间不能有空格")
CODE = Shape(r"[0-9A-Z][0-9A-Z-]*", "应为数字、大写字母和连字符")
PROVINCE = Shape(_PROVINCES, "应为省级行政区划代码（GB/T 2260 前两位）")
PREFECTURE = Shape(rf"{_PROVINCES}[0-9]{{2}}", "应为州市行政区划代码（GB/T 2260 前四位）")
COLOUR = Shape(r"#[0-9A-F]{6}", "应为 # 和六位十六进制数字（大写），例如 #FFFFFF")
WEB = Shape(r"https?://[^\s/]+\.[^\s]+", "应为 http:// 或 https:// 开头的完整网址")
PHONE = Shape(r"[0-9 +转,，/-]{5,60}", "应为电话号码，多个用逗号分开")
MAIL = Shape(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", "应为完整的邮箱，@ 后面要有域名")
