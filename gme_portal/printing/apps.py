from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register

from gme_portal.printing.checks import fast_subsetting


class PrintingConfig(AppConfig):
    name = "gme_portal.printing"
    label = "printing"
    verbose_name = "打印"

    def ready(self) -> None:
        register(fast_subsetting)
