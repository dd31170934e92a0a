"""Marks, plan and allocation: what is scored, how seats move, who comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


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
class InvitationRule:
    """邀请: in `round` a base may invite people who are not admitted; an invitation lapses `reply_hours` after it was sent (0: with the window)."""

    round: str
    reply_hours: int
    clause: str
    note: str = ""
