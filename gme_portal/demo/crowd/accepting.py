"""Accepting a place, where the notice asks for it: nearly everybody does, a few decline, a few never answer."""

from __future__ import annotations

from collections.abc import Iterator

from admissions.models import Offer
from admissions.queries.acceptances import is_asked, offers_to_answer, period_of
from admissions.services.acceptances import ACCEPT, DECLINE, answer
from gme_portal.demo.crowd.span import Span, chance
from gme_portal.demo.scene import Scene

ACCEPTS, DECLINES = 0.93, 0.6


def answer_places(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Fictional people on a list answer while it is on show; of those who do not accept, some decline and the others stay silent. Whoever
    registered by hand is left to answer alone."""
    waiting = offers_to_answer(scene.notice, at=span.before).filter(state="published", applicant__user__is_demo=True)
    asked = list(waiting.order_by("application__number")) if is_asked(scene.policy) else []
    for number, offer in enumerate(asked, 1):
        _answer(scene, span, offer)
        yield number, len(asked)


def _answer(scene: Scene, span: Span, offer: Offer) -> None:
    period, key = period_of(offer, scene.policy), offer.application.number
    if offer.applicant.user.last_login is not None or not span.touches(period.opens, period.closes):
        return
    accepts = chance(f"accepts:{key}", ACCEPTS)
    if not accepts and not chance(f"declines:{key}", DECLINES):
        return
    at = span.within(period.opens, period.closes).moment(f"accept:{key}", not_before=offer.published_at)
    answer(offer, ACCEPT if accepts else DECLINE, actor=offer.applicant.user, at=at, policy=scene.policy)
