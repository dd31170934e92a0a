"""Which specialties the seats of a base's 其他 may be given to (其他计划分配). Pure and about one base.

The plan gives shortage specialties and whatever else it names by themselves; the rest is one number, and all of it has to be given to specialties of the
notice that the plan does not name (002 附件2 注; 附件5 四: 须明确全部专业招收人数)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from gme_portal.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Portion:
    """Seats of the pool for one specialty (code), and the most the base can train there where it says so."""

    specialty: str
    seats: int
    capacity: int | None = None


def refusals(
    portions: Sequence[Portion],
    *,
    pool: int,
    names: Mapping[str, str],
    shortage: Set[str],
    planned: Set[str],
    clause: str = "",
) -> list[Refusal]:
    """Every reason against distributing a pool like this; empty when it is legal. `names`: the specialties of the notice; `planned`: those the base has
    a line of its own for.

    Codes: SHARE_UNKNOWN_SPECIALTY, SHARE_TWICE, SHARE_OF_SHORTAGE, SHARE_PLANNED, SEATS_NOT_POSITIVE, CAPACITY_EXCEEDED, POOL_EXCEEDED, POOL_LEFT.
    `field` is the specialty's code, empty for the sum."""
    found: list[Refusal] = []
    seen: set[str] = set()
    for portion in portions:
        code, name = portion.specialty, names.get(portion.specialty, portion.specialty)
        if code not in names:
            found.append(Refusal("SHARE_UNKNOWN_SPECIALTY", f"本通知不招收“{name}”。", clause, code))
        elif code in seen:
            found.append(Refusal("SHARE_TWICE", f"{name}写了两次，请合并。", clause, code))
        elif code in shortage:
            found.append(Refusal("SHARE_OF_SHORTAGE", f"{name}是紧缺专业，计划单列，不占“其他”的名额。", clause, code))
        elif code in planned:
            found.append(Refusal("SHARE_PLANNED", f"{name}已有下达计划，不占“其他”的名额。", clause, code))
        if portion.seats < 1:
            found.append(Refusal("SEATS_NOT_POSITIVE", f"{name}的名额至少为 1；不招收的请留空。", clause, code))
        elif portion.capacity is not None and portion.seats > portion.capacity:
            sentence = f"{name}的名额 {portion.seats} 多于培训容量 {portion.capacity}。"
            found.append(Refusal("CAPACITY_EXCEEDED", sentence, clause, code))
        seen.add(code)
    total = sum(portion.seats for portion in portions)
    if total > pool:
        found.append(
            Refusal("POOL_EXCEEDED", f"“其他”共 {pool} 个名额，分配了 {total} 个，多 {total - pool} 个。", clause)
        )
    elif total < pool:
        sentence = f"“其他”共 {pool} 个名额，只分配了 {total} 个，还差 {pool - total} 个。须明确全部专业的招收人数。"
        found.append(Refusal("POOL_LEFT", sentence, clause))
    return found
