"""What breaks a tie on the total (同分次序): the chain of the notice, as a problem carries it and as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admissions.allocation.ties import DEFAULT_CHAIN, FLAGS, LOTTERY
from gme_portal.policy import Policy
from gme_portal.refusals import Refused

FLAG_LABELS = {"county": "县级及以下优先", "licence": "有医师资格者优先", "own_staff": "单位人优先", LOTTERY: "抽签号"}
_CLASSIC = {"written": "笔试成绩", "interview": "面试成绩"}


def tie_chain(policy: Policy) -> tuple[str, ...]:
    """The chain of a notice. Raises Refused TIE_RULE_UNKNOWN where it does not end with the lottery: equals would stay equal."""
    chain = policy.scoring.tie_chain
    if not chain or chain[-1] != LOTTERY:
        sentence = "本通知的同分次序没有以抽签结束，同分者无法排出先后。请先修订通知。"
        raise Refused("TIE_RULE_UNKNOWN", sentence, policy.scoring.clause)
    return chain


def problem_rule(policy: Policy) -> dict[str, Any]:
    """The chain as the `policy` of a problem has it, with the names of its components."""
    chain = tie_chain(policy)
    names = {part.key: part.label for part in policy.scoring.components if part.key in chain}
    return {"tie_chain": list(chain), "labels": names}


def chain_of(problem: Mapping[str, Any]) -> tuple[str, ...]:
    """The chain of a stored problem."""
    return tuple(problem.get("policy", {}).get("tie_chain", DEFAULT_CHAIN))


def county_goes_first(problem: Mapping[str, Any]) -> bool:
    """Whether a stored problem is a reallocation that takes county level and below before all others."""
    return "programmes" in problem and bool(problem.get("policy", {}).get("county_first", True))


def county_counts(problem: Mapping[str, Any]) -> bool:
    """Whether it decides anything in a stored problem who comes from county level: as a tier, or among equals."""
    return county_goes_first(problem) or "county" in chain_of(problem)


def label_of(item: str, problem: Mapping[str, Any]) -> str:
    """The name of a chain's item in a stored problem: the component's own name where it has one."""
    named = problem.get("policy", {}).get("labels", {})
    return str(named.get(item) or FLAG_LABELS.get(item) or _CLASSIC.get(item, item)) if item else ""


def marks_of(person: Mapping[str, Any]) -> dict[str, int]:
    """The marks of a person of a problem; the same for every specialty under a notice with one assessment. Nobody eligible has none."""
    return person.get("score") or next(iter(person["scores"].values()), {})


def rank_key(person: Mapping[str, Any], chain: tuple[str, ...]) -> tuple[int, ...]:
    """Sorts best first: total, then the chain; marks and flags high first, the lottery low first."""
    marks = marks_of(person)
    key = [-marks.get("total", 0)]
    for item in chain:
        if item == LOTTERY:
            key.append(person["lottery"])
        else:
            key.append(-int(person.get(item, False)) if item in FLAGS else -marks.get(item, 0))
    return tuple(key)


def decided_by(above: Mapping[str, Any], below: Mapping[str, Any], chain: tuple[str, ...]) -> str:
    """The item of the chain that puts one behind another with the same total; "" where the totals differ."""
    first, second = rank_key(above, chain), rank_key(below, chain)
    if first[0] != second[0]:
        return ""
    return next((item for item, one, other in zip(chain, first[1:], second[1:], strict=True) if one != other), LOTTERY)
