"""Extensions of a window (延长): one asks, another approves, effective at once. A window that has begun never becomes shorter."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.access import may_approve, may_propose
from gme_portal.notices.models import Notice, NoticeVersion, VersionKind, WindowExtension
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services.adoption import put_in_force
from gme_portal.notices.services.locks import change_alone
from gme_portal.policy import Policy
from gme_portal.policy.extensions import Extension, conflicts, may_be_for_one_base, why_fixed
from gme_portal.policy.moments import SHANGHAI, closing_words, opening_words
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refusal, Refused

MAX_REASON = 200


@transaction.atomic
def ask(
    *,
    notice: Notice,
    window: Window,
    closes: datetime,
    reason: str,
    actor: User,
    at: datetime,
    base_code: str = "",
    base_name: str = "",
) -> WindowExtension:
    """Ask that a window close later, for everybody or for one base (the caller knows that the base takes part).

    Raises Refused: NOT_YOURS, REASON_MISSING, NOT_EXTENDABLE, FOR_ALL_ONLY, NOT_BEGUN, NOT_LATER, IN_THE_PAST, CALENDAR_CONFLICT, ALREADY_ASKED."""
    if not may_propose(actor):
        raise Refused("NOT_YOURS", "只有省级人员可以申请延长。")
    if len(reason.strip()) < 4:
        raise Refused("REASON_MISSING", "请写明延长的原因（至少 4 个字），批准人和有关人员都会看到。", field="reason")
    change_alone(notice.slug)
    policy = policy_of(version_in_force(notice))
    row = WindowExtension(
        notice=notice,
        window_key=window.key,
        round=window.round,
        person_types=list(window.person_types),
        label=window.label,
        base_code=base_code,
        base_name=base_name,
        closes=closes,
        reason=reason.strip()[:MAX_REASON],
        asked_by=actor,
        asked_at=at,
    )
    row.closes_before = _refuse_unless_possible(row, policy, at).closes
    same = WindowExtension.objects.filter(
        notice=notice, state="pending", window_key=row.window_key, round=row.round, base_code=base_code
    )
    if any(set(one.person_types) == set(row.person_types) for one in same):
        raise Refused("ALREADY_ASKED", f"{row.label}已有一份延长申请待批准，请先批准或撤回。", field="window")
    row.save()
    record(actor=actor, action="notice.extension_asked", subject=row, at=at, detail=_detail(row))
    return row


@transaction.atomic
def approve(extension: WindowExtension, *, actor: User, at: datetime) -> NoticeVersion:
    """Approve as another person: a new version with the same text, effective from the commit on. A window that is over opens again.

    Raises Refused: SAME_PERSON, NOT_YOURS, NOT_NOW_STATE, and what `ask` refuses, judged again."""
    row = _judged(extension, actor, "批准")
    change_alone(row.notice.slug)
    last = version_in_force(row.notice)
    _refuse_unless_possible(row, policy_of(last), at)
    row.version = put_in_force(
        row.notice,
        last,
        source=last.source,
        kind=VersionKind.EXTENSION,
        author=row.asked_by,
        approver=actor,
        reason=row.reason,
        at=at,
    )
    _decide(row, "approved", "", actor, at)
    detail = _detail(row) | {"version": row.version.number}
    record(actor=actor, action="notice.extended", subject=row, at=at, detail=detail)
    return row.version


@transaction.atomic
def refuse(extension: WindowExtension, *, words: str, actor: User, at: datetime) -> WindowExtension:
    """Do not extend (不批准), with words. Raises Refused: SAME_PERSON, NOT_YOURS, NOT_NOW_STATE, REASON_MISSING."""
    row = _judged(extension, actor, "答复")
    if not words.strip():
        raise Refused("REASON_MISSING", "请写明不批准的原因。", field="words")
    _decide(row, "refused", words.strip()[:MAX_REASON], actor, at)
    record(actor=actor, action="notice.extension_refused", subject=row, at=at, detail=_detail(row))
    return row


@transaction.atomic
def withdraw(extension: WindowExtension, *, actor: User, at: datetime) -> WindowExtension:
    """Take one's own request back before it is decided. Raises Refused: NOT_YOURS, NOT_NOW_STATE."""
    row = _locked(extension)
    if row.asked_by_id != actor.pk:
        raise Refused("NOT_YOURS", f"这份申请由{row.asked_by.name}提出，只能由本人撤回。")
    if row.state != "pending":
        raise _not_now(row, "撤回")
    _decide(row, "withdrawn", "", actor, at)
    record(actor=actor, action="notice.extension_withdrawn", subject=row, at=at, detail=_detail(row))
    return row


