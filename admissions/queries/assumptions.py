"""What-if (试算假设): changes to a copy of a run's input. The input itself stays as it is; everything here is about the copy.

Seats are named as in the input: by specialty at a base, by programme id in the province."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admissions.queries.ties import county_counts, marks_of
from gme_portal.refusals import Refusal, Refused

AS_FILED, EVERYBODY, NOBODY = "", "all", "none"
CONSENTS = {AS_FILED: "按本人选择", EVERYBODY: "全部服从调剂", NOBODY: "全部不服从调剂"}
GEOGRAPHIES = {"": "按通知规定", "same": "都限本州市", "same_or_adjacent": "都限本州市及相邻州市", "any": "都不限地域"}
MAX_SEATS = 999
POOL, NO_POOL = "unfilled_nonshortage_to_shortage", "none"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """`seats`: seat → number; `shortage`: the specialties taken as short, None as it is; `county_first` False drops the county priority;
    `pool` whether unfilled seats may move, None as it is; `geography` of everybody, "" as it is."""

    seats: Mapping[str, int]
    consent: str = AS_FILED
    shortage: frozenset[str] | None = None
    county_first: bool = True
    pool: bool | None = None
    geography: str = ""


@dataclass(frozen=True, slots=True)
class Wider:
    """What the copy needs that the input has left out: `openings`, every specialty of the base open to a person (when all are to consent),
    and `people` with `programmes` of a reallocation that took no part because they did not consent."""

    openings: Mapping[str, list[str]]
    people: tuple[dict[str, Any], ...] = ()
    programmes: tuple[dict[str, Any], ...] = ()


def seat_names(problem: dict[str, Any]) -> dict[str, str]:
    """Seat → how people call it."""
    if "specialties" in problem:
        return {row["code"]: row["code"] for row in problem["specialties"]}
    return {row["id"]: f"{row['base']} {row['specialty']}" for row in problem["programmes"]}


def seat_counts(problem: dict[str, Any]) -> dict[str, int]:
    if "specialties" in problem:
        return {row["code"]: row["quota"] for row in problem["specialties"]}
    return {row["id"]: row["seats"] for row in problem["programmes"]}


def shortage_of(problem: dict[str, Any]) -> frozenset[str]:
    """Names of the specialties that the input takes as short."""
    rows, key = _rows(problem)
    return frozenset(row[key] for row in rows if row["shortage"])


def specialties_of(problem: dict[str, Any]) -> list[str]:
    """Names of the specialties in the input, in its order, each once."""
    rows, key = _rows(problem)
    return list(dict.fromkeys(row[key] for row in rows))


def has_county_priority(problem: dict[str, Any]) -> bool:
    """Whether county level and below has a priority that could be dropped, and anybody has it."""
    return county_counts(problem) and any(person["county"] for person in problem["applicants"])


def assume(problem: dict[str, Any], assumed: Assumptions, wider: Wider) -> dict[str, Any]:
    """The input as it would be. Raises Refused: SEAT_UNKNOWN, SEATS_WRONG, OVER_CAPACITY, NOTHING_ASSUMED."""
    _refuse_seats(problem, assumed)
    found = copy.deepcopy(problem)
    if "specialties" in found:
        _assume_base(found, assumed, wider)
    else:
        _assume_province(found, assumed, wider)
    if not assumed.county_first and county_counts(problem):
        for person in found["applicants"]:
            person["county"] = False
    if found == problem:
        raise Refused("NOTHING_ASSUMED", "没有任何改动：请至少改一项名额、服从调剂或优先规则，再试算。")
    return found


def in_words(problem: dict[str, Any], assumed: Assumptions) -> list[str]:
    """Each change in a sentence."""
    names, counts = seat_names(problem), seat_counts(problem)
    said = [f"{names[key]}名额 {counts[key]} → {seats}" for key, seats in assumed.seats.items() if counts[key] != seats]
    if assumed.consent:
        said.append(f"服从调剂：{CONSENTS[assumed.consent]}")
    if assumed.shortage is not None:
        was = shortage_of(problem)
        if added := [name for name in specialties_of(problem) if name in assumed.shortage - was]:
            said.append(f"改为紧缺专业：{'、'.join(added)}")
        if dropped := [name for name in specialties_of(problem) if name in was - assumed.shortage]:
            said.append(f"不再作紧缺专业：{'、'.join(dropped)}")
    if not assumed.county_first and has_county_priority(problem):
        said.append("不设县级及以下优先")
    if (
        assumed.pool is not None
        and "specialties" in problem
        and assumed.pool != (problem["policy"]["transfer"] == POOL)
    ):
        said.append("未招满的名额可以移入紧缺专业" if assumed.pool else "未招满的名额不移入紧缺专业")
    if assumed.geography:
        said.append(f"地域：{GEOGRAPHIES[assumed.geography]}")
    return said


def as_json(assumed: Assumptions) -> dict[str, Any]:
    return {
        "seats": dict(assumed.seats),
        "consent": assumed.consent,
        "shortage": None if assumed.shortage is None else sorted(assumed.shortage),
        "county_first": assumed.county_first,
        "pool": assumed.pool,
        "geography": assumed.geography,
    }


def from_json(stored: dict[str, Any]) -> Assumptions:
    shortage = stored["shortage"]
    return Assumptions(**{**stored, "shortage": None if shortage is None else frozenset(shortage)})


def _rows(problem: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    return (problem["specialties"], "code") if "specialties" in problem else (problem["programmes"], "specialty")


def _refuse_seats(problem: dict[str, Any], assumed: Assumptions) -> None:
    names = seat_names(problem)
    faults = []
    for key, seats in assumed.seats.items():
        if key not in names:
            faults.append(Refusal("SEAT_UNKNOWN", f"这次运算中没有“{key}”这个专业。", field="seats"))
        elif not 0 <= seats <= MAX_SEATS:
            faults.append(
                Refusal("SEATS_WRONG", f"{names[key]}的名额须在 0 到 {MAX_SEATS} 之间，现为 {seats}。", field="seats")
            )
    short = shortage_of(problem) if assumed.shortage is None else assumed.shortage
    for row in problem.get("specialties", []):
        seats, room = assumed.seats.get(row["code"], 0), row["capacity"]
        if row["code"] in short and room is not None and seats > room:
            sentence = f"{row['code']}的培训容量还剩 {room} 人，名额不能改为 {seats}。"
            faults.append(Refusal("OVER_CAPACITY", sentence, field="seats"))
    if faults:
        raise Refused.many(faults)


def _assume_base(problem: dict[str, Any], assumed: Assumptions, wider: Wider) -> None:
    for row in problem["specialties"]:
        row["quota"] = assumed.seats.get(row["code"], row["quota"])
    if assumed.shortage is not None:
        _rank_shortage(problem["specialties"], assumed.shortage)
    if assumed.pool is not None:
        problem["policy"]["transfer"] = POOL if assumed.pool else NO_POOL
    for person in problem["applicants"]:
        if assumed.consent == NOBODY:
            person["accept_adjust"] = False
        elif assumed.consent == EVERYBODY and not person["accept_adjust"]:
            score = marks_of(person)
            person["accept_adjust"] = True
            person["eligible"] = wider.openings.get(person["id"], person["eligible"])
            person["scores"] = {code: person["scores"].get(code, score) for code in person["eligible"]}


def _rank_shortage(rows: list[dict[str, Any]], shortage: frozenset[str]) -> None:
    """What becomes short takes its place behind the others in the transfer order; what is short no more has none."""
    last = max((row["transfer_rank"] or 0 for row in rows), default=0)
    for row in rows:
        if row["code"] in shortage and not row["shortage"]:
            last += 1
            row["transfer_rank"] = last
        elif row["code"] not in shortage:
            row["transfer_rank"] = row["capacity"] = None
        row["shortage"] = row["code"] in shortage


def _assume_province(problem: dict[str, Any], assumed: Assumptions, wider: Wider) -> None:
    if assumed.consent == EVERYBODY:
        here = {row["id"] for row in problem["programmes"]}
        known = {person["id"] for person in problem["applicants"]}
        problem["programmes"] += [row | {"seats": 0} for row in wider.programmes if row["id"] not in here]
        problem["applicants"] += [person for person in wider.people if person["id"] not in known]
    for row in problem["programmes"]:
        row["seats"] = assumed.seats.get(row["id"], row["seats"])
        if assumed.shortage is not None:
            row["shortage"] = row["specialty"] in assumed.shortage
    for person in problem["applicants"]:
        if assumed.consent:
            person["consent"] = "province" if assumed.consent == EVERYBODY else "wishes_only"
        if assumed.geography:
            person["geo"] = assumed.geography
