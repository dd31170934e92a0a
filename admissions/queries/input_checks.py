"""The input checked against where it came from (V6), and the record (V7), by code that does not build inputs.

Everything is read afresh: filings by their signed bytes, marks from the mark book, seats from the ledger and the offers, lots by hashing. The
arithmetic is done again in fractions. `queries.problems` and `admissions.scoring` are not used here, on purpose."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Sum

from admissions.allocation.verify import Breach
from admissions.models import Application, LotteryDraw, Mark, Offer, RunKind, Submission
from admissions.queries.entrants import bans_of
from admissions.queries.filed_facts import facts_of, is_county_or_below, prefecture_of
from admissions.queries.receipts import is_genuine
from admissions.states import ACTIVE_OFFER_STATES, GIVEN_UP
from applicants.eligibility import Choice, judge
from bases.models import TrainingBase
from bases.queries import policies_at, policy_at
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from quotas.models import Quota, SeatEntry

NAMED_AT_MOST = 20
STAFF = ("own_staff", "delegated")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an input is about."""

    notice: Notice
    round: str
    kind: str
    base: TrainingBase | None
    policy: Policy
    at: datetime


@dataclass(frozen=True, slots=True)
class _Person:
    application: Application
    content: dict[str, Any]
    genuine: bool
    marks: dict[str, int]
    policy: Policy

    @property
    def kind(self) -> str:
        return str(self.content["person"]["person_type"])


def check(scope: Scope, problem: dict[str, Any], beside: dict[str, Any]) -> list[Breach]:
    """Everything in an input that its sources do not bear out; nothing for one that may be decided on. A fixed number of queries."""
    people = _people(scope, [row["id"] for row in problem["applicants"]])
    found = _rule(scope, problem) + _left_out(scope, problem, beside)
    found += [
        Breach("V6", f"{row['id']}：没有这份审核通过的报名。")
        for row in problem["applicants"]
        if row["id"] not in people
    ]
    rows = [(row, people[row["id"]]) for row in problem["applicants"] if row["id"] in people]
    found += [Breach("V6", f"{row['id']}：报名内容与回执签名不符。") for row, one in rows if not one.genuine]
    found += _marks(rows, problem)
    found += _wishes(scope, rows, problem)
    found += _eligibility(scope, rows, problem)
    found += _seats(scope, problem, beside)
    return found[:NAMED_AT_MOST] + _lots(scope, problem, beside)


def _people(scope: Scope, numbers: list[str]) -> dict[str, _Person]:
    rows = Application.objects.select_related("applicant__user").filter(
        notice=scope.notice, round=scope.round, number__in=numbers, state="approved", confirmed_at__isnull=False
    )
    applications = {row.pk: row for row in (rows.filter(base=scope.base) if scope.base else rows)}
    newest = Submission.objects.filter(application__in=applications).order_by("application_id", "-number")
    filed = {row.application_id: row for row in newest.distinct("application_id")}
    marks: dict[Any, dict[str, int]] = {}
    for mark in Mark.objects.filter(application__in=applications, value__isnull=False):
        marks.setdefault(mark.application_id, {})[mark.component] = mark.value or 0
    here = policies_at(scope.policy, scope.notice, {row.base_id for row in applications.values() if row.base_id})
    found = {}
    for pk, application in applications.items():
        submission = filed[pk]
        text = submission.content.open()
        genuine = is_genuine(
            number=submission.receipt_number,
            digest=submission.digest,
            content=text,
            signed=submission.signature,
            at=submission.submitted_at,
        )
        own = here.get(application.base_id, scope.policy) if application.base_id else scope.policy
        found[application.number] = _Person(application, json.loads(text), genuine, marks.get(pk, {}), own)
    return found


def _rule(scope: Scope, problem: dict[str, Any]) -> list[Breach]:
    """The order among equals, the transfer of seats and the place of county level, as the notice has them."""
    policy = policy_at(scope.policy, scope.notice, scope.base) if scope.base else scope.policy
    given, found = problem["policy"], []
    if given.get("tie_chain") != list(policy.scoring.tie_chain):
        found.append(Breach("V6", "同分次序与通知不符。"))
    moves = policy.quota_moves.allowed and policy.quota_moves.direction == "other_to_shortage"
    if scope.base and given["transfer"] != ("unfilled_nonshortage_to_shortage" if moves else "none"):
        found.append(Breach("V6", "未招满名额能否移入紧缺专业与通知不符。"))
    if not scope.base and given.get("county_first", True) != ("county_first" in policy.reallocation.priority):
        found.append(Breach("V6", "县级及以下是否优先与通知不符。"))
    return found


