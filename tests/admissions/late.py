"""People who filed a stand-in for a certificate that was not issued yet (应届待取证)."""

from __future__ import annotations

from typing import Any

from admissions.models import Application, LaterDocument
from admissions.services import later_documents
from applicants.models import Education, Profile
from bases.models import TrainingBase
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from tests.admissions.ranked import applicant, quotas_of
from tests.factories import ApplicationFactory, ProfileFactory, small_jpeg

CERTIFICATE = small_jpeg("lightblue")


def graduating(notice: Notice) -> Profile:
    """A complete profile whose diploma is still to come."""
    profile = ProfileFactory(notice=notice)
    Education.objects.filter(profile=profile).update(
        diploma_pending=True, diploma_number=None, degree_awarded=False, degree_number=None
    )
    return profile


def filed(notice: Notice, base: TrainingBase, state: str = "approved", **values: Any) -> Application:
    profile = graduating(notice)
    if state == "confirmed":
        return applicant(notice, base, ["内科"], profile=profile, **values)
    return ApplicationFactory(
        notice=notice, state=state, profile=profile, quotas=quotas_of(notice, base, "内科"), **values
    )


def hand_in(application: Application, at: Any, kind: str = "diploma", content: bytes = CERTIFICATE) -> LaterDocument:
    policy = policy_of(version_in_force(application.notice))
    owner = application.applicant.user
    return later_documents.upload(application, kind, content=content, actor=owner, at=at, policy=policy)
