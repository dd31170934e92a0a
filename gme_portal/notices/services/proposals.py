"""Proposals (草案): written by one person of the provincial office, adopted by another. Lock → re-read → decide → write, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.access import may_approve, may_propose
from gme_portal.notices.models import Notice, NoticeProposal, NoticeVersion
from gme_portal.notices.queries import changes, last_version, proposed_policy, read_text
from gme_portal.notices.services.adoption import kind_of_change, opened, put_in_force, refuse_unless_amendable
from gme_portal.notices.services.locks import change_alone
from gme_portal.policy import Policy, PolicyError
from gme_portal.policy.amending import Settled
from gme_portal.refusals import Refusal, Refused

MAX_REASON = 200
MAX_TEXT = 1_000_000
PASTED = "粘贴的内容"
# Says what people have settled under a notice: only the process knows, and it is asked under the lock.
Settling = Callable[[Notice], Collection[Settled]]


@transaction.atomic
def draft(
    *, notice: Notice | None, source: str, reason: str, actor: User, at: datetime, file_name: str = ""
) -> NoticeProposal:
    """Begin a draft (草案) for a notice, or for one there is not yet; the text may still be broken. Raises Refused NOT_YOURS, TEXT_MISSING, TEXT_LONG."""
    _refuse_stranger(actor)
    row = NoticeProposal(notice=notice, author=actor, created_at=at)
    _write(row, source, reason, file_name)
    row.save()
    record(actor=actor, action="notice.drafted", subject=row, at=at, detail={"digest": row.digest})
    return row


@transaction.atomic
def edit(
    proposal: NoticeProposal, *, source: str, reason: str, actor: User, at: datetime, file_name: str = ""
) -> NoticeProposal:
    """Change one's own draft; it is measured against the version in force now. Raises Refused NOT_YOURS, NOT_NOW_STATE, TEXT_MISSING, TEXT_LONG."""
    row = _own(proposal, actor, "draft", "修改")
    _write(row, source, reason, file_name)
    row.save()
    record(actor=actor, action="notice.drafted", subject=row, at=at, detail={"digest": row.digest})
    return row


@transaction.atomic
def propose(proposal: NoticeProposal, *, actor: User, at: datetime, settled: Settling) -> NoticeProposal:
    """Hand a draft to whoever approves (提交批准); from now on its text stands. Raises Refused as `approve` does, and REASON_MISSING."""
    row = _own(proposal, actor, "draft", "提交")
    if len(row.reason) < 4:
        raise Refused("REASON_MISSING", "请写明采用或修订的原因（至少 4 个字），批准人和公众都会看到。", field="reason")
    policy = _loaded(row)
    change_alone(policy.id)
    _refuse_wrong_notice(row, policy)
    last = last_version(policy.id)
    _refuse_stale(row, last)
    refuse_unless_amendable(last, policy, at=at, settled=_settled(row, settled))
    row.state, row.proposed_at, row.changes = "pending", at, changes(last, policy)
    row.save()
    detail = {"digest": row.digest, "against": last.number if last else 0, "changes": len(row.changes)}
    record(actor=actor, action="notice.proposed", subject=row, at=at, detail=detail)
    return row


@transaction.atomic
def approve(proposal: NoticeProposal, *, actor: User, at: datetime, settled: Settling) -> NoticeVersion:
    """Adopt a proposal as the next version (批准采用), as somebody other than its author; in force at once.

    `settled` is asked under the lock. Raises Refused: SAME_PERSON, NOT_YOURS, NOT_NOW_STATE, STALE, NOTHING_CHANGED, OTHER_NOTICE, NOTICE_EXISTS,
    TEXT_BROKEN, and everything of `policy.amending` that the text touches and must not touch any more."""
    row = _judged(proposal, actor, "批准")
    policy = _loaded(row)
    change_alone(policy.id)
    _refuse_wrong_notice(row, policy)
    last = last_version(policy.id)
    _refuse_stale(row, last)
    refuse_unless_amendable(last, policy, at=at, settled=_settled(row, settled))
    kind = kind_of_change(last, at)
    notice, _ = opened(policy)
    version = put_in_force(
        notice, last, source=row.source, kind=kind, author=row.author, approver=actor, reason=row.reason, at=at
    )
    row.notice, row.version = notice, version
    _decide(row, "adopted", "", actor, at)
    return version


@transaction.atomic
def send_back(proposal: NoticeProposal, *, words: str, actor: User, at: datetime) -> NoticeProposal:
    """Do not adopt it (退回), with words for the author. Raises Refused: SAME_PERSON, NOT_YOURS, NOT_NOW_STATE, REASON_MISSING."""
    row = _judged(proposal, actor, "退回")
    if not words.strip():
        raise Refused("REASON_MISSING", "请写明退回的原因，经办人据此修改。", field="words")
    _decide(row, "returned", words.strip()[:MAX_REASON], actor, at)
    record(actor=actor, action="notice.sent_back", subject=row, at=at, detail={"words": len(row.words)})
    return row


