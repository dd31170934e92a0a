"""Jobs of the demonstration. In production nobody asks for them, and the clock refuses to be moved."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task
from django.db import connection

from gme_portal.clock import services as clock
from gme_portal.demo import journey

_JUMP_LOCK = 7402


@shared_task
def fill_rest(people: int) -> None:
    """Bring in the fictional people who are not there yet."""
    journey.fill_rest(people)


@shared_task
def go_to(moment: str) -> None:
    """Let the crowd live until a moment (ISO 8601) and put the clock there. Delivered again while or after it is done, it does nothing."""
    target = datetime.fromisoformat(moment)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_JUMP_LOCK])
        (free,) = cursor.fetchone()
    if not free:
        return
    try:
        if target > clock.now():
            journey.go_to(target)
    finally:  # of a worker that was killed, the lock ends with its connection
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_JUMP_LOCK])
