from __future__ import annotations

from celery import shared_task

from gme_portal.clock import services as clock
from gme_portal.outbox.services import deliver


@shared_task
def deliver_due() -> None:
    """Beat: hand due messages to the gateway."""
    deliver(at=clock.now())
