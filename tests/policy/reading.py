"""What the tests of the real notices share: the files, the plans beside them, and moments as a notice writes them."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from gme_portal.policy import Policy, describe, load
from gme_portal.policy.citing import EXAMPLE
from gme_portal.policy.moments import parse_moment

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def notice(policy_id: str) -> Policy:
    return load(FIXTURES / "policies" / f"{policy_id}.toml")


def rows(name: str) -> list[dict[str, str]]:
    """A fixture sheet; lines that begin with # are remarks."""
    lines = (FIXTURES / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def span(
    policy: Policy, key: str, person_type: str | None = None, round: str = "first"
) -> tuple[datetime, datetime, str]:
    """(opens, closes, clause) of a window that must exist."""
    window = policy.window(key, person_type, round)
    assert window is not None, key
    return window.opens, window.closes, window.clause


def moments(opens: str, closes: str, clause: str) -> tuple[datetime, datetime, str]:
    return parse_moment(opens), parse_moment(closes), clause


def unexplained(policy: Policy) -> list[str]:
    """Statements that cite a borrowed source or an example without a note that says why. None may exist."""
    own = {source.key for source in policy.sources if source.own}
    return [
        str(sentence)
        for sentence in describe(policy)
        if sentence.clause
        and not sentence.note
        and any(place == EXAMPLE or place.partition(" ")[0] not in own for place in sentence.clause.split("；"))
    ]
