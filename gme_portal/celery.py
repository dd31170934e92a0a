"""The Celery application. Jobs do what follows from a deadline; none of them opens or closes anything (law 2)."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gme_portal.settings")

app = Celery("gme_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["gme_portal.outbox", "gme_portal.audit", "gme_portal.files", "gme_portal.demo", "admissions"])
