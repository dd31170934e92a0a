"""A notice under which people sign up at the base's counter (现场报名), and somebody who fits it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from admissions.models import Application
from admissions.services import applications
from applicants.models import Education, Profile
from gme_portal.accounts.models import User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from quotas.models import Quota
from tests.factories import (
    BaseFactory,
    MajorFactory,
    NoticeFactory,
    ProfileFactory,
    QuotaFactory,
    SchoolFactory,
    SpecialtyFactory,
)

OPENS = datetime(2024, 7, 1, tzinfo=BEIJING)
CLOSES = datetime(2024, 7, 5, tzinfo=BEIJING)
AT = datetime(2024, 7, 2, 9, 30, tzinfo=BEIJING)
BEFORE = datetime(2024, 6, 20, 9, 0, tzinfo=BEIJING)


def on_site_notice(*, edit: Callable[[str], str] = lambda text: text) -> Notice:
    """Jilin 2024, assistant general practitioners."""
    return NoticeFactory("jilin-2024-assistant-gp", edit=edit)


def seat(notice: Notice, **base: Any) -> Quota:
    """The one specialty at a base."""
    specialty = SpecialtyFactory(code="AGP", name="助理全科", track="assistant_gp", years=2)
    return QuotaFactory(notice=notice, base=BaseFactory(tracks=["assistant_gp"], **base), specialty=specialty)


def college_graduate(notice: Notice, **values: Any) -> Profile:
    """Somebody with a three-year clinical college education; no photo, because it is pasted on the paper form."""
    profile: Profile = ProfileFactory(notice=notice, **values)
    profile.educations.all().delete()
    profile.documents.all().delete()
    Education.objects.create(
        profile=profile,
        level="college",
        school=SchoolFactory(),
        major=MajorFactory(code="520101K", name="临床医学（高职）", level="college"),
        graduated_on=date(2024, 6, 20),
        diploma_number="105011202405000001",
    )
    return profile


def prepared(notice: Notice, quota: Quota, *, at: datetime = BEFORE, **values: Any) -> Application:
    """Everything filled in at home, nothing filed."""
    profile = college_graduate(notice, **values)
    application = applications.ensure(profile=profile, notice=notice, at=at)
    return choose(application, quota, actor=profile.user, at=at)


def choose(application: Application, quota: Quota, *, actor: User, at: datetime) -> Application:
    policy = policy_of(version_in_force(application.notice))
    return applications.save_choices(
        application=application, quota_ids=[quota.pk], consents=(), actor=actor, at=at, policy=policy
    )
