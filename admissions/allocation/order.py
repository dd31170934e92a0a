"""Who goes first (严格排序). The only place that compares applicants; integers only, and no two are ever equal.

Within one specialty: listed before adjusted, then total ↓, written ↓, interview ↓, county institution first, lottery ↑.
"""

from __future__ import annotations

from admissions.allocation.problem import BaseAdmission, Person, Reallocation

MAX_RANK = 1 << 62


class Worth:
    """Turns an application into one whole number: the better application has the larger number, and it tells whose it is."""

    def __init__(self, problem: BaseAdmission) -> None:
        people = problem.applicants
        self._people = people
        self._by_lottery = sorted(range(len(people)), key=lambda index: people[index].lottery, reverse=True)
        self._count = max(1, len(people))
        self._weight = [0] * len(people)
        for place, index in enumerate(self._by_lottery):
            self._weight[index] = place + (self._count if people[index].county else 0)
        marks = [mark for person in people for score in person.scores.values() for mark in score[1:]]
        self._base = max(marks, default=0) + 1

    def of(self, applicant: int, code: str) -> int:
        """The worth of an applicant's application to a specialty. Raises KeyError where no mark was needed."""
        total, written, interview = self._people[applicant].scores[code]
        packed = (total * self._base + written) * self._base + interview
        return packed * (2 * self._count) + self._weight[applicant]

    def applicant(self, worth: int) -> int:
        """The index of the applicant whose application has this worth."""
        return self._by_lottery[worth % self._count]


def adjustment_order(problem: BaseAdmission) -> list[int]:
    """Specialties (by index) as 服从调剂 walks them: shortage ones in the published transfer order, then the others in file order."""
    rows = list(enumerate(problem.specialties))
    shortage = [(_rank(row.transfer_rank), index) for index, row in rows if row.shortage]
    return [index for _, index in sorted(shortage)] + [index for index, row in rows if not row.shortage]


def tiers(problem: BaseAdmission) -> tuple[list[int], list[int]]:
    """Per specialty the place of its listed and of its adjusted applications in the strict order; the larger, the stronger.

    Class 0 non-shortage listed, 1 shortage listed, 2 shortage adjusted, 3 non-shortage adjusted; then transfer rank, then file position.
    """
    keyed = []
    for index, row in enumerate(problem.specialties):
        for adjusted in (False, True):
            group = (2 if adjusted else 1) if row.shortage else (3 if adjusted else 0)
            keyed.append((group, _rank(row.transfer_rank), index, adjusted))
    keyed.sort(reverse=True)
    listed, adjusted_tier = [0] * len(problem.specialties), [0] * len(problem.specialties)
    for tier, (_, _, index, adjusted) in enumerate(keyed):
        (adjusted_tier if adjusted else listed)[index] = tier
    return listed, adjusted_tier


def tie_field(problem: BaseAdmission, better: int, worse: int, code: str) -> str | None:
    """What separates two applicants for the same specialty: None when it is the total itself, else `written`, `interview`, `county` or `lottery`."""
    above, below = problem.applicants[better], problem.applicants[worse]
    first, second = above.scores[code], below.scores[code]
    if first.total != second.total:
        return None
    if first.written != second.written:
        return "written"
    if first.interview != second.interview:
        return "interview"
    return "county" if above.county != below.county else "lottery"


def provincial_order(problem: Reallocation) -> list[int]:
    """Applicants (by index) in the provincial order: county level and below first, total ↓, written ↓, interview ↓, lottery ↑."""
    return sorted(range(len(problem.applicants)), key=lambda index: _provincial_key(problem.applicants[index]))


def _provincial_key(person: Person) -> tuple[bool, int, int, int, int]:
    return (not person.county, -person.score.total, -person.score.written, -person.score.interview, person.lottery)


def _rank(transfer_rank: int | None) -> int:
    return MAX_RANK if transfer_rank is None else transfer_rank
