"""The language is closed and documented: what a policy file may say stands in `docs/policy.md`, every word of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from gme_portal.policy.schema import BROCHURE_TOPICS, OPTIONAL_GROUPS, PAPER_KINDS, REDUCTION_STEPS, WINDOW_KEYS
from gme_portal.policy.vocabulary import FACTS, Fact

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
FILES = sorted((ROOT / "fixtures" / "policies").glob("*.toml"))
# Tables whose keys are data: person types, prefectures, names.
MAPS = {"limits", "geography_by_type", "copies_by_type", "adjacent", "aliases"}


def keys(tables: Mapping[str, object], inside: str = "") -> Iterator[str]:
    for key, value in tables.items():
        if inside not in MAPS:
            yield key
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                yield from keys(one, key)


@pytest.mark.parametrize("fact", FACTS.values(), ids=list(FACTS))
def test_every_fact_has_its_line(fact: Fact) -> None:
    assert re.search(rf"^\| `{fact.name}` \| {re.escape(fact.label)} \| {fact.kind}", DOCUMENT, re.MULTILINE)


def test_no_fact_is_documented_that_is_gone() -> None:
    listed = re.findall(r"^\| `([a-z_]+)` \| [^|]+ \| (?:flag|word|words|rank|number|day)\b", DOCUMENT, re.MULTILINE)
    assert set(listed) == set(FACTS)


def test_every_key_that_a_policy_uses_is_explained() -> None:
    used = {key for file in FILES for key in keys(tomllib.loads(file.read_text(encoding="utf-8")))}
    words = set(re.findall(r"[a-z_]+", DOCUMENT))
    assert used - words - {"clause", "note"} == set()


def test_every_closed_list_is_written_down() -> None:
    words = set(re.findall(r"[a-z_]+", DOCUMENT))
    for closed in (WINDOW_KEYS, OPTIONAL_GROUPS, BROCHURE_TOPICS, PAPER_KINDS, REDUCTION_STEPS):
        assert set(closed) - words == set()
