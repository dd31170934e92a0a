"""Lists of names (名册) as pages need them: who handed in, how many have signed up, where somebody may be assigned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from admissions.access import FILED
from admissions.models import Application
from applicants.models import PersonType, RosterEntry, RosterRequest, RosterSource
from applicants.queries import kinds_of
from applicants.states import OPEN_REQUESTS
from bases.models import Prefecture, School, TrainingBase
from bases.queries import adjacency
from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.policy.schema import PersonType as Kind
from gme_portal.refusals import Refusal

PROGRESS = {"unregistered": "未注册", "registered": "已注册，未报名", "filed": "已报名"}


@dataclass(slots=True)
class HandedIn:
    """One list: whose, how many names, when it last changed, how many of them have an account and have filed."""

    whose: str
    people: int = 0
    last_at: datetime | None = None
    registered: int = 0
    filed: int = 0


@dataclass(slots=True)
class Listed:
    """A person type that comes on lists: `source` school or province, whether its deadline is over, and the lists there are."""

    kind: Kind
    source: str
    late: bool
    lists: list[HandedIn] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    waiting: int = 0

    @property
    def people(self) -> int:
        return sum(one.people for one in self.lists)


def entries(notice: Notice) -> QuerySet[Any]:
    """Everybody on the notice's lists with how far they are (`registered`, `filed`). One query."""
    accounts = User.objects.filter(document_blind=OuterRef("document_blind"))
    filed = Application.objects.filter(
        notice=notice, applicant__user__document_blind=OuterRef("document_blind"), state__in=FILED
    )
    rows = RosterEntry.objects.filter(notice=notice).select_related("school", "base", "specialty")
    return rows.annotate(registered=Exists(accounts), filed=Exists(filed))


def overview(notice: Notice, policy: Policy, at: datetime) -> list[Listed]:
    """Every person type with lists: who handed in, who has not, how many signed up. Three queries."""
    found = {}
    for source in (RosterSource.PROVINCE, RosterSource.SCHOOL):
        for kind in kinds_of(policy, source):
            late = kind.roster_deadline is not None and at >= kind.roster_deadline
            found[kind.code] = Listed(kind, source, late)
    rows = entries(notice).order_by().values("person_type", "source", "school__name")
    counted = rows.annotate(
        people=Count("pk"),
        last_at=Max("imported_at"),
        there=Count("pk", filter=Q(registered=True)),
        done=Count("pk", filter=Q(filed=True)),
    )
    for row in counted.order_by("person_type", "source", "school__name"):
        listed = found.get(row["person_type"])
        if listed is not None:
            whose = row["school__name"] if row["source"] == RosterSource.SCHOOL else RosterSource(row["source"]).label
            _add(listed, whose, row)
    asked = RosterRequest.objects.filter(notice=notice, state__in=OPEN_REQUESTS).values_list("person_type")
    for code, waiting in asked.annotate(Count("pk")).order_by():
        if code in found:
            found[code].waiting = waiting
    schools = list(
        School.objects.filter(staff__isnull=False).distinct().order_by("name").values_list("name", flat=True)
    )
    for listed in found.values():
        if listed.kind.roster == "school":
            there = {one.whose for one in listed.lists}
            listed.missing = [name for name in schools if name not in there]
    return list(found.values())


def _add(listed: Listed, whose: str, row: Mapping[str, Any]) -> None:
    one = next((one for one in listed.lists if one.whose == whose), None)
    if one is None:
        one = HandedIn(whose)
        listed.lists.append(one)
    one.people += row["people"]
    one.registered += row["there"]
    one.filed += row["done"]
    one.last_at = max(filter(None, (one.last_at, row["last_at"])))


def filtered(rows: QuerySet[Any], asked: Mapping[str, str]) -> QuerySet[Any]:
    """The rows asked for, by type, source and progress, and by name or school; unknown values are ignored."""
    if asked.get("person") in PersonType.values:
        rows = rows.filter(person_type=asked["person"])
    if asked.get("source") in RosterSource.values:
        rows = rows.filter(source=asked["source"])
    progress = asked.get("progress")
    if progress == "unregistered":
        rows = rows.filter(registered=False)
    elif progress == "registered":
        rows = rows.filter(registered=True, filed=False)
    elif progress == "filed":
        rows = rows.filter(filed=True)
    if text := asked.get("q", "").strip()[:60]:
        rows = rows.filter(Q(name__contains=text) | Q(school__name__contains=text))
    return rows.order_by("person_type", "school__name", "name", "pk")


def asks_prefecture(policy: Policy, person_type: str) -> bool:
    """Whether a request has to say where the person is bound to work (定向就业州市)."""
    return person_type == PersonType.COMMISSIONED or policy.reallocation.geography_for(person_type) != "any"


def near(policy: Policy, person_type: str, home: Prefecture | None) -> set[str] | None:
    """The prefectures a person may be assigned to; None where the notice sets no limit. At most one query."""
    rule = policy.reallocation
    where = rule.geography_for(person_type)
    if where == "any" or home is None:
        return None
    beside = rule.adjacent if rule.adjacent is not None and rule.adjacent else adjacency()
    return {home.pk} | (set(beside.get(home.pk, ())) if where == "same_or_adjacent" else set())


def too_far(policy: Policy, person_type: str, home: Prefecture | None, base: TrainingBase) -> Refusal | None:
    """Why somebody cannot be assigned to a base: 定向就业地所在或临近州市 (000 四(二)3)."""
    allowed = near(policy, person_type, home)
    if allowed is None or base.prefecture_id in allowed or home is None:
        return None
    rule = policy.reallocation
    around = "或临近" if rule.geography_for(person_type) == "same_or_adjacent" else ""
    sentence = f"只能安排到定向就业地所在{around}州市的培训基地：定向就业地为{home.name}，{base.name}在{base.prefecture.name}。"
    return Refusal("BASE_TOO_FAR", sentence, rule.clause, "base")