def _left_out(scope: Scope, problem: dict[str, Any], beside: dict[str, Any]) -> list[Breach]:
    """At a base everybody approved, who holds no place and gave none up, is ranked, assigned, or told why not."""
    if scope.base is None:
        return []
    offers = Offer.objects.filter(notice=scope.notice)
    waiting = Application.objects.filter(notice=scope.notice, round=scope.round, base=scope.base, state="approved")
    waiting = waiting.exclude(applicant__in=offers.filter(state__in=ACTIVE_OFFER_STATES).values("applicant"))
    waiting = waiting.exclude(pk__in=offers.filter(state__in=GIVEN_UP, run__state="published").values("application"))
    named = {row["id"] for row in problem["applicants"]}.union(beside["assigned"], beside["excluded"])
    missing = set(waiting.values_list("number", flat=True)) - named
    return [Breach("V6", f"{number}：审核通过，却没有参加排序，也没有写明原因。") for number in sorted(missing)]


def _marks(rows: Iterable[tuple[dict[str, Any], _Person]], problem: dict[str, Any]) -> list[Breach]:
    """Every total again from the single marks, by fractions; every single mark that breaks ties as it stands in the mark book."""
    found = []
    for row, one in rows:
        scores = [row["score"]] if "score" in row else list(row["scores"].values())
        expected = _total(one)
        for score in scores:
            if score["total"] != expected:
                found.append(Breach("V6", f"{row['id']}：总成绩为 {score['total']}，由各科成绩算出的是 {expected}。"))
                break
            wrong = [key for key, value in score.items() if key != "total" and one.marks.get(key, 0) != value]
            if wrong:
                found.append(Breach("V6", f"{row['id']}：{wrong[0]} 的成绩与成绩册不符。"))
                break
    return found


def _total(one: _Person) -> int | None:
    """Hundredths of a point, rounded once and half up to the published precision; None where a mark is missing."""
    parts = one.policy.scoring.components
    if any(part.key not in one.marks for part in parts):
        return None
    points = sum((Fraction(part.weight * one.marks[part.key], part.full_mark) for part in parts), Fraction(0))
    steps = points * 10**one.policy.scoring.precision
    rounded = (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)
    return int(rounded * 10 ** (2 - one.policy.scoring.precision))


def _wishes(scope: Scope, rows: Iterable[tuple[dict[str, Any], _Person]], problem: dict[str, Any]) -> list[Breach]:
    """Choices and consent as filed, and what speaks for the person at a tie."""
    names = {
        str(pk): name for pk, name in Quota.objects.filter(notice=scope.notice).values_list("pk", "specialty__name")
    }
    transfer = scope.policy.transfer
    found = []
    for row, one in rows:
        choice = one.content["choice"]
        filed = [one_choice["quota"] for one_choice in choice["specialties"]]
        given = row["wishes"] if "wishes" in row else row["choices"]
        if given != (filed if "wishes" in row else [names.get(key, "") for key in filed]):
            found.append(Breach("V6", f"{row['id']}：志愿与报名表不符。"))
        kind = "province" if "wishes" in row else "base"
        agreed = transfer.offered_to(one.kind) and kind in transfer.kinds and bool(choice["consents"].get(kind))
        if agreed != (row.get("consent") == "province" or row.get("accept_adjust", False)):
            found.append(Breach("V6", f"{row['id']}：是否服从调剂与报名表不符。"))
        chain = one.policy.scoring.tie_chain
        counts = "wishes" in row or "county" in chain
        if row["county"] != (counts and is_county_or_below(one.content)):
            found.append(Breach("V6", f"{row['id']}：是否县级及以下与报名表不符。"))
        if row.get("licence", False) != ("licence" in chain and one.content["licence"] is not None):
            found.append(Breach("V6", f"{row['id']}：有无医师资格与报名表不符。"))
        if row.get("own_staff", False) != ("own_staff" in chain and one.kind in STAFF):
            found.append(Breach("V6", f"{row['id']}：是否单位人与报名表不符。"))
    return found


def _eligibility(scope: Scope, rows: list[tuple[dict[str, Any], _Person]], problem: dict[str, Any]) -> list[Breach]:
    """Each specialty open to each person judged again, and where they may go."""
    bans = bans_of([one.application for _, one in rows], scope.policy, scope.at)
    quotas = list(Quota.objects.select_related("specialty", "base").filter(notice=scope.notice))
    near = {(quota.base.prefecture_id, quota.specialty_id) for quota in quotas if quota.planned}
    codes = {quota.specialty.name: quota.specialty_id for quota in quotas if quota.base_id == _base_id(scope)}
    titles = {quota.specialty_id: quota.specialty.name for quota in quotas}
    homes: dict[object, str] = {quota.base_id: quota.base.prefecture_id for quota in quotas}
    rule = scope.policy.reallocation
    found = []
    for row, one in rows:
        facts = facts_of(one.content, bans.get(one.application.applicant.user.document_blind or "", []))
        if scope.kind == RunKind.REALLOCATION:
            names = {
                titles.get(c) or scope.policy.specialties.name(c)
                for c in judge(scope.policy, facts, scope.at, round=scope.round).open_codes
            }
            home = prefecture_of(one.content) or homes[one.application.base_id]
            if (row["geo"], row["prefecture"]) != (rule.geography_for(one.kind), home):
                found.append(Breach("V6", f"{row['id']}：可去的地域与报名表或通知不符。"))
        else:
            asked = codes if row["accept_adjust"] else [name for name in row["choices"] if name in codes]
            names = {name for name in asked if _is_open(scope, facts, codes[name], near)}
        if set(row["eligible"]) != names:
            wrong = sorted(set(row["eligible"]) ^ names)
            found.append(Breach("V6", f"{row['id']}：可报考的专业与通知规定不符：{'、'.join(wrong[:3])}。"))
    return found


