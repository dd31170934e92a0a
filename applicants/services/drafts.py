"""What is being typed (草稿): kept as typed, sealed, until the section is saved or the draft is thrown away."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from applicants.models import Profile, SectionDraft
from gme_portal.refusals import Refused

SECTION = re.compile(r"personal|licence|employment|edu-(new|[0-9a-f]{8})")
MAX_BYTES = 32 * 1024
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "password_again", "old")


@dataclass(frozen=True, slots=True)
class Draft:
    """Field name → everything typed under it, in order."""

    typed: dict[str, list[str]]
    saved_at: datetime


def keep(*, profile: Profile, section: str, typed: Mapping[str, list[str]], at: datetime) -> None:
    """Keep a form as typed, right or wrong; the newest replaces the one before. Raises Refused: DRAFT_LOCKED, DRAFT_SECTION, DRAFT_SIZE."""
    if not SECTION.fullmatch(section):
        raise Refused("DRAFT_SECTION", "没有这个栏目。")
    text = json.dumps({name: values for name, values in typed.items() if name not in NEVER_KEPT}, ensure_ascii=False)
    if len(text.encode()) > MAX_BYTES:
        raise Refused("DRAFT_SIZE", "内容过长，没有自动保存。请缩短后点“保存”。")
    with transaction.atomic():
        row = Profile.objects.select_for_update().get(pk=profile.pk)
        if row.locked_at is not None:
            raise Refused("DRAFT_LOCKED", "报名已提交，资料不能修改。")
        draft = SectionDraft.objects.filter(profile=row, section=section).first() or SectionDraft(
            profile=row, section=section
        )
        draft.typed, draft.saved_at = text, at
        draft.save()


def find(profile: Profile, section: str) -> Draft | None:
    """What was typed and never saved; None when there is nothing."""
    row = SectionDraft.objects.filter(profile=profile, section=section).first()
    return Draft(json.loads(row.typed.open()), row.saved_at) if row and row.typed is not None else None


def drop(profile: Profile, section: str) -> None:
    """Throw a draft away: it was saved for good, or is not wanted."""
    SectionDraft.objects.filter(profile=profile, section=section).delete()
