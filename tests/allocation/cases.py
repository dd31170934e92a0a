"""Problems to test with: short builders, and small random problems full of ties, zero seats and dropped wishes."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

TRANSFER = "unfilled_nonshortage_to_shortage"


def specialty(
    code: str, quota: int, *, shortage: bool = False, capacity: int | None = None, rank: int | None = None
) -> dict[str, Any]:
    return {"code": code, "shortage": shortage, "quota": quota, "capacity": capacity, "transfer_rank": rank}


def candidate(
    name: str, total: int, choices: str, *, adjust: bool = False, eligible: str | None = None, **more: Any
) -> dict[str, Any]:
    """`choices` and `eligible` as words ("骨科 精神科"); the same marks (in points) everywhere, written and interview equal to the total."""
    codes = choices.split()
    marks = {
        "total": total * 100,
        "written": more.pop("written", total) * 100,
        "interview": more.pop("interview", total) * 100,
    }
    allowed = list(codes) if eligible is None else eligible.split()
    return {
        "id": name,
        "choices": codes,
        "accept_adjust": adjust,
        "eligible": allowed,
        "county": more.pop("county", False),
        "lottery": more.pop("lottery", sum(name.encode())),
        "scores": {code: dict(marks) for code in dict.fromkeys([*codes, *allowed])},
    } | more


def admission(
    specialties: list[dict[str, Any]], applicants: list[dict[str, Any]], transfer: str = TRANSFER
) -> dict[str, Any]:
    return {
        "kind": "base-admission",
        "specialties": specialties,
        "policy": {"transfer": transfer},
        "applicants": applicants,
    }


def programme(name: str, specialty: str, *, place: str = "K", shortage: bool = False, seats: int = 1) -> dict[str, Any]:
    return {
        "id": name,
        "base": f"{place}基地",
        "specialty": specialty,
        "prefecture": place,
        "shortage": shortage,
        "seats": seats,
    }


def person(name: str, total: int, wishes: str, eligible: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "prefecture": "K",
        "geo": "any",
        "eligible": eligible.split(),
        "county": False,
        "consent": "wishes_only",
        "wishes": wishes.split(),
        "lottery": sum(name.encode()),
        "score": {"total": total * 100, "written": total * 100, "interview": total * 100},
    } | more


def reallocation(programmes: list[dict[str, Any]], applicants: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "kind": "provincial-reallocation",
        "adjacent": {"K": ["Q"], "Q": ["K"], "Z": []},
        "programmes": programmes,
        "applicants": applicants,
    }


COMPONENTS = ("written", "interview", "skill")
FLAGS = ("county", "licence", "own_staff")


def marks_of(chain: list[str]) -> st.SearchStrategy[dict[str, int]]:
    """Scores with what the chain needs; written and interview may be there although it does not."""
    needed = {key: st.integers(0, 1) for key in chain if key in COMPONENTS}
    idle = {key: st.integers(0, 1) for key in ("written", "interview") if key not in chain}
    return st.fixed_dictionaries({"total": st.integers(0, 2), **needed}, optional=idle)


@st.composite
def tie_chains(draw: st.DrawFn) -> dict[str, Any]:
    """A policy with a tie chain, or without one, as most have."""
    if draw(st.booleans()):
        return {}
    return {"tie_chain": [*draw(st.lists(st.sampled_from((*COMPONENTS, *FLAGS)), unique=True, max_size=4)), "lottery"]}


def chain_of(policy: dict[str, Any]) -> list[str]:
    return list(policy.get("tie_chain", ["written", "interview", "county", "lottery"]))


def flags_of(chain: list[str]) -> st.SearchStrategy[dict[str, bool]]:
    """The flags a chain needs; `county` is always there, the others may be although the chain does not ask for them."""
    needed = {key: st.booleans() for key in FLAGS if key in chain or key == "county"}
    return st.fixed_dictionaries(needed, optional={key: st.booleans() for key in FLAGS if key not in needed})


@st.composite
def small_admissions(draw: st.DrawFn, most_applicants: int = 4, most_specialties: int = 3) -> dict[str, Any]:
    """Few marks on purpose: ties all the way down to the lottery are the rule here."""
    codes = "甲乙丙丁戊"[: draw(st.integers(1, most_specialties))]
    specialties = []
    for code in codes:
        shortage, quota = draw(st.booleans()), draw(st.integers(0, 2))
        capacity = draw(st.none() | st.integers(quota, quota + 2)) if shortage else None
        rank = draw(st.none() | st.integers(0, 2)) if shortage else None
        specialties.append(specialty(code, quota, shortage=shortage, capacity=capacity, rank=rank))
    count = draw(st.integers(1, most_applicants))
    lots = draw(st.permutations(range(count)))
    same_marks, ties = draw(st.booleans()), draw(tie_chains())
    marks = marks_of(chain_of(ties))
    applicants = []
    for number, lottery in enumerate(lots):
        choices = draw(st.lists(st.sampled_from(codes), unique=True, max_size=3))
        everywhere = draw(marks)
        applicants.append(
            {
                "id": f"a{number}",
                "choices": choices,
                "accept_adjust": draw(st.booleans()),
                "eligible": [code for code in codes if draw(st.integers(0, 4))],
                "lottery": lottery,
                "scores": {code: dict(everywhere) if same_marks else draw(marks) for code in codes},
                **draw(flags_of(chain_of(ties))),
            }
        )
    problem = admission(specialties, applicants, draw(st.sampled_from([TRANSFER, TRANSFER, "none"])))
    problem["policy"] |= ties
    return problem


@st.composite
def small_reallocations(draw: st.DrawFn, most_applicants: int = 4, most_programmes: int = 4) -> dict[str, Any]:
    names = [f"p{number}" for number in range(draw(st.integers(1, most_programmes)))]
    programmes = [
        programme(
            name,
            draw(st.sampled_from(["全科", "内科", "外科"])),
            place=draw(st.sampled_from("KQZ")),
            shortage=draw(st.booleans()),
            seats=draw(st.sampled_from([1, 1, 0, 2])),
        )
        for name in names
    ]
    count, ties = draw(st.integers(1, most_applicants)), draw(tie_chains())
    applicants = [
        person(
            f"x{number}",
            0,
            " ".join(draw(st.lists(st.sampled_from(names), unique=True, max_size=3))),
            " ".join(name for name in ("全科", "内科", "外科") if draw(st.integers(0, 3))),
            prefecture=draw(st.sampled_from("KQZ")),
            geo=draw(st.sampled_from(["any", "any", "same", "same_or_adjacent"])),
            consent=draw(st.sampled_from(["province", "wishes_only"])),
            lottery=lottery,
            score=draw(marks_of(chain_of(ties))),
            **draw(flags_of(chain_of(ties))),
        )
        for number, lottery in enumerate(draw(st.permutations(range(count))))
    ]
    policy = ties | draw(st.sampled_from([{}, {}, {"county_first": True}, {"county_first": False}]))
    return reallocation(programmes, applicants) | ({"policy": policy} if policy or draw(st.booleans()) else {})


def crowded_reallocation(chance: random.Random, applicants: int, programmes: int) -> dict[str, Any]:
    """About as many people as seats and few marks: long chains of people who make room for each other."""
    kinds, places = ["全科", "内科", "外科", "儿科", "眼科"], "KQZ"
    rows = [
        programme(
            f"p{number}",
            chance.choice(kinds),
            place=chance.choice(places),
            shortage=chance.random() < 0.4,
            seats=chance.randint(0, max(1, 2 * applicants // programmes)),
        )
        for number in range(programmes)
    ]
    lots = chance.sample(range(10 * applicants), applicants)
    people = [
        person(
            f"x{number}",
            0,
            " ".join(row["id"] for row in chance.sample(rows, chance.randint(0, min(4, programmes)))),
            " ".join(chance.sample(kinds, chance.randint(1, 4))),
            prefecture=chance.choice(places),
            geo=chance.choice(["any", "any", "same", "same_or_adjacent"]),
            county=chance.random() < 0.3,
            consent=chance.choice(["province", "wishes_only"]),
            lottery=lots[number],
            score={"total": chance.randint(0, 9), "written": chance.randint(0, 2), "interview": 0},
        )
        for number in range(applicants)
    ]
    return reallocation(rows, people)
