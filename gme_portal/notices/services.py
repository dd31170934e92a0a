"""Adopting a notice (发布通知)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from gme_portal.audit.services import record
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.policy import digest, loads


@transaction.atomic
def adopt(*, source: str, author: Any, approver: Any, reason: str, at: datetime) -> NoticeVersion:
    """Adopt a policy file as the next version of its notice; the same text again gives the version already there.

    Raises PolicyError (naming every fault) for a file that does not load: nothing is stored then."""
    policy = loads(source, "adopt")
    notice, _ = Notice.objects.get_or_create(
        slug=policy.id, defaults={"title": policy.title, "year": policy.year, "lottery_seed": secrets.token_hex(32)}
    )
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    last = notice.versions.order_by("-number").first()
    text_digest = digest(source)
    if last is not None and last.digest == text_digest:
        return last
    version = NoticeVersion.objects.create(
        notice=notice,
        number=last.number + 1 if last else 1,
        source=source,
        digest=text_digest,
        reason=reason,
        author=author,
        approver=approver,
        adopted_at=at,
    )
    record(
        actor=approver,
        action="notice.adopted",
        subject=version,
        at=at,
        detail={"digest": text_digest, "number": version.number},
    )
    return version
