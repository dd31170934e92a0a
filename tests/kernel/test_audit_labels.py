"""The auditor reads actions in words, whatever a service calls them."""

from __future__ import annotations

import re
from pathlib import Path

from admissions.models import ReviewDecision
from gme_portal.platform.labels import ACTIONS, action_label

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("gme_portal", "admissions", "applicants", "bases", "quotas")


def written() -> set[str]:
    """Every action that a service writes as a plain string, and those of a review."""
    sources = (path.read_text(encoding="utf-8") for app in APPS for path in (ROOT / app).rglob("*.py"))
    found = {action for source in sources for action in re.findall(r'action="([a-z_]+\.[a-z_]+)"', source)}
    return found | {f"review.{decision}" for decision in ReviewDecision.values}


def test_every_action_has_words() -> None:
    assert written() - set(ACTIONS) == set()


def test_an_action_of_another_time_is_said_by_its_code() -> None:
    assert action_label("thing.done") == "thing.done"
