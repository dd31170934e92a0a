from __future__ import annotations

from pathlib import Path

import pytest

from gme_portal import policy as policies

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "policies" / "yunnan-2025-residency.toml"


@pytest.fixture(scope="session")
def text() -> str:
    """A whole, good policy file, to be broken in one place by each test."""
    return FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def policy() -> policies.Policy:
    return policies.load(FILE)
