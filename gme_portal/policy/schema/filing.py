"""Filing an application (报名): choices, consents, documents, photo, password, identity, who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gme_portal.policy.conditions import Condition
from gme_portal.policy.schema.words import PAPER_KINDS
from gme_portal.policy.vocabulary import Scope

_WIDE, _NARROW = str.maketrans("()", "（）"), str.maketrans("（）", "()")


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
        """The code for a code, a name or an alias (blanks ignored, brackets of either width); None where this policy has no such specialty."""
        plain = "".join(text.split())
        if plain in self.names:
            return plain
        for written in dict.fromkeys((plain, plain.translate(_WIDE), plain.translate(_NARROW))):
            name = self.aliases.get(written, written)
            found = next((code for code in self.codes if self.names[code] == name), None)
            if found is not None:
                return found
        return None


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
    """密码. `requires`: of letter, digit, special. Without a clause the notice does not say, and the platform's own demands hold."""

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
class BrochureRule:
    """基地招生简章: what a base's own brochure may decide. Keys as in `BROCHURE_TOPICS`."""

    may_decide: tuple[str, ...]
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
