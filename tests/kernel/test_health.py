"""What a load balancer hears."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from gme_portal.views import healthz


@pytest.mark.django_db
def test_health_is_well_while_the_database_answers(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_health_says_so_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    assert healthz(RequestFactory().get("/healthz")).status_code == 503
