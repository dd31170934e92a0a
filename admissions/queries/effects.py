"""A run in numbers that can stand beside those of another run (效果对照), the same for a base and for the province."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from admissions.models import AllocationRun


@dataclass(frozen=True, slots=True)
class Effect:
    """Seats on offer and filled by the engine, of them shortage; people ranked, county ones and those placed; first wishes asked for and granted."""

    seats: int
    filled: int
    shortage_seats: int
    shortage_filled: int
    people: int
    county: int
    county_placed: int
    with_wishes: int
    first_wish: int

    @property
    def left(self) -> int:
        return self.seats - self.filled

    @property
    def unplaced(self) -> int:
        return self.people - self.filled

    @property
    def first_wish_rate(self) -> float | None:
        return self.first_wish / self.with_wishes if self.with_wishes else None


def effect_of(run: AllocationRun, *, counted_as: AllocationRun | None = None) -> Effect:
    """The figures of a run. With `counted_as`, who is county and what is short is taken from that run: a trial without the county
    priority still says how many county people it places."""
    labels = (counted_as or run).problem
    short, county = _short(labels) or _short(run.problem), _county(labels)
    known = {person["id"] for person in labels["applicants"]}
    county |= {name for name in _county(run.problem) if name not in known}
    seats, assignment = _seats(run.problem), run.result["assignment"]
    people = run.problem["applicants"]
    placed = {name: seat for name, seat in assignment.items() if seat is not None}
    wishes = {person["id"]: person.get("choices", person.get("wishes", [])) for person in people}
    return Effect(
        seats=sum(seats.values()),
        filled=len(placed),
        shortage_seats=sum(number for seat, number in seats.items() if seat in short),
        shortage_filled=sum(1 for seat in placed.values() if seat in short),
        people=len(people),
        county=sum(1 for person in people if person["id"] in county),
        county_placed=sum(1 for name in placed if name in county),
        with_wishes=sum(1 for listed in wishes.values() if listed),
        first_wish=sum(1 for name, seat in placed.items() if wishes[name][:1] == [seat]),
    )


def _seats(problem: dict[str, Any]) -> dict[str, int]:
    if "specialties" in problem:
        return {row["code"]: row["quota"] for row in problem["specialties"]}
    return {row["id"]: row["seats"] for row in problem["programmes"]}


def _short(problem: dict[str, Any]) -> set[str]:
    if "specialties" in problem:
        return {row["code"] for row in problem["specialties"] if row["shortage"]}
    return {row["id"] for row in problem["programmes"] if row["shortage"]}


def _county(problem: dict[str, Any]) -> set[str]:
    return {person["id"] for person in problem["applicants"] if person["county"]}
