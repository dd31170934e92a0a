"""Whose base and school: querysets per user. Whatever is not granted here is denied."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from bases.models import School, TrainingBase
from gme_portal.accounts.access import BASE
from gme_portal.accounts.models import Role, User

# The province, the associations it delegates to and the auditor see every base; the platform administrator sees no business data.
SEES_ALL_BASES = (Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD, Role.ASSOCIATION, Role.AUDITOR)


def base_of(user: User | AnonymousUser) -> TrainingBase | None:
    """The base a user works for; None for everybody who is not an active base user with a base."""
    if not isinstance(user, User) or not user.is_active or user.role not in BASE:
        return None
    return TrainingBase.objects.select_related("prefecture").filter(staff__user=user).first()


def school_of(user: User | AnonymousUser) -> School | None:
    """The school a user works for; None for everybody who is not an active school user with a school."""
    if not isinstance(user, User) or not user.is_active or user.role != Role.SCHOOL:
        return None
    return School.objects.filter(staff__user=user).first()


def bases_visible_to(user: User | AnonymousUser) -> QuerySet[TrainingBase]:
    """Bases whose business a user may see: base roles their own, province, association and auditor all, everybody else none."""
    rows = TrainingBase.objects.select_related("prefecture")
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role in SEES_ALL_BASES:
        return rows
    if user.role in BASE:
        return rows.filter(staff__user=user)
    return rows.none()
