"""What a proposed notice changes for people (采用前预览): two policies, the same facts, verdict against verdict, rule by rule.

A person who has filed is judged on what was filed, everybody else on their entries as they are; on the specialties chosen, or on all where
nothing is chosen yet. What is counted is a change of verdict; the rules named are those that make the difference."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from admissions.access import FILED
from admissions.models import Application, NoticePreview, PreviewLine, Submission
from admissions.models import Choice as Wish
from admissions.queries.entrants import bans_of
from admissions.queries.filed_facts import facts_of
from admissions.states import PREVIEW_LABELS
from applicants.eligibility import ApplicantFacts, Choice, Finding, SpecialtyVerdict, judge
from applicants.queries import facts_of_many
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy

_RANK = {"eligible": 0, "pass": 0, "needs_review": 1, "ineligible": 2, "fail": 2}


@dataclass(slots=True)
class Shift:
    """One rule that moves one person's verdict, with the specialties it does that on."""

    rule: str
    direction: str
    specialties: list[str]
    before: str
    after: str
    clause: str


@dataclass(frozen=True, slots=True)
class Group:
    """People whose verdict one rule moves in one direction; `label` is the direction in words, `sentence` what the rule says to one of them."""

    rule: str
    direction: str
    people: int
    sentence: str
    clause: str

    @property
    def label(self) -> str:
        return PREVIEW_LABELS[self.direction]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to judge: the facts (None: too unfinished), and the wishes, none for all specialties."""

    application: Application
    facts: ApplicantFacts | None
    wishes: tuple[Choice, ...]


def people_of(notice: Notice) -> QuerySet[Application]:
    """Everybody who has begun an application and not taken it back for good, in a stable order."""
    rows = Application.objects.filter(notice=notice).exclude(state="withdrawn", submitted_at__isnull=True)
    return rows.select_related("applicant__user", "base").order_by("pk")


def persons(
    rows: Sequence[Application], notice: Notice, *, policy: Policy, near: Mapping[str, frozenset[str]], at: datetime
) -> list[Person]:
    """A chunk of people, with everything needed to judge them. Eight queries, however many they are."""
    filed = [row for row in rows if row.state in FILED]
    newest = Submission.objects.filter(application__in=filed).order_by("application_id", "-number")
    contents = {one.application_id: json.loads(one.content.open()) for one in newest.distinct("application_id")}
    bans = bans_of(filed, policy, at)
    live = facts_of_many([row.applicant for row in rows if row.pk not in contents], notice, at)
    wishes: dict[UUID, list[Wish]] = {}
    for wish in Wish.objects.select_related("quota__base").filter(application__in=rows).order_by("position"):
        wishes.setdefault(wish.application_id, []).append(wish)
    found = []
    for row in rows:
        content = contents.get(row.pk)
        facts = (
            facts_of(content, bans.get(row.applicant.user.document_blind or "", []))
            if content
            else live.get(row.applicant_id)
        )
        found.append(Person(row, facts, tuple(_choice(wish, facts, near) for wish in wishes.get(row.pk, []))))
    return found


def _choice(wish: Wish, facts: ApplicantFacts | None, near: Mapping[str, frozenset[str]]) -> Choice:
    employer = facts.employer.prefecture if facts and facts.employer else None
    code = wish.quota.specialty_id
    return Choice(
        specialty=code,
        base_prefecture=wish.quota.base.prefecture_id,
        employer_prefecture_offers_specialty=code in near.get(employer, frozenset()) if employer else None,
        base=wish.quota.base.code,
    )


def shifts(old: Policy, new: Policy, person: Person, at: datetime) -> list[Shift]:
    """Every rule that changes the person's verdict on some specialty; empty for who is too unfinished to be judged."""
    if person.facts is None:
        return []
    found: dict[tuple[str, str], Shift] = {}
    for before, after in _pairs(old, new, person.facts, person.wishes, at):
        if before.verdict == after.verdict:
            continue
        direction = _direction(before.verdict, after.verdict)
        for rule, was, now in _blamed(before, after):
            shift = found.get((rule, direction))
            if shift is None:
                said = now or was
                clause = said.clause if said else ""
                found[rule, direction] = Shift(
                    rule, direction, [after.code], was.sentence if was else "", now.sentence if now else "", clause
                )
            else:
                shift.specialties.append(after.code)
    return list(found.values())


def _pairs(
    old: Policy, new: Policy, facts: ApplicantFacts, wishes: Collection[Choice], at: datetime
) -> Iterator[tuple[SpecialtyVerdict, SpecialtyVerdict]]:
    for choice in wishes:
        codes = [policy.specialties.find(choice.specialty) for policy in (old, new)]
        if None not in codes:
            before, after = (judge(policy, facts, at, choice).specialties for policy in (old, new))
            yield before[str(codes[0])], after[str(codes[1])]
    if not wishes:
        before, after = (judge(policy, facts, at).specialties for policy in (old, new))
        yield from ((before[code], after[code]) for code in before if code in after)


def _direction(before: str, after: str) -> str:
    if after == "ineligible":
        return "closed"
    if before == "ineligible":
        return "opened"
    return "doubt" if after == "needs_review" else "cleared"


def _blamed(before: SpecialtyVerdict, after: SpecialtyVerdict) -> Iterator[tuple[str, Finding | None, Finding | None]]:
    """The rules that say something else now, in the direction in which the verdict goes."""
    was, now = ({one.rule: one for one in side.findings} for side in (before, after))
    worse = _RANK[after.verdict] > _RANK[before.verdict]
    for rule in dict.fromkeys([*now, *was]):
        ranks = [_RANK[side[rule].verdict] if rule in side else 0 for side in (was, now)]
        if ranks[0] != ranks[1] and (ranks[1] > ranks[0]) == worse:
            yield rule, was.get(rule), now.get(rule)


# What was found, for the pages


def newest_preview(proposal_id: UUID) -> NoticePreview | None:
    return NoticePreview.objects.select_related("asked_by", "against").filter(proposal=proposal_id).first()


def groups(preview: NoticePreview) -> list[Group]:
    """Rule by rule and direction by direction, what closes first. Two queries."""
    rows = preview.lines.values("rule", "direction").annotate(people=Count("application")).order_by()
    one_each = preview.lines.order_by("rule", "direction", "application_id").distinct("rule", "direction")
    said = {(line.rule, line.direction): line for line in one_each}
    order = list(PREVIEW_LABELS)
    found = []
    for row in rows:
        line = said[row["rule"], row["direction"]]
        found.append(Group(line.rule, line.direction, row["people"], line.after or line.before, line.clause))
    return sorted(found, key=lambda one: (order.index(one.direction), -one.people, one.rule))


def lines(preview: NoticePreview, asked: Mapping[str, Any]) -> QuerySet[PreviewLine]:
    """The people behind the figures, narrowed by rule and direction. Numbers stay masked. One query."""
    rows = preview.lines.select_related("application__applicant__user", "application__base")
    for name in ("rule", "direction"):
        if value := asked.get(name):
            rows = rows.filter(**{name: value})
    return rows.order_by("application__number", "rule", "direction")
