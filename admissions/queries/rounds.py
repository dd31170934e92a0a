"""Which round (批次) a person or a page is in. A round whose dates the bases set (各基地补录) has no windows here and is not worked on here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from admissions.models import Application, Disqualification, Offer
from admissions.queries.acceptances import UNDECIDED, is_asked
from admissions.states import ACTIVE_OFFER_STATES, OFFER_LABELS
from applicants.models import Profile
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.policy.schema import Round
from gme_portal.refusals import Refusal
from gme_portal.wording import beijing


def worked_on(policy: Policy) -> list[Round]:
    """The rounds with windows of their own, in the order of the notice."""
    return [one for one in policy.rounds if not one.dates_by_base]


def is_split(policy: Policy) -> bool:
    """Whether pages have to say which round they are about."""
    return len(worked_on(policy)) > 1


def asked(policy: Policy, at: datetime, key: str) -> Round:
    """The round that an address names; the running one where it names none, or one there is not."""
    return next((one for one in worked_on(policy) if one.key == key), policy.round_at(at))


def label(policy: Policy, key: str) -> str:
    """What a round is called, for pages of a notice that has several; "" otherwise."""
    one = policy.round(key)
    return one.label if one is not None and is_split(policy) else ""


def following(policy: Policy, key: str) -> Round | None:
    """The round after one, if the notice has it."""
    keys = [one.key for one in policy.rounds]
    return next(iter(policy.rounds[keys.index(key) + 1 :]), None) if key in keys else None


def is_later(policy: Policy, key: str) -> bool:
    """Whether others were placed before this round: its seats are what they left."""
    return key != policy.rounds[0].key


def place_held(profile: Profile, notice: Notice, at: datetime) -> Offer | None:
    """The place a person holds and may know of. One that is approved and not out yet does not exist for its owner (R13)."""
    rows = Offer.objects.select_related("application", "quota__base", "quota__specialty")
    return rows.filter(notice=notice, applicant=profile, state__in=ACTIVE_OFFER_STATES, published_at__lte=at).first()


def taken_away(profile: Profile, notice: Notice) -> Disqualification | None:
    """What took a person's registration or training under this notice away (取消资格), in whatever round; None for everybody else."""
    rows = Disqualification.objects.filter(application__notice=notice, application__applicant=profile)
    return rows.filter(state="confirmed").first()


def place_refusal(application: Application, *, policy: Policy, at: datetime) -> Refusal | None:
    """Why somebody whose registration was taken away (取消资格) or who holds a place cannot file in this round (004 三(四)1: only who was not
    admitted may); None for everybody else."""
    cancelled = taken_away(application.applicant, application.notice)
    if cancelled is not None and cancelled.trigger == "fraud":
        when = beijing(cancelled.settled_at, "date") if cancelled.settled_at else ""
        sentence = f"您的报名、录取资格已于{when}取消，本次招录不能再报名。原因和依据见“录取结果”。"
        rule = policy.ban(cancelled.trigger)
        return Refusal("DISQUALIFIED", sentence, rule.clause if rule else "", "choices")
    held = place_held(application.applicant, application.notice, at)
    if held is None or held.application_id == application.pk:
        return None
    before, now = policy.round(held.application.round), policy.round(application.round)
    place = f"{held.quota.base.name}{held.quota.specialty.name}"
    first_decline = "要改报的，须先在“接受录取”页放弃。" if is_asked(policy) and held.state in UNDECIDED else ""
    sentence = (
        f"您在{before.label if before else '本次招收'}的状态为“{OFFER_LABELS[held.state]}”（{place}），"
        f"不能再填报{now.label if now else '其他'}志愿。{first_decline}"
    )
    return Refusal("ALREADY_ADMITTED", sentence, now.clause if now else "", "choices")


def history(application: Application, policy: Policy) -> list[dict[str, Any]]:
    """The person's applications by round, for a page about one of them; empty while there is only one to speak of. At most one query."""
    if not is_split(policy):
        return []
    rows = applications_of(application.applicant, application.notice)
    return (
        [{"label": label(policy, row.round), "row": row, "current": row.pk == application.pk} for row in rows]
        if len(rows) > 1
        else []
    )


def applications_of(profile: Profile, notice: Notice) -> list[Application]:
    """Everything a person has under a notice, the earliest round first."""
    rows = Application.objects.select_related("applicant__user", "notice", "base")
    return list(rows.filter(notice=notice, applicant=profile).order_by("created_at"))
