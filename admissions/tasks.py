"""Background jobs of the process. None of them opens or closes anything (law 2)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task

from admissions.services import announcements, deadlines, offers
from gme_portal.clock import services as clock
from gme_portal.notices.queries import open_notices, policy_of, version_in_force

LOGGER = logging.getLogger(__name__)

# Each is called as f(notice, policy=…, at=…) every few seconds, keeps its own done-marks, and does nothing when there is nothing to do.
FOLLOWERS: tuple[Callable[..., object], ...] = (
    deadlines.seal_closed_windows,
    deadlines.remind_before_close,
    announcements.announce_released,
    offers.admit_after_publicity,
)


@shared_task
def follow_deadlines() -> None:
    """Beat: do what follows from the deadlines that have passed. One follower's failure does not hold up the others; the next beat tries again."""
    at = clock.now()
    for notice in open_notices():
        policy = policy_of(version_in_force(notice))
        for follow in FOLLOWERS:
            try:
                follow(notice, policy=policy, at=at)
            except Exception:
                LOGGER.exception("%s failed for %s", follow.__name__, notice.slug)
