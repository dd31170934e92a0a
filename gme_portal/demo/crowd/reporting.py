"""Report-in: admitted people come over the weeks; who has not come by the deadline is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from admissions.models import Offer
from admissions.services import report_in
from gme_portal.demo.crowd.span import Span, chance
from gme_portal.demo.scene import Scene

# Share of the people elsewhere who have come by the time reallocation begins, by its end, and by the start of training.
EARLY, MIDDLE, LATE, AT_LAST = 0.1, 0.6, 0.88, 0.97


def come_early(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    return _come(scene, span, EARLY, own=False)


def come_meanwhile(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    return _come(scene, span, MIDDLE, own=False)


def come_late(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    return _come(scene, span, LATE, own=False)


def come_at_last(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Everybody who will come at all, at the own base too."""
    return _come(scene, span, AT_LAST, own=True)


def _come(scene: Scene, span: Span, share: float, *, own: bool) -> Iterator[tuple[int, int]]:
    rows = Offer.objects.select_related("applicant__user", "application", "quota__base").filter(
        notice=scene.notice, state="admitted"
    )
    waiting = rows.filter(quota__base__in=list(scene.crews)).order_by("application__number")
    if not own:
        waiting = waiting.exclude(quota__base=scene.own)
    coming = [
        offer
        for offer in waiting
        if not offer.applicant.user.is_demo or chance(f"reports:{offer.application.number}", share)
    ]
    for number, offer in enumerate(coming, 1):
        window = scene.policy.window("report_in", person_type=offer.applicant.person_type)
        if window is not None:
            at = span.within(window.opens, window.closes).moment(
                f"report:{offer.application.number}", not_before=offer.admitted_at
            )
            report_in.confirm(offer, actor=scene.crews[offer.quota.base_id].maker, at=at, policy=scene.policy)
        yield number, len(coming)


def record_absent(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """After the deadline, days of grace included, the other bases record who has not come; the own base leaves it to its lead."""
    rows = Offer.objects.select_related("applicant__user", "application", "quota__base").filter(
        notice=scene.notice, state="admitted"
    )
    missing = list(
        rows.filter(quota__base__in=list(scene.crews)).exclude(quota__base=scene.own).order_by("application__number")
    )
    for number, offer in enumerate(missing, 1):
        until = report_in.deadline(
            scene.policy, offer.applicant.person_type, offer.application.round, offer.quota.base.code
        )
        if until is None or until < span.before:
            at = span.moment(f"absent:{offer.application.number}", not_before=until)
            report_in.mark_absent(offer, actor=scene.crews[offer.quota.base_id].checker, at=at, policy=scene.policy)
        yield number, len(missing)
