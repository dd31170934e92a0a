from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gme_portal.accounts"
    label = "accounts"
