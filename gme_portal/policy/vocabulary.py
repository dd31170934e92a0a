"""The closed vocabulary of facts (事实词表) that the conditions of a policy may speak about.

A policy file cannot name a fact that is not here; `applicants.eligibility` must supply every one of them. Kinds:
`flag` (是/否), `word` (one of `values`, or free text where `values` is empty), `words` (a set of such words), `rank` (`values` in
ascending order), `number`, `day`. Scope `person` facts are known before anything is chosen; `choice` facts need a specialty or a base.
A fact may be unknown (None): then what follows from it is unknown too, and a person must look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["flag", "word", "words", "rank", "number", "day"]
Scope = Literal["person", "choice"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One word of the vocabulary. `label` is how it is said in Chinese, `values` its closed list of codes with labels;
    `negative` is how a flag that is not set is said."""

    name: str
    kind: Kind
    label: str
    scope: Scope = "person"
    values: Mapping[str, str] = field(default_factory=dict)
    negative: str = ""

    def say(self, value: object) -> str:
        """One of its values in Chinese; codes without a label are said as they are."""
        return self.values.get(str(value), str(value))


PERSON_TYPES = {
    "social": "社会人",
    "own_staff": "本单位人",
    "delegated": "外单位委培",
    "commissioned": "订单定向",
    "professional_master": "专硕",
}
NATIONALITIES = {"CN": "中国内地", "HK": "香港", "MO": "澳门", "TW": "台湾", "other": "其他"}
LEVELS = {"college": "专科", "bachelor": "本科", "master": "硕士研究生", "doctor": "博士研究生"}
COMPLETED_LEVELS = {"none": "无", **LEVELS}
FIELDS = {
    "clinical": "临床医学类",
    "stomatology": "口腔医学类",
    "tcm": "中医学类",
    "integrated": "中西医结合类",
    "technology": "医学技术类",
    "other": "其他类",
}
# Bachelor's majors (本科专业目录): the clinical, dental, Chinese-medicine and neighbouring ones; any other code may occur, but no rule names it.
MAJORS = {
    "100101K": "基础医学", "100201K": "临床医学", "100202TK": "麻醉学", "100203TK": "医学影像学", "100204TK": "眼视光医学",
    "100205TK": "精神医学", "100206TK": "放射医学", "100207TK": "儿科学", "100301K": "口腔医学", "100401K": "预防医学",
    "100403TK": "妇幼保健医学", "100501K": "中医学", "100502K": "针灸推拿学", "100503K": "藏医学", "100504K": "蒙医学",
    "100505K": "维医学", "100506K": "壮医学", "100507K": "哈医学", "100508TK": "傣医学", "100509TK": "回医学",
    "100510TK": "中医康复学", "100511TK": "中医养生学", "100512TK": "中医儿科学", "100513TK": "中医骨伤科学",
    "100601K": "中西医临床医学", "101001": "医学检验技术",
}  # fmt: skip
DEGREE_TYPES = {"professional": "专业学位", "academic": "学术学位", "none": "无学位类型"}
LICENCE_KINDS = {"none": "无", "assistant": "执业助理医师", "physician": "执业医师"}
LICENCE_CATEGORIES = {"none": "无", "clinical": "临床", "stomatology": "口腔", "tcm": "中医"}
EMPLOYER_LEVELS = {"village": "村", "township": "乡镇（社区）", "county": "县", "prefecture": "州市", "province": "省"}
TITLES = {"none": "无职称", "junior": "初级", "intermediate": "中级", "senior": "高级"}


def _flag(name: str, label: str, negative: str, scope: Scope = "person") -> Fact:
    return Fact(name, "flag", label, scope, negative=negative)


