"""What a run decided, per specialty and per person (录取情况): counted from its stored problem and result, the same for every reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admissions.allocation.order import provincial_order
from admissions.allocation.problem import Reallocation, parse
from admissions.models import AllocationRun, RunKind
from admissions.queries.ties import chain_of, label_of, marks_of, rank_key
from quotas.shifting import Move


@dataclass(frozen=True, slots=True)
class Line:
    """One specialty (一行): plan as adopted, moved before the run and by it (in minus out), seats taken `before` it, people who listed it,
    admitted (of them assigned by their school), the total of the last one admitted on a choice and of the last one by adjustment (hundredths,
    None without), and the field that decided at the line ("" without a tie). Whoever comes by adjustment stands behind all who chose it,
    with whatever total: that is no line."""

    name: str
    shortage: bool
    planned: int
    moved: int
    before: int
    applicants: int
    admitted: int
    assigned: int
    outside: int
    last_total: int | None
    last_adjusted: int | None
    tie: str

    @property
    def seats(self) -> int:
        return self.planned + self.moved

    @property
    def is_idle(self) -> bool:
        """Nobody chose it, nobody got it, nothing moved."""
        return not (self.applicants or self.admitted or self.moved)

    @property
    def free(self) -> int:
        """Seats nobody held after the run; people outside the plan hold none."""
        return self.seats - self.before - self.admitted + self.outside


def pool_moves(problem: dict[str, Any], result: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Unfilled non-shortage seats that the engine gave to shortage specialties: (from, to, seats) by name, filled in file order."""
    moved = dict(result.get("seats_moved_to", {}))
    admitted = result.get("admitted_by_specialty", {})
    free = {
        row["code"]: row["quota"] - admitted[row["code"]]
        for row in problem.get("specialties", [])
        if not row["shortage"]
    }
    moves = []
    for target in [row["code"] for row in problem.get("specialties", []) if moved.get(row["code"])]:
        for source in free:
            seats = min(free[source], moved[target])
            if seats:
                moves.append((source, target, seats))
                free[source] -= seats
                moved[target] -= seats
    return moves


def as_moves(named: Sequence[tuple[str, str, int]], codes: dict[str, str]) -> list[Move]:
    """The same by specialty code, as the ledger takes them."""
    return [Move(codes[source], codes[target], seats) for source, target, seats in named]


def lines(run: AllocationRun) -> list[Line]:
    """Per specialty of a base's run, as it was when the run was made: what happens to the plan afterwards does not change a published list."""
    own = Counter[str]()
    for source, target, seats in pool_moves(run.problem, run.result):
        own[source] -= seats
        own[target] += seats
    totals = {person["id"]: person["scores"] for person in run.problem["applicants"]}
    set_apart = Counter(run.beside["reserved"]) + Counter(run.beside["kept"])
    assigned = Counter(row["specialty"] for row in run.beside["assigned"].values())
    outside = Counter(row["specialty"] for row in run.beside["assigned"].values() if not row["counted"])
    found = []
    for row in run.problem["specialties"]:
        name = row["code"]
        here, (planned, taken) = run.result["by_specialty"][name], run.beside["plan"][name]
        chosen, adjusted = _last_two(here["admitted"], run.result["choice_no"])
        found.append(
            Line(
                name=name,
                shortage=row["shortage"],
                planned=planned,
                moved=row["quota"] + taken + set_apart[name] - planned + own[name],
                before=taken,
                applicants=sum(1 for person in run.problem["applicants"] if name in person["choices"]),
                admitted=run.result["admitted_by_specialty"][name] + assigned[name],
                assigned=assigned[name],
                outside=outside[name],
                last_total=totals[chosen][name]["total"] if chosen else None,
                last_adjusted=totals[adjusted][name]["total"] if adjusted else None,
                tie=label_of(here["cutoff_tie_decided_by"] or "", run.problem),
            )
        )
    return found


def _last_two(admitted: Sequence[str], choice: Mapping[str, int | str | None]) -> tuple[str, str]:
    """The last one admitted on a choice and the last one by adjustment, of people in strict order; "" for nobody."""
    chosen = [number for number in admitted if choice[number] != "adjust"]
    adjusted = admitted[len(chosen) :]
    return chosen[-1] if chosen else "", adjusted[-1] if adjusted else ""