def as_extension(row: WindowExtension) -> Extension:
    """The row as the calendar takes it."""
    return Extension(row.window_key, row.round, tuple(row.person_types), row.closes, row.base_code)


def _refuse_unless_possible(row: WindowExtension, policy: Policy, at: datetime) -> Window:
    """The window as it stands (for the base), if it may close when the row says."""
    extension = as_extension(row)
    general = next((one for one in policy.windows if extension.concerns(one)), None)
    if general is None:
        raise Refused("NOT_EXTENDABLE", "现行通知没有这一时间段，请刷新页面后重选。", field="window")
    special = next((one for one in policy.base_windows if one.base == row.base_code and extension.concerns(one)), None)
    window = special or general
    fixed = why_fixed(policy, window)
    if fixed:
        raise Refused("NOT_EXTENDABLE", fixed, window.clause, "window")
    if row.base_code and not may_be_for_one_base(policy, row.window_key):
        raise Refused("FOR_ALL_ONLY", f"{window.label}对所有人统一，不能只为一个基地延长。", window.clause, "base")
    if at < window.opens:
        sentence = f"{window.label}要到{opening_words(window.opens)}才开始；开始之前改时间请起草修订。"
        raise Refused("NOT_BEGUN", sentence, window.clause, "window")
    if row.closes <= window.closes:
        sentence = f"{window.label}现在的截止时间是{closing_words(window.closes)}，只能延后，不能提前。"
        raise Refused("NOT_LATER", sentence, window.clause, "closes")
    if row.closes <= at:
        raise Refused("IN_THE_PAST", f"新的截止时间{closing_words(row.closes)}已经过去，请填今后的时间。", "", "closes")
    against = conflicts(policy, extension)
    if against:
        raise Refused.many(
            [Refusal("CALENDAR_CONFLICT", f"{one}。请先修订后面的时间。", field="closes") for one in against]
        )
    return window


def _judged(extension: WindowExtension, actor: User, doing: str) -> WindowExtension:
    row = _locked(extension)
    if row.asked_by_id == actor.pk:
        raise Refused("SAME_PERSON", f"您是申请人，须由另一位省级负责人{doing}。")
    if not may_approve(actor, row.asked_by_id):
        raise Refused("NOT_YOURS", f"须由省级负责人{doing}。")
    if row.state != "pending":
        raise _not_now(row, doing)
    return row


def _locked(extension: WindowExtension) -> WindowExtension:
    rows = WindowExtension.objects.select_for_update(of=("self",)).select_related("notice", "asked_by")
    return rows.get(pk=extension.pk)


def _not_now(row: WindowExtension, doing: str) -> Refused:
    return Refused("NOT_NOW_STATE", f"这份申请的状态为“{row.get_state_display()}”，不能{doing}。")


def _decide(row: WindowExtension, state: str, words: str, actor: User, at: datetime) -> None:
    row.state, row.words, row.decided_by, row.decided_at = state, words, actor, at
    row.save()


def _detail(row: WindowExtension) -> dict[str, str]:
    closes = row.closes.astimezone(SHANGHAI).isoformat()
    return {"window": row.window_key, "round": row.round, "base": row.base_code, "closes": closes}
