from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gme_portal import policy as policies

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "policies" / "yunnan-2025-residency.toml"
BACHELOR = {
    "level": "bachelor", "full_time": True, "adult_education": False, "major": "临床医学", "major_code": "100201K",
    "field": "clinical", "degree_awarded": True, "degree_type": "professional", "graduated_on": "2025-06-30", "enrolled": False,
    "foreign": False,
}  # fmt: skip
APPLICANT: dict[str, Any] = {
    "nationality": "CN", "person_type": "social", "education": [BACHELOR], "licence": None, "employer": None, "title": "none",
    "holds_training_certificate": False, "in_national_platform": False, "commission": None, "bans": [],
}  # fmt: skip
EMPLOYER = {"prefecture": "5301", "level": "county", "specialty": "全科", "consent": True}
COMMISSION = {"graduated_year": 2025, "prefecture": "5325", "in_breach": False}


@pytest.fixture(scope="session")
def policy() -> policies.Policy:
    return policies.load(FILE)


@pytest.fixture
def applicant() -> Callable[..., dict[str, Any]]:
    """A graduate in clinical medicine of this year, without anything special; keywords replace whole keys."""
    return lambda **changes: copy.deepcopy({**APPLICANT, **changes})


@pytest.fixture
def case(applicant: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A whole question; keywords replace keys of the applicant."""
    return lambda **changes: {
        "policy": "yunnan-2025-residency", "round": "first", "at": "2025-07-01T09:00:00+08:00", "applicant": applicant(**changes),
        "choice": {
            "base_prefecture": "5301", "specialty": "全科",
            "employer_prefecture_offers_specialty": True, "agreement_with_employer": False,
        },
    }  # fmt: skip
