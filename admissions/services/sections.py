"""Opening a person's sections (资料) again. What is filed closes them, see `applicants.services.locking`."""

from __future__ import annotations

from django.db.models import Q

from admissions.access import FILED
from admissions.models import Application
from applicants.services import locking


def unlock(application: Application) -> None:
    """Open the person's sections for changes, unless another application of theirs is still filed."""
    if not is_bound_elsewhere(application):
        locking.unlock(application.applicant)


def is_bound_elsewhere(application: Application) -> bool:
    """Whether another application of the person is filed and keeps their sections closed.

    One of an earlier round of the same notice does not count: the person goes on from there."""
    others = Application.objects.filter(applicant=application.applicant_id, state__in=FILED).exclude(
        Q(pk=application.pk) | Q(notice=application.notice_id, created_at__lt=application.created_at)
    )
    return others.exclude(state="returned").exists()
