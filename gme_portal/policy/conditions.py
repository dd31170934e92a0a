"""Conditions (条件): a closed language over the fact vocabulary, judged in three values.

As written in a policy file:
`{ fact = "holds_licence", is = true }` · `{ fact = "person_type", in = ["own_staff", "delegated"] }` ·
`{ fact = "title", at_most = "junior" }` (also `at_least`; ranks and numbers) · `{ fact = "higher_fields", any_of = ["clinical"] }` ·
`{ all = [ … ] }` · `{ any = [ … ] }` · `{ not = { … } }`.

True, False or None (unknown). `all` with one False part is False whatever is unknown; `any` with one True part is True.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gme_portal.policy.vocabulary import FACTS, Scope

Operator = Literal["is", "in", "at_least", "at_most", "any_of"]
Facts = Mapping[str, object]

OPERATORS_BY_KIND: Mapping[str, tuple[Operator, ...]] = {
    "flag": ("is",),
    "word": ("is", "in"),
    "words": ("any_of",),
    "rank": ("is", "in", "at_least", "at_most"),
    "number": ("is", "at_least", "at_most"),
    "day": (),
}


@dataclass(frozen=True, slots=True)
class Compare:
    """One fact against one value; `value` is a tuple for `in` and `any_of`."""

    fact: str
    operator: Operator
    value: object


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold. No parts: always true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    part: Condition


_AFFIRMED: Mapping[Operator, str] = {
    "is": "为",
    "in": "为",
    "any_of": "含",
    "at_least": "不低于",
    "at_most": "不高于",
}
_DENIED: Mapping[Operator, str] = {"is": "不为", "in": "不为", "any_of": "不含", "at_least": "低于", "at_most": "高于"}
_NAMED = ("specialty", "person_type")  # whose values a policy names itself
Condition = Compare | Every | Some | Negation
ALWAYS = Every(())


def evaluate(condition: Condition, facts: Facts) -> bool | None:
    """Does the condition hold for these facts? None = unknown; a fact that is absent or None is unknown."""
    if isinstance(condition, Compare):
        return _compare(condition, facts.get(condition.fact))
    if isinstance(condition, Negation):
        value = evaluate(condition.part, facts)
        return None if value is None else not value
    decisive = isinstance(condition, Some)
    unknown = False
    for part in condition.parts:
        value = evaluate(part, facts)
        if value is decisive:
            return decisive
        unknown = unknown or value is None
    return None if unknown else not decisive


def _compare(condition: Compare, known: object) -> bool | None:
    if known is None:
        return None
    wanted = condition.value
    match condition.operator:
        case "is":
            return known == wanted
        case "in":
            return known in wanted  # type: ignore[operator]
        case "any_of":
            return _meets(known, wanted)
    left, right = _position(condition.fact, known), _position(condition.fact, wanted)
    return left >= right if condition.operator == "at_least" else left <= right


def _meets(known: object, wanted: object) -> bool | None:
    """A set meets another. A None inside the known set is a member nobody could name: it leaves a miss undecided."""
    members = frozenset(known)  # type: ignore[call-overload]
    if members & frozenset(wanted):  # type: ignore[call-overload]
        return True
    return None if None in members else False


def _position(fact: str, value: object) -> int:
    definition = FACTS[fact]
    if definition.kind == "rank":
        return list(definition.values).index(str(value))
    if not isinstance(value, int):
        raise TypeError(f"{fact} needs a number, not {value!r}")
    return value


def facts_used(condition: Condition) -> frozenset[str]:
    """The names of the facts a condition speaks about."""
    if isinstance(condition, Compare):
        return frozenset({condition.fact})
    if isinstance(condition, Negation):
        return facts_used(condition.part)
    return frozenset().union(*(facts_used(part) for part in condition.parts))


def scope_of(*conditions: Condition) -> Scope:
    """`choice` as soon as one fact needs a specialty or a base, else `person`."""
    used = frozenset().union(*(facts_used(condition) for condition in conditions))
    return "choice" if any(FACTS[name].scope == "choice" for name in used) else "person"


def words(condition: Condition, names: Mapping[str, str] | None = None) -> str:
    """The condition in Chinese. `names` says the codes of specialties and person types as the policy does."""
    if isinstance(condition, Compare):
        return _compare_words(condition, names or {})
    if isinstance(condition, Negation):
        part = condition.part
        return _negated_words(part, names or {}) if isinstance(part, Compare) else f"并非“{words(part, names)}”"
    if not condition.parts:
        return "所有人"
    joint = "，并且" if isinstance(condition, Every) else "，或者"
    return joint.join(_grouped(part, names) for part in condition.parts)


def _grouped(part: Condition, names: Mapping[str, str] | None) -> str:
    text = words(part, names)
    return f"（{text}）" if isinstance(part, (Every, Some)) and len(part.parts) > 1 else text


def _compare_words(condition: Compare, names: Mapping[str, str]) -> str:
    fact = FACTS[condition.fact]
    if fact.kind == "flag":
        return fact.label if condition.value else fact.negative
    told = _values(condition, names)
    if condition.operator in ("in", "any_of"):
        return f"{fact.label}{_AFFIRMED[condition.operator]}{'、'.join(told)}" + ("之一" if len(told) > 1 else "")
    return f"{fact.label}{_AFFIRMED[condition.operator]}{told[0]}"


def _negated_words(condition: Compare, names: Mapping[str, str]) -> str:
    fact = FACTS[condition.fact]
    if fact.kind == "flag":
        return fact.negative if condition.value else fact.label
    told = _values(condition, names)
    return f"{fact.label}{_DENIED[condition.operator]}{'、'.join(told)}" + ("中的任何一个" if len(told) > 1 else "")


def _values(condition: Compare, names: Mapping[str, str]) -> list[str]:
    fact = FACTS[condition.fact]
    values = condition.value if condition.operator in ("in", "any_of") else (condition.value,)
    own = names if fact.name in _NAMED else {}
    return [own.get(str(value), fact.say(value)) for value in values]  # type: ignore[attr-defined]
