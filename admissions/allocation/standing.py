"""Who stands where in every specialty (各专业排名): what the record and the explanations of an admission both refer to."""

from __future__ import annotations

from admissions.allocation.order import Worth
from admissions.allocation.outcome import AdmissionOutcome


class Standing:
    """Per specialty index, applicant indices with the strongest application first, listed before adjusted: `admitted`, `refused`, and
    `ranked` (everybody who listed it and passes eligibility)."""

    def __init__(self, specialties: int, outcome: AdmissionOutcome, worth: Worth) -> None:
        listed: list[list[int]] = [[] for _ in range(specialties)]
        adjusted_in: list[list[int]] = [[] for _ in range(specialties)]
        adjusted_out: list[list[int]] = [[] for _ in range(specialties)]
        out: list[set[int]] = [set() for _ in range(specialties)]
        for applicant, own in enumerate(outcome.listed):
            for index in own:
                listed[index].append(worth.of(applicant, index))
            for index in outcome.refused(applicant):
                if index in own:
                    out[index].add(applicant)
                else:
                    adjusted_out[index].append(worth.of(applicant, index))
            seat = outcome.seat[applicant]
            if seat is not None and seat not in own:
                adjusted_in[seat].append(worth.of(applicant, seat))
        whose, seats = worth.applicant, outcome.seat
        self.ranked: list[list[int]] = []
        self.admitted: list[list[int]] = []
        self.refused: list[list[int]] = []
        for index, values in enumerate(listed):
            ranking = [whose(value) for value in sorted(values, reverse=True)]
            inside = [whose(value) for value in sorted(adjusted_in[index], reverse=True)]
            outside = [whose(value) for value in sorted(adjusted_out[index], reverse=True)]
            self.ranked.append(ranking)
            self.admitted.append([applicant for applicant in ranking if seats[applicant] == index] + inside)
            self.refused.append([applicant for applicant in ranking if applicant in out[index]] + outside)
