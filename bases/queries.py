"""Reading the standing world: finding schools and majors by typing, names in sheets, neighbours on the map, what a base's brochure decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from bases.models import (
    Brochure,
    BrochureState,
    Major,
    Prefecture,
    PrefectureAdjacency,
    School,
    SearchableName,
    Specialty,
    TrainingBase,
)
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy, Supplement, loads_supplement

SEARCH_LIMIT = 20
_BRACKETS = str.maketrans("()", "（）")
Found = TypeVar("Found", bound=SearchableName)


def fold_name(text: str) -> str:
    """A name as compared: no white space of any kind (sheets write "全  科"), brackets full-width, Latin letters lower-case."""
    return re.sub(r"\s+", "", text).translate(_BRACKETS).lower()


def specialty_index() -> dict[str, Specialty]:
    """Every folded name, alias and code → its specialty. One query."""
    return {fold_name(key): row for row in Specialty.objects.all() for key in (row.code, row.name, *row.aliases)}


def specialty_by_name(text: str) -> Specialty | None:
    """The specialty that a sheet or a person calls `text` (name, alias or code; inner spaces do not matter); None when nobody does."""
    return specialty_index().get(fold_name(text))


def base_index() -> dict[str, TrainingBase]:
    """Every folded name, short name, alias and code → its training base. One query."""
    rows = TrainingBase.objects.select_related("prefecture")
    return {fold_name(key): row for row in rows for key in (row.code, row.name, row.short_name, *row.aliases)}


def base_by_name(text: str) -> TrainingBase | None:
    """The training base that a sheet calls `text`; None when it is unknown."""
    return base_index().get(fold_name(text))


def school_index(names: Iterable[str]) -> dict[str, School]:
    """Folded name or former name → school, of those called one of `names` (inner spaces do not matter). One query."""
    asked = {fold_name(name) for name in names}
    wanted = sorted(asked | set(names))
    rows = School.objects.filter(Q(name__in=wanted) | Q(former_names__overlap=wanted))
    return {fold_name(key): row for row in rows for key in (*row.former_names, row.name)}


def adjacency() -> dict[str, list[str]]:
    """Prefecture code → sorted codes of its neighbours, both ways; a prefecture without a recorded border is absent. One query."""
    neighbours: dict[str, set[str]] = {}
    for one, other in PrefectureAdjacency.objects.values_list("prefecture_id", "neighbour_id"):
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    return {code: sorted(codes) for code, codes in sorted(neighbours.items())}


def prefectures_of(division_code: str) -> QuerySet[Prefecture]:
    """The prefectures of a province, in code order ("53" = Yunnan)."""
    return Prefecture.objects.filter(division_id=division_code)


def search_schools(q: str) -> list[School]:
    """At most 20 schools whose name or former name holds the characters, pinyin or initials typed; the province's own first. One query."""
    return _search(School.objects.select_related("division"), q, other_names="former_names", then=("position", "name"))


def search_majors(q: str) -> list[Major]:
    """At most 20 majors found like schools, or by the beginning of their code. One query."""
    return _search(
        Major.objects.all(), q, other_names="aliases", then=("code",), also=Q(code__istartswith=fold_name(q))
    )


def _search(
    rows: QuerySet[Found], q: str, *, other_names: str, then: tuple[str, ...], also: Q | None = None
) -> list[Found]:
    text = fold_name(q)[:40]
    if not text:
        return list(rows.order_by(*then)[:SEARCH_LIMIT])
    begins = Q(name__istartswith=text)
    if also is not None:
        begins |= also
    match = begins | Q(name__icontains=text) | Q(**{f"{other_names}__icontains": text})
    ranks = [When(begins, then=Value(0))]
    typed = text.replace("'", "")  # xi'an
    if re.fullmatch(r"[a-z]+", typed):
        keys_begin = Q(pinyin__contains=f" {typed}") | Q(initials__contains=f" {typed}")
        ranks.append(When(keys_begin, then=Value(1)))
        match |= keys_begin
        # Inside a name, short keys would find half the list.
        if len(typed) >= 2:
            match |= Q(initials__contains=typed)
        if len(typed) >= 4:
            match |= Q(pinyin__contains=typed)
    rank = Case(*ranks, default=Value(2), output_field=IntegerField())
    return list(rows.filter(match).order_by(rank, *then)[:SEARCH_LIMIT])


def brochure_in_force(notice: Notice, base: TrainingBase) -> Brochure | None:
    """The approved brochure (招生简章) of a base; None where it has none."""
    return Brochure.objects.filter(notice=notice, base=base, state=BrochureState.APPROVED).first()


def brochures_with_papers(notice: Notice, kind: str = "") -> QuerySet[Brochure]:
    """The brochures in force that add blank forms (表样; of one kind), with their bases, in the bases' order. Found by their text, unread."""
    rows = Brochure.objects.select_related("base").filter(notice=notice, state=BrochureState.APPROVED)
    wanted = rf'kind\s*=\s*"{kind}"' if kind else r"^\[\[papers\]\]"
    return rows.filter(source__regex=f"(?n){wanted}").order_by("base__prefecture", "base__code")


def brochures_of(notice: Notice, base: TrainingBase | None = None) -> QuerySet[Brochure]:
    """The brochures of a notice (of one base), with their people, newest first within a base. One query."""
    rows = Brochure.objects.filter(notice=notice).select_related(
        "base__prefecture", "made_by", "decided_by", "decided_under", "notice"
    )
    return rows if base is None else rows.filter(base=base)


def supplement_of(brochure: Brochure, policy: Policy) -> Supplement:
    """What a brochure decides. Raises PolicyError where an amended notice no longer leaves it to the base."""
    return loads_supplement(brochure.source, "brochure", policy)


def policy_at(policy: Policy, notice: Notice, base: TrainingBase) -> Policy:
    """The policy as it holds at a base: with the weights and checks of its brochure. One query, none where the notice leaves nothing to bases."""
    if policy.brochure is None:
        return policy
    brochure = brochure_in_force(notice, base)
    return policy if brochure is None else _with(policy, brochure)


def policies_at(policy: Policy, notice: Notice, bases: Iterable[UUID]) -> dict[UUID, Policy]:
    """The policy as it holds at each of these bases. At most one query."""
    found = dict.fromkeys(bases, policy)
    if policy.brochure is not None and found:
        rows = Brochure.objects.filter(notice=notice, base__in=found, state=BrochureState.APPROVED)
        found |= {brochure.base_id: _with(policy, brochure) for brochure in rows}
    return found


def _with(policy: Policy, brochure: Brochure) -> Policy:
    return replace(policy, scoring=supplement_of(brochure, policy).scoring(policy))
