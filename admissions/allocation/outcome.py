"""What the engine decided (运算结果), before it is put into words: indices into the problem, no text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AdmissionOutcome:
    """Per applicant index: `listed` (own eligible choices, specialty indices, best first), `tail` (what follows by adjustment; may hold listed
    ones, which are skipped), `asked` (how far the applicant came in `listed + tail`) and `seat` (specialty index, or None)."""

    listed: list[tuple[int, ...]]
    tail: list[tuple[int, ...]]
    asked: list[int]
    seat: list[int | None]

    def refused(self, applicant: int) -> tuple[int, ...]:
        """The specialties that refused the applicant, in the order they were asked."""
        own, number = self.listed[applicant], self.asked[applicant]
        if self.seat[applicant] is not None:
            number -= 1
        if number <= len(own):
            return own[:number]
        return own + tuple(index for index in self.tail[applicant][: number - len(own)] if index not in own)

    def choice_no(self, applicant: int) -> int | str | None:
        """1.. among the own eligible choices, `adjust`, or None."""
        seat = self.seat[applicant]
        if seat is None:
            return None
        own = self.listed[applicant]
        return own.index(seat) + 1 if seat in own else "adjust"


@dataclass(frozen=True, slots=True)
class ReallocationOutcome:
    """`order`: applicant indices, first in the provincial order first. Per applicant index: `wishes` (own wishes that pass, programme indices),
    `acceptable` (all programmes they may go to, as a bit set) and `seat` (programme index, or None)."""

    order: list[int]
    wishes: list[tuple[int, ...]]
    acceptable: list[int]
    seat: list[int | None]

    def choice_rank(self, applicant: int) -> int | str | None:
        """1.. among the own passing wishes, `adjust`, or None."""
        seat = self.seat[applicant]
        if seat is None:
            return None
        own = self.wishes[applicant]
        return own.index(seat) + 1 if seat in own else "adjust"
