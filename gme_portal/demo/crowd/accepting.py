"""Accepting a place, where the notice asks for it: nearly everybody does, some by telephone, a few decline, a few never answer."""

from __future__ import annotations

from collections.abc import Iterator

from admissions.models import Offer
from admissions.queries.acceptances import is_asked, offers_to_answer, period_of
from admissions.services.acceptances import ACCEPT, DECLINE, answer, record_answer
from gme_portal.demo.crowd.span import Span, chance
from gme_portal.demo.scene import Scene

ACCEPTS, DECLINES, BY_TELEPHONE = 0.92, 0.6, 0.08


def answer_places(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Fictional people on a list answer while it is on show; of those who do not accept, some decline and the others stay silent. Whoever
    registered by hand is left to answer alone."""
    waiting = offers_to_answer(scene.notice, at=span.before).filter(
        state="published", application__round=scene.round, applicant__user__is_demo=True
    )
    asked = list(waiting.order_by("application__number")) if is_asked(scene.policy) else []
    for number, offer in enumerate(asked, 1):
        _answer(scene, span, offer)
        yield number, len(asked)


def _answer(scene: Scene, span: Span, offer: Offer) -> None:
    period, key, person = period_of(offer, scene.policy), offer.application.number, offer.applicant.user
    if person.last_login is not None:
        return
    accepts = chance(f"accepts:{key}", ACCEPTS)
    at = span.planned(f"accept:{key}", max(period.opens, offer.published_at or period.opens), period.closes)
    if at is None or (not accepts and not chance(f"declines:{key}", DECLINES)):
        return
    said, crew = ACCEPT if accepts else DECLINE, scene.crews.get(offer.quota.base_id)
    if crew is not None and chance(f"by-telephone:{key}", BY_TELEPHONE):
        record_answer(offer, said, actor=crew.maker, at=at, policy=scene.policy)
    else:
        answer(offer, said, actor=person, at=at, policy=scene.policy)
