"""Identity documents, phones and names: folding, checks and look-up keys. Pure; see GB 11643-1999 and GB 18030-2022."""

from __future__ import annotations

import re
from datetime import date

from gme_portal.refusals import Refusal

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９ＸｘＨｈＭｍ", "0123456789XXHHMM")
_MIDDLE_DOTS = str.maketrans("・•．‧∙⋅", "······")
_HAN_RANGES = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2EBEF), (0x2EBF0, 0x2EE5F),
    (0x2F800, 0x2FA1F), (0x30000, 0x323AF), (0xF900, 0xFAFF), (0x3007, 0x3007), (0x00B7, 0x00B7),
)  # fmt: skip
MAX_NAME = 50
# Accounts belong to no notice: what is wrong with a number is said by the standard.
STANDARD = "GB 11643-1999"


def fold_number(text: str) -> str:
    """An identity number as it is stored: half-width, upper case, no spaces."""
    return re.sub(r"\s", "", text.translate(_FULL_WIDTH)).upper()


def fold_phone(text: str) -> str:
    """A mobile number as it is stored: eleven digits without +86, spaces or dashes."""
    digits = re.sub(r"[\s-]", "", text.translate(_FULL_WIDTH))
    return digits.removeprefix("+86")


def fold_name(text: str) -> str:
    """A name as it is stored: trimmed, inner spaces of a Chinese name removed, every middle dot as ·. Code points are kept: no NFC, no NFKC."""
    return re.sub(r"\s+", "", text.strip().translate(_MIDDLE_DOTS)) if has_han(text) else " ".join(text.split())


def has_han(text: str) -> bool:
    return any(low <= ord(char) <= high for char in text for low, high in _HAN_RANGES)


def check_digit(first17: str) -> str:
    """The eighteenth character of a resident ID number (GB 11643-1999)."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True)) % 11]


def birth_date(number: str) -> date | None:
    """The date in digits 7–14 of a resident ID number, or None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def gender_of(number: str) -> str:
    """ "male" or "female" by digit 17 of a resident ID number."""
    return "male" if int(number[16]) % 2 else "female"


def check_number(kind: str, number: str, *, today: date) -> Refusal | None:
    """What is wrong with a folded document number, or None. Region codes are never refused: they retire, and 81/82/83 are residence permits."""
    field = "document_number"
    if kind in ("resident_id", "foreign_resident"):
        if not re.fullmatch(r"\d{17}[\dX]", number):
            return Refusal(
                "ID_FORM", f"证件号码应为 18 位，末位可为 X；您填写了 {len(number)} 位，请核对。", STANDARD, field
            )
        if kind == "foreign_resident" and not number.startswith("9"):
            return Refusal("ID_FORM", "外国人永久居留身份证号码以 9 开头，请核对。", "", field)
        born = birth_date(number)
        if born is None or not date(1900, 1, 1) <= born <= today:
            return Refusal("ID_DATE", "证件号码第 7 至 14 位不是有效的出生日期，请核对。", "", field)
        right = check_digit(number[:17])
        if right != number[17]:
            return Refusal(
                "ID_CHECK_DIGIT",
                f"证件号码校验位不符：按前 17 位计算，第 18 位应为 {right}，请逐位核对。",
                STANDARD,
                field,
            )
        return None
    pattern, shape = {
        "hk_macao_permit": (r"[HM]\d{8}(\d{2})?", "字母 H 或 M 加 8 位数字"),
        "taiwan_permit": (r"\d{8}", "8 位数字"),
    }.get(kind, ("", ""))
    if not pattern:
        return Refusal("ID_KIND", "请选择证件类型。", "", "document_kind")
    if not re.fullmatch(pattern, number):
        return Refusal("ID_FORM", f"该证件号码应为{shape}，请核对。", "", field)
    return None


def check_phone(phone: str) -> Refusal | None:
    """What is wrong with a folded mobile number, or None."""
    if re.fullmatch(r"1[3-9]\d{9}", phone):
        return None
    return Refusal("PHONE_FORM", "手机号码应为 11 位数字，以 1 开头，请核对。", "", "phone")


def check_name(name: str) -> Refusal | None:
    """What is wrong with a folded name, or None. By code-point ranges, because `str.isalpha` refuses legal names (GB 18030-2022 level 3)."""
    if not name:
        return Refusal("NAME_EMPTY", "请填写姓名，与证件一致。", "", "name")
    if len(name) > MAX_NAME:
        return Refusal("NAME_LONG", f"姓名最多 {MAX_NAME} 个字，您填写了 {len(name)} 个。", "", "name")
    if has_han(name):
        strange = [char for char in name if not any(low <= ord(char) <= high for low, high in _HAN_RANGES)]
    else:
        strange = [char for char in name if not (char.isascii() and (char.isalpha() or char in " .-'"))]
    if strange or name.startswith("·") or name.endswith("·"):
        shown = "、".join(dict.fromkeys(strange)) or "·"
        return Refusal(
            "NAME_CHARS", f"姓名中有不能识别的字符：{shown}。请按证件填写，少数民族姓名的间隔号用“·”。", "", "name"
        )
    return None
