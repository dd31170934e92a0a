"""Refusals (拒绝理由): a "no" is a value with a code, a sentence and the clause of the notice it comes from.

Pure: knows no Django. A service raises `Refused`; the view turns it into a message beside the field. Nothing is written when it is raised,
because services raise inside their transaction.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not done: `code` (UPPER_SNAKE, stable, for programs), `sentence` (Chinese, for people; says what to do next),
    `clause` (e.g. "003 三", empty where no notice speaks) and `field` (the form field, cell or path concerned, empty where none is)."""

    code: str
    sentence: str
    clause: str = ""
    field: str = ""

    def __str__(self) -> str:
        return f"{self.sentence}（依据：{self.clause}）" if self.clause else self.sentence


class Refused(Exception):
    """Raised by services; carries one or more refusals. `str()` is the first Chinese sentence with its clause."""

    def __init__(self, code: str, sentence: str, clause: str = "", field: str = "") -> None:
        self.refusals: tuple[Refusal, ...] = (Refusal(code, sentence, clause, field),)
        super().__init__(sentence)

    @classmethod
    def many(cls, refusals: list[Refusal] | tuple[Refusal, ...]) -> Refused:
        """One exception for several refusals, so that a person sees all of them at once. Raises ValueError for an empty list."""
        if not refusals:
            raise ValueError("Refused.many needs at least one refusal")
        first = refusals[0]
        refused = cls(first.code, first.sentence, first.clause, first.field)
        refused.refusals = tuple(refusals)
        return refused

    @property
    def refusal(self) -> Refusal:
        return self.refusals[0]

    @property
    def code(self) -> str:
        return self.refusal.code

    @property
    def field(self) -> str:
        return self.refusal.field

    def __str__(self) -> str:
        return str(self.refusal)
