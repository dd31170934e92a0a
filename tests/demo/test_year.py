"""From the last days of registration to the end of report-in by the demo's own clicks: at every milestone the books agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, Sum

from admissions.models import AllocationRun, Application, DeadlineMark, Offer, Publicity, ScoreSheet, SealedSet
from admissions.services.runs import is_intact
from admissions.states import ACTIVE_OFFER_STATES
from gme_portal.clock import services as clock
from gme_portal.demo import arrivals, journey
from gme_portal.demo.people import person
from gme_portal.demo.scene import Scene
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from quotas.models import Quota

PEOPLE = 34


def books_agree() -> None:
    """Seats taken are seats held; nobody holds two places; the ledger explains every seat; every run is as it was stored."""
    active = Q(offers__state__in=ACTIVE_OFFER_STATES, offers__counted=True)
    assert not Quota.objects.annotate(held=Count("offers", filter=active)).exclude(taken=F("held")).exists()
    assert not Quota.objects.annotate(explained=Sum("entries__delta")).exclude(seats=F("explained")).exists()
    assert not Quota.objects.filter(taken__gt=F("seats")).exists()
    holders = Offer.objects.filter(state__in=ACTIVE_OFFER_STATES).values_list("applicant_id", flat=True)
    assert max(Counter(holders).values(), default=1) == 1
    for run in AllocationRun.objects.all():
        assert not run.breaches
        assert is_intact(run)


def click(scene: Scene) -> datetime | None:
    jump = journey.next_jump(scene.policy, clock.now())
    if jump is None:
        return None
    journey.go_to(jump.lands)
    return jump.moment


def newcomer_at(scene: Scene, place: int) -> Application:
    """Somebody who registered by hand and filed with a base; the crowd must not act for them, but staff must see them through."""
    someone = next(
        one for one in (person(serial, scene.cast) for serial in range(501, 600)) if one.person_type == "social"
    )
    profile = arrivals.sign_up(someone, at=clock.now())
    arrivals.complete(profile, someone, scene, at=clock.now())
    profile.refresh_from_db()
    profile.user.is_demo = False
    profile.user.save(update_fields=["is_demo"])
    application = arrivals.choose(profile, someone, scene, at=clock.now())
    assert application is not None
    quotas = [quota.pk for quota in scene.quotas[scene.bases[place].pk] if scene.fits(quota, "clinical")]
    arrivals.applications.save_choices(
        application=application,
        quota_ids=quotas[:2],
        consents=("base", "province"),
        actor=profile.user,
        at=clock.now(),
        policy=scene.policy,
    )
    arrivals.file(application, scene, at=clock.now())
    return application


def test_a_whole_year(demo: Callable[[int], Scene]) -> None:
    scene = demo(PEOPLE)
    newcomer = newcomer_at(scene, 1)
    own = Application.objects.filter(base=scene.own)
    played = Application.objects.filter(state="returned").first()
    assert played is not None
    played.applicant.user.last_login = clock.now()
    played.applicant.user.save(update_fields=["last_login"])

    window = {
        key: scene.policy.window(key)
        for key in ("registration", "confirmation", "base_admission", "publicity", "reallocation", "report_in")
    }
    waiting_at_own = own.filter(state="submitted").count()
    while (moment := click(scene)) is not None:
        books_agree()
        assert timedelta(0) <= clock.now() - moment < timedelta(hours=10)
        if moment == window["registration"].closes:
            assert (
                SealedSet.objects.get().submissions
                == Application.objects.exclude(state__in=("draft", "withdrawn")).count()
            )
            assert own.filter(state="submitted").count() >= waiting_at_own
            played.refresh_from_db()
            assert played.state == "returned"
        elif moment == window["confirmation"].closes:
            assert not Application.objects.filter(state="submitted").exists()
            newcomer.refresh_from_db()
            assert newcomer.confirmed_at is not None
        elif moment == window["base_admission"].opens:
            assert not ScoreSheet.objects.filter(base=scene.own, submitted_at__isnull=False).exists()
            assert ScoreSheet.objects.filter(confirmed_at__isnull=False).exists()
            assert AllocationRun.objects.filter(base=scene.bases[1], state="verified").exists()
        elif moment == window["base_admission"].closes:
            assert AllocationRun.objects.filter(base=scene.own, state="published").exists()
            assert Publicity.objects.exists()
        elif moment == window["publicity"].closes:
            assert not Offer.objects.filter(state="published").exists()
        elif moment == window["reallocation"].closes:
            assert AllocationRun.objects.filter(kind="provincial-reallocation", state="published").exists()
    assert clock.now() > window["report_in"].closes
    states = Counter(Offer.objects.values_list("state", flat=True))
    assert states["reported_in"] > 0.8 * states.total()
    assert not Offer.objects.filter(state="admitted").exclude(quota__base=scene.own).exists()
    assert newcomer.offers.get().state == "reported_in"
    assert DeadlineMark.objects.exists()


def test_a_long_jump_does_what_the_short_ones_would_have_done(demo: Callable[[int], Scene]) -> None:
    scene = demo(11)
    reallocation = scene.policy.window("reallocation")
    assert reallocation is not None
    journey.go_to(reallocation.opens + timedelta(hours=9))
    books_agree()
    assert Offer.objects.filter(state="admitted").exists()
    assert not Offer.objects.filter(state="published").exists()
    before = (Offer.objects.count(), Application.objects.count())
    journey.go_to(clock.now() - timedelta(days=40))
    assert (Offer.objects.count(), Application.objects.count()) == before
    journey.go_to(reallocation.opens + timedelta(hours=10))
    books_agree()
    assert (Offer.objects.count(), Application.objects.count()) == before


def test_a_rehearsal_without_fictional_staff_moves_the_clock_and_what_follows_from_deadlines(notice: Notice) -> None:
    registration = policy_of(version_in_force(notice)).window("registration")
    assert registration is not None
    clock.set_to(registration.closes - timedelta(days=1))
    journey.go_to(registration.closes + timedelta(hours=1))
    assert timedelta(0) <= clock.now() - registration.closes - timedelta(hours=1) < timedelta(minutes=1)
    assert SealedSet.objects.get().submissions == 0
