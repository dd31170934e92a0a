"""Who has to say whether they take their place (接受录取, 004 三(三)3), until when, and what they said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from admissions.models import Offer, Publicity
from admissions.states import GIVEN_UP
from applicants.models import Profile
from bases.models import TrainingBase
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal
from gme_portal.wording import beijing
from quotas.models import Quota

WAITING, ACCEPTED = UNDECIDED = "published", "accepted"
# Admitted later, or gone after they had accepted: they are counted with those who accepted.
SHOWN = {WAITING: "待确认", ACCEPTED: "已接受", "declined": "已放弃", "lapsed": "逾期未确认"}


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when one person may answer, half-open."""

    opens: datetime
    closes: datetime
    clause: str

    def is_open(self, at: datetime) -> bool:
        return self.opens <= at < self.closes


def is_asked(policy: Policy) -> bool:
    """Whether people have to say that they take their place."""
    return policy.acceptance is not None and policy.acceptance.required


def silence_admits(policy: Policy) -> bool:
    """Whether no answer by the end counts as yes."""
    return policy.acceptance is not None and policy.acceptance.silent == "admitted"


def period_of(offer: Offer, policy: Policy) -> Period:
    """When the holder of an offer may answer; with its run, list, application, quota and people loaded."""
    return period(offer.run.publicity, offer.applicant, offer.quota, policy, round=offer.application.round)


def period(show: Publicity, person: Profile, quota: Quota, policy: Policy, *, round: str) -> Period:
    """The notice's window, and longer where the list came out late: as long as it is on show."""
    window = policy.window("acceptance", person_type=person.person_type, round=round, base=quota.base.code)
    clause = policy.acceptance.clause if policy.acceptance else ""
    if window is None:
        return Period(show.opens_at, show.closes_at, clause)
    return Period(max(window.opens, show.opens_at), max(window.closes, show.closes_at), clause)


def answer_refusal(offer: Offer, *, doing: str, at: datetime, policy: Policy) -> Refusal | None:
    """Why nobody can answer now, or None."""
    if not is_asked(policy):
        return Refusal("NOT_ASKED", "本通知不要求确认接受录取。")
    period = period_of(offer, policy)
    if at < period.opens:
        return Refusal("NOT_YET_OPEN", f"{beijing(period.opens, 'second')}（北京时间）起才能{doing}。", period.clause)
    if at >= period.closes:
        sentence = f"接受录取的确认已于{beijing(period.closes, 'second')}（北京时间）截止，不能再{doing}。"
        return Refusal("WINDOW_CLOSED", sentence, period.clause)
    return None


def offers_to_answer(notice: Notice, *, at: datetime) -> QuerySet[Offer]:
    """Offers that are out, with everything that `period_of` looks at."""
    rows = Offer.objects.select_related(
        "run__publicity", "application", "applicant__user", "quota__base", "quota__specialty", "answered_by"
    )
    return rows.filter(notice=notice, run__state="published", published_at__lte=at)


def waiting_for(person: Profile, notice: Notice, policy: Policy, *, at: datetime) -> Offer | None:
    """The place that a person still has to answer to; None where nobody asks. At most one query."""
    if not is_asked(policy):
        return None
    rows = offers_to_answer(notice, at=at).filter(applicant=person, state=WAITING)
    offer = rows.first()
    return offer if offer is not None and period_of(offer, policy).is_open(at) else None


def of_base(notice: Notice, base: TrainingBase, round: str, *, at: datetime) -> QuerySet[Offer]:
    """The places of a base in a round that people answer to, by specialty and number."""
    rows = offers_to_answer(notice, at=at).filter(quota__base=base, application__round=round)
    return rows.exclude(state="revoked").order_by("quota__specialty__position", "application__number")


def counts(rows: QuerySet[Offer]) -> dict[str, int]:
    """How many stand where, by the keys of `SHOWN`. One query."""
    found = dict.fromkeys(SHOWN, 0)
    for state, number in rows.order_by().values_list("state").annotate(Count("pk")):
        found[state if state in (WAITING, *GIVEN_UP) else ACCEPTED] += number
    return found


def in_state(rows: QuerySet[Offer], state: str) -> QuerySet[Offer]:
    """Those behind one of the counts."""
    if state == ACCEPTED:
        return rows.exclude(state__in=(WAITING, *GIVEN_UP))
    return rows.filter(state=state)
