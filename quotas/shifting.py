"""Which seats may be moved inside a base (计划调整): other → shortage specialties only, never back, within the base's total.

Pure and about one base: seats leave a non-shortage specialty that nobody has taken yet, and never lift a shortage specialty above its
training capacity. The base's total stays what it is, because every seat that leaves one specialty arrives in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gme_portal.refusals import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Line:
    """One specialty of the base: seats now, seats taken, seats kept for commissioned people, training capacity (None: nobody set one)."""

    code: str
    name: str
    shortage: bool
    seats: int
    taken: int = 0
    capacity: int | None = None
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """Seats from one specialty (code) to another."""

    source: str
    target: str
    seats: int


def refusals(lines: Sequence[Line], moves: Sequence[Move], *, allowed: bool = True, clause: str = "") -> list[Refusal]:
    """Every reason against making all these moves together; empty when they are legal. `allowed` and `clause` come from the policy.

    Codes: MOVE_NOT_ALLOWED, MOVE_UNKNOWN_SPECIALTY, MOVE_NOT_POSITIVE, MOVE_TO_ITSELF, MOVE_FROM_SHORTAGE, MOVE_TO_OTHER,
    MOVE_BELOW_TAKEN, MOVE_OVER_CAPACITY. `field` is `source`, `target` or `seats`, with the number of the move when there are several.
    """
    if not allowed:
        return [Refusal("MOVE_NOT_ALLOWED", "本通知不允许在专业之间调整计划。", clause)]
    by_code = {line.code: line for line in lines}
    found: list[Refusal] = []
    for number, move in enumerate(moves):
        suffix = f"-{number + 1}" if len(moves) > 1 else ""
        found += [
            Refusal(code, sentence, clause, f"{field}{suffix}") for code, sentence, field in _against(by_code, move)
        ]
    return found or _over_limits(by_code, moves, clause)


def shifted(lines: Sequence[Line], moves: Sequence[Move], *, allowed: bool = True, clause: str = "") -> list[Line]:
    """The lines after the moves, in the same order and with the same total. Raises Refused with every reason against them."""
    against = refusals(lines, moves, allowed=allowed, clause=clause)
    if against:
        raise Refused.many(against)
    change = _changes(moves)
    return [replace(line, seats=line.seats + change.get(line.code, 0)) for line in lines]


def _against(by_code: dict[str, Line], move: Move) -> list[tuple[str, str, str]]:
    """What is wrong with one move by itself: code, sentence, field."""
    unknown = [
        ("MOVE_UNKNOWN_SPECIALTY", f"本基地没有“{code}”的招收计划。", field)
        for code, field in ((move.source, "source"), (move.target, "target"))
        if code not in by_code
    ]
    if unknown:
        return unknown
    source, target = by_code[move.source], by_code[move.target]
    found = []
    if move.seats < 1:
        found.append(("MOVE_NOT_POSITIVE", "调整的名额至少为 1。", "seats"))
    if source.code == target.code:
        found.append(("MOVE_TO_ITSELF", "调出与调入是同一专业，请另选一个。", "target"))
    elif source.shortage:
        found.append(("MOVE_FROM_SHORTAGE", f"{source.name}是紧缺专业，其计划不得调出。", "source"))
    elif not target.shortage:
        found.append(("MOVE_TO_OTHER", f"{target.name}不是紧缺专业，计划只能调至紧缺专业。", "target"))
    return found


def _over_limits(by_code: dict[str, Line], moves: Sequence[Move], clause: str) -> list[Refusal]:
    """Limits hold for all moves together: two moves of one seat take two."""
    found = []
    for code, change in _changes(moves).items():
        line = by_code[code]
        seats = line.seats + change
        if seats < line.taken + line.kept:
            room = line.seats - line.taken - line.kept
            kept = f"，另有 {line.kept} 个留给订单定向医学生" if line.kept else ""
            sentence = f"{line.name}现有 {line.seats} 个名额，已录取 {line.taken} 人{kept}，最多调出 {room} 个。"
            found.append(Refusal("MOVE_BELOW_TAKEN", sentence, clause, "seats"))
        if change > 0 and line.capacity is not None and seats > line.capacity:
            room = max(0, line.capacity - line.seats)
            sentence = f"{line.name}培训容量 {line.capacity} 人，现有 {line.seats} 个名额，最多调入 {room} 个。"
            found.append(Refusal("MOVE_OVER_CAPACITY", sentence, clause, "seats"))
    return found


def _changes(moves: Sequence[Move]) -> dict[str, int]:
    change: dict[str, int] = {}
    for move in moves:
        change[move.source] = change.get(move.source, 0) - move.seats
        change[move.target] = change.get(move.target, 0) + move.seats
    return change
