"""The record as the auditor reads it: yes and no in Chinese."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.clock import services as clock
from tests.factories import StaffFactory


@pytest.mark.django_db
def test_yes_no_and_nothing_are_said_in_words(sign_in: Callable[[User], Client]) -> None:
    auditor = StaffFactory(role=Role.AUDITOR)
    detail = {"late": False, "by_base": True, "months": None, "seats": 0}
    record(actor=auditor, action="lottery.committed", subject=auditor, at=clock.now(), detail=detail)
    page = sign_in(auditor).get(reverse("platform:audit")).content.decode()
    for words in ("late=否", "by_base=是", "months=无", "seats=0"):
        assert words in page
    assert "False" not in page
