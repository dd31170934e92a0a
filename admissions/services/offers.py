"""Offers (录取): what follows when a publicity is over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from admissions.models import AllocationRun, Disqualification, Offer, Publicity
from admissions.queries.acceptances import is_asked, period_of, silence_admits
from admissions.queries.release import is_held
from admissions.services.transitions import move_offer
from admissions.states import PLATFORM
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.wording import beijing


def admit_after_publicity(notice: Notice, *, policy: Policy, at: datetime) -> None:
    """Beat: admit everybody on lists whose publicity is over, but whom an objection or a request to disqualify holds up.

    Late or twice, nobody is the worse for it."""
    waiting = ("published", "accepted")
    over = Publicity.objects.filter(
        run__notice=notice, run__state="published", closes_at__lte=at, run__offers__state__in=waiting
    )
    for pk in over.order_by("closes_at", "pk").values_list("run_id", flat=True).distinct():
        admit(AllocationRun(pk=pk), policy=policy, at=at)


def admit(run: AllocationRun, *, policy: Policy, at: datetime) -> int:
    """Admit the published offers of a run whose publicity is over; how many. 0 while it is on show, an objection to the whole list is open or somebody has
    asked to take the publication back; whom an open objection names, or whose registration somebody has asked to take away, waits alone.

    Where people are asked whether they take the place, only who accepted; who said nothing as well once silence means yes."""
    with transaction.atomic():
        row = AllocationRun.objects.select_for_update(of=("self",)).select_related("publicity").get(pk=run.pk)
        publicity = row.publicity
        if row.state != "published" or at < publicity.closes_at or is_held(row):
            return 0
        offers = [offer for offer in _undoubted(row, publicity) if _is_taken(offer, policy, at)]
        for offer in offers:
            window = policy.window("report_in", round=row.round, base=offer.quota.base.code)
            when = (
                f"请于{beijing(window.opens, 'date')}至{beijing(window.closes)}到基地报到。"
                if window
                else "请按基地通知报到。"
            )
            move_offer(offer, "admit", actor=None, actor_kind=PLATFORM, at=at, policy=policy, admitted_at=at)
            body = f"公示已结束，您已被{offer.quota.base.name}{offer.quota.specialty.name}录取。{when}{policy.report_in.effect}"
            tell(user=offer.applicant.user, title="录取通知", body=body, dedup_key=f"admitted:{offer.pk}", at=at)
        if offers:
            record(actor=None, action="offers.admitted", subject=row, at=at, detail={"offers": len(offers)})
    return len(offers)


def _undoubted(row: AllocationRun, publicity: Publicity) -> QuerySet[Offer]:
    """The offers that wait for admission and that nothing about the person themselves holds up."""
    doubted = publicity.objections.filter(answered_at=None, application=OuterRef("application"))
    asked_for = Disqualification.objects.filter(application__applicant=OuterRef("applicant"), state="asked")
    here = asked_for.filter(application__notice=row.notice)
    rows = row.offers.filter(~Exists(doubted), ~Exists(here), state__in=("published", "accepted")).select_related(
        "applicant__user", "application", "quota__base", "quota__specialty", "run__publicity"
    )
    return rows.order_by("pk")


def _is_taken(offer: Offer, policy: Policy, at: datetime) -> bool:
    """Whether the person takes the place, as far as the notice asks."""
    if offer.state == "accepted" or not is_asked(policy):
        return True
    return silence_admits(policy) and at >= period_of(offer, policy).closes
