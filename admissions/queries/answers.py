"""A snapshot in words (报名内容), section by section: for the check page, the receipt, the base's review and the comparison of two versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from admissions.models import Choice
from admissions.queries.snapshots import Snapshot
from gme_portal.wording import NOTHING, day_text

_DEGREES = {"bachelor": "学士", "master": "硕士", "doctor": "博士"}
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Section:
    """A card of answers. `key` is personal, education, licence, employment, documents or choices; `items` as components/facts.html takes them."""

    key: str
    title: str
    items: list[dict[str, Any]] = field(default_factory=list)


def sections(content: Snapshot, *, before: Snapshot | None = None) -> list[Section]:
    """Every answer in words. With `before`, an item that reads differently there carries its old words as `old`; one that is gone comes last."""
    found = _all(content)
    return found if before is None else _compared(found, _all(before))


def _all(content: Snapshot) -> list[Section]:
    employed = content["employment"] or content["roster"]
    return [
        Section("personal", "个人信息", list(_personal(content))),
        Section("education", "学历信息", list(_education(content))),
        Section("licence", "执业医师信息", list(_licence(content))),
        *([Section("employment", "工作单位", list(_employment(content)))] if employed else []),
        Section("documents", "证明材料", list(_documents(content))),
        Section("choices", "志愿", list(_choices(content))),
    ]


def _compared(found: list[Section], older: list[Section]) -> list[Section]:
    """`found` with `old` wherever value or note differ. A replaced file reads 已上传 as before: its fingerprint in the note tells."""
    before = {one.key: _by_place(one) for one in older}
    for one in found:
        was = before.pop(one.key, {})
        for place, item in _by_place(one).items():
            earlier = was.pop(place, None)
            if earlier is None:
                item["old"] = NOTHING
            elif earlier["value"] != item["value"]:
                item["old"] = earlier["value"]
            elif earlier.get("note") != item.get("note"):
                item["old"] = earlier.get("note") or NOTHING
        one.items.extend(_gone(was.values()))
    return found + [Section(one.key, one.title, _gone(one.items)) for one in older if one.key in before]


def _by_place(section: Section) -> dict[tuple[str, int], dict[str, Any]]:
    """Items by label and how often the label came before: two degrees of one level are two answers."""
    seen: Counter[str] = Counter()
    places = {}
    for item in section.items:
        places[item["label"], seen[item["label"]]] = item
        seen[item["label"]] += 1
    return places


def _gone(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_item(item["label"], NOTHING) | {"old": item["value"]} for item in items]


def changed(content: Snapshot, before: Snapshot) -> list[dict[str, Any]]:
    """Only what reads differently from `before`, with the section's title as note."""
    return [
        {**item, "note": one.title} for one in sections(content, before=before) for item in one.items if "old" in item
    ]


def choice_items(content: Snapshot) -> list[dict[str, Any]]:
    """The choices alone, for a receipt."""
    return list(_choices(content))


def saved_items(choices: Iterable[Choice]) -> list[dict[str, Any]]:
    """The choices that were filed, with the consents that go with them, for a card; quotas with base and specialty loaded."""
    rows = list(choices)
    if not rows:
        return []
    application, base = rows[0].application, rows[0].quota.base
    items = [_item("报名号", application.number), _item("志愿基地", f"{base.name}（{base.prefecture.name}）")]
    items += [_item(place_words(row.position), row.quota.specialty.name) for row in rows]
    items.append(_item("服从本基地其他专业调剂", _yes(application.consents_base_transfer)))
    items.append(_item("服从省级统一调剂", _yes(application.consents_province_transfer)))
    return items


def place_words(position: int) -> str:
    """第一志愿."""
    return f"第{NUMERALS[position - 1]}志愿" if position <= len(NUMERALS) else f"第 {position} 志愿"


def choice_line(content: Snapshot) -> str:
    """One line for a message: 昆医大附一院：1 内科、2 全科."""
    base = content["choice"]["base"]
    listed = "、".join(f"{one['position']} {one['name']}" for one in content["choice"]["specialties"])
    return f"{base['name']}：{listed}" if base else NOTHING


def _item(label: str, value: object) -> dict[str, Any]:
    return {"label": label, "value": str(value) if value not in (None, "") else NOTHING}


def _yes(value: bool | None) -> str:
    return NOTHING if value is None else "是" if value else "否"


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text)) if text else NOTHING


