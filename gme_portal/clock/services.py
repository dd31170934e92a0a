"""Reading and, in demo and rehearsal mode only, shifting the time.

`now()` is called at the edge (view, task, command); everything below takes `at` (law 1).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from gme_portal.clock.models import RehearsalClock

BEIJING = ZoneInfo("Asia/Shanghai")


def wall_clock() -> datetime:
    """The machine's own time in Beijing, for health checks and time-outs; never for a window."""
    return timezone.now().astimezone(BEIJING)


def offset() -> timedelta:
    """How far rehearsal time runs ahead of the wall clock; zero outside demo and rehearsal mode."""
    if not settings.REHEARSAL_CLOCK:
        return timedelta(0)
    row = RehearsalClock.objects.filter(id=1).values_list("offset", flat=True).first()
    return row or timedelta(0)


def now() -> datetime:
    """The time that rules are judged by, aware, in Beijing."""
    return wall_clock() + offset()


def set_to(moment: datetime) -> None:
    """Make `now()` continue from `moment`. Raises ImproperlyConfigured in production."""
    if not settings.REHEARSAL_CLOCK:
        raise ImproperlyConfigured("the rehearsal clock exists only in demo and rehearsal mode")
    RehearsalClock.objects.update_or_create(id=1, defaults={"offset": moment - wall_clock()})