def _base_id(scope: Scope) -> object:
    return scope.base.pk if scope.base else None


def _is_open(scope: Scope, facts: Any, code: str, near: set[tuple[str, str]]) -> bool:
    assert scope.base is not None
    home = facts.employer.prefecture if facts.employer else None
    choice = Choice(
        specialty=code,
        base_prefecture=scope.base.prefecture_id,
        employer_prefecture_offers_specialty=(home, code) in near if home else None,
        base=scope.base.code,
    )
    return judge(scope.policy, facts, scope.at, choice, round=scope.round).verdict != "ineligible"


def _seats(scope: Scope, problem: dict[str, Any], beside: dict[str, Any]) -> list[Breach]:
    """Seats by the ledger, less what active offers hold and what is kept for others."""
    quotas = Quota.objects.select_related("specialty", "base").filter(notice=scope.notice)
    if scope.base:
        quotas = quotas.filter(base=scope.base)
    ledger = dict(
        SeatEntry.objects.filter(quota__in=quotas.values("pk")).values_list("quota_id").annotate(total=Sum("delta"))
    )
    held = Counter(
        Offer.objects.filter(
            notice=scope.notice, counted=True, state__in=ACTIVE_OFFER_STATES, quota__in=quotas.values("pk")
        ).values_list("quota_id", flat=True)
    )
    found = []
    given = {row.get("id", row.get("code")): row for row in _rows(problem)}
    for quota in quotas:
        key = quota.specialty.name if scope.base else str(quota.pk)
        if key not in given:
            continue
        free = ledger.get(quota.pk, 0) - held[quota.pk]
        gone = beside["reserved"].get(key, 0) + beside["kept"].get(key, 0) if scope.base else quota.kept
        row, where = given[key], f"{quota.base.name}{quota.specialty.name}"
        seats = row["quota"] if scope.base else row["seats"]
        if seats != free - gone:
            found.append(Breach("V6", f"{where}：名额为 {seats}，按台账和已录取人数应为 {free - gone}。"))
        if not _described(scope, quota, row, gone + held[quota.pk]):
            found.append(Breach("V6", f"{where}：是否紧缺、培训容量或所在州市与通知、基地资料不符。"))
    return found


def _described(scope: Scope, quota: Quota, row: dict[str, Any], gone: int) -> bool:
    """Whether a row says of its specialty what the notice and the base say; `gone`: seats that nobody of this input can get."""
    policy = scope.policy
    short = quota.specialty_id in policy.specialties.shortage
    if scope.base:
        room = quota.capacity - gone if short and quota.capacity is not None else None
        return (row["shortage"], row["capacity"]) == (short, room)
    short = short and "shortage_first" in policy.reallocation.priority
    given = (row["shortage"], row["prefecture"], row["specialty"])
    return given == (short, quota.base.prefecture_id, quota.specialty.name)


def _rows(problem: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = problem["specialties"] if "specialties" in problem else problem["programmes"]
    return rows


def _lots(scope: Scope, problem: dict[str, Any], beside: dict[str, Any]) -> list[Breach]:
    """The commitment opens, and the order of the lots is that of SHA256(seed|year|number). A trial before the draw has a stated seed."""
    seed = beside["lottery"].get("test_seed")
    if beside["lottery"]["drawn"]:
        draw = LotteryDraw.objects.filter(notice=scope.notice, round=scope.round, confirmed_at__isnull=False).first()
        if draw is None:
            return [Breach("V7", "没有经两人录入的抽签。")]
        secret = draw.secret.open()
        if _hash(secret) != draw.commitment or draw.commitment != beside["lottery"]["commitment"]:
            return [Breach("V7", "抽签的密钥与事先公布的承诺值不符。")]
        if draw.public_draw != beside["lottery"]["public_draw"]:
            return [Breach("V7", "公开抽签结果与两人录入的不符。")]
        seed = _hash(f"{secret}|{draw.public_draw}")
    people = sorted(problem["applicants"], key=lambda row: _hash(f"{seed}|{scope.notice.year}|{row['id']}"))
    lots = [row["lottery"] for row in people]
    return [] if lots == sorted(set(lots)) else [Breach("V6", "抽签号的先后与抽签种子算出的不符。")]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
