"""Is a problem plainly sound (批量校验)? Whole columns are checked at once, so that a large input costs little more than reading it.

`sound` never says yes to what `strict` would fault; when it says no, `strict` finds out what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from admissions.allocation import strict
from admissions.allocation.reader import TOO_LARGE
from admissions.allocation.ties import FLAGS, chain_of

Rows = list[dict[str, Any]]


def sound(data: Any) -> bool:
    """Whether nothing at all is wrong. False for whatever cannot be told in bulk, such as values of a kind that no column holds."""
    try:
        return _head(data) and (_admission(data) if data["kind"] == "base-admission" else _reallocation(data))
    except (TypeError, KeyError, AttributeError, ValueError):
        return False


def _head(data: Any) -> bool:
    """Everything but the applicants, which are few rows: read strictly at once."""
    return type(data) is dict and type(data["applicants"]) is list and not strict.faults({**data, "applicants": []})


def _admission(data: dict[str, Any]) -> bool:
    people: Rows = data["applicants"]
    known = frozenset(row["code"] for row in data["specialties"])
    choices, eligible = _column(people, "choices"), _column(people, "eligible")
    scores: Rows = _column(people, "scores")
    return (
        _people(people, strict.CANDIDATE, data["policy"])
        and _types(_column(people, "accept_adjust")) <= {bool}
        and _lists(choices, known)
        and _lists(eligible, known)
        and _types(scores) <= {dict}
        and known.issuperset(chain.from_iterable(scores))
        and _scores(list(chain.from_iterable(map(dict.values, scores))), data["policy"])
        and all(map(_has_needed, choices, map(frozenset, eligible), _column(people, "accept_adjust"), scores))
    )


def _has_needed(choices: list[str], eligible: frozenset[str], adjusts: bool, scores: dict[str, Any]) -> bool:
    return scores.keys() >= eligible if adjusts else scores.keys() >= eligible.intersection(choices)


def _reallocation(data: dict[str, Any]) -> bool:
    people: Rows = data["applicants"]
    eligible = _column(people, "eligible")
    return (
        _people(people, strict.PERSON, data.get("policy", {}))
        and _texts(set(_column(people, "prefecture")))
        and set(_column(people, "geo")) <= set(strict.GEOGRAPHIES)
        and set(_column(people, "consent")) <= set(strict.CONSENTS)
        and _lists(_column(people, "wishes"), frozenset(row["id"] for row in data["programmes"]))
        and _lists(eligible, specialties := frozenset(chain.from_iterable(eligible)))
        and _texts(specialties)
        and _scores(_column(people, "score"), data.get("policy", {}))
    )


def _people(people: Rows, needed: tuple[str, ...], policy: dict[str, Any]) -> bool:
    """Keys, ids, flags and lottery numbers."""
    if not _types(people) <= {dict}:
        return False
    wanted = {*needed, *(item for item in chain_of(policy).items if item in FLAGS)}
    ids, lots = _column(people, "id"), _column(people, "lottery")
    return (
        all(wanted <= set(keys) <= {*needed, *FLAGS} for keys in set(map(tuple, people)))
        and _types(row[flag] for flag in FLAGS for row in people if flag in row) <= {bool}
        and _texts(ids)
        and len(set(ids)) == len(ids)
        and _wholes(lots)
        and len(set(lots)) == len(lots)
    )


def _scores(scores: Rows, policy: dict[str, Any]) -> bool:
    ties = chain_of(policy)
    wanted = {"total", *ties.marks}
    return (
        _types(scores) <= {dict}
        and all(wanted <= set(keys) <= wanted | {"written", "interview"} for keys in set(map(tuple, scores)))
        and _wholes(list(chain.from_iterable(map(dict.values, scores))))
    )


def _lists(lists: list[list[str]], known: frozenset[str]) -> bool:
    """Arrays of known texts, none twice in one."""
    return (
        _types(lists) <= {list}
        and known.issuperset(chain.from_iterable(lists))
        and list(map(len, map(set, lists))) == list(map(len, lists))
    )


def _column(rows: Rows, key: str) -> list[Any]:
    return [row[key] for row in rows]


def _types(values: Iterable[Any]) -> set[type]:
    return set(map(type, values))


def _texts(values: Iterable[Any]) -> bool:
    """Texts, none empty, all of which a file can hold (a lone surrogate raises)."""
    texts = list(values)
    return _types(texts) <= {str} and all(texts) and "".join(texts).encode() is not None


def _wholes(values: list[Any]) -> bool:
    return _types(values) <= {int} and min(values, default=0) >= 0 and max(values, default=0) < TOO_LARGE
