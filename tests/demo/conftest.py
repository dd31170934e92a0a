"""A small demonstration: the world, the notice, the example plan, the staff and some fictional people."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from gme_portal.demo.scene import Scene, scene_of
from gme_portal.demo.start import existing_notice


@pytest.fixture(autouse=True)
def rehearsing(settings: Any) -> None:
    """The rehearsal clock exists, as in demo mode."""
    settings.REHEARSAL_CLOCK = True
    cache.clear()


@pytest.fixture
def demo(db: None) -> Callable[..., Scene]:
    """`demo(people)` runs the command and gives the scene; `demo(people, notice=…)` that of another notice than the usual one.

    Numbers begin as on a fresh installation: by them the crowd decides what becomes of whom."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE admissions_application_number RESTART")

    def fill(people: int, notice: str = "") -> Scene:
        call_command("demo", people=people, now=True, notice=notice, stdout=StringIO())
        found = existing_notice()
        assert found is not None
        return scene_of(found)

    return fill
