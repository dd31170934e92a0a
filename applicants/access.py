"""Whose personal data. An applicant sees their own; what a base may see of its applicants is decided by `admissions.access`."""

from __future__ import annotations

from typing import TypeGuard

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from applicants.models import Document, Education, Profile
from gme_portal.accounts.models import Role, User


def _is_applicant(user: User | AnonymousUser) -> TypeGuard[User]:
    return isinstance(user, User) and user.is_active and user.role == Role.APPLICANT


def profiles_visible_to(user: User | AnonymousUser) -> QuerySet[Profile]:
    rows = Profile.objects.select_related("user", "ethnic_group")
    return rows.filter(user=user) if _is_applicant(user) else rows.none()


def educations_visible_to(user: User | AnonymousUser) -> QuerySet[Education]:
    rows = Education.objects.select_related("profile", "school", "major")
    return rows.filter(profile__user=user) if _is_applicant(user) else rows.none()


def documents_visible_to(user: User | AnonymousUser) -> QuerySet[Document]:
    """Also documents that were replaced: the person handed them in."""
    rows = Document.objects.select_related("profile", "file", "preview")
    return rows.filter(profile__user=user) if _is_applicant(user) else rows.none()
