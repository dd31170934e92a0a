"""Whose applications: one clear grant per role. Whatever is not granted here is denied, and a foreign application is "not found"."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from admissions.models import Application, Offer, Submission
from applicants.models import RosterEntry
from bases.access import SEES_ALL_BASES
from gme_portal.accounts.access import BASE
from gme_portal.accounts.models import Role, User

# Filed and not taken back: what a base works on. A returned application stays in its list until the new version replaces it.
FILED = ("submitted", "returned", "approved", "rejected")


def applications_visible_to(user: User | AnonymousUser) -> QuerySet[Application]:
    """The applications (报名) a user may see, with applicant, notice and base at hand."""
    rows = Application.objects.select_related("applicant__user", "notice", "base")
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role == Role.APPLICANT:
        return _own(rows, user)
    if user.role in BASE:
        return _of_own_base(rows, user)
    if user.role == Role.SCHOOL:
        return _of_own_students(rows, user)
    if user.role in SEES_ALL_BASES:
        return rows
    return rows.none()


def submissions_visible_to(user: User | AnonymousUser) -> QuerySet[Submission]:
    """The filed versions (报名版本) of visible applications; a base sees only versions that were filed with it."""
    rows = Submission.objects.select_related(
        "application__applicant__user", "application__notice", "application__base", "base"
    ).filter(application__in=applications_visible_to(user).values("pk"))
    if isinstance(user, User) and user.role in BASE:
        return rows.filter(base__staff__user=user)
    return rows


def _own(rows: QuerySet[Application], user: User) -> QuerySet[Application]:
    return rows.filter(applicant__user=user)


def _of_own_base(rows: QuerySet[Application], user: User) -> QuerySet[Application]:
    """From submission on: `base` is written when an application is filed, never while somebody is still choosing."""
    return rows.filter(base__staff__user=user, state__in=FILED)


def _of_own_students(rows: QuerySet[Application], user: User) -> QuerySet[Application]:
    """A school follows the people on its own list of the same notice (专硕/订单定向名册), nobody else who once studied there."""
    listed = RosterEntry.objects.filter(
        notice=OuterRef("notice"), document_blind=OuterRef("applicant__user__document_blind"), school__staff__user=user
    )
    return rows.filter(Exists(listed))


def offers_visible_to(user: User | AnonymousUser) -> QuerySet[Offer]:
    """The offers (录取) a user may see: a base those of its own seats, whichever base was applied to; the person their own once public."""
    rows = Offer.objects.select_related("applicant__user", "application", "quota__base", "quota__specialty")
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role == Role.APPLICANT:
        return rows.filter(applicant__user=user).exclude(state="proposed")
    if user.role in BASE:
        return rows.filter(quota__base__staff__user=user)
    return rows if user.role in SEES_ALL_BASES else rows.none()
