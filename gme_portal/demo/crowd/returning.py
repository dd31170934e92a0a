"""A later round (第二批次): who holds no place files anew, alone; a few people register only now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from admissions.models import Application, Offer
from admissions.queries.rounds import worked_on
from admissions.services import applications as filing
from admissions.states import ACTIVE_OFFER_STATES
from applicants.models import Profile
from applicants.queries import completeness
from gme_portal.accounts.models import Role, User
from gme_portal.demo import arrivals
from gme_portal.demo.crowd.span import Span, chance
from gme_portal.demo.filling import delivered
from gme_portal.demo.people import Person, person
from gme_portal.demo.scene import Scene

# Serial numbers of people who come in later rounds, far from those of the first; one for so many who were there.
LATER_FROM, A_ROUND, ONE_FOR, AT_LEAST = 6000, 400, 20, 2
# Who files: newcomers, people who had filed before, people who only began.
_FILES = {"new": 0.9, "filed": 0.45, "began": 0.25}
# Whoever begins now needs some hours for sections and papers.
_GETS_READY = timedelta(hours=3)


def newcomers(scene: Scene) -> list[Person]:
    """The people of a later round; nobody in the first, where `filling` brings them in."""
    place = [one.key for one in worked_on(scene.policy)].index(scene.round)
    if not place:
        return []
    before = User.objects.filter(is_demo=True, role=Role.APPLICANT)
    number = max(AT_LEAST, before.exclude(profile__applications__round=scene.round).count() // ONE_FOR)
    first = LATER_FROM + place * A_ROUND
    return [person(serial, scene.cast) for serial in range(first + 1, first + number + 1)]


def register_now(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Newcomers open their accounts and fill in their sections, each in their own time."""
    waiting = [someone for someone in newcomers(scene) if not arrivals.has_come(someone)]
    for number, someone in enumerate(waiting, 1):
        window = scene.window("registration", someone.person_type)
        at = span.planned(f"new:{someone.serial}", window.opens, window.closes - _GETS_READY) if window else None
        if at is not None:
            with transaction.atomic():
                profile = arrivals.sign_up(someone, at=at)
                arrivals.complete(profile, someone, scene, at=at + timedelta(minutes=10))
                delivered(profile)
        yield number, len(waiting)


def file_anew(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Fictional people without a place file in a later round, in time; whoever was played by hand is left alone."""
    due = sorted(_due(scene, span), key=lambda pair: pair[0]) if scene.is_later else []
    for number, (at, profile) in enumerate(due, 1):
        with transaction.atomic():
            _file_anew(profile, scene, at)
        yield number, len(due)


def _due(scene: Scene, span: Span) -> Iterator[tuple[datetime, Profile]]:
    """Who files in this stretch, and when."""
    placed = Offer.objects.filter(notice=scene.notice, applicant=OuterRef("pk"), state__in=ACTIVE_OFFER_STATES)
    now = Application.objects.filter(notice=scene.notice, round=scene.round, applicant=OuterRef("pk"))
    fictional = Profile.objects.select_related("user").filter(
        user__is_demo=True, user__role=Role.APPLICANT, user__last_login=None
    )
    for profile in fictional.exclude(Exists(placed)).exclude(Exists(now.exclude(state__in=("draft", "returned")))):
        someone = arrivals.person_behind(profile, scene)
        window, key = scene.window("registration", someone.person_type), f"anew:{scene.round}:{someone.serial}"
        if window is None or not chance(key, _FILES[_past(profile, someone, scene)]):
            continue
        opens = window.opens
        if someone.serial > LATER_FROM:
            opens = span.planned(f"new:{someone.serial}", window.opens, window.closes - _GETS_READY) or window.closes
            opens += _GETS_READY
        at = span.planned(key, opens, window.closes) if opens < window.closes else None
        if at is not None:
            yield at, profile


def _file_anew(profile: Profile, scene: Scene, at: datetime) -> None:
    someone = arrivals.person_behind(profile, scene)
    if any(section.state != "done" for section in completeness(profile, scene.policy)):
        arrivals.complete(profile, someone, scene, at=at - timedelta(minutes=40))
        profile.refresh_from_db()
    application = arrivals.choose(profile, someone, scene, at=at - timedelta(minutes=5))
    if application is not None and not filing.filing_problems(application, policy=scene.policy, at=at):
        arrivals.file(application, scene, at=at)
        delivered(profile)


def _past(profile: Profile, someone: Person, scene: Scene) -> str:
    if someone.serial > LATER_FROM:
        return "new"
    before = Application.objects.filter(notice=scene.notice, applicant=profile).exclude(round=scene.round)
    return "filed" if before.exclude(state="draft").exists() else "began"
