"""What a notice (通知) says, as frozen values. One `Policy` is one province's one track in one year.

Every group carries `clause`, the place in the notice it comes from ("003 说明3": source, blank, section), and `note` where the notice is
silent and another source was borrowed, or where a value is only an example. Points are integers in hundredths, weights whole per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from gme_portal.policy.conditions import Condition
from gme_portal.policy.vocabulary import Scope

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


@dataclass(frozen=True, slots=True)
class Source:
    """A document the clauses cite by `key`. `own` = it is this policy's notice; any other is borrowed from and needs a note at each use."""

    key: str
    name: str
    own: bool
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonType:
    """人员类型. `registers`: signs up in person; else `refusal` says why not. `assigned`: the school names the specialty and the base.
    `in_plan`: counted in the plan (招收计划), so that an admission takes a seat. `roster`: whose list of names (名册) the person must be on before
    signing up, handed in by `roster_deadline`. `recorded_by`: who records those that do not sign up themselves."""

    code: str
    label: str
    registers: bool
    assigned: bool
    aliases: tuple[str, ...]
    clause: str
    note: str = ""
    refusal: str = ""
    in_plan: bool = True
    roster: Literal["none", "school", "province"] = "none"
    roster_deadline: datetime | None = None
    recorded_by: Literal["", "base", "province"] = ""


@dataclass(frozen=True, slots=True)
class Round:
    """批次. `dates_by_base`: the notice leaves the dates to each base, so there are no windows here."""

    key: str
    label: str
    dates_by_base: bool
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, half-open: `opens <= at < closes`. No `person_types` = everybody. `hours` = daily hours, local, where given.

    `extended_from`: the close as the notice has it, where an extension (延长) moved it; `base`: the code of the base it was moved for alone."""

    key: str
    label: str
    opens: datetime
    closes: datetime
    person_types: tuple[str, ...]
    round: str
    clause: str
    note: str = ""
    hours: tuple[tuple[time, time], ...] = ()
    extended_from: datetime | None = None
    base: str = ""

    def is_open(self, at: datetime) -> bool:
        return self.opens <= at < self.closes

    def concerns(self, person_type: str) -> bool:
        return not self.person_types or person_type in self.person_types


@dataclass(frozen=True, slots=True)
class RegistrationRule:
    """报名方式. `on_site`: the base's staff record the application at the counter (现场报名). `changes`: may a filed form be changed at once
    (`free`), or only after it was taken back (`withdraw_first`, 取消报名)?"""

    mode: Literal["online", "on_site"] = "online"
    changes: Literal["free", "withdraw_first"] = "withdraw_first"
    clause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """志愿. How many bases and specialties one application may name; `limits` = other numbers of specialties per person type."""

    max_bases: int
    max_specialties: int
    ordered: bool
    clause: str
    note: str = ""
    limits: Mapping[str, int] | None = None

    def limit(self, person_type: str) -> int:
        return (self.limits or {}).get(person_type, self.max_specialties)


@dataclass(frozen=True, slots=True)
class TransferRule:
    """服从调剂. `kinds`: `base` (any specialty of the base applied to), `province` (another base or specialty); none: not asked. `wording` as
    shown. `required_for`: person types who must consent (应服从调剂)."""

    kinds: tuple[str, ...]
    wording: str
    person_types: tuple[str, ...]
    clause: str
    note: str = ""
    required_for: tuple[str, ...] = ()

    def offered_to(self, person_type: str) -> bool:
        return bool(self.kinds) and (not self.person_types or person_type in self.person_types)


@dataclass(frozen=True, slots=True)
class SpecialtyRule:
    """招收专业: `codes` in the notice's order, their `names`, the `shortage` (紧缺) ones, and `aliases` met in sheets."""

    codes: tuple[str, ...]
    names: Mapping[str, str]
    shortage: frozenset[str]
    aliases: Mapping[str, str]
    clause: str
    note: str = ""
    shortage_clause: str = ""

    def is_shortage(self, code: str) -> bool:
        return code in self.shortage

    def name(self, code: str) -> str:
        return self.names[code]

    def find(self, text: str) -> str | None:
        """The code for a code, a name or an alias (blanks ignored); None where this policy has no such specialty."""
        plain = "".join(text.split())
        if plain in self.names:
            return plain
        plain = self.aliases.get(plain, plain)
        return next((code for code in self.codes if self.names[code] == plain), None)


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """材料. `channel`: `upload`, or `paper` for what is only brought along; `accepts`: file endings; `max_mb`: MiB; `binding_order`: place in the
    paper bundle (0 = not bound), `copies` of it, `originals`: the original is shown and returned; `stand_in`: what may stand for it until it is issued."""

    kind: str
    label: str
    required: bool
    accepts: tuple[str, ...]
    max_mb: int
    clause: str
    help: str
    binding_order: int
    applies: Condition
    stand_in: str = ""
    note: str = ""
    channel: Literal["upload", "paper"] = "upload"
    copies: int = 1
    originals: bool = True

    @property
    def brought(self) -> str:
        """How it is brought to the confirmation: the original to be looked at and returned, copies to stay."""
        copies = f"留复印件{'一份' if self.copies == 1 else f' {self.copies} 份'}" if self.copies else ""
        return "，".join(filter(None, ("原件核对" if self.originals else "", copies))) or "交原件"


