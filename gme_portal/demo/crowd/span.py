"""The stretch of time in which a step of the crowd takes place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from random import Random

from gme_portal.demo.moments import working_moment


@dataclass(frozen=True, slots=True)
class Span:
    """From `after` to `before`, both excluded."""

    after: datetime
    before: datetime

    def moment(self, key: str, *, not_before: datetime | None = None) -> datetime:
        """A moment in office hours, always the same for the same key; later than `not_before` where that lies inside."""
        after = max(self.after, not_before) if not_before else self.after
        if after >= self.before:
            after = self.before - (self.before - self.after) / 100
        return working_moment(Random(f"gme-demo-moment:{key}"), after, self.before)

    def planned(self, key: str, opens: datetime, closes: datetime) -> datetime | None:
        """When somebody does something that has its own moment between two others, if that has come by the end of this stretch; None while it
        has not. A moment that was missed is made up for here, as long as there is time."""
        due = working_moment(Random(f"gme-demo-planned:{key}"), opens, closes)
        if due >= self.before or not self.touches(opens, closes):
            return None
        return due if due > self.after else self.within(opens, closes).moment(key)

    def touches(self, opens: datetime, closes: datetime) -> bool:
        """Whether any of it lies inside a window."""
        return self.after < closes and opens < self.before

    def slices(self, parts: int) -> list[Span]:
        """Equal parts, one after the other."""
        if not parts:
            return []
        cuts = [self.after + (self.before - self.after) * part // parts for part in range(parts)]
        return [Span(*pair) for pair in pairwise([*cuts, self.before])]

    def within(self, opens: datetime, closes: datetime) -> Span:
        """The part inside a window; the whole window where nothing of it is left."""
        after, before = max(self.after, opens), min(self.before, closes)
        return Span(after, before) if after < before else Span(opens, closes)


def chance(key: str, of: float) -> bool:
    """Whether something happens that happens to this share of people; always the same answer for the same key."""
    return Random(f"gme-demo-chance:{key}").random() < of
