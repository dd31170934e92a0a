"""Marks (考核成绩): entered by anybody of the base, submitted by one person, confirmed by another, locked from then on.

The sheet's row is locked first by everything that writes a mark, so that nothing changes between looking and confirming."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from admissions.models import AllocationRun, Mark, RunKind, ScoreSheet
from admissions.queries import mark_book, mark_sheet
from admissions.queries.mark_book import ABSENT_WORDS, FAILED, PASSED, Item, Row
from admissions.scoring import is_blank, looks_like_ranks, parse_mark
from admissions.services.staff import must_be_of_base, must_lead_base
from admissions.services.transitions import window_refusal
from bases.models import TrainingBase
from bases.queries import policy_at
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.notices.services.standing import decided_under
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import beijing

Entries = Mapping[UUID, Mapping[str, str]]


def cell(application_id: UUID | str, component: str) -> str:
    """The name of a cell of the grid, and the field of a refusal about it."""
    return f"mark-{application_id}-{component}"


def enter(
    *,
    notice: Notice,
    base: TrainingBase,
    entries: Entries,
    actor: User,
    at: datetime,
    policy: Policy,
    round: str = "first",
) -> int:
    """Store marks as typed: application id → component key → text ("" removes, 缺考 is absent); all or none; how many changed.

    Raises Refused with one refusal per bad cell (field `cell(…)`), or NOT_YOUR_BASE, NOT_YOURS, NOT_YET_OPEN, WINDOW_CLOSED, MARKS_SUBMITTED,
    MARKS_LOCKED, NOT_LISTED."""
    policy = policy_at(policy, notice, base)
    with transaction.atomic():
        sheet = _open_sheet(notice, base, round, actor, at, policy, "录入成绩")
        _refuse_unless_editable(sheet)
        return _store(sheet, entries, actor, at, policy)


def import_file(
    content: bytes,
    *,
    notice: Notice,
    base: TrainingBase,
    expected: str,
    actor: User,
    at: datetime,
    policy: Policy,
    round: str = "first",
) -> int:
    """Apply a file exactly as previewed: `expected` is the digest of `mark_sheet.plan_import`. All or none; how many changed.

    Raises Refused as `enter` does, SHEET_HAS_FAULTS, or PREVIEW_STALE when a mark changed since the preview."""
    policy = policy_at(policy, notice, base)
    with transaction.atomic():
        sheet = _open_sheet(notice, base, round, actor, at, policy, "导入成绩")
        _refuse_unless_editable(sheet)
        plan = mark_sheet.plan_import(content, _rows(sheet, policy), policy)
        if plan.faults:
            raise Refused.many([Refusal("SHEET_HAS_FAULTS", fault.sentence) for fault in plan.faults])
        if plan.digest != expected:
            raise Refused("PREVIEW_STALE", "预览之后成绩又有改动，没有导入。请重新预览后再导入。")
        return _store(sheet, plan.entries(), actor, at, policy)


def submit(
    *, notice: Notice, base: TrainingBase, actor: User, at: datetime, policy: Policy, round: str = "first"
) -> ScoreSheet:
    """Hand the complete sheet to a second person (提交复核). Raises Refused also for NOBODY_LISTED, MARKS_INCOMPLETE, LOOKS_LIKE_RANKS."""
    policy = policy_at(policy, notice, base)
    with transaction.atomic():
        sheet = _open_sheet(notice, base, round, actor, at, policy, "提交成绩")
        _refuse_unless_editable(sheet)
        rows = _rows(sheet, policy)
        _refuse_unless_whole(rows, policy)
        sheet.submitted_by, sheet.submitted_at, sheet.digest = actor, at, mark_book.digest(rows)
        sheet.save(update_fields=["submitted_by", "submitted_at", "digest"])
        record(
            actor=actor,
            action="marks.submitted",
            subject=sheet,
            at=at,
            detail={"people": len(rows), "digest": sheet.digest},
        )
    return sheet


def confirm(
    *, notice: Notice, base: TrainingBase, seen: str, actor: User, at: datetime, policy: Policy, round: str = "first"
) -> ScoreSheet:
    """Confirm and lock the sheet (复核), by somebody other than who submitted it; `seen` is the digest of what they looked at.

    Raises Refused: NOT_SUBMITTED, MARKS_LOCKED, SAME_PERSON, CHANGED_SINCE_SEEN and the usual."""
    policy = policy_at(policy, notice, base)
    with transaction.atomic():
        sheet = _open_sheet(notice, base, round, actor, at, policy, "复核成绩")
        if sheet.confirmed_by_id is not None:
            raise _locked_already(sheet)
        if sheet.submitted_by_id is None:
            raise Refused("NOT_SUBMITTED", "成绩还没有提交复核。")
        if sheet.submitted_by_id == actor.pk:
            raise Refused("SAME_PERSON", "您是提交人，须由本基地另一人复核。")
        rows = _rows(sheet, policy)
        now = mark_book.digest(rows)
        if now != sheet.digest or seen != now:
            raise Refused(
                "CHANGED_SINCE_SEEN",
                "成绩与您看到的或提交时的不一致，没有确认。请刷新页面重新核对；名单有变化时请先退回再提交。",
            )
        sheet.confirmed_by, sheet.confirmed_at = actor, at
        sheet.confirmed_under = decided_under(sheet.notice, policy)
        sheet.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_under"])
        record(
            actor=actor,
            action="marks.confirmed",
            subject=sheet,
            at=at,
            detail={"people": len(rows), "digest": sheet.digest},
        )
    return sheet


def send_back(
    *, notice: Notice, base: TrainingBase, reason: str, actor: User, at: datetime, policy: Policy, round: str = "first"
) -> ScoreSheet:
    """Open a submitted sheet again before it is confirmed (退回修改), by either person. Raises Refused: NOT_SUBMITTED, MARKS_LOCKED, REASON_MISSING."""
    with transaction.atomic():
        sheet = _open_sheet(notice, base, round, actor, at, policy, "退回成绩")
        if sheet.confirmed_by_id is not None:
            raise _locked_already(sheet)
        if sheet.submitted_by_id is None:
            raise Refused("NOT_SUBMITTED", "成绩还没有提交复核，可以直接修改。")
        return _opened(sheet, "marks.sent_back", reason, actor, at)


def reopen(
    *, notice: Notice, base: TrainingBase, reason: str, actor: User, at: datetime, policy: Policy, round: str = "first"
) -> ScoreSheet:
    """Open a locked sheet for a correction (更正), by the base's lead with a reason; afterwards two people submit and confirm again.

    Raises Refused: NOT_LOCKED, RUN_PUBLISHED, REASON_MISSING and the usual."""
    with transaction.atomic():
        must_lead_base(actor, base.pk)
        sheet = _open_sheet(notice, base, round, actor, at, policy, "更正成绩")
        if sheet.confirmed_by_id is None:
            raise Refused("NOT_LOCKED", "成绩还没有锁定，可以直接修改或退回。")
        published = AllocationRun.objects.filter(
            notice=notice, round=round, base=base, kind=RunKind.BASE_ADMISSION, state="published"
        )
        if published.exists():
            raise Refused("RUN_PUBLISHED", "录取结果已公布，成绩不能再更正。确需更正请报省级管理部门。")
        return _opened(sheet, "marks.reopened", reason, actor, at)


def _opened(sheet: ScoreSheet, action: str, reason: str, actor: User, at: datetime) -> ScoreSheet:
    if not reason.strip():
        raise Refused("REASON_MISSING", "请写明原因。", field="reason")
    detail = {
        "digest": sheet.digest,
        "submitted_by": str(sheet.submitted_by_id),
        "confirmed_by": str(sheet.confirmed_by_id or ""),
        "reason": reason.strip()[:200],
    }
    sheet.submitted_by = sheet.submitted_at = sheet.confirmed_by = sheet.confirmed_at = sheet.confirmed_under = None
    sheet.digest = ""
    sheet.save(
        update_fields=["submitted_by", "submitted_at", "confirmed_by", "confirmed_at", "confirmed_under", "digest"]
    )
    record(actor=actor, action=action, subject=sheet, at=at, detail=detail)
    return sheet


def _open_sheet(
    notice: Notice, base: TrainingBase, round: str, actor: User, at: datetime, policy: Policy, doing: str
) -> ScoreSheet:
    """The sheet under lock, begun now if there is none, once actor and window are right."""
    must_be_of_base(actor, base.pk)
    window = policy.window("assessment", round=round, base=base.code)
    refusal = window_refusal(window, doing=doing, at=at)
    if refusal is not None:
        raise Refused.many([refusal])
    ScoreSheet.objects.get_or_create(notice=notice, base=base, round=round)
    rows = ScoreSheet.objects.select_for_update(of=("self",)).select_related(
        "notice", "base", "submitted_by", "confirmed_by"
    )
    return rows.get(notice=notice, base=base, round=round)


def _refuse_unless_editable(sheet: ScoreSheet) -> None:
    if sheet.confirmed_by_id is not None:
        raise _locked_already(sheet)
    if sheet.submitted_by is not None and sheet.submitted_at is not None:
        sentence = f"{sheet.submitted_by.name}已于{beijing(sheet.submitted_at)}提交复核，不能修改。需要修改时请先退回。"
        raise Refused("MARKS_SUBMITTED", sentence)


def _locked_already(sheet: ScoreSheet) -> Refused:
    who, when = (sheet.confirmed_by.name if sheet.confirmed_by else ""), sheet.confirmed_at
    return Refused(
        "MARKS_LOCKED",
        f"成绩已由{who}于{beijing(when) if when else ''}复核锁定。更正须由基地负责人说明原因后重新开放。",
    )


def _rows(sheet: ScoreSheet, policy: Policy) -> list[Row]:
    return mark_book.book(mark_book.candidates(sheet.notice, sheet.base, policy, sheet.round), policy)


def _refuse_unless_whole(rows: list[Row], policy: Policy) -> None:
    if not rows:
        raise Refused("NOBODY_LISTED", "还没有审核通过并现场确认的人员，没有成绩可以提交。")
    keys = {item.key for item in mark_book.items(policy)}
    gaps = [row for row in rows if keys - set(row.marks)]
    if gaps:
        names = "、".join(row.application.applicant.user.name for row in gaps[:5])
        more = f"等 {len(gaps)} 人" if len(gaps) > 5 else ""
        raise Refused("MARKS_INCOMPLETE", f"还有成绩没有录入：{names}{more}。缺考请填“缺考”。")
    for component in policy.scoring.components:
        values = [row.marks[component.key].value for row in rows]
        if looks_like_ranks([value for value in values if value is not None]):
            raise Refused(
                "LOOKS_LIKE_RANKS", f"“{component.label}”一列恰好是 1 到 {len(rows)} 的名次，不是分数。请改为分数。"
            )


def _store(sheet: ScoreSheet, entries: Entries, actor: User, at: datetime, policy: Policy) -> int:
    listed = {row.application.pk: row for row in _rows(sheet, policy)}
    known = {item.key: item for item in mark_book.items(policy)}
    problems: list[Refusal] = []
    wanted: dict[tuple[UUID, str], int | bool | str | None] = {}
    for pk, typed in entries.items():
        for key, text in typed.items():
            if pk not in listed or key not in known:
                raise Refused("NOT_LISTED", "名单已有变化（有人未通过审核或未现场确认）。请刷新页面后重新录入。")
            try:
                wanted[pk, key] = _parsed(text, known[key])
            except Refused as refused:
                problems.append(Refusal(refused.code, refused.refusal.sentence, "", cell(pk, key)))
    if problems:
        raise Refused.many(problems)
    changed = [_write(listed[pk], key, value, actor, at) for (pk, key), value in wanted.items()]
    if any(changed):
        record(actor=actor, action="marks.entered", subject=sheet, at=at, detail={"cells": sum(changed)})
    return sum(changed)


def _parsed(text: str, item: Item) -> int | bool | str | None:
    """Hundredths, True or False for a check, "absent", or None for an emptied cell."""
    if is_blank(text):
        return None
    if text.strip() in ABSENT_WORDS:
        return "absent"
    if not item.is_check:
        return parse_mark(text, item.full_mark)
    if text.strip() not in (PASSED, FAILED):
        raise Refused("CHECK_UNREADABLE", f"“{item.label}”请填“{PASSED}”或“{FAILED}”。")
    return text.strip() == PASSED


def _write(row: Row, key: str, value: int | bool | str | None, actor: User, at: datetime) -> bool:
    """Store one mark if it differs from what stands; whether it did."""
    stands = row.marks.get(key)
    passed = value if isinstance(value, bool) else None
    points = value if isinstance(value, int) and passed is None else None
    absent = value == "absent"
    if stands is not None and (stands.absent, stands.value, stands.passed) == (absent, points, passed):
        return False
    if stands is None and value is None:
        return False
    if value is None:
        Mark.objects.filter(application=row.application, component=key).delete()
        return True
    written = {"value": points, "passed": passed, "absent": absent, "entered_by": actor, "entered_at": at}
    Mark.objects.update_or_create(application=row.application, component=key, defaults=written)
    return True
