"""Jobs of the demonstration. In production nobody asks for them, and the clock refuses to be moved."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task

from gme_portal.clock import services as clock
from gme_portal.demo import journey


@shared_task
def fill_rest(people: int) -> None:
    """Bring in the fictional people who are not there yet."""
    journey.fill_rest(people)


@shared_task
def go_to(moment: str) -> None:
    """Let the crowd live until a moment (ISO 8601) and put the clock there. Delivered again after it was done, it must not turn the clock back."""
    target = datetime.fromisoformat(moment)
    if target > clock.now():
        journey.go_to(target)
