"""What may be chosen: open bases, and the specialties of one base with seats, 紧缺 mark and the reason where one is closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from admissions.models import Application
from admissions.queries import readiness
from applicants.eligibility import SpecialtyVerdict
from applicants.models import RosterEntry
from applicants.queries import entry_for
from bases.models import TrainingBase
from gme_portal.policy import Policy
from gme_portal.widgets import Tile
from quotas.models import Quota
from quotas.queries import open_bases, open_specialties


@dataclass(frozen=True, slots=True)
class Option:
    """One specialty of a base: `closed` says why it cannot be chosen ("" when it can), `look` what the base will have to check,
    `cited` the clause of either as readers know it."""

    quota: Quota
    shortage: bool
    closed: str = ""
    look: str = ""
    cited: str = ""

    @property
    def tile(self) -> Tile:
        """The label in the select."""
        marks = "，紧缺" if self.shortage else ""
        words = f"{self.quota.specialty.name}（{'不可选' if self.closed else f'名额 {self.quota.seats}{marks}'}）"
        return Tile(words, closed=self.closed)


def is_assigned(application: Application, policy: Policy) -> bool:
    """Whether the school names base and specialty (003 说明5)."""
    kind = policy.person_type(application.applicant.person_type)
    return kind is not None and kind.assigned


def needs_a_seat(application: Application, policy: Policy) -> bool:
    """Whether the person counts in the plan (招收计划); those who do not may be sent where no seat is left."""
    kind = policy.person_type(application.applicant.person_type)
    return kind is None or kind.in_plan


def assigned_entry(application: Application, policy: Policy) -> RosterEntry | None:
    """The one base and specialty a person was assigned by their school (003 说明5); None for everybody who chooses freely."""
    return entry_for(application.notice, application.applicant.user) if is_assigned(application, policy) else None


def bases_to_choose(application: Application, entry: RosterEntry | None) -> QuerySet[TrainingBase]:
    """Bases with seats now, in order of prefecture; only the assigned one for a person on a list. One query."""
    rows = open_bases(application.notice)
    return rows.filter(pk=entry.base_id) if entry else rows.filter(seats_now__gt=0)  # type: ignore[misc]


def options_at(
    application: Application, base: TrainingBase, *, entry: RosterEntry | None, policy: Policy, at: datetime
) -> list[Option]:
    """Every specialty the base has under the notice, open or closed; only the assigned one for a person on a list."""
    verdicts = readiness.verdicts_at(application.applicant, application.notice, base, policy=policy, at=at)
    rows = open_specialties(application.notice, base)
    if entry is not None:
        rows = rows.filter(specialty=entry.specialty_id)
    return [_option(quota, verdicts, policy, counted=needs_a_seat(application, policy)) for quota in rows]


def _option(quota: Quota, verdicts: Mapping[str, SpecialtyVerdict], policy: Policy, *, counted: bool) -> Option:
    shortage = policy.specialties.is_shortage(quota.specialty_id)
    if counted and quota.seats == 0:
        return Option(
            quota, shortage, closed="本基地本专业没有招收名额。", cited=policy.cite(policy.specialties.clause)
        )
    refusals = readiness.ineligible(verdicts.get(quota.specialty_id), field="")
    if refusals:
        return Option(quota, shortage, closed=refusals[0].sentence, cited=policy.cite(refusals[0].clause))
    look = next((one for one in verdicts[quota.specialty_id].findings if one.verdict == "needs_review"), None)
    return (
        Option(quota, shortage, look=look.sentence, cited=policy.cite(look.clause)) if look else Option(quota, shortage)
    )


def saved_choices(application: Application) -> list[Any]:
    """The choices as saved, in order, with base and specialty. One query."""
    return list(
        application.choices.select_related("application", "quota__base__prefecture", "quota__specialty").order_by(
            "position"
        )
    )
