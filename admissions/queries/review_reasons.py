"""Why a base returns or rejects (退回与不通过的理由): coded reasons as a small table, and the clauses of the notice a rejection may cite."""

from __future__ import annotations

from typing import NamedTuple

from gme_portal.policy import Policy

OTHER = "other"


class Reason(NamedTuple):
    """A coded reason (退回原因): `label` for the reviewer and the statistics, `words` what the person reads: what to do next.

    `route` is the page where it is mended, "" where that depends on the reviewer's own words."""

    label: str
    words: str
    route: str = ""


RETURN_REASONS: dict[str, Reason] = {
    "photo": Reason("照片不合格", "个人照片不符合要求，请按照片要求重新拍摄并上传。", "profile:photo"),
    "document_unclear": Reason("证件或材料不清晰", "上传的材料不清晰、有遮挡或翻转，请拍摄或扫描原件后重新上传。", "profile:documents"),
    "document_missing": Reason("材料缺页或缺件", "上传的材料不完整，请补齐后重新上传。", "profile:documents"),
    "identity_mismatch": Reason("姓名或证件号码与证件不符", "所填姓名、证件信息与证件不一致，请核对后更正或重新上传证件。", "profile:documents"),
    "education_mismatch": Reason("学历信息与证书不符", "学历、学位信息与证书不一致，请按证书更正。", "profile:education"),
    "licence_mismatch": Reason("医师资格信息与证书不符", "医师资格信息与证书不一致，请按证书更正。", "profile:licence"),
    "employer_consent": Reason("缺少单位证明", "请上传单位出具并加盖公章的同意培训证明。", "profile:documents"),
    "person_type": Reason("人员类型选择有误", "人员类型与实际情况不符，请改选后重新提交。", "profile:personal"),
    "choices": Reason("志愿填报有误", "所报专业与要求不符，请修改志愿后重新提交。", "apply:choices"),
    OTHER: Reason("其他（请在说明中写明）", ""),
}  # fmt: skip


def words_for(code: str, words: str) -> str:
    """What the person reads: the table's sentence, then what the reviewer added."""
    return "".join(part for part in (RETURN_REASONS[code].words, words.strip()) if part)


def rejection_clauses(policy: Policy) -> dict[str, str]:
    """Clause → what it asks, in words: everything of the notice that can close an application to a person."""
    found: dict[str, list[str]] = {}
    for rule in policy.eligibility:
        found.setdefault(rule.clause, []).append(rule.sentence_pass)
    for document in policy.documents:
        found.setdefault(document.clause, []).append(f"须上传{document.label}")
    for ban in policy.bans:
        if ban.trigger == "fraud" and ban.programme == policy.track:
            found.setdefault(ban.clause, []).append(ban.effect)
    found.setdefault(policy.choices.clause, []).append("志愿填报规则。")
    return {clause: " ".join(dict.fromkeys(words)) for clause, words in found.items()}
