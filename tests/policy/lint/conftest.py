from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from gme_portal.policy import Policy, load, loads
from gme_portal.policy.working_days import WorkingCalendar

POLICIES = Path(__file__).resolve().parents[3] / "fixtures" / "policies"
# 2024年清明、劳动节、端午；2021年与2025年的夏天没有放假
HOLIDAYS = {
    2021: {date(2021, 6, 14): False},
    2024: {
        **{date(2024, 4, day): False for day in (4, 5, 6)}, date(2024, 4, 7): True, date(2024, 4, 28): True,
        **{date(2024, 5, day): False for day in range(1, 6)}, date(2024, 5, 11): True, date(2024, 6, 10): False,
    },
    2025: {date(2025, 6, 2): False, date(2025, 9, 28): True, **{date(2025, 10, day): False for day in range(1, 9)}},
}  # fmt: skip
CALENDAR = WorkingCalendar(HOLIDAYS)


def policy_of(name: str) -> Policy:
    return load(POLICIES / f"{name}.toml")


@pytest.fixture(scope="session")
def edited(text: str) -> Callable[..., Policy]:
    """`edited((old, new), …)`: the Yunnan 2025 policy with each text replaced once."""

    def edit(*swaps: tuple[str, str]) -> Policy:
        changed = text
        for old, new in swaps:
            assert old in changed, old
            changed = changed.replace(old, new, 1)
        return loads(changed, "edited")

    return edit
