"""Asking the judge in tests: facts as the contract writes them, and the outcome of one rule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from applicants.eligibility import Choice, Verdict, facts, judge
from gme_portal.policy import Policy


def ask(
    policy: Policy, data: dict[str, Any], at: datetime, choice: Choice | str | None = None, round: str | None = None
) -> Verdict:
    """The verdict on one person; a choice may be named by its specialty alone, a round by its key."""
    wish = Choice(choice) if isinstance(choice, str) else choice
    return judge(policy, facts.from_dict(data), at, wish, round=round)


def outcome(verdict: Verdict, rule: str) -> tuple[str, str] | None:
    """(pass | fail | needs_review, clause) of one rule about the person or the one choice; None where it does not apply."""
    return next(((one.verdict, one.clause) for one in verdict.findings if one.rule == rule), None)


def sentence(verdict: Verdict, rule: str) -> str:
    return next(one.sentence for one in verdict.findings if one.rule == rule)
