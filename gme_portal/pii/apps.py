from __future__ import annotations

from django.apps import AppConfig


class PiiConfig(AppConfig):
    name = "gme_portal.pii"
    label = "pii"
