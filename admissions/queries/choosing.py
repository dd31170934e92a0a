"""What may be chosen: open bases, and the specialties of one base with seats, 紧缺 mark and the reason where one is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from admissions.models import Application, Choice
from admissions.queries import readiness, rounds
from admissions.queries.release import open_counts
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
    """One specialty of a base with the seats there are in this round (`room`): `closed` says why it cannot be chosen ("" when it can),
    `look` what the base will have to check, `cited` the clause of either as readers know it."""

    quota: Quota
    shortage: bool
    room: int
    closed: str = ""
    look: str = ""
    cited: str = ""

    @property
    def tile(self) -> Tile:
        """The label in the select."""
        marks = "，紧缺" if self.shortage else ""
        words = f"{self.quota.specialty.name}（{'不可选' if self.closed else f'名额 {self.room}{marks}'}）"
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


def room(application: Application, quotas: Sequence[Quota], *, policy: Policy, at: datetime) -> dict[UUID, int]:
    """Seats of each quota in the round of the application: the plan as it stands without what it keeps for others, and
    later what the round before has left of that."""
    if not rounds.is_later(policy, application.round):
        return {quota.pk: quota.seats_for(application.applicant.person_type) for quota in quotas}
    return {one.quota.pk: one.free - one.quota.kept for one in open_counts(quotas, application.notice, at=at)}


def room_word(application: Application, policy: Policy) -> str:
    """What such seats are called."""
    return "剩余名额" if rounds.is_later(policy, application.round) else "招收名额"


def bases_to_choose(application: Application, entry: RosterEntry | None, *, policy: Policy) -> QuerySet[TrainingBase]:
    """Bases with seats in this round (`room`), in order of prefecture; only the assigned one for a person on a list. One query."""
    later = rounds.is_later(policy, application.round)
    rows = open_bases(application.notice).annotate(room=F("seats_free" if later else "seats_now"))
    return rows.filter(pk=entry.base_id) if entry else rows.filter(room__gt=0)


def options_at(
    application: Application, base: TrainingBase, *, entry: RosterEntry | None, policy: Policy, at: datetime
) -> list[Option]:
    """Every specialty the base has under the notice, open or closed; only the assigned one for a person on a list."""
    verdicts = readiness.verdicts_at(
        application.applicant, application.notice, base, policy=policy, at=at, round=application.round
    )
    rows = open_specialties(application.notice, base)
    if entry is not None:
        rows = rows.filter(specialty=entry.specialty_id)
    quotas = list(rows)
    seats = room(application, quotas, policy=policy, at=at)
    full = f"本基地本专业没有{room_word(application, policy)}。" if needs_a_seat(application, policy) else ""
    return [_option(quota, seats[quota.pk], verdicts, policy, full=full) for quota in quotas]


def _option(quota: Quota, room: int, verdicts: Mapping[str, SpecialtyVerdict], policy: Policy, *, full: str) -> Option:
    """`full`: what to say where no seat is left; "" for people who need none."""
    shortage = policy.specialties.is_shortage(quota.specialty_id)
    if full and room <= 0:
        return Option(quota, shortage, room, closed=full, cited=policy.cite(policy.specialties.clause))
    refusals = readiness.ineligible(verdicts.get(quota.specialty_id), field="")
    if refusals:
        return Option(quota, shortage, room, closed=refusals[0].sentence, cited=policy.cite(refusals[0].clause))
    look = next((one for one in verdicts[quota.specialty_id].findings if one.verdict == "needs_review"), None)
    return (
        Option(quota, shortage, room, look=look.sentence, cited=policy.cite(look.clause))
        if look
        else Option(quota, shortage, room)
    )


def saved_choices(application: Application) -> list[Any]:
    """The choices as the person has them now, in order, with base and specialty: what was filed last, or what was chosen since then where
    the notice lets a filed form be changed (修改报名). One query."""
    if application.amended is None:
        return standing_choices(application)
    ids = application.amended["quotas"]
    found = Quota.objects.select_related("base__prefecture", "specialty").filter(
        notice=application.notice_id, pk__in=ids
    )
    quotas = {str(quota.pk): quota for quota in found}
    kept = [quotas[one] for one in ids if one in quotas]
    return [Choice(application=application, position=place, quota=quota) for place, quota in enumerate(kept, 1)]


def base_code(application: Application, policy: Policy, *, filing: bool = False) -> str:
    """The base whose windows hold for somebody, "" for those of everybody: the one they have filed with, and until then, or for what they file
    now, the one they have chosen. One query where registration is longer at some base."""
    if (filing or application.base is None) and any(one.key == "registration" for one in policy.base_windows):
        chosen = saved_choices(application)
        if chosen:
            return str(chosen[0].quota.base.code)
    return application.base.code if application.base else ""


def standing_choices(application: Application) -> list[Any]:
    """The choices that were filed last, whatever was chosen since then. One query."""
    rows = application.choices.select_related("application", "quota__base__prefecture", "quota__specialty")
    return list(rows.order_by("position"))


def consents_of(application: Application) -> list[str]:
    """The kinds of transfer (服从调剂) that the person agrees to now; like `saved_choices`."""
    if application.amended is not None:
        return list(application.amended["consents"])
    kinds = {"base": application.consents_base_transfer, "province": application.consents_province_transfer}
    return [kind for kind, agreed in kinds.items() if agreed]
