"""The crowd (演练人员): what fictional applicants and staff do around each milestone when nobody plays them.

Every step looks at what is still to do, so that it can be repeated, and does it through the services at moments inside the windows. The first base
is the player's: its work is done by the crowd only in the last hours before a deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gme_portal.demo.crowd import accepting, admitting, confirming, marking, registering, reporting
from gme_portal.demo.crowd.span import Span
from gme_portal.demo.scene import Scene

__all__ = ["AFTER", "BEFORE", "PROCESS", "Span", "Step"]

# A step yields (done, all) as it goes.
Step = Callable[[Scene, Span], Iterator[tuple[int, int]]]

# Keys of `policy.milestones()`. A notice without a window has no such milestone, and its step is never taken.
BEFORE: Mapping[str, tuple[Step, ...]] = {
    "registration.closes": (registering.file_late, registering.review_while_open),
    "confirmation.opens": (registering.review_elsewhere,),
    "confirmation.closes": (registering.review_everywhere, confirming.confirm_everywhere),
    "review.closes": (registering.review_everywhere,),
    "base_admission.opens": (marking.mark_elsewhere, admitting.draw_lots),
    "assessment.closes": (marking.mark_everywhere,),
    "base_admission.closes": (admitting.draw_lots, admitting.admit_everywhere),
    "acceptance.closes": (accepting.answer_places,),
    "publicity.closes": (accepting.answer_places, admitting.answer_objections),
    "reallocation.opens": (reporting.come_early,),
    "reallocation.closes": (admitting.reallocate, reporting.come_meanwhile),
    "training_start.opens": (reporting.come_late,),
    "report_in.closes": (reporting.come_at_last,),
}
# What comes first where several milestones fall on one moment.
PROCESS = (
    "registration",
    "review",
    "confirmation",
    "assessment",
    "base_admission",
    "acceptance",
    "publicity",
    "reallocation",
    "training_start",
    "report_in",
)
AFTER: Mapping[str, tuple[Step, ...]] = {
    "base_admission.opens": (admitting.admit_first,),
    "publicity.opens": (admitting.object_once,),
    "report_in.closes": (reporting.record_absent,),
}
