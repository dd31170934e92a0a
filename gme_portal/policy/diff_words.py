"""How a difference of two policies says its things: the name of every field of the schema, and every kind of value in Chinese.

A field of a schema class that has no name here cannot be told, so a test demands one for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time

from gme_portal.policy import schema
from gme_portal.policy.conditions import Compare, Every, Negation, Some, words
from gme_portal.policy.describe import PROGRAMMES, unfilled
from gme_portal.policy.moments import closing_words, day_words, opening_words
from gme_portal.policy.vocabulary import PERSON_TYPES

NOTHING = "无"
# Not told: the identity of an item, what is told item by item, and what an extension adds to a window.
_SKIPPED = {
    schema.Source: {"key"},
    schema.PersonType: {"code"},
    schema.Round: {"key"},
    schema.Window: {"key", "round", "extended_from", "base"},
    schema.DocumentRule: {"kind"},
    schema.Rule: {"id", "scope"},
    schema.Component: {"key"},
    schema.PassCheck: {"key"},
    schema.BanRule: {"trigger", "programme"},
    schema.BlankPaper: {"key"},
    schema.Silence: {"topic", "group"},
    schema.SpecialtyRule: {"codes", "names", "shortage"},
    schema.ScoringRule: {"components", "checks"},
    schema.ReallocationRule: {"adjacent"},
    schema.YearReductionRule: {"rules"},
}
_COMMON = {"clause": "依据", "note": "说明", "label": "名称", "title": "名称"}
_NAMES: Mapping[type, Mapping[str, str]] = {
    schema.Source: {"name": "名称", "own": "是本通知", "issued_on": "印发日期"},
    schema.PersonType: {
        "registers": "自行报名", "assigned": "按学校指定填报", "aliases": "别名", "refusal": "对本人说的话", "in_plan": "占招收计划",
        "roster": "名册", "roster_deadline": "名册提供期限", "recorded_by": "由谁录入",
    },
    schema.Round: {"dates_by_base": "时间由各基地通知"},
    schema.Window: {"opens": "开始", "closes": "截止", "person_types": "适用人员", "hours": "每日时段"},
    schema.RegistrationRule: {"mode": "报名方式", "changes": "截止前修改"},
    schema.ChoiceRule: {"max_bases": "可填报基地数", "max_specialties": "可填报专业数", "ordered": "志愿有先后顺序", "limits": "各类人员可填报专业数"},
    schema.TransferRule: {"kinds": "服从调剂的种类", "wording": "服从调剂的文字", "person_types": "可选择服从调剂的人员", "required_for": "必须服从调剂的人员"},
    schema.SpecialtyRule: {"aliases": "专业别名", "shortage_clause": "紧缺专业的依据"},
    schema.DocumentRule: {
        "required": "必须提供", "accepts": "格式", "max_mb": "大小上限（MB）", "help": "填报说明", "binding_order": "装订次序",
        "applies": "适用", "stand_in": "可暂代的材料", "channel": "提交方式", "copies": "复印件份数", "originals": "核对原件",
    },
    schema.PhotoRule: {
        "min_width": "最小宽度（像素）", "min_height": "最小高度（像素）", "min_kb": "最小（KB）", "max_kb": "最大（KB）", "formats": "格式",
        "background": "背景色", "min_white_share": "纯色背景占比", "head_ratio": "头部占照片高度", "head_is_advice": "头部比例只作提示",
    },
    schema.PasswordRule: {"min_length": "最短位数", "max_length": "最长位数", "requires": "须包含"},
    schema.IdentityRule: {"accepts": "可用证件"},
    schema.Rule: {
        "applies": "适用", "condition": "条件", "sentence_pass": "符合时对本人说的话", "sentence_fail": "不符合时对本人说的话",
        "sentence_review": "待核对时对本人说的话", "outcome": "不符合时", "rounds": "适用批次",
    },
    schema.Component: {"full_mark": "满分", "weight": "权重（%）", "minimum": "最低分", "run_by": "组织者"},
    schema.PassCheck: {},
    schema.ScoringRule: {"decided_by": "权重由谁决定", "tie_chain": "同分比较次序", "precision": "保留小数位数", "ranked_by": "录取依据"},
    schema.MedicalExamRule: {"need": "体检要求", "standard": "体检标准"},
    schema.PlanRule: {"total": "计划总数", "others_row": "其他专业合并下达"},
    schema.QuotaMoveRule: {"allowed": "允许专业间调整", "direction": "调整方向", "increase": "申请增加计划"},
    schema.AcceptanceRule: {"required": "须确认接受录取", "silent": "到期未答复"},
    schema.InvitationRule: {"round": "邀请所在批次", "reply_hours": "答复时限（小时）"},
    schema.YearReductionRule: {"steps": "办理步骤", "form_title": "申请表名称", "tested_at": "能力测评", "step_labels": "步骤名称"},
    schema.BrochureRule: {"may_decide": "基地可决定的事项"},
    schema.PublicityRule: {"days": "公示天数", "kind": "天数按", "columns": "公布各列"},
    schema.ReallocationRule: {
        "enabled": "进行省级调剂", "priority": "调剂次序", "geography": "调剂范围", "geography_by_type": "各类人员调剂范围", "when_needed": "视情况进行",
    },
    schema.ReportInRule: {"late_days": "宽限天数", "effect": "逾期后果", "agreement_days": "签订协议天数"},
    schema.BanRule: {"years": "禁止报名年数", "effect": "后果"},
    schema.RosterRule: {"columns": "学员信息表各列"},
    schema.Contact: {"text": "咨询说明", "url": "网址"},
    schema.FormRule: {"copies": "份数", "copies_by_type": "各类人员份数"},
    schema.BlankPaper: {"kind": "种类", "body": "正文"},
    schema.Silence: {},
}  # fmt: skip
_WORDS: Mapping[str, Mapping[str, str]] = {
    "track": PROGRAMMES,
    "medicine": {"western": "西医类", "tcm": "中医类", "both": "西医类和中医类"},
    "person_types": PERSON_TYPES,
    "required_for": PERSON_TYPES,
    "limits": PERSON_TYPES,
    "copies_by_type": PERSON_TYPES,
    "geography_by_type": PERSON_TYPES | {"any": "全省", "same": "本州市", "same_or_adjacent": "本州市或相邻州市"},
    "geography": {"any": "全省", "same": "本州市", "same_or_adjacent": "本州市或相邻州市"},
    "roster": {"none": NOTHING, "school": "培养院校", "province": "省级"},
    "recorded_by": {"": NOTHING, "base": "培训基地", "province": "省级"},
    "mode": {"online": "网上报名", "on_site": "现场报名"},
    "changes": {"free": "自行修改", "withdraw_first": "取消报名后修改"},
    "kinds": {"base": "本基地内调剂", "province": "全省调剂"},
    "channel": {"upload": "网上上传", "paper": "携带到现场"},
    "accepts": {
        "resident_id": "居民身份证", "hk_macao_permit": "港澳居民来往内地通行证", "taiwan_permit": "台湾居民来往大陆通行证",
        "foreign_resident": "外国人永久居留身份证",
    },
    "requires": {"letter": "字母", "digit": "数字", "special": "特殊字符"},
    "outcome": {"ineligible": "不予报名", "needs_review": "由人工核对"},
    "decided_by": {"base": "培训基地", "province": "省级"},
    "run_by": {"base": "培训基地", "province": "省级"},
    "ranked_by": {"score": "按总成绩", "overall": "由基地综合评定"},
    "tie_chain": {"county": "县级及以下单位优先", "licence": "有医师资格者优先", "own_staff": "单位人优先", "lottery": "抽签号"},
    "need": {"required": "须体检合格", "on_demand": "按需体检"},
    "direction": {"none": "不调整", "other_to_shortage": "其他专业调至紧缺专业"},
    "increase": {"none": "不可申请", "province_within_capacity": "容量内由省级批准"},
    "silent": {"not_admitted": "不录取", "admitted": "视为接受"},
    "rounds": {"first": "第一批次", "second": "第二批次"},
    "round": {"first": "第一批次", "second": "第二批次"},
    "steps": schema.REDUCTION_STEPS,
    "tested_at": {"": NOTHING} | dict(schema.REDUCTION_STEPS),
    "step_labels": schema.REDUCTION_STEPS,
    "may_decide": schema.BROCHURE_TOPICS,
    "kind": {"calendar": "自然日", "working": "工作日"} | dict(schema.PAPER_KINDS),
    "priority": {
        "fill_plan": "完成计划", "shortage_first": "紧缺专业优先", "county_first": "县级及以下单位优先", "by_score": "按成绩",
        "own_prefecture_first": "本州市优先",
    },
}  # fmt: skip
_SHARES = {"min_white_share", "head_ratio"}
_NOT_SAID_AS_ZERO = {
    "min_width", "min_height", "min_kb", "max_kb", "min_white_share", "head_ratio", "max_mb", "total", "reply_hours", "late_days",
    "agreement_days", "copies", "binding_order",
}  # fmt: skip
_MARKS = {"full_mark", "minimum"}
_CLOSINGS = {"closes", "roster_deadline"}


def told_fields(cls: type) -> dict[str, str]:
    """The fields of a schema class that a difference tells, with their Chinese names. Raises KeyError for one without a name."""
    names = {**_COMMON, **_NAMES[cls]}
    return {one.name: names[one.name] for one in fields(cls) if one.name not in _SKIPPED.get(cls, ())}


def said(field: str, value: object, codes: Mapping[str, str]) -> str:
    """A value in Chinese. `codes`: the names of specialties and of components of this policy."""
    if field in _MARKS and isinstance(value, int):
        return f"{value / 100:g}"
    if field in _NOT_SAID_AS_ZERO and value == 0:
        return NOTHING
    if field.startswith("sentence_"):
        return unfilled(str(value))
    if field in _SHARES and isinstance(value, float):
        return f"{value * 100:g}%"
    if isinstance(value, datetime):
        return closing_words(value) if field in _CLOSINGS else opening_words(value)
    if isinstance(value, (Compare, Every, Some, Negation)):
        return words(value, codes)
    if isinstance(value, Mapping):
        return (
            "、".join(f"{said(field, key, codes)} {said(field, one, codes)}" for key, one in value.items()) or NOTHING
        )
    if field == "hours" and isinstance(value, tuple) and value and isinstance(value[0], time):
        return f"{value[0]:%H:%M}–{value[1]:%H:%M}"
    if isinstance(value, (tuple, list)):
        return "、".join(parts(field, value, codes)) or NOTHING
    return _plain(field, value, codes)


def parts(field: str, values: tuple[object, ...] | list[object], codes: Mapping[str, str]) -> list[str]:
    """The members of a list, each in Chinese."""
    return [said(field, one, codes) for one in values]


def _plain(field: str, value: object, codes: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, schema.Column):
        return value.label
    text = NOTHING if value in (None, "") else " ".join(str(value).split("\n"))
    return _WORDS.get(field, {}).get(str(value), codes.get(str(value), text))