@dataclass(frozen=True, slots=True)
class Leftover:
    """One programme with seats left: before and after the run, how many named it a wish, and the total of the last one placed (hundredths)."""

    base: str
    specialty: str
    shortage: bool
    before: int
    wished: int
    placed: int
    last_total: int | None

    @property
    def after(self) -> int:
        return self.before - self.placed


def leftovers(run: AllocationRun) -> list[Leftover]:
    """Per programme of a reallocation, as it was when the run was made."""
    totals = {person["id"]: person["score"]["total"] for person in run.problem["applicants"]}
    wished = Counter(wish for person in run.problem["applicants"] for wish in person["wishes"])
    placed: dict[str, list[str]] = {}
    for number in run.result["placed"]:  # in provincial order
        placed.setdefault(run.result["assignment"][number], []).append(number)
    return [
        Leftover(
            base=row["base"],
            specialty=row["specialty"],
            shortage=row["shortage"],
            before=row["seats"],
            wished=wished[row["id"]],
            placed=len(placed.get(row["id"], [])),
            last_total=totals[placed[row["id"]][-1]] if row["id"] in placed else None,
        )
        for row in run.problem["programmes"]
    ]


@dataclass(frozen=True, slots=True)
class Placed:
    """One person of a run: `quota` id and `seat` in words ("" without), number of the own choice (None: by adjustment), total and rank (None: not ranked)."""

    number: str
    quota: str
    seat: str
    choice_number: int | None
    counted: bool
    total: int | None
    rank: int | None
    how: str
    explanation: str


def placements(run: AllocationRun, quota_ids: dict[str, str]) -> list[Placed]:
    """Everybody the run speaks of: ranked people by rank, then assigned ones, then those not ranked. `quota_ids`: specialty name → id, for a base's run."""
    if run.kind == RunKind.REALLOCATION:
        return _provincial(run)
    rank = {number: place for place, number in enumerate(ranking(run.problem), start=1)}
    people = sorted(run.problem["applicants"], key=lambda person: rank[person["id"]])
    found = [_ranked(run, person, rank[person["id"]], quota_ids) for person in people]
    for number, row in sorted(run.beside["assigned"].items()):
        found.append(
            Placed(number, row["quota"], row["specialty"], None, row["counted"], None, None, "名册指定", row["text"])
        )
    for number, text in sorted(run.beside["excluded"].items()):
        found.append(Placed(number, "", "", None, False, None, None, "未参加排序", text))
    return found


def ranking(problem: dict[str, Any]) -> list[str]:
    """Application numbers of a base's problem, best total first; the order in which equals are told apart is the engine's."""
    chain = chain_of(problem)
    return [person["id"] for person in sorted(problem["applicants"], key=lambda person: rank_key(person, chain))]


def _ranked(run: AllocationRun, person: dict[str, Any], rank: int, quota_ids: dict[str, str]) -> Placed:
    number = person["id"]
    seat, choice = run.result["assignment"][number], run.result["choice_no"][number]
    listed = person["choices"].index(seat) + 1 if seat in person["choices"] else None
    how = "未录取" if seat is None else "服从调剂" if choice == "adjust" else f"第 {listed} 志愿"
    total = marks_of(person)["total"] if person["scores"] else None
    text = run.result["explanations"][number]
    return Placed(number, quota_ids[seat] if seat else "", seat or "", listed, seat is not None, total, rank, how, text)


def _provincial(run: AllocationRun) -> list[Placed]:
    problem = parse(run.problem)
    assert isinstance(problem, Reallocation)
    names = {row.id: f"{row.base} {row.specialty}" for row in problem.programmes}
    found = []
    for rank, index in enumerate(provincial_order(problem), start=1):
        person = problem.applicants[index]
        seat = run.result["assignment"][person.id]
        listed = person.wishes.index(seat) + 1 if seat in person.wishes else None
        how = "未安排" if seat is None else "省级调剂" if listed is None else f"第 {listed} 志愿"
        text = run.result["explanations"][person.id]
        found.append(
            Placed(
                person.id,
                seat or "",
                names[seat] if seat else "",
                listed,
                seat is not None,
                person.score.total,
                rank,
                how,
                text,
            )
        )
    return found
