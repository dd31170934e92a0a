"""Who goes first (严格排序). The only place that compares applicants; integers only, and no two are ever equal.

Within one specialty: listed before adjusted, then total ↓, then down the tie chain: marks ↓, flags true first, lottery ↑.
"""

from __future__ import annotations

from operator import attrgetter, itemgetter, mul

from admissions.allocation.problem import BaseAdmission, Person, Reallocation, Score
from admissions.allocation.ties import FLAGS, LOTTERY, TieChain


class Worth:
    """Turns an application into one whole number: the better application has the larger number, and it tells whose it is."""

    def __init__(self, problem: BaseAdmission) -> None:
        people = problem.applicants
        self._people = people
        lots = [person.lottery for person in people]
        # `by_lottery[worth % count]` is the index of the applicant whose application has that worth.
        self.by_lottery = sorted(range(len(people)), key=lots.__getitem__, reverse=True)
        self.count = max(1, len(people))
        fixed = [0] * len(people)
        for place, index in enumerate(self.by_lottery):
            fixed[index] = place
        self._weights = self._weigh(problem, fixed)
        self._fixed = fixed
        # Of those with the same marks everywhere, the worth of any application; None for the others.
        self.common = self._in_common(fixed)

    def _in_common(self, fixed: list[int]) -> list[int | None]:
        """Column by column, which costs a third of going person by person."""
        none = Score((0,) * len(self._weights))
        scores = [person.score or none for person in self._people]
        values = fixed
        for place, weight in enumerate(self._weights):
            values = [value + score[place] * weight for value, score in zip(values, scores, strict=True)]
        return [None if score is none else value for value, score in zip(values, scores, strict=True)]

    def _weigh(self, problem: BaseAdmission, fixed: list[int]) -> tuple[int, ...]:
        """The weight of the total and of every mark, from the end of the chain to its beginning; adds the flags to `fixed` on the way."""
        unit, weights = self.count, []
        tops = _tops(problem)
        for item in reversed(problem.ties.items[:-1]):
            if item in FLAGS:
                for index, given in enumerate(map(attrgetter(item), problem.applicants)):
                    if given:
                        fixed[index] += unit
                unit *= 2
            else:
                weights.append(unit)
                unit *= tops.pop() + 1
        return (unit, *reversed(weights))

    def of(self, applicant: int, specialty: int) -> int:
        """The worth of an applicant's application to a specialty (by index). Raises KeyError where no mark was needed."""
        common = self.common[applicant]
        if common is not None:
            return common
        marks = self._people[applicant].scores[specialty]
        worth: int = sum(map(mul, marks, self._weights), self._fixed[applicant])
        return worth

    def applicant(self, worth: int) -> int:
        """The index of the applicant whose application has this worth."""
        return self.by_lottery[worth % self.count]


def _tops(problem: BaseAdmission) -> list[int]:
    """The largest mark of every component of the tie chain, in its order."""
    scores = [person.score for person in problem.applicants if person.score is not None]
    scores += [score for person in problem.applicants if person.scores for score in person.scores.values()]
    return [max(map(itemgetter(place), scores), default=0) for place in range(1, len(problem.ties.marks) + 1)]


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


def tie_field(problem: BaseAdmission, better: int, worse: int, specialty: int) -> str | None:
    """What separates two applicants for the same specialty (by index): None when it is the total itself, else the item of the tie chain."""
    above, below = problem.applicants[better], problem.applicants[worse]
    first, second = above.marks(specialty), below.marks(specialty)
    if first.total != second.total:
        return None
    place = 0
    for item in problem.ties.items[:-1]:
        if item in FLAGS:
            if getattr(above, item) != getattr(below, item):
                return item
            continue
        place += 1
        if first[place] != second[place]:
            return item
    return LOTTERY


def provincial_order(problem: Reallocation) -> list[int]:
    """Applicants (by index) in the provincial order: county level and below first (where the policy says so), then total ↓, then down the tie chain."""
    people, ties, county_first = problem.applicants, problem.ties, problem.county_first

    def key(index: int) -> tuple[int, ...]:
        person = people[index]
        return (county_first and not person.county, -person.score.total, *_tie_key(person, ties))

    return sorted(range(len(people)), key=key)


def _tie_key(person: Person, ties: TieChain) -> tuple[int, ...]:
    """Smaller is better."""
    place = 0
    key: list[int] = []
    for item in ties.items[:-1]:
        if item in FLAGS:
            key.append(not getattr(person, item))
        else:
            place += 1
            key.append(-person.score[place])
    return (*key, person.lottery)


def _rank(transfer_rank: int | None) -> tuple[bool, int]:
    """Specialties without a place in the transfer order come after all that have one, however large it is."""
    return (transfer_rank is None, transfer_rank or 0)
