"""The closed lists of words a policy file may use, with what an officer reads for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Track = Literal["residency", "assistant_gp"]
Medicine = Literal["western", "tcm", "both"]
WINDOW_KEYS: Mapping[str, str] = {
    "registration": "网上报名",
    "confirmation": "现场确认",
    "review": "资格审核",
    "assessment": "招录考核",
    "base_admission": "基地录取",
    "publicity": "公示",
    "acceptance": "接受录取确认",
    "invitation": "基地邀请",
    "reallocation": "省级调剂",
    "report_in": "报到",
    "year_reduction": "年限减免申请",
    "training_start": "开始培训",
}
BROCHURE_TOPICS: Mapping[str, str] = {
    "weights": "各科权重",
    "exam_dates": "考核时间和地点",
    "slots": "现场确认时段和地点",
    "medical_exam": "体检",
    "contact": "咨询方式",
}
PAPER_KINDS: Mapping[str, str] = {
    "application": "报名表",
    "unit_consent": "单位同意证明",
    "graduation_proof": "毕业证明",
    "year_reduction": "年限减免申请表",
    "summary": "汇总表",
    "brochure": "招生简章格式",
}
REDUCTION_STEPS: Mapping[str, str] = {
    "base": "培训基地审核",
    "association": "行业协会（指导中心）复核",
    "province": "省级备案",
}
OPTIONAL_GROUPS: Mapping[str, str] = {
    "registration": "报名方式",
    "password": "密码要求",
    "acceptance": "接受录取的确认",
    "invitations": "邀请",
    "plan": "招收计划总数",
    "medical_exam": "体检",
    "year_reduction": "培训年限减免",
    "brochure": "基地招生简章可以决定的事项",
}
