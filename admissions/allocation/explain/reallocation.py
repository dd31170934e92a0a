"""Why an applicant got this seat, or none, in the provincial reallocation (省级调剂结果说明).

Unplaced: the closed set (封闭集) — everything they could take, and everything its holders could take, is full of people before them.
Placed below a wish: the first tier that would fall if the wish were granted.
"""

from __future__ import annotations

from admissions.allocation.explain.closures import Closures
from admissions.allocation.outcome import ReallocationOutcome
from admissions.allocation.problem import Reallocation

FALLS = {
    1: "全省会少招1人",
    2: "紧缺专业会少招人",
    3: "会少安排县级及以下医疗卫生机构人员",
    4: "会使已安排的人落选，换成排序在其后的人",
    5: "会使排序在您之前的人失去其更靠前的志愿",
}


def explain_reallocation(problem: Reallocation, outcome: ReallocationOutcome) -> list[str]:
    """One text per applicant, in the order of the problem."""
    board = _Board(problem, outcome)
    place = {applicant: number for number, applicant in enumerate(outcome.order, start=1)}
    return [_one(board, applicant, place[applicant]) for applicant in range(len(problem.applicants))]


class _Board:
    """The final seating as graphs over programmes: i → j when someone (or something) at i could be at j. One graph per tier given up."""

    def __init__(self, problem: Reallocation, outcome: ReallocationOutcome) -> None:
        self.problem, self.outcome = problem, outcome
        self.count = len(problem.programmes)
        self.position = {row.id: index for index, row in enumerate(problem.programmes)}
        self.holders = [0] * self.count
        people = [0] * self.count
        self._county_at = [[False, False] for _ in range(self.count)]
        for applicant, seat in enumerate(outcome.seat):
            if seat is not None:
                self.holders[seat] += 1
                people[seat] |= outcome.acceptable[applicant]
                self._county_at[seat][self._goes_first(applicant)] = True
        self._people = people
        self._graphs: dict[int, Closures] = {}
        self._with_people = Closures(people)

    def _goes_first(self, applicant: int) -> bool:
        return self.problem.county_first and self.problem.applicants[applicant].county

    def closed_set(self, acceptable: int) -> int:
        """All programmes that those at the acceptable ones could pass on to, with the acceptable ones (bit set)."""
        return self._with_people.of(acceptable)

    def falls(self, wanted: int, current: int) -> int:
        """The first tier that falls when the holder of a seat at `current` gets one at `wanted`.

        Tier t falls first when a chain leads back to `current` once tier t and all after it are given up, but not before.
        """
        for tier in (5, 4, 3, 2):
            if self._graph(tier).of(1 << wanted) >> current & 1:
                return tier
        return 1

    def _graph(self, given_up: int) -> Closures:
        """Programmes first, then two nodes for the unplaced: not county, county. Giving up tier 4 lets people change with the unplaced of
        their own kind, tier 3 with all of them; giving up tier 2 lets a free seat become one of the other kind."""
        if given_up in self._graphs:
            return self._graphs[given_up]
        programmes = self.problem.programmes
        everything = (1 << self.count) - 1
        shortage = sum(1 << index for index, row in enumerate(programmes) if row.shortage)
        edges = [*self._people, 0, 0]
        for index, row in enumerate(programmes):
            if self.holders[index] < row.seats:
                same_kind = shortage if row.shortage else everything & ~shortage
                edges[index] |= everything if given_up <= 2 else same_kind
        if given_up <= 4:
            self._add_unplaced(edges, apart=given_up == 4)
        self._graphs[given_up] = Closures(edges)
        return self._graphs[given_up]

    def _add_unplaced(self, edges: list[int], *, apart: bool) -> None:
        nodes = (1 << self.count, 1 << (self.count + 1))
        present = [False, False]
        for applicant, seat in enumerate(self.outcome.seat):
            if seat is None:
                county = self._goes_first(applicant)
                present[county] = True
                edges[self.count + county] |= self.outcome.acceptable[applicant]
        for index in range(self.count):
            for county in (False, True):
                if self._county_at[index][county]:
                    edges[index] |= nodes[county] if apart else nodes[0] | nodes[1]
        if not apart:
            for county in (False, True):
                if present[county]:
                    edges[self.count + county] |= nodes[not county]


def _one(board: _Board, applicant: int, place: int) -> str:
    people, outcome = board.problem.applicants, board.outcome
    seat = outcome.seat[applicant]
    parts = [f"省级调剂排序第{place}名，共{len(people)}人。"]
    if seat is None:
        parts.append("未安排。" + _unplaced(board, applicant))
    else:
        number = _form_number(board, applicant, seat)
        how = "按服从省级统一调剂" if number is None else f"第{number}志愿"
        parts.append(f"安排到{_name(board, seat)}（{how}）。")
    for index in outcome.wishes[applicant]:
        if index == seat:
            break
        if seat is not None:
            number = _form_number(board, applicant, index)
            parts.append(f"第{number}志愿{_name(board, index)}未能安排：{_not_granted(board, index, seat)}。")
    parts.append(_dropped(board, applicant))
    return "".join(parts)


def _not_granted(board: _Board, wanted: int, seat: int) -> str:
    if not board.problem.programmes[wanted].seats:
        return "没有剩余名额"
    return f"若安排给您，{FALLS[board.falls(wanted, seat)]}"


def _unplaced(board: _Board, applicant: int) -> str:
    acceptable = board.outcome.acceptable[applicant]
    consents = board.problem.applicants[applicant].consent == "province"
    advice = "" if consents else "您只接受所填志愿，未参加省级统一调剂。"
    if not acceptable:
        return "没有符合报考条件和地域范围、且您愿意去的剩余专业。" + advice
    closed = board.closed_set(acceptable)
    seats = sum(row.seats for index, row in enumerate(board.problem.programmes) if closed >> index & 1)
    if not seats:
        return f"您可去的{acceptable.bit_count()}个专业没有剩余名额。" + advice
    return (
        f"您可去的{acceptable.bit_count()}个专业及其占用者可去的专业共{closed.bit_count()}个、{seats}个名额，"
        f"均由排序在您之前者取得。{advice}"
    )


def _dropped(board: _Board, applicant: int) -> str:
    """Wishes that were not considered, by name and reason."""
    person, passing = board.problem.applicants[applicant], board.outcome.wishes[applicant]
    if len(passing) == len(person.wishes):
        return ""
    parts = []
    for number, wish in enumerate(person.wishes, start=1):
        index = board.position[wish]
        if index not in passing:
            row = board.problem.programmes[index]
            why = "不在您可去的地域范围内" if row.specialty in person.eligible else "您不符合该专业的报考条件"
            parts.append(f"第{number}志愿{row.base}{row.specialty}：{why}，未参加排序。")
    return "".join(parts)


def _name(board: _Board, index: int) -> str:
    row = board.problem.programmes[index]
    return f"{row.base}{row.specialty}"


def _form_number(board: _Board, applicant: int, index: int) -> int | None:
    """The number of the wish as the applicant wrote it, dropped wishes counted."""
    wishes, wanted = board.problem.applicants[applicant].wishes, board.problem.programmes[index].id
    return wishes.index(wanted) + 1 if wanted in wishes else None
