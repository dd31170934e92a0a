"""Who takes part in an allocation (参加录取的人): read from what was filed, reviewed, confirmed and marked. A fixed number of queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from admissions.models import Application, Mark, Offer, Submission
from admissions.queries.filed_facts import facts_of, is_county_or_below, prefecture_of
from admissions.queries.snapshots import Snapshot
from admissions.states import ACTIVE_OFFER_STATES, GIVEN_UP
from applicants.eligibility import ApplicantFacts, Choice, judge
from applicants.models import Ban
from bases.models import TrainingBase
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from quotas.models import Quota


@dataclass(frozen=True, slots=True)
class Entrant:
    """One approved application without a place yet. `choices` are quota ids in order; `marks` by component in hundredths; `absent` the components missed,
    `failed` the checks not passed."""

    number: str
    base_id: UUID
    person_type: str
    choices: tuple[str, ...]
    consents: frozenset[str]
    county: bool
    prefecture: str
    facts: ApplicantFacts
    confirmed: bool
    banned: bool
    marks: Mapping[str, int]
    absent: tuple[str, ...]
    failed: tuple[str, ...] = ()


def entrants(
    notice: Notice,
    *,
    policy: Policy,
    at: datetime,
    base: TrainingBase | None = None,
    round: str = "first",
    everybody: bool = False,
) -> list[Entrant]:
    """Approved applications of the round (of one base), by number; without `everybody` only of people who hold no place yet and gave none up
    in this round. Four queries."""
    held = Offer.objects.filter(
        notice=OuterRef("notice"), applicant=OuterRef("applicant"), state__in=ACTIVE_OFFER_STATES
    )
    rows = Application.objects.select_related("applicant__user").filter(notice=notice, round=round, state="approved")
    gave_up = Offer.objects.filter(application=OuterRef("pk"), state__in=GIVEN_UP, run__state="published")
    if not everybody:
        rows = rows.filter(~Exists(held), ~Exists(gave_up))
    if base is not None:
        rows = rows.filter(base=base)
    applications = list(rows.order_by("number"))
    keys = [row.pk for row in applications]
    newest = Submission.objects.filter(application__in=keys).order_by("application_id", "-number")
    filed = {row.application_id: json.loads(row.content.open()) for row in newest.distinct("application_id")}
    marks: dict[UUID, list[Mark]] = {}
    for mark in Mark.objects.filter(application__in=keys):
        marks.setdefault(mark.application_id, []).append(mark)
    bans = bans_of(applications, policy, at)
    return [
        _entrant(
            row, filed[row.pk], marks.get(row.pk, []), bans.get(row.applicant.user.document_blind or "", []), policy
        )
        for row in applications
    ]


def bans_of(applications: Iterable[Application], policy: Policy, at: datetime) -> dict[str, list[Ban]]:
    """Records of these people that close this track now, by document. Applicants with their users are at hand. One query."""
    blinds = [row.applicant.user.document_blind for row in applications if row.applicant.user.document_blind]
    on = at.astimezone(BEIJING).date()
    found: dict[str, list[Ban]] = {}
    rows = Ban.objects.filter(document_blind__in=blinds, track=policy.track, starts_on__lte=on, ends_on__gt=on)
    for ban in rows.order_by("pk"):
        found.setdefault(ban.document_blind, []).append(ban)
    return found


def _entrant(row: Application, content: Snapshot, marks: list[Mark], bans: list[Ban], policy: Policy) -> Entrant:
    choice = content["choice"]
    kind = content["person"]["person_type"]
    offered = policy.transfer.kinds if policy.transfer.offered_to(kind) else ()
    assert row.base_id is not None  # kept by application_filed_whole
    return Entrant(
        number=row.number,
        base_id=row.base_id,
        person_type=kind,
        choices=tuple(one["quota"] for one in choice["specialties"]),
        consents=frozenset(name for name in offered if choice["consents"].get(name)),
        county=is_county_or_below(content),
        prefecture=prefecture_of(content),
        facts=facts_of(content, bans),
        confirmed=row.confirmed_at is not None,
        banned=bool(bans),
        marks={mark.component: mark.value for mark in marks if mark.value is not None},
        absent=tuple(sorted(mark.component for mark in marks if mark.absent)),
        failed=tuple(sorted(mark.component for mark in marks if mark.passed is False)),
    )


def offered_near(notice: Notice) -> dict[str, frozenset[str]]:
    """Prefecture → specialties with a plan there, for rules that send people back to where they work."""
    found: dict[str, set[str]] = {}
    rows = Quota.objects.filter(notice=notice, planned__gt=0).values_list("base__prefecture_id", "specialty_id")
    for prefecture, specialty in rows:
        found.setdefault(prefecture, set()).add(specialty)
    return {prefecture: frozenset(codes) for prefecture, codes in found.items()}


def eligible_at(
    entrant: Entrant,
    base: TrainingBase,
    codes: Iterable[str],
    *,
    near: Mapping[str, frozenset[str]],
    policy: Policy,
    at: datetime,
    round: str,
) -> set[str]:
    """Of the given specialties at a base, those no rule closes in the round. What a person had to look at, the base's approval has settled."""
    employer = entrant.facts.employer.prefecture if entrant.facts.employer else None
    offered = near.get(employer, frozenset()) if employer else frozenset()
    found = set()
    for code in codes:
        choice = Choice(
            specialty=code,
            base_prefecture=base.prefecture_id,
            employer_prefecture_offers_specialty=code in offered if employer else None,
            base=base.code,
        )
        if judge(policy, entrant.facts, at, choice, round=round).verdict != "ineligible":
            found.add(code)
    return found
