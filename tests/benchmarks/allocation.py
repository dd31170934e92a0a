"""How fast allocation is, and how it grows: `python -m tests.benchmarks.allocation [--most 30000]`. Not collected by pytest.

Every size is measured in a process of its own, in CPU seconds; ratios are within one run. Prints a table and draws
`docs/images/allocation-growth.svg`. `sorted` is a bare sort of the applications that the run had to look at, as whole numbers; `sorted all`
one of every application on somebody's list, those by adjustment included.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from admissions.allocation import engine, verify
from admissions.allocation.engine.admission import admit
from admissions.allocation.engine.reallocation import reallocate
from admissions.allocation.order import Worth
from admissions.allocation.problem import BaseAdmission, Candidates, Reallocation, Specialty, parse
from admissions.allocation.ties import chain_of
from admissions.allocation.verify import reallocation as checks
from tests.benchmarks.curve import Panel, svg
from tests.benchmarks.problems import (
    SEED,
    TRANSFER,
    base_problem,
    candidate_rows,
    province_problem,
    specialty_rows,
)

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "allocation-growth.svg"
BASES = (
    (1_000, 40),
    (3_000, 120),
    (10_000, 400),
    (30_000, 1_200),
    (100_000, 3_500),
    (300_000, 10_000),
    (1_000_000, 30_000),
)
PROVINCES = ((1_000, 60), (3_000, 180), (7_600, 467), (30_000, 1_200), (100_000, 3_500), (300_000, 10_000))
# Beyond this, a base admission is only decided: its record with all explanations would be larger than the memory it is allowed.
RECORDED = 100_000
Figures = dict[str, float]


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    before = time.process_time()
    value = call()
    return value, time.process_time() - before


def base(applicants: int, specialties: int) -> Figures:
    """One base admission: the decision alone, against `sorted`; then, up to a size, the whole record and its verification."""
    figures: Figures = {}
    if applicants <= RECORDED:
        data = base_problem(applicants, specialties)
        problem, figures["parse"] = timed(lambda: parse(data))
    else:
        problem = _read_one_by_one(applicants, specialties)
    (worth, outcome), figures["decide"] = timed(lambda: ((worth := Worth(problem)), admit(problem, worth)))
    figures["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    looked_at = [worth.of(n, index) for n in range(applicants) for index in outcome.refused(n)]
    looked_at += [worth.of(n, seat) for n, seat in enumerate(outcome.seat) if seat is not None]
    figures["sorted"] = _sorted(looked_at)
    if applicants <= RECORDED:
        lists = [set(own).union(tail) for own, tail in zip(outcome.listed, outcome.tail, strict=True)]
        figures["sorted all"] = _sorted([worth.of(n, index) for n, each in enumerate(lists) for index in each])
        result, figures["solve"] = timed(lambda: engine.solve(problem))
        breaches, figures["verify"] = timed(lambda: verify.check(data, result))
        assert breaches == [], breaches[:3]
    return figures


def _sorted(applications: list[int]) -> float:
    random.Random(SEED).shuffle(applications)
    return timed(lambda: sorted(applications))[1]


def _read_one_by_one(applicants: int, specialties: int) -> BaseAdmission:
    """The same problem, never held as JSON."""
    chance, ties = random.Random(SEED), chain_of(TRANSFER)
    rows = specialty_rows(chance, applicants, specialties)
    table = tuple(Specialty(**row) for row in rows)
    people = tuple(map(Candidates(table, ties).one, candidate_rows(chance, rows, applicants)))
    return BaseAdmission(table, True, ties, people, "")


def province(applicants: int, programmes: int) -> Figures:
    """One reallocation with as many seats as people: the decision, the whole record, V1 to V4, and everything the verifier does."""
    figures: Figures = {}
    data = province_problem(applicants, programmes)
    problem, figures["parse"] = timed(lambda: parse(data))
    assert isinstance(problem, Reallocation)
    _, figures["decide"] = timed(lambda: reallocate(problem))
    result, figures["solve"] = timed(lambda: engine.solve(problem))
    figures["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    _, figures["V1-V4"] = timed(lambda: _first_guarantees(data, result))
    breaches, figures["verify"] = timed(lambda: verify.check(data, result))
    assert breaches == [], breaches[:3]
    return figures


def _first_guarantees(data: dict[str, Any], result: dict[str, Any]) -> None:
    rule = checks.Rule(data)
    given = [result["assignment"][person["id"]] for person in rule.people]
    seats = [None if seat is None else rule.index[seat] for seat in given]
    assert not [*checks.legal(rule, seats), *checks.not_maximal(rule, seats), *checks.closed_sets(rule, seats)]


def measure(kind: str, sizes: tuple[tuple[int, int], ...], most: int) -> dict[int, Figures]:
    found = {}
    for applicants, places in sizes:
        if applicants > most:
            break
        command = [sys.executable, "-m", "tests.benchmarks.allocation", "--one", kind, str(applicants), str(places)]
        found[applicants] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{kind:<9}{applicants:>9,} × {places:<7,}{_line(kind, found[applicants])}", flush=True)
    return found


def _line(kind: str, figures: Figures) -> str:
    seconds = "  ".join(f"{name} {value:.3f}" for name, value in figures.items() if name != "MB")
    if kind == "base":
        ratios = f"decide : sorted = {figures['decide'] / figures['sorted']:.1f}"
        if "sorted all" in figures:
            ratios += f", : sorted all = {figures['decide'] / figures['sorted all']:.1f}"
    else:
        ratios = f"V1-V4 : solve = {figures['V1-V4'] / figures['solve']:.2f}"
    return f"{seconds}  {figures['MB']:.0f} MB  {ratios}"


def draw(bases: dict[int, Figures], provinces: dict[int, Figures]) -> None:
    def points(found: dict[int, Figures], name: str) -> list[tuple[float, float]]:
        return [(size, figures[name]) for size, figures in found.items() if name in figures]

    first = Panel(
        "A  base admission",
        {
            "decide": points(bases, "decide"),
            "verify (V1, V2, V6, V7)": points(bases, "verify"),
            "sorted() of the same applications": points(bases, "sorted"),
        },
    )
    second = Panel(
        "B  reallocation, a seat for everybody",
        {
            "decide": points(provinces, "decide"),
            "decide, record and explain": points(provinces, "solve"),
            "verify V1–V4": points(provinces, "V1-V4"),
            "verify, V5 and V7 included": points(provinces, "verify"),
        },
    )
    PICTURE.write_text(svg((first, second), "CPU seconds by number of applicants, one core"), encoding="utf-8")
    print(f"drawn: {PICTURE}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000, help="the largest number of applicants to measure")
    parser.add_argument("--one", nargs=3, metavar=("KIND", "APPLICANTS", "PLACES"), help="measure one size, print JSON")
    options = parser.parse_args()
    if options.one:
        kind, applicants, places = options.one
        print(json.dumps((base if kind == "base" else province)(int(applicants), int(places))))
        return
    draw(measure("base", BASES, options.most), measure("province", PROVINCES, options.most))


if __name__ == "__main__":
    main()
