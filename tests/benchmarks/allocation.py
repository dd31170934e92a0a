"""How fast allocation is, as ratios within one run: `python tests/benchmarks/allocation.py [base|province|all]`. Not collected by pytest.

CPU seconds of this process; fictional data from a fixed seed. `sorted` is a bare sort of the very same applications.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from admissions.allocation import engine, verify
from admissions.allocation.engine.admission import admit
from admissions.allocation.engine.reallocation import reallocate
from admissions.allocation.order import Worth
from admissions.allocation.problem import BaseAdmission, Reallocation, parse

SEED = 2025


def timed(name: str, call: Callable[[], Any]) -> tuple[Any, float]:
    before = time.process_time()
    value = call()
    seconds = time.process_time() - before
    print(f"  {name:<34}{seconds:8.3f} s", flush=True)
    return value, seconds


def marks(chance: random.Random) -> dict[str, int]:
    written, interview = chance.randrange(4000, 9900, 50), chance.randrange(5000, 9900, 50)
    return {"total": (written * 60 + interview * 40 + 50) // 100, "written": written, "interview": interview}


def base_problem(applicants: int, specialties: int, around: int = 30) -> dict[str, Any]:
    """One problem of many specialties: everybody is eligible for `around` of them, lists up to three, and seven in ten accept adjustment."""
    chance = random.Random(SEED)
    seats = max(1, applicants * 9 // 10 // specialties)
    rows = []
    for number in range(specialties):
        shortage = number % 4 == 0
        quota = chance.randint(0, 2 * seats)
        rows.append(
            {
                "code": f"S{number:05d}",
                "shortage": shortage,
                "quota": quota,
                "capacity": quota + chance.randint(0, seats) if shortage else None,
                "transfer_rank": number if shortage else None,
            }
        )
    lots = chance.sample(range(10 * applicants), applicants)
    people = []
    for number in range(applicants):
        first = chance.randrange(specialties)
        eligible = [rows[(first + step) % specialties]["code"] for step in range(min(around, specialties))]
        choices = chance.sample(eligible, min(3, len(eligible)))
        adjust, mine = chance.random() < 0.7, marks(chance)
        people.append(
            {
                "id": f"A{number:07d}",
                "choices": choices,
                "accept_adjust": adjust,
                "eligible": eligible,
                "county": chance.random() < 0.3,
                "lottery": lots[number],
                "scores": dict.fromkeys(eligible if adjust else choices, mine),
            }
        )
    policy = {"transfer": "unfilled_nonshortage_to_shortage"}
    return {"kind": "base-admission", "specialties": rows, "policy": policy, "applicants": people}


def province_problem(applicants: int, programmes: int, fill: float) -> dict[str, Any]:
    """`fill`: applicants per seat. Sixteen prefectures in a ring, thirty-seven specialties, a third of the applicants bound to their region."""
    chance = random.Random(SEED)
    places = [f"P{number:02d}" for number in range(16)]
    specialties = [f"S{number:02d}" for number in range(37)]
    seats = applicants / fill / programmes
    rows = [
        {
            "id": f"p{number:05d}",
            "base": f"B{number % 40:02d}",
            "specialty": specialties[number % 37],
            "prefecture": places[number % 40 % 16],
            "shortage": number % 37 < 8,
            "seats": chance.randint(0, round(2 * seats)),
        }
        for number in range(programmes)
    ]
    by_specialty: dict[str, list[str]] = {}
    for row in rows:
        by_specialty.setdefault(str(row["specialty"]), []).append(str(row["id"]))
    lots = chance.sample(range(10 * applicants), applicants)
    people = []
    for number in range(applicants):
        eligible = chance.sample(specialties, chance.choice((1, 2, 5, 8)))
        near = [name for specialty in eligible for name in by_specialty.get(specialty, ())]
        people.append(
            {
                "id": f"A{number:07d}",
                "prefecture": chance.choice(places),
                "geo": chance.choice(("any", "any", "same_or_adjacent")),
                "eligible": eligible,
                "county": chance.random() < 0.3,
                "consent": chance.choice(("province", "wishes_only")),
                "wishes": chance.sample(near, min(len(near), 5)),
                "lottery": lots[number],
                "score": marks(chance),
            }
        )
    adjacent = {place: sorted({places[index - 1], places[(index + 1) % 16]}) for index, place in enumerate(places)}
    return {"kind": "provincial-reallocation", "adjacent": adjacent, "programmes": rows, "applicants": people}


def base(applicants: int, specialties: int) -> None:
    print(f"base admission, {applicants:,} applicants × {specialties:,} specialties")
    data = base_problem(applicants, specialties)
    problem, _ = timed("parse", lambda: parse(data))
    assert isinstance(problem, BaseAdmission)
    worth = Worth(problem)
    applications = [
        worth.of(n, index)
        for n, person in enumerate(problem.applicants)
        for index in (person.eligible if person.accept_adjust else person.choices)
    ]
    random.Random(SEED).shuffle(applications)
    _, sort_time = timed(f"sorted of {len(applications):,} applications", lambda: sorted(applications))
    outcome, solve_time = timed("decide", lambda: admit(problem, Worth(problem)))
    finish(problem, data)
    asked = sum(outcome.asked)
    print(f"  {asked:,} proposals; decide : sorted = {solve_time / sort_time:.1f}\n")


def province(applicants: int, programmes: int, fill: float) -> None:
    print(f"reallocation, {applicants:,} applicants × {programmes:,} programmes, {fill} applicants per seat")
    data = province_problem(applicants, programmes, fill)
    problem, _ = timed("parse", lambda: parse(data))
    assert isinstance(problem, Reallocation)
    _, solve_time = timed("decide", lambda: reallocate(problem))
    checking = finish(problem, data)
    print(f"  verify : decide = {checking / solve_time:.1f}\n")


def finish(problem: BaseAdmission | Reallocation, data: dict[str, Any]) -> float:
    result, _ = timed("decide, record and explain", lambda: engine.solve(problem))
    breaches, seconds = timed("verify", lambda: verify.check(data, result))
    assert breaches == [], breaches[:3]
    return seconds


def main(what: str) -> None:
    if what in ("base", "all"):
        base(3_000, 37)
        base(30_000, 1_200)
    if what in ("province", "all"):
        province(7_600, 467, 0.9)
        province(7_600, 467, 1.0)
        province(7_600, 467, 1.3)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "all")
