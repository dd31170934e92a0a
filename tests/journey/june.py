"""A year with two rounds in May and June, for looking at its pages: places that wait for an answer, were taken and given up; a base that invites.

Made by the real services, beside the year in August and under a notice of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from admissions.models import Application, Invitation
from admissions.services import acceptances, invitations
from bases.models import TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import version_in_force
from quotas.models import Quota
from tests.admissions.ranked import make_base, officer, quotas_of
from tests.admissions.two_rounds import (
    ANSWERED,
    IN_SECOND,
    notice_of_two_rounds,
    offer_of,
    offered,
    rules,
)
from tests.factories import reviewer_of

IN_MAY, IN_JUNE = ANSWERED, IN_SECOND


@dataclass
class June:
    """Who and what there is, as in `August`."""

    notice: Notice
    people: dict[str, User]
    parts: dict[str, list[Any]]


def build() -> June:
    notice = notice_of_two_rounds()
    base, inviting = make_base(notice, {"内科": 3, "儿科": 1}), make_base(notice, {"儿科": 2, "全科": 1})
    _, crew = offered(notice, base, ["内科"] * 6, ["92", "90", "88", "80", "78", "76"])
    answering, accepted, gave_up, invited, joining, candidate = crew
    for one, said in ((accepted, "accept"), (gave_up, "decline")):
        acceptances.answer(offer_of(one), said, actor=one.applicant.user, at=ANSWERED, policy=rules(notice))
    seats = quotas_of(notice, inviting, "儿科", "全科")
    declined = _invite(invited, seats[0])
    invitations.decline(declined, actor=invited.applicant.user, at=IN_SECOND)
    row = _invite(invited, seats[1])
    _accept(_invite(joining, seats[0]), notice)
    people = {
        "answering": answering.applicant.user,
        "accepted": accepted.applicant.user,
        "gave_up": gave_up.applicant.user,
        "invited": invited.applicant.user,
        "joining": joining.applicant.user,
        "first_lead": _lead(base),
        "inviting": _lead(inviting),
        "officer": officer(),
    }
    return June(
        notice, people, {"offer": [offer_of(answering).pk], "invitation": [row.pk], "candidate": [candidate.pk]}
    )


def _lead(base: TrainingBase) -> User:
    return reviewer_of(base, Role.BASE_LEAD)


def _invite(application: Application, quota: Quota) -> Invitation:
    return invitations.invite(
        person=application.applicant,
        quota=quota,
        words="示例附言：6月12日上午9点，示例楼二楼复试。",
        actor=reviewer_of(quota.base),
        at=IN_SECOND,
        policy=rules(application.notice),
        notice_version=version_in_force(application.notice),
    )


def _accept(row: Invitation, notice: Notice) -> None:
    invitations.accept(
        row, actor=row.applicant.user, at=IN_SECOND, policy=rules(notice), notice_version=version_in_force(notice)
    )
