"""What filing and taking back do to a person's invitations (邀请), in the same transaction: the others close, one that no longer holds is given up.

The candidate's row (`hold`) is the lock of everything about their invitations."""

from __future__ import annotations

from datetime import datetime

from admissions.models import Application, Invitation
from admissions.states import INVITATION
from applicants.models import Profile
from gme_portal.notices.services.standing import standing_version
from gme_portal.policy import Policy


def concern(application: Application, policy: Policy) -> bool:
    """Whether bases invite in the round of an application."""
    return policy.invitations is not None and policy.invitations.round == application.round


def hold(person: Profile) -> Profile:
    """The candidate (被邀请人) under lock, to the end of the transaction. Whoever has also an application to lock takes that one first."""
    return Profile.objects.select_for_update(of=("self",)).select_related("user").get(pk=person.pk)


def settle(row: Invitation, action: str, *, at: datetime, **changes: object) -> Invitation:
    """Take one step of `states.INVITATION`; the caller holds the candidate and has asked whether it may."""
    row.state, row.settled_at = INVITATION[row.state, action].to, at
    row.settled_under = standing_version(row.notice)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "settled_at", "settled_under", *changes])
    return row


def of_person(application: Application) -> list[Invitation]:
    """Everything the person was invited to in this round."""
    rows = Invitation.objects.filter(notice=application.notice_id, round=application.round)
    return list(rows.filter(applicant=application.applicant_id).order_by("invited_at", "pk"))


def close_others(application: Application, *, at: datetime, but: Invitation | None = None) -> None:
    """Close every open invitation: the person has filed, or accepted `but`."""
    for row in of_person(application):
        if row.state == "invited" and (but is None or row.pk != but.pk):
            settle(row, "close", at=at)


def settle_by_filing(application: Application, *, at: datetime) -> None:
    """The person filed of their own choice: open invitations close, and an accepted one to another base than was filed is given up.
    `application` as it was before the step; the newest version says where it went. The candidate is held by the filing."""
    close_others(application, at=at)
    filed = application.submissions.latest("number")
    for row in of_person(application):
        if row.state == "accepted" and row.base_id != filed.base_id:
            settle(row, "decline", at=at)


def give_up(application: Application, *, at: datetime) -> None:
    """The person took the application back: the invitation that led to it is given up, and others may be accepted again."""
    hold(application.applicant)
    for row in of_person(application):
        if row.state == "accepted":
            settle(row, "decline", at=at)
