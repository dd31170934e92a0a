"""Background jobs of the process. None of them opens or closes anything (law 2)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from celery import shared_task

from admissions.services import (
    acceptances,
    announcements,
    bundles,
    deadlines,
    extension_news,
    invitations,
    lottery_draws,
    offers,
    previews,
)
from gme_portal.clock import services as clock
from gme_portal.notices.queries import open_notices, policy_of, version_in_force

LOGGER = logging.getLogger(__name__)

# Each is called as f(notice, policy=…, at=…) every few seconds, keeps its own done-marks, and does nothing when there is nothing to do.
FOLLOWERS: tuple[Callable[..., object], ...] = (
    deadlines.seal_closed_windows,
    deadlines.remind_before_close,
    lottery_draws.commit_in_time,
    announcements.announce_released,
    bundles.lay_open_released,
    invitations.expire,
    acceptances.close_silent,
    offers.admit_after_publicity,
    extension_news.announce_extensions,
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


@shared_task
def preview_notice(preview: str) -> None:
    """What a proposed notice would change for everybody who has begun or filed. Delivered twice, it is done once."""
    previews.judge_all(uuid.UUID(preview), at=clock.now())
