"""Fictional problems of any size, from a fixed seed: one base admission of many specialties, one provincial reallocation of many programmes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

SEED = 2025
TRANSFER = {"transfer": "unfilled_nonshortage_to_shortage"}


def base_problem(applicants: int, specialties: int) -> dict[str, Any]:
    chance = random.Random(SEED)
    rows = specialty_rows(chance, applicants, specialties)
    people = list(candidate_rows(chance, rows, applicants))
    return {"kind": "base-admission", "specialties": rows, "policy": TRANSFER, "applicants": people}


def specialty_rows(chance: random.Random, applicants: int, specialties: int) -> list[dict[str, Any]]:
    """A quarter are shortage specialties; some have no seats at all."""
    seats, rows = max(1, applicants * 9 // 10 // specialties), []
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
    return rows


def candidate_rows(
    chance: random.Random, rows: list[dict[str, Any]], applicants: int, around: int = 30
) -> Iterator[dict[str, Any]]:
    """Everybody is eligible for `around` specialties, lists up to three of them, and seven in ten accept adjustment."""
    lots = chance.sample(range(10 * applicants), applicants)
    for number in range(applicants):
        first = chance.randrange(len(rows))
        eligible = [rows[(first + step) % len(rows)]["code"] for step in range(min(around, len(rows)))]
        choices = chance.sample(eligible, min(3, len(eligible)))
        adjust, mine = chance.random() < 0.7, marks(chance)
        yield {
            "id": f"A{number:07d}",
            "choices": choices,
            "accept_adjust": adjust,
            "eligible": eligible,
            "county": chance.random() < 0.3,
            "lottery": lots[number],
            "scores": dict.fromkeys(eligible if adjust else choices, mine),
        }


def marks(chance: random.Random) -> dict[str, int]:
    written, interview = chance.randrange(4000, 9900, 50), chance.randrange(5000, 9900, 50)
    return {"total": (written * 60 + interview * 40 + 50) // 100, "written": written, "interview": interview}


def province_problem(applicants: int, programmes: int, fill: float = 1.0) -> dict[str, Any]:
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
