from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gme_portal.notices"
    label = "notices"
