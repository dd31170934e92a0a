"""The verification report of a run (独立校验报告): which guarantees were checked, and what broke them."""

from __future__ import annotations

from dataclasses import dataclass

from admissions.models import AllocationRun, RunKind

BASE = {
    "V1": "名额合规；没有人更愿去的专业有空余名额，或被排序在后的人占用",
    "V2": "另一种算法重算，结果逐人相同",
}
PROVINCE = {
    "V1": "名额、报考条件和地域合规",
    "V3": "安排人数、紧缺专业人数、县级及以下人数都已是最多",
    "V4": "未安排者可去的专业都由排序在其前者占满",
    "V5": "按排序逐人看，谁的志愿都不能再靠前，结果因此唯一",
}
ALWAYS = {
    "V6": "输入与出处一致：成绩册、报名表及其签名、报考条件、地域、名额台账、抽签号",
    "V7": "记录完整：摘要、逐人说明、记录链；抽签密钥与事先公布的承诺值相符",
}
ASSUMED = "试算假设的输入是有意改动的，不与出处核对"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One line of the report: `code` V1 … V7, what it means, what was found, and whether it was checked at all."""

    code: str
    label: str
    breaches: list[str]
    checked: bool = True

    @property
    def holds(self) -> bool:
        return self.checked and not self.breaches


def report(run: AllocationRun, *, intact: bool) -> list[Guarantee]:
    """The guarantees of a run of this kind, in order. `intact`: whether its record still has its digests."""
    lines = (BASE if run.kind == RunKind.BASE_ADMISSION else PROVINCE) | ALWAYS
    found = []
    for code, label in lines.items():
        broken = [one.removeprefix(code).strip() for one in run.breaches if one.startswith(code)]
        if code == "V7" and not intact:
            broken.append("存档的记录与摘要或记录链不符。")
        if code == "V6" and "what_if" in run.beside:
            found.append(Guarantee(code, ASSUMED, broken, checked=False))
        else:
            found.append(Guarantee(code, label, broken))
    return found
