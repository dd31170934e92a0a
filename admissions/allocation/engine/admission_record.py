"""The record of an admission (录取结果), exactly as the contract has it, without explanations and digests."""

from __future__ import annotations

from typing import Any

from admissions.allocation.order import tie_field
from admissions.allocation.outcome import AdmissionOutcome
from admissions.allocation.problem import BaseAdmission
from admissions.allocation.standing import Standing


def record(problem: BaseAdmission, outcome: AdmissionOutcome, standing: Standing) -> dict[str, Any]:
    """Assignment, choice numbers, counts, moved seats, and per specialty who was admitted, who was refused and what decided at the line."""
    people, rows, admitted = problem.applicants, problem.specialties, standing.admitted
    names = [person.id for person in people]
    by_specialty = {}
    for index, row in enumerate(rows):
        by_specialty[row.code] = {
            "admitted": [names[applicant] for applicant in admitted[index]],
            "last_admitted": names[admitted[index][-1]] if admitted[index] else None,
            "rejected_here": [names[applicant] for applicant in standing.refused[index]],
            "cutoff_tie_decided_by": _cutoff(problem, outcome, index, admitted[index], standing.refused[index]),
        }
    return {
        "assignment": {
            name: None if seat is None else rows[seat].code for name, seat in zip(names, outcome.seat, strict=True)
        },
        "choice_no": {name: outcome.choice_no(applicant) for applicant, name in enumerate(names)},
        "admitted_by_specialty": {row.code: len(admitted[index]) for index, row in enumerate(rows)},
        "seats_moved_to": {
            row.code: len(admitted[index]) - row.quota
            for index, row in enumerate(rows)
            if row.shortage and len(admitted[index]) > row.quota
        },
        "by_specialty": by_specialty,
    }


def _cutoff(
    problem: BaseAdmission, outcome: AdmissionOutcome, index: int, admitted: list[int], refused: list[int]
) -> str | None:
    """What decided between the last admitted and the first refused when their totals are equal; None when no tie had to be broken."""
    if not admitted or not refused:
        return None
    last, first = admitted[-1], refused[0]
    if (index in outcome.listed[last]) != (index in outcome.listed[first]):
        return None
    return tie_field(problem, last, first, index)