_FACTS = (
    Fact("person_type", "word", "人员类型", values=PERSON_TYPES),
    Fact("nationality", "word", "国籍及地区", values=NATIONALITIES),
    Fact("highest_level", "rank", "已毕业的最高学历", values=COMPLETED_LEVELS),
    _flag("bachelor_completed", "有已毕业的本科学历", "没有已毕业的本科学历"),
    _flag("bachelor_degree_awarded", "有本科学位", "没有本科学位"),
    Fact("bachelor_majors", "words", "本科专业（含在读）", values=MAJORS),
    Fact("full_time_bachelor_majors", "words", "已毕业的全日制本科专业", values=MAJORS),
    Fact("bachelor_graduated_year", "number", "本科毕业年份"),
    Fact("clinical_bachelor_graduated_year", "number", "全日制临床医学专业本科毕业年份"),
    Fact("higher_fields", "words", "本科及以上专业类别", values=FIELDS),
    Fact("completed_higher_fields", "words", "已毕业的本科及以上专业类别", values=FIELDS),
    Fact("full_time_higher_fields", "words", "已毕业的全日制本科及以上专业类别", values=FIELDS),
    Fact("professional_master_fields", "words", "已获硕士专业学位的专业类别", values=FIELDS),
    Fact("doctor_fields", "words", "已获博士学位的专业类别", values=FIELDS),
    Fact("foreign_doctor_fields", "words", "已获国外博士学位的专业类别", values=FIELDS),
    Fact("college_fields", "words", "全日制专科专业类别", values=FIELDS),
    Fact("enrolled_college_fields", "words", "在读全日制专科专业类别", values=FIELDS),
    _flag("highest_adult_education", "最高学历为成人教育", "最高学历不是成人教育"),
    _flag("highest_degree_awarded", "最高学历已授学位", "最高学历未授学位"),
    Fact("highest_degree_type", "word", "最高学历的学位类型", values=DEGREE_TYPES),
    _flag("enrolled_academic", "在读学术学位研究生", "不是在读学术学位研究生"),
    _flag("enrolled_professional_master", "在读专业学位硕士研究生", "不是在读专业学位硕士研究生"),
    _flag("holds_licence", "已取得医师资格", "未取得医师资格"),
    Fact("licence_kind", "rank", "医师资格级别", values=LICENCE_KINDS),
    Fact("licence_category", "word", "医师资格类别", values=LICENCE_CATEGORIES),
    _flag("has_employer", "有工作单位", "没有工作单位"),
    Fact("employer_prefecture", "word", "工作单位所在州市"),
    _flag("employer_in_province", "工作单位在本省", "工作单位不在本省"),
    Fact("employer_level", "rank", "工作单位级别", values=EMPLOYER_LEVELS),
    _flag("employer_consent", "单位同意参加培训", "单位不同意参加培训"),
    Fact("title", "rank", "职称", values=TITLES),
    _flag("holds_training_certificate", "已有住院医师规范化培训合格证书", "没有住院医师规范化培训合格证书"),
    _flag("in_national_platform", "已在国家住培管理平台", "不在国家住培管理平台"),
    _flag("has_commission", "签有订单定向协议", "没有订单定向协议"),
    _flag("commission_in_breach", "订单定向违约", "没有订单定向违约"),
    Fact("commission_graduated_year", "number", "订单定向毕业年份"),
    Fact("commission_prefecture", "word", "定向就业州市"),
    _flag("banned", "处于禁止报名期", "不处于禁止报名期"),
    Fact("ban_until", "day", "禁止报名截止日"),
    _flag("has_assignment", "名单上已指定专业和基地", "名单上没有指定专业和基地"),
    Fact("specialty", "word", "培训专业", "choice"),
    _flag("specialty_shortage", "为紧缺专业", "不是紧缺专业", "choice"),
    _flag("specialty_is_employers", "与在单位从事的专业一致", "与在单位从事的专业不一致", "choice"),
    _flag(
        "postgraduate_major_is_specialty",
        "硕士（博士）所学专业与培训专业一致",
        "硕士（博士）所学专业与培训专业不一致",
        "choice",
    ),
    _flag("assigned_specialty_matches", "与名单上指定的专业一致", "与名单上指定的专业不一致", "choice"),
    _flag("assigned_base_matches", "与名单上指定的基地一致", "与名单上指定的基地不一致", "choice"),
    Fact("base_prefecture", "word", "基地所在州市", "choice"),
    _flag("base_in_employer_prefecture", "基地在工作单位所在州市", "基地不在工作单位所在州市", "choice"),
    _flag("base_in_commission_prefecture", "基地在定向就业州市", "基地不在定向就业州市", "choice"),
    _flag(
        "base_near_commission_prefecture",
        "基地在定向就业地所在或临近州市",
        "基地不在定向就业地所在或临近州市",
        "choice",
    ),
    _flag(
        "employer_prefecture_offers_specialty",
        "工作单位所在州市有该专业的基地",
        "工作单位所在州市没有该专业的基地",
        "choice",
    ),
    _flag("agreement_with_employer", "单位与基地签有委托培训协议", "单位与基地没有委托培训协议", "choice"),
)
FACTS: Mapping[str, Fact] = {fact.name: fact for fact in _FACTS}
