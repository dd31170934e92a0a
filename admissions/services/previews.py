"""Previews of a proposed notice (采用前预览): asked for by a person, judged by a background job, chunk by chunk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from admissions.models import NoticePreview, PreviewLine
from admissions.queries.entrants import offered_near
from admissions.queries.previews import people_of, persons, shifts
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.access import may_propose
from gme_portal.notices.models import NoticeProposal
from gme_portal.notices.queries import extended, last_version, policy_of, proposed_policy
from gme_portal.policy import PolicyError
from gme_portal.refusals import Refused

CHUNK = 200
_LOCK = 7403


@transaction.atomic
def ask(proposal: NoticeProposal, *, actor: User, at: datetime) -> NoticePreview:
    """Ask what a proposal would change for people; the caller starts the job (`admissions.tasks.preview_notice`).

    Raises Refused: NOT_YOURS, TEXT_BROKEN, NOTHING_TO_COMPARE."""
    if not may_propose(actor):
        raise Refused("NOT_YOURS", "只有省级人员可以预览。")
    try:
        proposed_policy(proposal)
    except PolicyError as error:
        raise Refused("TEXT_BROKEN", f"文件还有 {len(error.problems)} 处问题，改正后才能预览。") from error
    against = last_version(proposal.notice.slug) if proposal.notice else None
    if against is None:
        raise Refused("NOTHING_TO_COMPARE", "这是一份新通知，还没有人报名，不用预览。")
    preview = NoticePreview.objects.create(
        proposal=proposal,
        against=against,
        digest=proposal.digest,
        asked_by=actor,
        asked_at=at,
        total=people_of(against.notice).count(),
    )
    record(actor=actor, action="notice.previewed", subject=preview, at=at, detail={"people": preview.total})
    return preview


def judge_all(preview_id: UUID, *, at: datetime) -> NoticePreview | None:
    """The job: judge everybody, chunk by chunk, and say how far it is. Alone: a second delivery while one runs does nothing; after one that was
    killed it begins anew. None where there is nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, preview_id.int % 2**31])
        (alone,) = cursor.fetchone()
    if not alone:
        return None
    try:
        preview = NoticePreview.objects.select_related("proposal", "against__notice").get(pk=preview_id)
        return None if preview.finished_at else _judge_all(preview, at)
    finally:  # of a worker that was killed, the lock ends with its connection
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, preview_id.int % 2**31])


def _judge_all(preview: NoticePreview, at: datetime) -> NoticePreview:
    notice = preview.against.notice
    old = policy_of(preview.against)
    new = extended(proposed_policy(preview.proposal), preview.against)
    near = offered_near(notice)
    preview.lines.all().delete()
    NoticePreview.objects.filter(pk=preview.pk).update(done=0, unread=0, changed=0)
    everybody = people_of(notice)
    last = None
    while True:
        rows = list(everybody.filter(pk__gt=last)[:CHUNK] if last else everybody[:CHUNK])
        if not rows:
            break
        last = rows[-1].pk
        found = [(one, shifts(old, new, one, at)) for one in persons(rows, notice, policy=old, near=near, at=at)]
        with transaction.atomic():
            PreviewLine.objects.bulk_create(
                PreviewLine(
                    preview=preview,
                    application=one.application,
                    rule=shift.rule,
                    direction=shift.direction,
                    specialties=shift.specialties,
                    before=shift.before,
                    after=shift.after,
                    clause=shift.clause,
                )
                for one, moved in found
                for shift in moved
            )
            NoticePreview.objects.filter(pk=preview.pk).update(
                done=F("done") + len(rows),
                unread=F("unread") + sum(one.facts is None for one, _ in found),
                changed=F("changed") + sum(bool(moved) for _, moved in found),
            )
    NoticePreview.objects.filter(pk=preview.pk).update(finished_at=at, total=F("done"))
    preview.refresh_from_db()
    return preview
