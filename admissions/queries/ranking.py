"""The ranking of a base (成绩排名): totals, components and what told equals apart, in the order in which the engine ranks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admissions.allocation.ties import LOTTERY
from admissions.models import Application
from admissions.queries.entrants import Entrant, entrants
from admissions.queries.lots import Lots, lots
from admissions.queries.problems import exclusion, flags_of, is_assigned, score_of
from admissions.queries.ties import decided_by, label_of, problem_rule, rank_key, tie_chain
from bases.models import TrainingBase
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from quotas.queries import open_specialties

# Instead of the lottery number while there is none: who comes first is open.
NOT_DRAWN = "待抽签"
SORTS = {"rank": "名次", "number": "报名号", "choice": "第一志愿"}


@dataclass(frozen=True, slots=True)
class Row:
    """One person: `rank` None for who is not ranked, with the reason in `note`; `parts` are component marks in hundredths (None: absent or missing);
    `tie` names the field that put them behind the one above with the same total; `lottery` is None as long as there is no draw."""

    rank: int | None
    number: str
    name: str
    total: int | None
    parts: list[int | None]
    tie: str
    county: bool
    lottery: int | None
    choices: list[str]
    adjust: bool
    note: str

    def part(self, index: int) -> int | None:
        return self.parts[index]


def ranking(notice: Notice, base: TrainingBase, *, policy: Policy, at: datetime, round: str = "first") -> list[Row]:
    """Everybody approved at the base, ranked people first. A fixed number of queries. Raises Refused TIE_RULE_UNKNOWN."""
    chain = tie_chain(policy)
    rule = {"policy": problem_rule(policy)}
    people = entrants(notice, policy=policy, at=at, base=base, round=round, everybody=True)
    names = dict(
        Application.objects.filter(notice=notice, round=round, base=base, state="approved").values_list(
            "number", "applicant__user__name"
        )
    )
    specialties = {str(quota.pk): quota.specialty.name for quota in open_specialties(notice, base)}
    drawn = lots(notice, round)
    notes = {one.number: _note(one, policy) for one in people}
    keyed = {one.number: _key(one, policy, chain, drawn.places) for one in people if not notes[one.number]}
    ordered = sorted((one for one in people if one.number in keyed), key=lambda one: rank_key(keyed[one.number], chain))
    rows, above = [], None
    for rank, one in enumerate(ordered, start=1):
        mine = keyed[one.number]
        field = decided_by(above, mine, chain) if above else ""
        tie = NOT_DRAWN if field == LOTTERY and not drawn.drawn else label_of(field, rule)
        rows.append(_row(one, names, specialties, drawn, policy, rank, mine["score"]["total"], tie, ""))
        above = mine
    for one in people:
        if notes[one.number]:
            rows.append(_row(one, names, specialties, drawn, policy, None, None, "", notes[one.number]))
    return rows


def sorted_by(rows: list[Row], sort: str) -> list[Row]:
    """By rank (as given), application number, or first choice and then rank."""
    if sort == "number":
        return sorted(rows, key=lambda row: row.number)
    if sort == "choice":
        return sorted(rows, key=lambda row: row.choices[:1])
    return rows


def _note(one: Entrant, policy: Policy) -> str:
    if is_assigned(one, policy):
        return (
            exclusion(one, policy).removeprefix("未录取。").removeprefix("您")
            or "按名册指定的专业参加培训，不参加排序。"
        )
    return exclusion(one, policy).removeprefix("未录取。").removeprefix("您")


def _key(one: Entrant, policy: Policy, chain: tuple[str, ...], places: dict[str, int]) -> dict[str, Any]:
    return {"score": score_of(one, policy, chain), **flags_of(one, chain), "lottery": places[one.number]}


def _row(
    one: Entrant,
    names: dict[str, str],
    specialties: dict[str, str],
    drawn: Lots,
    policy: Policy,
    rank: int | None,
    total: int | None,
    tie: str,
    note: str,
) -> Row:
    return Row(
        rank=rank,
        number=one.number,
        name=names.get(one.number, ""),
        total=total,
        parts=[one.marks.get(component.key) for component in policy.scoring.components],
        tie=tie,
        county=one.county,
        lottery=drawn.places[one.number] if drawn.drawn else None,
        choices=[specialties.get(choice, "") for choice in one.choices],
        adjust="base" in one.consents,
        note=note,
    )
