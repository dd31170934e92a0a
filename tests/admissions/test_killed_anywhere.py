"""Wherever the connection breaks while a run is computed, published or taken back: nothing of it is there, and the next try does all of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from admissions.models import AllocationRun, Offer
from admissions.services import releases
from gme_portal.notices.models import Notice
from quotas.models import Quota
from tests.admissions.ranked import RELEASED, computed, officer, province_lead, small_year

OUT = RELEASED + timedelta(hours=1)  # released at once, so that messages are part of it
WRITES = ("INSERT", "UPDATE", "DELETE")


class _Killed(Exception):
    pass


def everything() -> dict[str, Any]:
    """How many rows every table has that could be written, and what rows say that are changed in place."""
    models = [
        model
        for label in ("admissions", "quotas", "audit", "outbox")
        for model in apps.get_app_config(label).get_models()
    ]
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        found: dict[str, Any] = dict(cursor.fetchall())
    found["seats"] = list(Quota.objects.order_by("pk").values_list("seats", "taken", "reserved_taken"))
    found["runs"] = list(AllocationRun.objects.order_by("pk").values_list("state", "approved_by", "published_at"))
    found["offers"] = list(Offer.objects.order_by("pk").values_list("state", flat=True))
    return found


def kill_at_each_write(step: Callable[[], object]) -> int:
    """Take a step again and again, broken off after its first write, its second …, until it comes through. Returns how many writes it has."""
    before, number = everything(), 0
    while True:
        number += 1
        seen = 0

        def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal seen
            result = execute(sql, params, many, context)
            if sql.startswith(WRITES):
                seen += 1
                if seen == number:  # noqa: B023
                    raise _Killed
            return result

        try:
            with connection.execute_wrapper(counting):
                step()
        except _Killed:
            assert everything() == before, f"something was left after write {number}"
        else:
            return number - 1


@pytest.mark.django_db
def test_a_run_is_computed_published_and_taken_back_whole_or_not_at_all(notice: Notice) -> None:
    base, _ = small_year(notice)
    approver, asker, confirmer = officer(), officer(), province_lead()
    assert kill_at_each_write(lambda: computed(notice, base)) >= 2
    run = AllocationRun.objects.get()
    assert run.state == "verified"
    assert kill_at_each_write(lambda: releases.approve_and_publish(run, actor=approver, at=OUT)) >= 12
    assert (Offer.objects.count(), AllocationRun.objects.get().state) == (4, "published")
    assert kill_at_each_write(lambda: releases.ask_undo(run, reason="示例原因", actor=asker, at=OUT)) >= 2
    assert kill_at_each_write(lambda: releases.confirm_undo(run, actor=confirmer, at=OUT)) >= 8
    assert set(Offer.objects.values_list("state", flat=True)) == {"revoked"}
    assert AllocationRun.objects.get().state == "superseded"
