from __future__ import annotations

from celery import shared_task

from gme_portal.audit.services import seal
from gme_portal.clock import services as clock


@shared_task
def seal_events() -> None:
    """Beat: chain the audit events of the last minute."""
    seal(at=clock.now())
