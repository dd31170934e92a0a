"""Until registration closes: latecomers file, returned ones file again, bases work on their queues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.db import transaction
from django.db.models import QuerySet

from admissions.models import Application, DeadlineMark, ReviewDecision
from admissions.services import applications as filing
from admissions.services.deadlines import seal_mark
from applicants.models import Profile
from applicants.queries import completeness
from gme_portal.accounts.models import Role
from gme_portal.demo import arrivals
from gme_portal.demo.crowd.span import Span, chance
from gme_portal.demo.filling import delivered, judge
from gme_portal.demo.scene import Scene

# How many of those with so many sections still open get ready in the last days.
_GET_READY = {0: 0.85, 1: 0.7, 2: 0.5}
_RARELY = 0.25
# Whoever has come to a base is not sent away until the last minute.
AT_THE_COUNTER = timedelta(minutes=20)
# The second of the other bases works slowly, so that the province has somebody to urge.
LAGGARD, LAGGARD_PACE, PACE, CLEARED = 2, 0.35, 0.9, 0.95


def file_late(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Fictional people who began and have not filed; whoever was played by hand is left alone. In a later round everybody has their own time."""
    if scene.is_later:
        return
    sealed = set(DeadlineMark.objects.filter(notice=scene.notice).values_list("key", flat=True))
    waiting = [profile for profile in _unfiled(scene) if _may_still_file(profile, scene, span, sealed)]
    for number, profile in enumerate(waiting, 1):
        with transaction.atomic():
            _file_late(profile, scene, span)
        yield number, len(waiting)


def _may_still_file(profile: Profile, scene: Scene, span: Span, sealed: set[str]) -> bool:
    """Whether registration for this type of person is open in the span and has not been sealed since."""
    window = scene.window("registration", profile.person_type or None)
    return window is not None and span.touches(window.opens, window.closes) and seal_mark(window) not in sealed


def _unfiled(scene: Scene) -> QuerySet[Profile]:
    fictional = Profile.objects.select_related("user").filter(
        user__is_demo=True, user__role=Role.APPLICANT, user__last_login=None
    )
    filed = Application.objects.filter(notice=scene.notice, round=scene.round).exclude(state__in=("draft", "returned"))
    return fictional.exclude(applications__in=filed).order_by("user__created_at", "pk")


def _file_late(profile: Profile, scene: Scene, span: Span) -> None:
    application = Application.objects.filter(notice=scene.notice, round=scene.round, applicant=profile).first()
    open_sections = sum(section.state != "done" for section in completeness(profile, scene.policy))
    someone = arrivals.person_behind(profile, scene)
    key = f"late:{someone.serial}:{application.state if application else ''}"
    if not chance(f"late:{someone.serial}", _GET_READY.get(open_sections, _RARELY)):
        return
    registration = scene.window("registration", profile.person_type or None)
    assert registration is not None
    last = application.submissions.order_by("-number").first() if application else None
    inside = span.within(registration.opens, registration.closes)
    at = inside.moment(key, not_before=last.submitted_at if last else None)
    filed_at = at + min((inside.before - at) / 2, AT_THE_COUNTER if scene.is_on_site else inside.before - at)
    if open_sections:
        arrivals.complete(profile, someone, scene, at=at)
        profile.refresh_from_db()
    if application is None or not application.choices.exists():
        application = arrivals.choose(profile, someone, scene, at=filed_at)
    if application is not None and not filing.filing_problems(application, policy=scene.policy, at=filed_at):
        arrivals.file(application, scene, at=filed_at)
        delivered(profile)


def review_while_open(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """The other bases decide on most of their queue; now and then they return something."""
    return _review(scene, span, [row for row in _elsewhere(scene) if chance(f"seen:{row.number}", _pace(scene, row))])


def review_elsewhere(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """After the close the other bases clear their queues."""
    return _review(scene, span, [row for row in _elsewhere(scene) if chance(f"cleared:{row.number}", CLEARED)])


def review_everywhere(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Before the review window closes everybody has a decision, at the demo's own base too."""
    return _review(scene, span, list(_queue(scene)))


def _queue(scene: Scene) -> QuerySet[Application]:
    rows = Application.objects.select_related("applicant__user", "base")
    waiting = rows.filter(notice=scene.notice, round=scene.round, state="submitted", base__in=list(scene.crews))
    return waiting.order_by("submitted_at", "number")


def _elsewhere(scene: Scene) -> QuerySet[Application]:
    return _queue(scene).exclude(base=scene.own)


def _pace(scene: Scene, application: Application) -> float:
    laggards = scene.bases[LAGGARD : LAGGARD + 1]
    return LAGGARD_PACE if application.base in laggards else PACE


def _review(scene: Scene, span: Span, rows: list[Application]) -> Iterator[tuple[int, int]]:
    for number, application in enumerate(rows, 1):
        kind = application.applicant.person_type
        review, registration = (scene.window(key, kind) for key in ("review", "registration"))
        if review is None or review.opens >= span.before:
            continue
        at = span.within(review.opens, review.closes).moment(
            f"review:{application.number}", not_before=application.submitted_at
        )
        # In a later round there is no time left to come back.
        may_return = registration is not None and at < registration.closes and not scene.is_later
        judge(
            application,
            _verdict(application, may_return),
            scene,
            Random(f"gme-demo-reason:{application.number}"),
            at=at,
        )
        delivered(application.applicant)
        yield number, len(rows)


def _verdict(application: Application, may_return: bool) -> str:
    """Whoever registered by hand is approved: their journey is not left to chance."""
    if not application.applicant.user.is_demo:
        return ReviewDecision.APPROVE
    if may_return and chance(f"returned:{application.number}:{application.submissions.count()}", 0.06):
        return ReviewDecision.RETURN
    return ReviewDecision.REJECT if chance(f"rejected:{application.number}", 0.03) else ReviewDecision.APPROVE
