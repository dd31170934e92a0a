"""When things happen to fictional people: moments in the working hours of a span, the same for the same person each time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

from gme_portal.clock.services import BEIJING

OPENS, CLOSES = time(9), time(17)


def start_of(closes: datetime, *, days: int = 2) -> datetime:
    """Where the demonstration begins: some days before registration closes, at nine in the morning, so that a newcomer can still register.
    Likewise, some days before it opens, when offices and bases do what has to be done by then."""
    return datetime.combine(closes.astimezone(BEIJING).date() - timedelta(days=days), OPENS, BEIJING)


def working_moment(random: Random, after: datetime, before: datetime) -> datetime:
    """A moment in office hours with `after` < moment < `before`; where the span holds none, any moment inside it."""
    first, days = after.astimezone(BEIJING).date(), (before - after).days + 2
    hours = [
        (max(after, datetime.combine(day, OPENS, BEIJING)), min(before, datetime.combine(day, CLOSES, BEIJING)))
        for day in (first + timedelta(days=number) for number in range(days))
    ]
    hours = [(begin, end) for begin, end in hours if begin < end]
    if not hours:
        return after + (before - after) * random.uniform(0.05, 0.95)
    begin, end = random.choices(hours, [(end - begin).total_seconds() for begin, end in hours])[0]
    return begin + (end - begin) * random.uniform(0.01, 0.99)


def landing(milestone: datetime, following: datetime | None) -> datetime:
    """Where the clock stands after a jump to a milestone: three minutes later, when what follows from a deadline is done; a milestone at
    night leads to the morning after it, unless something else happens before."""
    local = milestone.astimezone(BEIJING)
    moment = milestone + timedelta(minutes=3)
    if local.time() < OPENS:
        morning = datetime.combine(local.date(), OPENS, BEIJING)
        moment = max(moment, morning)
    return moment if following is None or moment < following else milestone + (following - milestone) / 2
