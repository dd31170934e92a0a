"""What follows an admission: publicity (公示), acceptance, report-in (报到), bans, reduction of the time, rosters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gme_portal.policy.schema.filing import Rule
from gme_portal.policy.schema.words import REDUCTION_STEPS, Track


@dataclass(frozen=True, slots=True)
class PublicityRule:
    """公示: at least `days` of `kind`; `columns` never hold a part of an identity number."""

    days: int
    kind: Literal["calendar", "working"]
    columns: tuple[Column, ...]
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """接受录取. `required`: nobody is admitted without having said yes. `silent`: what no answer by the end of the window means."""

    required: bool
    silent: Literal["not_admitted", "admitted"]
    clause: str
    note: str = ""


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
class YearReductionRule:
    """培训年限减免. `steps`: who decides, in order, and what the notice calls it (`step_labels`); `tested_at`: the step that tests people first
    (能力测评), "" where none does; `rules` as those of eligibility; `form_title`: the paper form."""

    steps: tuple[str, ...]
    form_title: str
    rules: tuple[Rule, ...]
    clause: str
    note: str = ""
    tested_at: str = ""
    step_labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, step: str) -> str:
        """A step as the notice calls it, or as people generally do."""
        return self.step_labels.get(step, REDUCTION_STEPS[step])


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list that leaves the house: `key` for the code, `label` for the reader."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class RosterRule:
    """学员信息表 that is sent to the province."""

    columns: tuple[Column, ...]
    clause: str
    note: str = ""
