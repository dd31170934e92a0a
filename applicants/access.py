"""Whose personal data. An applicant sees their own; what a base may see of its applicants is decided by `admissions.access`."""

from __future__ import annotations

from typing import TypeGuard

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from applicants.models import Document, Education, Profile, RosterBatch, RosterRequest, RosterSource
from bases.access import school_of
from gme_portal.accounts.access import PROVINCE
from gme_portal.accounts.models import Role, User


def _is_applicant(user: User | AnonymousUser) -> TypeGuard[User]:
    return isinstance(user, User) and user.is_active and user.role == Role.APPLICANT


def profiles_visible_to(user: User | AnonymousUser) -> QuerySet[Profile]:
    rows = Profile.objects.select_related("user", "ethnic_group")
    return rows.filter(user=user) if _is_applicant(user) else rows.none()


def educations_visible_to(user: User | AnonymousUser) -> QuerySet[Education]:
    rows = Education.objects.select_related("profile", "school", "major")
    return rows.filter(profile__user=user) if _is_applicant(user) else rows.none()


def roster_requests_visible_to(user: User | AnonymousUser) -> QuerySet[RosterRequest]:
    """Requests to be listed (名册核实申请): one's own, a school's those that name it while its word is asked or was given, the province all."""
    rows = RosterRequest.objects.select_related(
        "profile__user",
        "school",
        "prefecture",
        "file",
        "preview",
        "confirmed_by",
        "decided_by",
        "entry__base",
        "entry__specialty",
    )
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role == Role.APPLICANT:
        return rows.filter(profile__user=user)
    if user.role == Role.SCHOOL:
        return rows.filter(
            Q(state="at_school") | Q(confirmed_at__isnull=False) | Q(decided_by=user), school=school_of(user)
        )
    return rows if user.role in PROVINCE else rows.none()


def roster_batches_visible_to(user: User | AnonymousUser) -> QuerySet[RosterBatch]:
    """Imports of lists (名册批次): a school its own, the province those of its own list."""
    rows = RosterBatch.objects.select_related("imported_by", "undone_by", "school")
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.role == Role.SCHOOL:
        return rows.filter(school=school_of(user)).exclude(school=None)
    return rows.filter(source=RosterSource.PROVINCE) if user.role in PROVINCE else rows.none()


def may_undo_batch(user: User, batch: RosterBatch) -> bool:
    """Whoever may import a list may take an import of it back."""
    return roster_batches_visible_to(user).filter(pk=batch.pk).exists()


def documents_visible_to(user: User | AnonymousUser) -> QuerySet[Document]:
    """Also documents that were replaced: the person handed them in."""
    rows = Document.objects.select_related("profile", "file", "preview")
    return rows.filter(profile__user=user) if _is_applicant(user) else rows.none()
