"""Closing a person's sections while an application is filed (已提交的资料不可修改, 003 (六)2). Only `admissions` asks for it."""

from __future__ import annotations

from datetime import datetime

from applicants.models import Profile


def lock(profile: Profile, *, at: datetime) -> Profile:
    """Make every section read-only and give the row as it is now. A section being saved at this moment is either in what is filed or refused."""
    row = Profile.objects.select_for_update(of=("self",)).select_related("user").get(pk=profile.pk)
    row.locked_at, row.type_fixed_at = at, None
    row.save(update_fields=["locked_at", "type_fixed_at"])
    return row


def unlock(profile: Profile) -> None:
    """Open the sections again: the application was withdrawn or returned."""
    row = Profile.objects.select_for_update().get(pk=profile.pk)
    row.locked_at = row.type_fixed_at = None
    row.save(update_fields=["locked_at", "type_fixed_at"])


def open_for_changes(profile: Profile, *, at: datetime) -> None:
    """Open the sections while what was filed stands (修改报名): all but the person type, which decides by which windows it is judged."""
    row = Profile.objects.select_for_update().get(pk=profile.pk)
    row.locked_at, row.type_fixed_at = None, at
    row.save(update_fields=["locked_at", "type_fixed_at"])
