"""The result of an application (录取结果) for its owner: only what has been published, and not a millisecond before (R13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Q

from admissions.models import Application, Mark, Offer, Outcome, Publicity, Review, RunKind
from admissions.queries import readiness
from admissions.queries.release import OpenCount, open_counts
from admissions.states import ACTIVE_OFFER_STATES
from gme_portal.policy import Policy
from quotas.models import RESERVED_FOR, Quota

OPEN_SEATS_SHOWN = 30


@dataclass(slots=True)
class Result:
    """What the owner may know at a moment. `marks` come with the first published run; `outcomes` in order of publication."""

    review: Review | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    offer: Offer | None = None
    publicities: list[Publicity] = field(default_factory=list)
    open_seats: list[OpenCount] = field(default_factory=list)

    @property
    def is_admitted(self) -> bool:
        return self.offer is not None and self.offer.state in ACTIVE_OFFER_STATES

    @property
    def is_published(self) -> bool:
        return bool(self.outcomes)


def result_of(application: Application, *, policy: Policy, at: datetime) -> Result:
    """Everything published about an application. A fixed number of queries, whatever the numbers of runs and seats."""
    reviews = Review.objects.select_related("submission").filter(submission__application=application)
    found = Result(
        review=reviews.order_by("-at").first(), outcomes=_outcomes(application, at), offer=_offer(application, at)
    )
    if not found.is_published:
        return found
    found.marks = list(Mark.objects.filter(application=application))
    runs = [outcome.run_id for outcome in found.outcomes]
    found.publicities = list(Publicity.objects.filter(run__in=runs, opens_at__lte=at).order_by("opens_at"))
    if not found.is_admitted:
        found.open_seats = _open_seats(application, policy, at)
    return found


def _outcomes(application: Application, at: datetime) -> list[Outcome]:
    rows = Outcome.objects.select_related("run", "quota__base", "quota__specialty")
    return list(
        rows.filter(application=application, run__state="published", run__published_at__lte=at).order_by(
            "run__published_at"
        )
    )


def _offer(application: Application, at: datetime) -> Offer | None:
    """The application's newest offer that has been published; one that is only proposed does not exist for its owner."""
    rows = Offer.objects.select_related("quota__base__prefecture", "quota__specialty", "run")
    published = rows.filter(application=application, published_at__lte=at)
    # One revoked before its instant was never out (R13).
    withdrawn_unseen = Q(state="revoked", run__closed_at__lt=F("published_at"))
    return published.exclude(state="proposed").exclude(withdrawn_unseen).order_by("-published_at").first()


def _open_seats(application: Application, policy: Policy, at: datetime) -> list[OpenCount]:
    """Seats nobody holds, in specialties the person may train in, as the public may count them now (R13)."""
    verdict = readiness.verdict(
        application.applicant, application.notice, policy=policy, at=at, round=application.round
    )
    rows = Quota.objects.select_related("base", "specialty").filter(
        notice=application.notice, specialty__in=verdict.open_codes
    )
    counts = open_counts(list(rows.order_by("base__code", "specialty__position")), application.notice, at=at)
    if application.applicant.person_type != RESERVED_FOR:
        counts = [OpenCount(one.quota, one.seats - one.quota.kept, one.taken) for one in counts]
    return [one for one in counts if one.free > 0][:OPEN_SEATS_SHOWN]


def total_of(outcomes: list[Outcome]) -> Outcome | None:
    """The base's own ranking: total and place; the provincial order ranks differently."""
    return next((outcome for outcome in outcomes if outcome.run.kind == RunKind.BASE_ADMISSION), None)


def has_result(application: Application, at: datetime) -> bool:
    """Whether anything about the application has been published by now."""
    return Outcome.objects.filter(application=application, run__state="published", run__published_at__lte=at).exists()


def latest_return(application: Application) -> Review | None:
    """Why the application is in its owner's hands again; None unless it is returned."""
    if application.state != "returned":
        return None
    reviews = Review.objects.select_related("submission").filter(submission__application=application, decision="return")
    return reviews.order_by("-at").first()
