"""Training made shorter (培训年限减免, 000 五(一)): who may ask for it in which specialty, what stands, and how long the training then is."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from admissions.models import Application, Offer, YearReduction
from admissions.queries.filed_facts import facts_of
from admissions.queries.papers import content_of
from admissions.states import APPLICATION_LABELS, YEAR_REDUCTION_LABELS
from applicants.eligibility import Choice, SpecialtyVerdict, judge_reduction
from gme_portal.policy import Policy
from gme_portal.policy.schema import REDUCTION_STEPS, Window
from gme_portal.refusals import Refusal
from gme_portal.wording import beijing
from quotas.models import Quota

TONES = {"waiting": "info", "returned": "bad", "refused": "bad", "approved": "ok", "withdrawn": "neutral"}
YEAR = 12
_PLACED = ("published", "accepted", "admitted", "reported_in")


def standing(application: Application) -> YearReduction | None:
    """The request that counts: the open or approved one, else the last."""
    rows = application.year_reductions.select_related("quota__base", "quota__specialty", "file", "preview")
    found = list(rows.order_by("filed_at"))
    return next(
        (row for row in found if row.state in ("waiting", "returned", "approved")), found[-1] if found else None
    )


def specialties_for(application: Application, at: datetime) -> list[Quota]:
    """What a request can be about: the place the person has, before that what they filed, in their order."""
    rows = Offer.objects.select_related("quota__base", "quota__specialty").filter(application=application)
    place = rows.filter(state__in=_PLACED, published_at__lte=at).first()
    if place is not None:
        return [place.quota]
    choices = application.choices.select_related("quota__base", "quota__specialty").order_by("position")
    return [choice.quota for choice in choices]


def verdict_of(application: Application, quota: Quota, policy: Policy, at: datetime) -> SpecialtyVerdict:
    """What the notice's rules say to the request, from what was filed."""
    facts = facts_of(content_of(application.submissions.latest("number")))
    choice = Choice(quota.specialty_id, base_prefecture=quota.base.prefecture_id, base=quota.base.code)
    return judge_reduction(policy, facts, at, choice)


def window_of(application: Application, policy: Policy, quota: Quota | None) -> Window | None:
    code = quota.base.code if quota is not None else ""
    kind = application.applicant.person_type
    return policy.window("year_reduction", person_type=kind, round=application.round, base=code)


def filing_refusal(application: Application, quota: Quota | None, *, policy: Policy, at: datetime) -> Refusal | None:
    """Why nothing can be filed now, or None."""
    rule = policy.year_reduction
    if rule is None:
        return Refusal("NOT_IN_NOTICE", "本次招收的通知没有规定培训年限减免。")
    if application.state not in ("submitted", "approved"):
        sentence = f"报名当前状态为“{APPLICATION_LABELS[application.state]}”，提交报名后才能申请年限减免。"
        return Refusal("NOT_NOW_STATE", sentence, rule.clause)
    window = window_of(application, policy, quota)
    if window is None or window.is_open(at):
        return None
    if at < window.opens:
        sentence = f"{window.label}将于{beijing(window.opens, 'second')}（北京时间）开始，届时才能提交。"
        return Refusal("NOT_YET_OPEN", sentence, window.clause)
    return Refusal(
        "WINDOW_CLOSED", f"{window.label}已于{beijing(window.closes, 'second')}（北京时间）截止。", window.clause
    )


def ineligible(found: SpecialtyVerdict) -> list[Refusal]:
    """One refusal for each rule that says no, at the field that chose the specialty."""
    if found.verdict != "ineligible":
        return []
    return [
        Refusal("NOT_ELIGIBLE", one.sentence, one.clause, "quota") for one in found.reasons if one.verdict == "fail"
    ]


def training_years(offer: Offer) -> int | str:
    """How long the training of an admitted person is (培训年限): that of the specialty, less what was granted for it. Reads what is at hand."""
    whole = offer.quota.specialty.years
    granted = next(
        (
            row.granted
            for row in offer.application.year_reductions.all()
            if row.state == "approved" and row.quota_id == offer.quota_id
        ),
        None,
    )
    return in_years(whole * YEAR - granted) if granted else whole


def in_years(months: int) -> int | str:
    """24 → 2; 30 → "2年6个月"; 8 → "8个月"."""
    years, rest = divmod(months, YEAR)
    if not rest:
        return years
    return (f"{years}年" if years else "") + f"{rest}个月"


def step_label(policy: Policy, step: str) -> str:
    """A step as this notice calls it."""
    return policy.year_reduction.label(step) if policy.year_reduction is not None else REDUCTION_STEPS[step]


def state_words(row: YearReduction, policy: Policy) -> str:
    """审核中：培训基地审核."""
    label = YEAR_REDUCTION_LABELS[row.state]
    return f"{label}：{step_label(policy, row.step)}" if row.step else label


def is_tested_at(policy: Policy, step: str) -> bool:
    """Whether people are tested (能力测评) at this step before it approves."""
    return bool(step) and policy.year_reduction is not None and policy.year_reduction.tested_at == step


def listed(rows: QuerySet[YearReduction], key: str) -> QuerySet[YearReduction]:
    """Those that wait for a step, or in a final state; the longest waiting first."""
    found = rows.filter(step=key) if key in REDUCTION_STEPS else rows.filter(state=key)
    return found.order_by("filed_at")
