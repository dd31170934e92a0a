"""The record of an admission (录取结果), exactly as the contract has it, without explanations and digests."""

from __future__ import annotations

from typing import Any

from admissions.allocation.order import Worth, tie_field
from admissions.allocation.outcome import AdmissionOutcome
from admissions.allocation.problem import BaseAdmission


def record(problem: BaseAdmission, outcome: AdmissionOutcome) -> dict[str, Any]:
    """Assignment, choice numbers, counts, moved seats, and per specialty who was admitted, who was refused and what decided at the line."""
    people, rows = problem.applicants, problem.specialties
    admitted, refused = standings(problem, outcome)
    by_specialty = {}
    for index, row in enumerate(rows):
        by_specialty[row.code] = {
            "admitted": [people[applicant].id for applicant in admitted[index]],
            "last_admitted": people[admitted[index][-1]].id if admitted[index] else None,
            "rejected_here": [people[applicant].id for applicant in refused[index]],
            "cutoff_tie_decided_by": _cutoff(problem, outcome, index, admitted[index], refused[index]),
        }
    return {
        "assignment": {
            person.id: None if seat is None else rows[seat].code
            for person, seat in zip(people, outcome.seat, strict=True)
        },
        "choice_no": {person.id: outcome.choice_no(applicant) for applicant, person in enumerate(people)},
        "admitted_by_specialty": {row.code: len(admitted[index]) for index, row in enumerate(rows)},
        "seats_moved_to": {
            row.code: len(admitted[index]) - row.quota
            for index, row in enumerate(rows)
            if row.shortage and len(admitted[index]) > row.quota
        },
        "by_specialty": by_specialty,
    }


def standings(problem: BaseAdmission, outcome: AdmissionOutcome) -> tuple[list[list[int]], list[list[int]]]:
    """Per specialty the applicants admitted and those refused, each strongest application first (listed before adjusted)."""
    worth = Worth(problem)
    admitted: list[list[tuple[bool, int]]] = [[] for _ in problem.specialties]
    refused: list[list[tuple[bool, int]]] = [[] for _ in problem.specialties]
    for applicant, seat in enumerate(outcome.seat):
        own = outcome.listed[applicant]
        for group, indices in ((refused, outcome.refused[applicant]), (admitted, () if seat is None else (seat,))):
            for index in indices:
                group[index].append((index in own, worth.of(applicant, problem.specialties[index].code)))
    return (
        [[worth.applicant(value) for _, value in sorted(rows, reverse=True)] for rows in admitted],
        [[worth.applicant(value) for _, value in sorted(rows, reverse=True)] for rows in refused],
    )


def _cutoff(
    problem: BaseAdmission, outcome: AdmissionOutcome, index: int, admitted: list[int], refused: list[int]
) -> str | None:
    """What decided between the last admitted and the first refused when their totals are equal; None when no tie had to be broken."""
    if not admitted or not refused:
        return None
    last, first = admitted[-1], refused[0]
    if (index in outcome.listed[last]) != (index in outcome.listed[first]):
        return None
    return tie_field(problem, last, first, problem.specialties[index].code)
