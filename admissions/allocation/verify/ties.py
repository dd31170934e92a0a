"""The order among equals (同分次序), read from the problem afresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Key = tuple[int, ...]


def chain_of(policy: dict[str, Any]) -> list[str]:
    """What is compared after the total, the lottery last."""
    return list(policy.get("tie_chain") or ["written", "interview", "county", "lottery"])


def key_by(chain: list[str]) -> Callable[[dict[str, Any], dict[str, int]], Key]:
    """A function of applicant and score: total, then what the chain says; the smaller tuple goes first."""

    def key(person: dict[str, Any], score: dict[str, int]) -> Key:
        parts = [-score["total"]]
        for item in chain:
            if item == "lottery":
                parts.append(person["lottery"])
            elif item in ("county", "licence", "own_staff"):
                parts.append(0 if person[item] else 1)
            else:
                parts.append(-score[item])
        return tuple(parts)

    return key


def decider(chain: list[str], better: Key, worse: Key) -> str | None:
    """The item of the chain that separates two keys; None when it is the total."""
    if better[0] != worse[0]:
        return None
    return next((item for item, one, two in zip(chain, better[1:], worse[1:], strict=True) if one != two), "lottery")
