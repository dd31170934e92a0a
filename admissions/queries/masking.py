"""Masks over answers in words (脱敏): what a reviewer sees until the full number is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from admissions.queries.answers import Section
from gme_portal.accounts.models import DocumentKind
from gme_portal.pii.masks import mask_email, mask_number, mask_phone, mask_text
from gme_portal.wording import NOTHING

_PERSONAL: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(["证件号码", *DocumentKind.labels], mask_number),
    "手机号码": mask_phone,
    "电子邮箱": mask_email,
    "户籍地址": mask_text,
    "联系地址": mask_text,
}
_BY_SECTION: dict[str, dict[str, Callable[[str], str]]] = {
    "personal": _PERSONAL,
    "licence": {"资格证书编码": mask_number},
}


def masked(section: Section) -> Section:
    """The section with its numbers, phone and addresses masked, also where an old value stands beside."""
    masks = _BY_SECTION.get(section.key, {})
    return replace(section, items=[_masked_item(item, masks.get(item["label"])) for item in section.items])


def masked_change(item: dict[str, Any]) -> dict[str, Any]:
    """One item of `answers.changed`, which comes without its section."""
    masks = {label: mask for section in _BY_SECTION.values() for label, mask in section.items()}
    return _masked_item(item, masks.get(item["label"]))


def _masked_item(item: dict[str, Any], mask: Callable[[str], str] | None) -> dict[str, Any]:
    if mask is None:
        return item
    hidden = {key: mask(item[key]) for key in ("value", "old") if item.get(key) not in (None, NOTHING)}
    return {**item, **hidden}
