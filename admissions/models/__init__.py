"""The process (招收过程): applications and their versions, reviews, confirmation, marks, runs, offers, publicity, report-in."""

from __future__ import annotations

from admissions.models.applications import Application, Choice, CounterVisit, FoundBy, Submission
from admissions.models.disqualifications import Disqualification
from admissions.models.marks import LotteryDraw, Mark, ScoreSheet
from admissions.models.offers import Invitation, Objection, Offer, Outcome, Publicity
from admissions.models.office import NoticePreview, PreviewLine, RosterExport
from admissions.models.reviews import DeadlineMark, LaterDocument, Review, ReviewDecision, SealedSet
from admissions.models.runs import AllocationRun, RunKind, VerificationBundle
from admissions.models.year_reductions import YearReduction, YearReductionDecision

__all__ = [
    "AllocationRun",
    "Application",
    "Choice",
    "CounterVisit",
    "DeadlineMark",
    "Disqualification",
    "FoundBy",
    "Invitation",
    "LaterDocument",
    "LotteryDraw",
    "Mark",
    "NoticePreview",
    "Objection",
    "Offer",
    "Outcome",
    "PreviewLine",
    "Publicity",
    "Review",
    "ReviewDecision",
    "RosterExport",
    "RunKind",
    "ScoreSheet",
    "SealedSet",
    "Submission",
    "VerificationBundle",
    "YearReduction",
    "YearReductionDecision",
]
