"""Verdicts (结论): never a bare no, always with every rule that applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["eligible", "ineligible", "needs_review"]
FindingOutcome = Literal["pass", "fail", "needs_review"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that applied: its id, what came out, the clause of the notice and one Chinese sentence."""

    rule: str
    verdict: FindingOutcome
    clause: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SpecialtyVerdict:
    """One specialty: findings about the person first, then those about the specialty."""

    code: str
    name: str
    verdict: Outcome
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that stand in the way, failures first."""
        return tuple(sorted((one for one in self.findings if one.verdict != "pass"), key=lambda one: one.verdict))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole answer. With a choice: about that specialty. Without: eligible as soon as one specialty is; `findings` are then
    those about the person alone. `specialties` by code, in the order of the notice."""

    verdict: Outcome
    findings: tuple[Finding, ...]
    specialties: Mapping[str, SpecialtyVerdict]

    @property
    def open_codes(self) -> tuple[str, ...]:
        """The specialties not closed to this person: eligible, or for a person to look at."""
        return tuple(code for code, one in self.specialties.items() if one.verdict != "ineligible")


def conclude(findings: Iterable[Finding]) -> Outcome:
    """One failure closes; else one open question asks for a look; else eligible."""
    outcomes = {finding.verdict for finding in findings}
    if "fail" in outcomes:
        return "ineligible"
    return "needs_review" if "needs_review" in outcomes else "eligible"
