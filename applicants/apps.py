from __future__ import annotations

from django.apps import AppConfig


class ApplicantsConfig(AppConfig):
    name = "applicants"
