"""The rehearsal clock exists where it may."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from gme_portal.clock import services as clock

MOMENT = datetime(2025, 7, 20, 21, 59, tzinfo=clock.BEIJING)


@pytest.mark.django_db
def test_rehearsal_time_continues_from_where_it_was_set(settings: object) -> None:
    settings.REHEARSAL_CLOCK = True  # type: ignore[attr-defined]
    clock.set_to(MOMENT)
    assert timedelta(0) <= clock.now() - MOMENT < timedelta(seconds=5)


@pytest.mark.django_db
def test_without_rehearsal_the_clock_cannot_be_set_and_a_stored_offset_is_not_read(
    settings: object, django_assert_num_queries: object
) -> None:
    settings.REHEARSAL_CLOCK = True  # type: ignore[attr-defined]
    clock.set_to(MOMENT)
    settings.REHEARSAL_CLOCK = False  # type: ignore[attr-defined]
    with pytest.raises(ImproperlyConfigured):
        clock.set_to(MOMENT)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert abs(clock.now() - clock.wall_clock()) < timedelta(seconds=5)
