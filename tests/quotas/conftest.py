from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from bases.services.catalogue import load_world
from gme_portal.notices.models import Notice
from tests.quotas.factories import make_notice

AT = datetime(2025, 6, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def at() -> datetime:
    """Before registration opens (2025-06-25 10:00)."""
    return AT


@pytest.fixture
def world(db: None) -> dict[str, int]:
    """The real catalogues of `fixtures/`."""
    return load_world(folder=settings.BASE_DIR / "fixtures")


@pytest.fixture
def notice(world: dict[str, int]) -> Notice:
    return make_notice()


@pytest.fixture
def sheet() -> Callable[[str], list[list[str]]]:
    """A plan sheet written as lines with | between cells."""
    return lambda text: [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