@dataclass(frozen=True, slots=True)
class PhotoRule:
    """个人照片. Pixels and KiB; `background` "#FFFFFF"; `min_white_share` and `head_ratio` between 0 and 1 (head height / photo height).
    0, or an empty background: the notice does not say, nothing is asked."""

    min_width: int
    min_height: int
    min_kb: int
    max_kb: int
    formats: tuple[str, ...]
    background: str
    min_white_share: float
    head_ratio: float
    head_is_advice: bool
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """密码. `requires`: of letter, digit, special. The defaults are the platform's own, for a notice that does not say."""

    min_length: int = 8
    max_length: int = 64
    requires: tuple[str, ...] = ()
    clause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """证件. `accepts`: resident_id, hk_macao_permit, taiwan_permit, foreign_resident."""

    accepts: tuple[str, ...]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """报考条件. Where `applies` holds, `condition` must; else `outcome`: `ineligible` or `needs_review`. Sentences may hold `{fact}`.
    `rounds`: keys of the rounds it is about; none = every round."""

    id: str
    clause: str
    applies: Condition
    condition: Condition
    sentence_pass: str
    sentence_fail: str
    sentence_review: str
    outcome: Literal["ineligible", "needs_review"]
    scope: Scope
    note: str = ""
    rounds: tuple[str, ...] = ()

    def concerns_round(self, key: str) -> bool:
        return not self.rounds or key in self.rounds


@dataclass(frozen=True, slots=True)
class Component:
    """考核科目. `full_mark` and `minimum` in hundredths of a point; `weight` in per cent of the total (0: recorded, but no part of
    the total); `run_by`: who holds the examination."""

    key: str
    label: str
    full_mark: int
    weight: int
    minimum: int | None = None
    run_by: Literal["base", "province"] = "base"