@transaction.atomic
def withdraw(proposal: NoticeProposal, *, actor: User, at: datetime) -> NoticeProposal:
    """Take one's own draft or proposal back (撤回) before it is decided. Raises Refused: NOT_YOURS, NOT_NOW_STATE."""
    row = _locked(proposal)
    if row.author_id != actor.pk:
        raise Refused("NOT_YOURS", f"这份草案由{row.author.name}起草，只能由本人撤回。")
    if row.state not in ("draft", "pending"):
        raise _not_now(row, "撤回")
    _decide(row, "withdrawn", "", actor, at)
    record(actor=actor, action="notice.withdrawn", subject=row, at=at)
    return row


def _write(row: NoticeProposal, source: str, reason: str, file_name: str) -> None:
    source = source.replace("\x00", "").replace("\r\n", "\n")
    if not source.strip():
        raise Refused("TEXT_MISSING", "请上传规则文件或粘贴内容。", field="source")
    if len(source) > MAX_TEXT:
        raise Refused("TEXT_LONG", "规则文件过大（超过 100 万字），请检查是否选错了文件。", field="source")
    title, row.digest = read_text(source)
    row.title = title[:120] or (row.notice.title if row.notice else "未命名草案")
    row.source, row.reason = source, reason.strip()[:MAX_REASON]
    row.file_name = file_name.replace("\x00", "")[-120:] or row.file_name or PASTED
    row.against = last_version(row.notice.slug) if row.notice else None


def _loaded(row: NoticeProposal) -> Policy:
    try:
        return proposed_policy(row)
    except PolicyError as error:
        raise Refused.many(
            [Refusal("TEXT_BROKEN", f"{error.source} {problem}", field="source") for problem in error.problems]
        ) from error


def _settled(row: NoticeProposal, settled: Settling) -> Collection[Settled]:
    return settled(row.notice) if row.notice else ()


def _refuse_wrong_notice(row: NoticeProposal, policy: Policy) -> None:
    """Under `change_alone`: two drafts of the same new notice cannot both be the first."""
    if row.notice is not None and row.notice.slug != policy.id:
        sentence = f"文件的 id 是“{policy.id}”，本通知是“{row.notice.slug}”。请改正 id，或另建新通知。"
        raise Refused("OTHER_NOTICE", sentence, field="source")
    if row.notice is None and Notice.objects.filter(slug=policy.id).exists():
        raise Refused("NOTICE_EXISTS", f"已有通知“{policy.id}”，请在该通知的页面起草修订。", field="source")


def _refuse_stale(row: NoticeProposal, last: NoticeVersion | None) -> None:
    if last is not None and row.against_id != last.pk:
        sentence = (
            f"起草之后通知已更新，现行为第 {last.number} 版。请据此另起草案，核对与现行版本的差异后重新提交。"
            if row.state == "pending"
            else f"起草之后通知已更新，现行为第 {last.number} 版。请打开草案，核对差异后保存，再提交。"
        )
        raise Refused("STALE", sentence)


def _refuse_stranger(actor: User) -> None:
    if not may_propose(actor):
        raise Refused("NOT_YOURS", "只有省级人员可以起草通知。")


def _own(proposal: NoticeProposal, actor: User, state: str, doing: str) -> NoticeProposal:
    _refuse_stranger(actor)
    row = _locked(proposal)
    if row.author_id != actor.pk:
        raise Refused("NOT_YOURS", f"这份草案由{row.author.name}起草，只能由本人{doing}。")
    if row.state != state:
        raise _not_now(row, doing)
    return row


def _judged(proposal: NoticeProposal, actor: User, doing: str) -> NoticeProposal:
    row = _locked(proposal)
    if row.author_id == actor.pk:
        raise Refused("SAME_PERSON", f"您是起草人，须由另一位省级负责人{doing}。")
    if not may_approve(actor, row.author_id):
        raise Refused("NOT_YOURS", f"须由省级负责人{doing}。")
    if row.state != "pending":
        raise _not_now(row, doing)
    return row


def _locked(proposal: NoticeProposal) -> NoticeProposal:
    rows = NoticeProposal.objects.select_for_update(of=("self",)).select_related("notice", "author", "against")
    return rows.get(pk=proposal.pk)


def _not_now(row: NoticeProposal, doing: str) -> Refused:
    return Refused("NOT_NOW_STATE", f"这份草案的状态为“{row.get_state_display()}”，不能{doing}。")


def _decide(row: NoticeProposal, state: str, words: str, actor: Any, at: datetime) -> None:
    row.state, row.words, row.decided_by, row.decided_at = state, words, actor, at
    row.save()
