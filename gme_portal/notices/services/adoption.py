"""Adopting a notice (采用通知) and amending it (修订): the text of a version, and who may put one in the place of another."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from gme_portal.audit.services import record
from gme_portal.notices.models import Notice, NoticeVersion, VersionKind
from gme_portal.notices.queries import extended, policy_of
from gme_portal.notices.services.locks import change_alone
from gme_portal.policy import Policy, digest, loads
from gme_portal.policy.amending import Settled, has_begun, refusals
from gme_portal.refusals import Refused


@transaction.atomic
def adopt(*, source: str, author: Any, approver: Any, reason: str, at: datetime) -> NoticeVersion:
    """Adopt a policy file as the next version of its notice; the same text again gives the version already there.

    Raises PolicyError (naming every fault) for a file that does not load: nothing is stored then, the version before stays in force.
    Raises Refused SAME_PERSON, and NEEDS_AMENDMENT once the first window of the notice has opened."""
    policy = loads(source, "adopt")
    change_alone(policy.id)
    notice, last = opened(policy)
    if last is not None and last.digest == policy.digest:
        return last
    if last is not None and has_begun(policy_of(last), at):
        raise Refused(
            "NEEDS_AMENDMENT", "通知的第一个时间段已经开始，不能整体重新发布。请在省级页面起草修订，写明原因和改动。"
        )
    return put_in_force(
        notice, last, source=source, kind=VersionKind.ADOPTION, author=author, approver=approver, reason=reason, at=at
    )


def opened(policy: Policy) -> tuple[Notice, NoticeVersion | None]:
    """The notice of a policy, made where there is none yet, and its version in force. The caller has `change_alone`."""
    notice, _ = Notice.objects.get_or_create(slug=policy.id, defaults={"title": policy.title, "year": policy.year})
    return notice, notice.versions.order_by("-number").first()


def kind_of_change(last: NoticeVersion | None, at: datetime) -> str:
    """Whether a new text is a plain adoption, or by now an amendment."""
    return VersionKind.AMENDMENT if last is not None and has_begun(policy_of(last), at) else VersionKind.ADOPTION


def refuse_unless_amendable(
    last: NoticeVersion | None, policy: Policy, *, at: datetime, settled: Collection[Settled]
) -> None:
    """Raises Refused with everything that the new text touches and must not touch any more."""
    if last is None:
        return
    if last.digest == policy.digest:
        raise Refused("NOTHING_CHANGED", f"与现行第 {last.number} 版内容相同，不用修订。", field="source")
    found = refusals(policy_of(last), extended(policy, last), at=at, settled=settled)
    if found:
        raise Refused.many(found)


def put_in_force(
    notice: Notice,
    last: NoticeVersion | None,
    *,
    source: str,
    kind: str,
    author: Any,
    approver: Any,
    reason: str,
    at: datetime,
) -> NoticeVersion:
    """Write the next version; from the commit on it is in force. The caller has `change_alone` and has checked everything but the two people."""
    if author is not None and approver is not None and author.pk == approver.pk:
        raise Refused("SAME_PERSON", "经办人不能批准自己提出的内容，请由另一位省级负责人批准。")
    policy = loads(source, "adopt")
    Notice.objects.filter(pk=notice.pk).exclude(title=policy.title, year=policy.year).update(
        title=policy.title, year=policy.year
    )
    version = NoticeVersion.objects.create(
        notice=notice,
        number=last.number + 1 if last else 1,
        kind=kind,
        source=source,
        digest=digest(source),
        reason=reason,
        author=author,
        approver=approver,
        adopted_at=at,
    )
    detail = {"digest": version.digest, "number": version.number, "kind": kind}
    record(actor=approver, action="notice.adopted", subject=version, at=at, detail=detail)
    return version
