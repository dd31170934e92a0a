"""GME Portal: the composition root and the kernel. The Celery application is loaded with Django so that tasks bind to it."""

from gme_portal.celery import app as celery_app

__all__ = ["celery_app"]
