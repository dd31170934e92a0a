"""A counter on one of its days (现场报名): somebody who prepared at home, somebody filed, somebody being corrected.

Made by the real services, beside the year in August and under a notice of its own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from admissions.services import amendments, applications, counter
from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from tests.admissions.on_site import AT, on_site_notice, prepared, seat
from tests.factories import reviewer_of


@dataclass
class Desk:
    """Who and what there is, as in `August`."""

    notice: Notice
    people: dict[str, User]
    parts: dict[str, list[Any]]


def build() -> Desk:
    notice = on_site_notice()
    version, quota = version_in_force(notice), seat(notice, confirmation_place="示例楼一楼大厅")
    policy, clerk = policy_of(version), reviewer_of(quota.base, Role.BASE_LEAD)
    at_home, lacking, filed, corrected = (prepared(notice, quota) for _ in range(4))
    lacking.applicant.educations.all().delete()
    for person in (at_home, lacking, filed, corrected):
        counter.find(typed=person.number, notice=notice, base=quota.base, actor=clerk, at=AT, policy=policy)
    receipts = [
        applications.submit(
            application=person,
            actor=clerk,
            at=AT,
            policy=policy,
            notice_version=version,
            idempotency_key=uuid.uuid4(),
        )
        for person in (filed, corrected)
    ]
    amendments.begin(application=corrected, actor=clerk, at=AT, policy=policy)
    people = {
        "clerk": clerk,
        "prepared": at_home.applicant.user,
        "recorded": filed.applicant.user,
        "corrected": corrected.applicant.user,
    }
    parts = {
        "at_counter": [at_home.pk],
        "lacking": [lacking.pk],
        "recorded": [filed.pk],
        "corrected": [corrected.pk],
        "submission": [receipts[0].pk],
    }
    return Desk(notice, people, parts)
