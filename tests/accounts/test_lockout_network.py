"""Whose network a wrong password counts against."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from gme_portal.accounts.lockout import client_ip


@pytest.mark.parametrize(("behind_proxy", "counted"), [(True, "198.51.100.7"), (False, "127.0.0.1")])
def test_only_our_own_proxy_is_believed(settings: object, behind_proxy: bool, counted: str) -> None:
    settings.GME_BEHIND_PROXY = behind_proxy  # type: ignore[attr-defined]
    request = RequestFactory().post("/", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert client_ip(request) == counted