def _personal(content: Snapshot) -> Iterator[dict[str, Any]]:
    person = content["person"]
    yield _item("姓名", person["name"])
    yield _item("人员类型", person["person_type_label"])
    yield _item(person["document_kind_label"] or "证件号码", person["document_number"])
    yield _item("性别", person["gender_label"])
    yield _item("出生日期", _day(person["born_on"]))
    yield _item("民族", person["ethnic_group_label"])
    yield _item("国籍及地区", person["nationality_label"])
    yield _item("婚姻状况", NOTHING if person["married"] is None else "已婚" if person["married"] else "未婚")
    yield _item("军队人员", _yes(person["is_military"]))
    yield _item("职称", person["title_label"])
    yield _item("手机号码", person["phone"])
    yield _item("电子邮箱", person["email"])
    yield _item("户籍地址", person["household_address"])
    yield _item("联系地址", person["address"])
    yield _item("已持有住培合格证书", _yes(person["holds_training_certificate"]))
    yield _item("已在国家平台注册在培", _yes(person["in_national_platform"]))


def education_mode(row: Snapshot) -> str:
    """全日制 / 非全日制, with 成人教育 and 境外 where they apply."""
    words = ["全日制" if row["full_time"] else "非全日制"]
    if row["adult_education"]:
        words.append("成人教育")
    if row["foreign"]:
        words.append("境外学历")
    return "、".join(words)


def education_degree(row: Snapshot) -> str:
    if not row["degree_awarded"]:
        return "待取得" if row["diploma_pending"] else "无学位"
    kind = f"（{row['degree_type_label']}）" if row["degree_type"] else ""
    return _DEGREES.get(row["level"], "已获学位") + kind


def _education(content: Snapshot) -> Iterator[dict[str, Any]]:
    for row in content["education"]:
        end = (
            "在读"
            if row["enrolled"]
            else f"{_day(row['graduated_on'])}毕业" + ("（应届待取证）" if row["diploma_pending"] else "")
        )
        words = [row["school"], row["major"], education_mode(row), education_degree(row), end]
        item = _item(row["level_label"], "，".join(words))
        numbers = [("毕业证书", row["diploma_number"]), ("学位证书", row["degree_number"])]
        item["note"] = "；".join(f"{label}编号 {number}" for label, number in numbers if number)
        yield item


def licence_words(row: Snapshot | None) -> str:
    return f"{row['kind_label']}（{row['category_label']}）" if row else "未取得"


def _licence(content: Snapshot) -> Iterator[dict[str, Any]]:
    row = content["licence"]
    yield _item("医师资格", licence_words(row))
    if row:
        yield _item("资格证书编码", row["number"])
        yield _item("取得日期", _day(row["obtained_on"]))


def _employment(content: Snapshot) -> Iterator[dict[str, Any]]:
    row = content["employment"]
    if not row or not (row["name"] or row["own_base"] or row["prefecture"] or row["commission_year"]):
        yield _item("工作单位", "无")
    else:
        yield _item("单位名称", row["name"] or row["own_base_label"])
        yield _item("单位级别", row["level_label"])
        yield _item("所在州市", row["prefecture_label"])
        yield _item("从事专业", row["specialty_label"])
        if row["commission_year"]:
            yield _item("定向毕业年份", row["commission_year"])
    if content["roster"]:
        roster = content["roster"]
        yield _item(
            "名册指定",
            f"{roster['base_label']} · {roster['specialty_label']}（{roster['school']}，{roster['person_type_label']}）",
        )


def _documents(content: Snapshot) -> Iterator[dict[str, Any]]:
    for row in content["documents"]:
        item = _item(row["label"], "已上传")
        item |= {"note": f"文件指纹 {row['sha256'][:12]}", "kind": row["kind"]}
        yield item


def _choices(content: Snapshot) -> Iterator[dict[str, Any]]:
    choice = content["choice"]
    yield _item("志愿基地", f"{choice['base']['name']}（{choice['base']['prefecture']}）" if choice["base"] else "")
    for one in choice["specialties"]:
        yield _item(place_words(one["position"]), one["name"] + ("（紧缺专业）" if one["shortage"] else ""))
    yield _item("服从本基地其他专业调剂", _yes(choice["consents"]["base"]))
    yield _item("服从省级统一调剂", _yes(choice["consents"]["province"]))
