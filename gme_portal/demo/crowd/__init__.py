"""The crowd (演练人员): what fictional applicants and staff do around each milestone, and while a window is open, when nobody plays them.

Every step looks at what is still to do, so that it can be repeated, and does it through the services at moments inside the windows of the scene's
round. The first base is the player's: its work is done by the crowd only in the last hours before a deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gme_portal.demo.crowd import (
    accepting,
    admitting,
    confirming,
    inviting,
    marking,
    planning,
    reducing,
    registering,
    reporting,
    returning,
)
from gme_portal.demo.crowd.span import Span
from gme_portal.demo.scene import Scene

__all__ = ["AFTER", "BEFORE", "PROCESS", "WHILE", "Span", "Step"]

# A step yields (done, all) as it goes.
Step = Callable[[Scene, Span], Iterator[tuple[int, int]]]

# Keys of `edges`. A notice without a window has no such milestone, and its step is never taken.
BEFORE: Mapping[str, tuple[Step, ...]] = {
    "registration.closes": (registering.file_late, registering.review_while_open, planning.distribute_late),
    "confirmation.opens": (registering.review_elsewhere,),
    "confirmation.closes": (registering.review_everywhere, confirming.confirm_everywhere, planning.move_seats),
    "review.closes": (registering.review_everywhere, planning.answer_increases),
    "base_admission.opens": (marking.mark_elsewhere, admitting.draw_lots),
    "assessment.closes": (marking.mark_everywhere,),
    "base_admission.closes": (admitting.draw_lots, admitting.admit_everywhere),
    "publicity.closes": (admitting.answer_objections,),
    "reallocation.closes": (admitting.reallocate,),
    "year_reduction.closes": (reducing.decide_everywhere,),
    "report_in.closes": (reporting.come_at_last,),
}
# What comes first where several milestones fall on one moment.
PROCESS = (
    "registration",
    "invitation",
    "review",
    "confirmation",
    "assessment",
    "base_admission",
    "acceptance",
    "publicity",
    "reallocation",
    "training_start",
    "year_reduction",
    "report_in",
)
AFTER: Mapping[str, tuple[Step, ...]] = {
    "base_admission.opens": (admitting.admit_first,),
    "publicity.opens": (admitting.object_once,),
    "report_in.opens": (reporting.ask_for_the_roster,),
    "report_in.closes": (reporting.record_absent,),
    "report_in.late": (reporting.record_absent,),
}
# Windows in which everybody has a moment of their own, in the order of the process.
WHILE: Mapping[str, tuple[Step, ...]] = {
    "registration": (returning.register_now, returning.file_anew),
    "invitation": (inviting.invite_and_answer,),
    "acceptance": (accepting.answer_places,),
    "year_reduction": (reducing.ask_and_decide,),
    "report_in": (reporting.hand_in_certificates, reporting.come),
}
