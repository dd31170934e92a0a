from __future__ import annotations

from django.apps import AppConfig

from gme_portal import checks

assert checks  # registers the start-up checks


class PortalConfig(AppConfig):
    name = "gme_portal"
