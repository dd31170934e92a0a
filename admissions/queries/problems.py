"""From the frozen facts of the process to the input of an allocation (运算输入), in the contract of `admissions.allocation.problem`.

No personal data goes in: people are application numbers (报名号), seats are specialties by name, or quota ids across bases. What is decided
without the engine stands in `beside`: `assigned` {number: {quota, specialty, counted, commissioned, text}} (按名册指定), `excluded` {number: text}
(未参加排序), `reserved` {specialty: seats of assigned people}, `kept` {specialty: further seats that the plan keeps for commissioned people},
`plan` {specialty: [as adopted, taken before]}, `waiting` [bases whose own
admission is not published yet], `lottery` what the lottery numbers rest on (`queries.lots`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from admissions.models import AllocationRun, RunKind, ScoreSheet
from admissions.queries.entrants import Entrant, eligible_at, entrants, offered_near
from admissions.queries.lots import lots
from admissions.queries.ties import problem_rule, tie_chain
from admissions.scoring import format_mark, weighted_total
from applicants.eligibility import judge
from bases.models import TrainingBase
from bases.queries import adjacency, policies_at, policy_at
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import RESERVED_FOR, Quota
from quotas.queries import free_seats, open_specialties


@dataclass(frozen=True, slots=True)
class Built:
    """A problem and what stands beside it; `canonical.digest(problem)` is the digest that a result names."""

    problem: dict[str, Any]
    beside: dict[str, Any]


def base_admission(notice: Notice, base: TrainingBase, *, policy: Policy, at: datetime, round: str = "first") -> Built:
    """Admission at one base (基地录取): everybody approved there, against the seats the base has now.

    Raises Refused: NOBODY_LISTED, MARKS_NOT_CONFIRMED, ASSIGNED_OVER_PLAN, TIE_RULE_UNKNOWN."""
    policy = policy_at(policy, notice, base)
    chain = tie_chain(policy)
    people = entrants(notice, policy=policy, at=at, base=base, round=round)
    if not people:
        raise Refused("NOBODY_LISTED", "本基地没有审核通过、等待录取的报名，不用运算。")
    quotas = sorted(open_specialties(notice, base), key=lambda quota: _file_position(policy, quota))
    names = {str(quota.pk): quota.specialty.name for quota in quotas}
    assigned = {one.number: _assignment(one, quotas, policy) for one in people if is_assigned(one, policy)}
    excluded = {one.number: reason for one in people if (reason := exclusion(one, policy))}
    assigned = {number: row for number, row in assigned.items() if number not in excluded}
    ranked = [one for one in people if one.number not in excluded and one.number not in assigned]
    sat = any(one.confirmed and not is_assigned(one, policy) for one in people)
    if (
        sat
        and not ScoreSheet.objects.filter(notice=notice, round=round, base=base, confirmed_at__isnull=False).exists()
    ):
        raise Refused("MARKS_NOT_CONFIRMED", "考核成绩还没有复核锁定，不能运算。请先在“考核成绩”页由两人提交并复核。")
    reserved, kept = _reserved(assigned, quotas)
    near, drawn = offered_near(notice), lots(notice, round)
    by_code = {quota.specialty_id: quota for quota in quotas}
    applicants = []
    for one in ranked:
        adjust = "base" in one.consents
        asked = list(by_code) if adjust else [quota.specialty_id for quota in quotas if str(quota.pk) in one.choices]
        open_codes = eligible_at(one, base, asked, near=near, policy=policy, at=at, round=round)
        eligible = [by_code[code].specialty.name for code in by_code if code in open_codes]
        score = score_of(one, policy, chain)
        applicants.append(
            {
                "id": one.number,
                "choices": [names[choice] for choice in one.choices],
                "accept_adjust": adjust,
                "eligible": eligible,
                **flags_of(one, chain),
                "lottery": drawn.places[one.number],
                "scores": dict.fromkeys(eligible, score),
            }
        )
    problem = {
        "kind": RunKind.BASE_ADMISSION.value,
        "specialties": _specialties(quotas, reserved, kept, policy),
        "policy": {"transfer": _transfer(policy), **problem_rule(policy)},
        "applicants": applicants,
    }
    beside = {
        "assigned": assigned,
        "excluded": excluded,
        "reserved": reserved,
        "kept": kept,
        "plan": {quota.specialty.name: [quota.planned, quota.taken] for quota in quotas},
        "waiting": [],
        "lottery": drawn.basis,
    }
    return Built(problem, beside)


def reallocation(
    notice: Notice, *, policy: Policy, at: datetime, round: str = "first", everybody: bool = False
) -> Built:
    """Provincial reallocation (省级调剂): the seats left and the people without a place, at bases whose own admission is published.

    With `everybody` also those who did not consent and whose own choices are full, as a what-if needs them. A base nobody is waiting at
    has nothing to publish, and its seats count. Raises Refused: REALLOCATION_OFF, TIE_RULE_UNKNOWN."""
    rule, chain = policy.reallocation, tie_chain(policy)
    if not rule.enabled:
        raise Refused("REALLOCATION_OFF", "本通知没有省级调剂。", rule.clause)
    people = entrants(notice, policy=policy, at=at, round=round)
    waiting = _unpublished(notice, round, {one.base_id for one in people})
    names = dict(TrainingBase.objects.filter(pk__in={one.base_id for one in people}).values_list("pk", "name"))
    here = policies_at(policy, notice, names)
    prefectures = dict(TrainingBase.objects.filter(pk__in=names).values_list("pk", "prefecture_id"))
    free = [quota for quota in free_seats(notice) if quota.base_id not in waiting]
    open_seats = {str(quota.pk) for quota in free}
    drawn = lots(notice, round)
    # Programmes go by the names of the catalogue, and so must what people may enter, whatever the notice calls it.
    titles = dict(Quota.objects.filter(notice=notice).values_list("specialty_id", "specialty__name"))
    applicants: list[dict[str, Any]] = []
    wished: set[str] = set()
    for one in people:
        if one.base_id in waiting or exclusion(one, here[one.base_id]) or is_assigned(one, policy):
            continue
        if not everybody and "province" not in one.consents and open_seats.isdisjoint(one.choices):
            continue
        wished.update(one.choices)
        open_codes = judge(policy, one.facts, at, round=round).open_codes
        applicants.append(
            {
                "id": one.number,
                "prefecture": one.prefecture or prefectures[one.base_id],
                "geo": rule.geography_for(one.person_type),
                "eligible": sorted(titles.get(code) or policy.specialties.name(code) for code in open_codes),
                **flags_of(one, chain),
                "county": one.county,
                "consent": "province" if "province" in one.consents else "wishes_only",
                "wishes": list(one.choices),
                "lottery": drawn.places[one.number],
                "score": score_of(one, here[one.base_id], chain),
            }
        )
    # Full programmes stay in as wishes, with no seats: so the explanation counts the wishes as the person wrote them.
    full = Quota.objects.select_related("base", "specialty").filter(pk__in=wished - open_seats)
    programmes = [_programme(quota, policy) for quota in [*free, *full.order_by("base__code", "specialty__position")]]
    neighbours = {place: sorted(others) for place, others in rule.adjacent.items()} if rule.adjacent else adjacency()
    problem = {
        "kind": RunKind.REALLOCATION.value,
        "policy": {**problem_rule(policy), "county_first": "county_first" in rule.priority},
        "adjacent": neighbours,
        "programmes": programmes,
        "applicants": applicants,
    }
    nobody: dict[str, Any] = {"assigned": {}, "excluded": {}, "reserved": {}}
    return Built(problem, nobody | {"waiting": sorted(names[pk] for pk in waiting), "lottery": drawn.basis})


def exclusion(one: Entrant, policy: Policy) -> str:
    """Why an approved person is not ranked, told to them; "" for who is."""
    if one.banned:
        return "未录取。您有处于禁止报名期的诚信记录，不能录取。"
    if not one.confirmed:
        return "未录取。您没有在规定时间内完成现场确认，未参加排序。"
    unfit = [check for check in policy.scoring.checks if check.key in (*one.failed, *one.absent)]
    if unfit:
        said = "、".join(f"{check.label}{'不合格' if check.key in one.failed else '没有参加'}" for check in unfit)
        return f"未录取。{said}；合格方可录取，未参加排序。"
    if is_assigned(one, policy):
        return ""
    labels = {component.key: component.label for component in policy.scoring.components}
    missed = [labels[key] for key in labels if key in one.absent]
    if missed:
        return f"未录取。您缺考{'、'.join(missed)}，没有总成绩，未参加排序。"
    lacking = [label for key, label in labels.items() if key not in one.marks]
    if lacking:
        return f"未录取。您没有{'、'.join(lacking)}成绩，未参加排序。"
    parts = policy.scoring.components
    low = [part for part in parts if part.minimum is not None and one.marks[part.key] < part.minimum]
    if low:
        lines = "、".join(f"{part.label}（{format_mark(part.minimum or 0)} 分）" for part in low)
        return f"未录取。您的成绩低于最低分数线：{lines}，未参加排序。"
    return ""


def score_of(one: Entrant, policy: Policy, chain: Iterable[str]) -> dict[str, int]:
    """Published marks in hundredths: the total, and the components that break ties under this notice."""
    parts = policy.scoring.components
    total = weighted_total(parts, one.marks, policy.scoring.precision)
    return {"total": total, **{part.key: one.marks[part.key] for part in parts if part.key in chain}}


def flags_of(one: Entrant, chain: Iterable[str]) -> dict[str, bool]:
    """What speaks for a person at a tie; what does not break ties under this notice is false for everybody."""
    said = {
        "county": one.county,
        "licence": one.facts.licence is not None,
        "own_staff": one.person_type in ("own_staff", "delegated"),
    }
    return {"county": False} | {name: value for name, value in said.items() if name in chain}


def is_assigned(one: Entrant, policy: Policy) -> bool:
    kind = policy.person_type(one.person_type)
    return kind is not None and kind.assigned


def _assignment(one: Entrant, quotas: list[Quota], policy: Policy) -> dict[str, Any]:
    """A person trains where their school says (003 说明5): the one choice they could file."""
    quota = next(quota for quota in quotas if str(quota.pk) == one.choices[0])
    kind = policy.person_type(one.person_type)
    counted = kind is None or kind.in_plan
    how = "占招收计划 1 个名额" if counted else "不占招收计划"
    text = f"录取到{quota.specialty.name}：按名册指定的基地和专业参加培训，不参加排序，{how}。"
    commissioned = one.person_type == RESERVED_FOR
    name = quota.specialty.name
    return {"quota": str(quota.pk), "specialty": name, "counted": counted, "commissioned": commissioned, "text": text}


def _reserved(assigned: dict[str, dict[str, Any]], quotas: list[Quota]) -> tuple[dict[str, int], dict[str, int]]:
    """Seats that assigned people take before anybody is ranked, and those that the plan still keeps for commissioned people after them."""
    counted = [row for row in assigned.values() if row["counted"]]
    reserved = dict(Counter(row["specialty"] for row in counted))
    commissioned = Counter(row["specialty"] for row in counted if row["commissioned"])
    kept = {quota.specialty.name: quota.kept - commissioned[quota.specialty.name] for quota in quotas}
    kept = {name: seats for name, seats in kept.items() if seats > 0}
    for quota in quotas:
        wanted = reserved.get(quota.specialty.name, 0)
        if wanted + kept.get(quota.specialty.name, 0) > quota.free:
            name = quota.specialty.name
            sentence = f"{name}按名册指定的人员有 {wanted} 人，多于现有名额 {quota.free} 个。请先把其他专业的计划调至{name}，或报省级增加名额。"
            raise Refused("ASSIGNED_OVER_PLAN", sentence, field="moves")
    return reserved, kept


def _file_position(policy: Policy, quota: Quota) -> tuple[int, int]:
    codes = policy.specialties.codes
    code = quota.specialty_id
    return (codes.index(code) if code in codes else len(codes), quota.specialty.position)


def _specialties(
    quotas: list[Quota], reserved: dict[str, int], kept: dict[str, int], policy: Policy
) -> list[dict[str, Any]]:
    rows = []
    rank = 0
    for quota in quotas:
        shortage = policy.specialties.is_shortage(quota.specialty_id)
        rank += shortage
        gone = quota.taken + reserved.get(quota.specialty.name, 0) + kept.get(quota.specialty.name, 0)
        capacity = quota.capacity - gone if shortage and quota.capacity is not None else None
        rows.append(
            {
                "code": quota.specialty.name,
                "shortage": shortage,
                "quota": quota.seats - gone,
                "capacity": capacity,
                "transfer_rank": rank if shortage else None,
            }
        )
    return rows


def _transfer(policy: Policy) -> str:
    rule = policy.quota_moves
    one_way = rule.allowed and rule.direction == "other_to_shortage"
    return "unfilled_nonshortage_to_shortage" if one_way else "none"


def _programme(quota: Quota, policy: Policy) -> dict[str, Any]:
    shortage = policy.specialties.is_shortage(quota.specialty_id) and "shortage_first" in policy.reallocation.priority
    return {
        "id": str(quota.pk),
        "base": quota.base.name,
        "specialty": quota.specialty.name,
        "prefecture": quota.base.prefecture_id,
        "shortage": shortage,
        "seats": quota.open_to_others,
    }


def _unpublished(notice: Notice, round: str, bases: set[UUID]) -> set[UUID]:
    """Of these bases, those whose own admission has not been published."""
    runs = AllocationRun.objects.filter(notice=notice, round=round, kind=RunKind.BASE_ADMISSION, state="published")
    return bases - set(runs.filter(base__in=bases).values_list("base_id", flat=True))