@dataclass(frozen=True, slots=True)
class PassCheck:
    """合格项: passed or not (合格/不合格), and a condition of admission; e.g. `medical` 体检, `result` 考核结果."""

    key: str
    label: str
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """成绩. `decided_by`: `base` (its brochure may set other weights) or `province`; `ranked_by`: `score` (best first) or `overall` (the base judges
    each person and says so in the check `result`; those it passes stand by score); `tie_chain` in order; `precision` = decimals published."""

    components: tuple[Component, ...]
    decided_by: Literal["base", "province"]
    tie_chain: tuple[str, ...]
    precision: int
    clause: str
    note: str = ""
    ranked_by: Literal["score", "overall"] = "score"
    checks: tuple[PassCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class MedicalExamRule:
    """体检. `required`: passing it is a condition of admission (then the scoring has a check `medical`); `on_demand`: the base may ask for it."""

    need: Literal["required", "on_demand"]
    standard: str
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanRule:
    """招收计划 of this notice. `total` seats in all (0: not said here). `others_row`: the seats of a base's non-shortage specialties are given as one
    number (其他), which the base itself distributes."""

    total: int
    others_row: bool
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class QuotaMoveRule:
    """计划调整 inside a base. `direction`: `none` or `other_to_shortage` (never back). `increase`: may more seats be asked for?"""

    allowed: bool
    direction: Literal["none", "other_to_shortage"]
    clause: str
    note: str = ""
    increase: Literal["none", "province_within_capacity"] = "none"


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """接受录取. `required`: nobody is admitted without having said yes. `silent`: what no answer by the end of the window means."""

    required: bool
    silent: Literal["not_admitted", "admitted"]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class InvitationRule:
    """邀请: in `round` a base may invite people who are not admitted; an invitation lapses `reply_hours` after it was sent (0: with the window)."""

    round: str
    reply_hours: int
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class YearReductionRule:
    """培训年限减免. `steps`: who decides, in order; `rules` as those of eligibility; `form_title`: the paper form."""

    steps: tuple[str, ...]
    form_title: str
    rules: tuple[Rule, ...]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BrochureRule:
    """基地招生简章: what a base's own brochure may decide. Keys as in `BROCHURE_TOPICS`."""

    may_decide: tuple[str, ...]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list that leaves the house: `key` for the code, `label` for the reader."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class PublicityRule:
    """公示: at least `days` of `kind`; `columns` never hold a part of an identity number."""

    days: int
    kind: Literal["calendar", "working"]
    columns: tuple[Column, ...]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReallocationRule:
    """省级调剂. `priority` in order; `geography`: any, same, same_or_adjacent, with exceptions per person type; `adjacent` prefectures.
    `when_needed`: the province decides each year whether it happens at all."""

    enabled: bool
    priority: tuple[str, ...]
    geography: str
    clause: str
    note: str = ""
    geography_by_type: Mapping[str, str] | None = None
    adjacent: Mapping[str, frozenset[str]] | None = None
    when_needed: bool = False

    def geography_for(self, person_type: str) -> str:
        return (self.geography_by_type or {}).get(person_type, self.geography)


@dataclass(frozen=True, slots=True)
class ReportInRule:
    """报到: after the window plus `late_days` a person counts as withdrawn (退培). `agreement_days`: to sign the agreement (0: not said)."""

    late_days: int
    effect: str
    clause: str
    note: str = ""
    agreement_days: int = 0


@dataclass(frozen=True, slots=True)
class BanRule:
    """诚信: `trigger` fraud, no_show or withdrawal; `years` during which `programme` is closed (0 = only this registration is cancelled)."""

    trigger: str
    programme: Track
    years: int
    effect: str
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RosterRule:
    """学员信息表 that is sent to the province."""

    columns: tuple[Column, ...]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    text: str
    url: str
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FormRule:
    """报名表 on paper: `copies`, with other numbers per person type."""

    title: str
    copies: int
    clause: str
    note: str = ""
    copies_by_type: Mapping[str, int] | None = None

    def copies_for(self, person_type: str) -> int:
        return (self.copies_by_type or {}).get(person_type, self.copies)


@dataclass(frozen=True, slots=True)
class BlankPaper:
    """A blank form or a template (空白表、模版) to download; `body` is its text."""

    key: str
    title: str
    kind: str
    body: str
    clause: str
    note: str = ""

    def serves(self, rule: DocumentRule) -> bool:
        """Whether it is the form of a document that is asked for, or of what may stand in for it (毕业证明)."""
        return self.kind == rule.kind or (PAPER_KINDS[self.kind] in rule.stand_in)


@dataclass(frozen=True, slots=True)
class Silence:
    """What the notice does not say, and what therefore is not enforced. `group`: the table of the file that is absent for it ("" = a free topic)."""

    topic: str
    note: str
    group: str = ""
