"""The lottery (抽签): committed to before registration closes, its public draw entered by one and typed again by another after it.

The secret is made here and read by nobody: the office does not know the seed while it chooses when to commit, and not while it enters the draw."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from admissions.access import may_draw_lots
from admissions.allocation import lottery
from admissions.models import LotteryDraw
from admissions.queries.lots import closing, is_needed
from admissions.services.run_locks import alone_in_lottery
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.notices.services.standing import standing_version
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.wording import beijing

# Where nobody has committed by then, the platform does: a round without a commitment could never be decided.
COMMIT_BEFORE = timedelta(hours=24)
UNNAMED_SOURCE = "省级管理部门在报名截止后公布的公开抽签结果"
MOST = 200
SHORTEST_DRAW = 6


def commit(
    *,
    notice: Notice,
    round: str,
    source: str,
    late_reason: str = "",
    actor: User,
    at: datetime,
    policy: Policy,
) -> LotteryDraw:
    """Publish the commitment, naming the public draw that will count. After the close a reason is asked, and the public reads it.

    Raises Refused: NOT_YOURS, NO_LOTTERY, ALREADY_COMMITTED, SOURCE_MISSING, TEXT_LONG, REASON_MISSING."""
    _refuse_stranger(actor)
    if not is_needed(policy):
        raise Refused("NO_LOTTERY", "本通知的同分次序不用抽签。", policy.scoring.clause)
    source, late_reason = _line(source, "source", "请写明以哪一次公开抽签为准。", "SOURCE_MISSING"), late_reason.strip()
    close = closing(policy, round)
    late = close is not None and at >= close[0]
    if late:
        late_reason = _line(late_reason, "late_reason", "报名已经截止，请写明逾期公布的原因。", "REASON_MISSING")
    return _commit(notice, round, source, late_reason if late else "", actor, at)


def commit_in_time(notice: Notice, *, policy: Policy, at: datetime) -> None:
    """Beat: a day before registration closes, commit where nobody has."""
    for round in policy.rounds:
        close = closing(policy, round.key)
        if close is None or not is_needed(policy) or not close[0] - COMMIT_BEFORE <= at < close[0]:
            continue
        if not LotteryDraw.objects.filter(notice=notice, round=round.key).exists():
            try:
                _commit(notice, round.key, UNNAMED_SOURCE, "", None, at)
            except Refused:  # somebody was faster
                continue


def enter(draw: LotteryDraw, *, public_draw: str, actor: User, at: datetime, policy: Policy) -> LotteryDraw:
    """Enter the public draw once registration has closed for everybody.

    Raises Refused: NOT_YOURS, TOO_EARLY, NOT_NOW_STATE, DRAW_MISSING, DRAW_SHORT, TEXT_LONG."""
    _refuse_stranger(actor)
    text = draw_text(public_draw)
    close = closing(policy, draw.round)
    if close is not None and at < close[1]:
        raise Refused(
            "TOO_EARLY", f"报名截止后才能录入公开抽签结果，截止时间为{beijing(close[1])}。", field="public_draw"
        )
    with transaction.atomic():
        row = _locked(draw)
        if row.stage != "committed":
            raise Refused("NOT_NOW_STATE", "公开抽签结果已经录入，不能再录入。")
        row.public_draw, row.drawn_by, row.drawn_at = text, actor, at
        row.save(update_fields=["public_draw", "drawn_by", "drawn_at"])
        record(actor=actor, action="lottery.entered", subject=row, at=at, detail={"public_draw": text})
    return row


def confirm(draw: LotteryDraw, *, public_draw: str, actor: User, at: datetime) -> LotteryDraw:
    """Confirm as the second person, by typing the same draw again; from then on it stands.

    Raises Refused: NOT_YOURS, SAME_PERSON, NOT_NOW_STATE, DRAW_DIFFERS, DRAW_MISSING, DRAW_SHORT, TEXT_LONG."""
    _refuse_stranger(actor)
    text = draw_text(public_draw)
    with transaction.atomic():
        row = _locked(draw)
        if row.stage != "entered":
            raise Refused("NOT_NOW_STATE", "现在没有等待复核的公开抽签结果。")
        if row.drawn_by_id == actor.pk:
            raise Refused("SAME_PERSON", "您是录入人，须由省级另一人对照公布的结果再录一遍。")
        if row.public_draw != text:
            raise Refused(
                "DRAW_DIFFERS",
                "与录入的结果不一致。请对照公布的结果重新核对；是录入有误的，请退回重录。",
                field="public_draw",
            )
        row.confirmed_by, row.confirmed_at, row.confirmed_under = actor, at, standing_version(row.notice)
        row.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_under"])
        record(actor=actor, action="lottery.confirmed", subject=row, at=at, detail={"public_draw": text})
    return row


def send_back(draw: LotteryDraw, *, actor: User, at: datetime) -> LotteryDraw:
    """Take an entered draw back before it is confirmed, because it was typed wrong. Raises Refused: NOT_YOURS, NOT_NOW_STATE."""
    _refuse_stranger(actor)
    with transaction.atomic():
        row = _locked(draw)
        if row.stage != "entered":
            raise Refused("NOT_NOW_STATE", "现在没有等待复核的公开抽签结果。")
        wrong = row.public_draw
        row.public_draw, row.drawn_by, row.drawn_at = "", None, None
        row.save(update_fields=["public_draw", "drawn_by", "drawn_at"])
        record(actor=actor, action="lottery.sent_back", subject=row, at=at, detail={"public_draw": wrong})
    return row


def draw_text(public_draw: str) -> str:
    """The draw as it is kept and hashed: blanks at the ends gone, several blanks as one. Raises Refused: DRAW_MISSING, DRAW_SHORT, TEXT_LONG."""
    text = _line(public_draw, "public_draw", "请录入公开抽签的结果。", "DRAW_MISSING")
    if len(text.replace(" ", "")) < SHORTEST_DRAW:
        raise Refused(
            "DRAW_SHORT",
            f"公开抽签结果至少 {SHORTEST_DRAW} 位，否则可以事先逐一试出。请录入完整的结果。",
            field="public_draw",
        )
    return text


def _commit(notice: Notice, round: str, source: str, late_reason: str, actor: User | None, at: datetime) -> LotteryDraw:
    with transaction.atomic():
        alone_in_lottery(notice.pk, round)
        if LotteryDraw.objects.filter(notice=notice, round=round).exists():
            raise Refused("ALREADY_COMMITTED", "本批次的抽签承诺已经公布，不能更换。")
        secret = secrets.token_hex(32)
        draw = LotteryDraw.objects.create(
            notice=notice,
            round=round,
            commitment=lottery.commitment(secret),
            secret=secret,
            source=source,
            committed_by=actor,
            committed_at=at,
            committed_under=standing_version(notice),
            late_reason=late_reason,
        )
        detail = {"commitment": draw.commitment, "source": source, "late": bool(late_reason)}
        record(actor=actor, action="lottery.committed", subject=draw, at=at, detail=detail)
    return draw


def _locked(draw: LotteryDraw) -> LotteryDraw:
    return LotteryDraw.objects.select_for_update(of=("self",)).select_related("notice").get(pk=draw.pk)


def _refuse_stranger(actor: User) -> None:
    if not may_draw_lots(actor):
        raise Refused("NOT_YOURS", "抽签由省级管理部门办理。")


def _line(text: str, field: str, missing: str, code: str) -> str:
    """One line of text without idle blanks. Raises Refused with `code`, or TEXT_LONG."""
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        raise Refused(code, missing, field=field)
    if len(text) > MOST:
        raise Refused("TEXT_LONG", f"最多 {MOST} 个字，现有 {len(text)} 个。", field=field)
    return text
