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
Medicine = Literal["western", "tcm"]
WINDOW_KEYS: Mapping[str, str] = {
    "registration": "网上报名",
    "confirmation": "现场确认",
    "review": "资格审核",
    "assessment": "招录考核",
    "base_admission": "基地录取",
    "publicity": "公示",
    "reallocation": "省级调剂",
    "report_in": "报到",
    "training_start": "开始培训",
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
    `in_plan`: counted in the plan (招收计划), so that an admission takes a seat."""

    code: str
    label: str
    registers: bool
    assigned: bool
    aliases: tuple[str, ...]
    clause: str
    note: str = ""
    refusal: str = ""
    in_plan: bool = True


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
    """A span of time, half-open: `opens <= at < closes`. No `person_types` = everybody. `hours` = daily hours, local, where given."""

    key: str
    label: str
    opens: datetime
    closes: datetime
    person_types: tuple[str, ...]
    round: str
    clause: str
    note: str = ""
    hours: tuple[tuple[time, time], ...] = ()

    def is_open(self, at: datetime) -> bool:
        return self.opens <= at < self.closes

    def concerns(self, person_type: str) -> bool:
        return not self.person_types or person_type in self.person_types


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
    """服从调剂. `kinds`: `base` (any specialty of the base applied to), `province` (another base or specialty); `wording` as shown."""

    kinds: tuple[str, ...]
    wording: str
    person_types: tuple[str, ...]
    clause: str
    note: str = ""

    def offered_to(self, person_type: str) -> bool:
        return not self.person_types or person_type in self.person_types


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
    """上传材料. `accepts`: file endings; `max_mb`: MiB; `binding_order`: place in the paper bundle (0 = not bound);
    `stand_in`: what may be uploaded until the real one is issued."""

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


@dataclass(frozen=True, slots=True)
class PhotoRule:
    """个人照片. Pixels and KiB; `background` "#FFFFFF"; `min_white_share` and `head_ratio` between 0 and 1 (head height / photo height)."""

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
    """密码. `requires`: of letter, digit, special."""

    min_length: int
    max_length: int
    requires: tuple[str, ...]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """证件. `accepts`: resident_id, hk_macao_permit, taiwan_permit, foreign_resident."""

    accepts: tuple[str, ...]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """报考条件. Where `applies` holds, `condition` must; else `outcome`: `ineligible` or `needs_review`. Sentences may hold `{fact}`."""

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


@dataclass(frozen=True, slots=True)
class Component:
    """考核科目. `full_mark` and `minimum` in hundredths of a point; `weight` in per cent of the total."""

    key: str
    label: str
    full_mark: int
    weight: int
    minimum: int | None = None


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """成绩. `decided_by`: `base` (its brochure may set other weights) or `province`; `tie_chain` in order; `precision` = decimals published."""

    components: tuple[Component, ...]
    decided_by: Literal["base", "province"]
    tie_chain: tuple[str, ...]
    precision: int
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class QuotaMoveRule:
    """计划调整 inside a base. `direction`: `none` or `other_to_shortage` (never back)."""

    allowed: bool
    direction: Literal["none", "other_to_shortage"]
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
    """省级调剂. `priority` in order; `geography`: any, same, same_or_adjacent, with exceptions per person type; `adjacent` prefectures."""

    enabled: bool
    priority: tuple[str, ...]
    geography: str
    clause: str
    note: str = ""
    geography_by_type: Mapping[str, str] | None = None
    adjacent: Mapping[str, frozenset[str]] | None = None

    def geography_for(self, person_type: str) -> str:
        return (self.geography_by_type or {}).get(person_type, self.geography)


@dataclass(frozen=True, slots=True)
class ReportInRule:
    """报到: after the window plus `late_days` a person counts as withdrawn (退培)."""

    late_days: int
    effect: str
    clause: str
    note: str = ""


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
class Silence:
    """What the notice does not say, and what therefore is not enforced."""

    topic: str
    note: str
