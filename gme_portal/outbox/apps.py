from __future__ import annotations

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "gme_portal.outbox"
    label = "outbox"
