"""Accepting a place (接受录取, 004 三(三)3): while the list is on show everybody says yes or no; silence at the end means what the notice says.

A place given up is free at once: state, seat, audit row and message commit together."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import partial

from django.db import transaction

from admissions.models import AllocationRun, Offer
from admissions.queries.acceptances import answer_refusal, is_asked, offers_to_answer, period_of, silence_admits
from admissions.queries.held import seats_held
from admissions.services.deadlines import SEAL_AFTER, once
from admissions.services.run_locks import alone_with
from admissions.services.staff import must_be_of_base
from admissions.services.transitions import actor_kind_of, move_offer
from admissions.states import PLATFORM
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.notices.services.standing import decided_under
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.wording import beijing
from quotas.services import seats

ACCEPT, DECLINE = "accept", "decline"
_WORDS = {ACCEPT: "接受录取", DECLINE: "放弃录取"}


def answer(offer: Offer, said: str, *, actor: User, at: datetime, policy: Policy) -> Offer:
    """The person accepts or declines their place. To have accepted may be taken back until the end; to have declined may not.

    Saying the same again changes nothing. Raises Refused: NOT_ASKED, NOT_YET_OPEN, WINDOW_CLOSED, NOT_NOW_STATE, NOT_YOURS, ANSWER_UNKNOWN, NOTICE_CHANGED."""
    return _answer(offer, said, said, actor=actor, at=at, policy=policy)


def record_answer(offer: Offer, said: str, *, actor: User, at: datetime, policy: Policy) -> Offer:
    """The base records what the person said on the phone or at the counter; the person is told. Raises Refused as `answer` does, NOT_YOUR_BASE."""
    must_be_of_base(actor, offer.quota.base_id)
    return _answer(offer, said, f"record_{said}", actor=actor, at=at, policy=policy)


def _answer(offer: Offer, said: str, action: str, *, actor: User, at: datetime, policy: Policy) -> Offer:
    if said not in _WORDS:
        raise Refused("ANSWER_UNKNOWN", "请选择接受录取或放弃录取。", field="answer")
    with transaction.atomic():
        row = offers_to_answer(offer.notice, at=at).select_for_update(of=("self",)).filter(pk=offer.pk).first()
        if row is None:
            raise Refused("NOT_NOW_STATE", "录取名单还没有公布或已撤销，不用确认。")
        closed = answer_refusal(row, doing=_WORDS[said], at=at, policy=policy)
        if closed is not None:
            raise Refused.many([closed])
        if row.state == ("accepted" if said == ACCEPT else "declined"):
            return row
        now = move_offer(
            row,
            action,
            actor=actor,
            actor_kind=actor_kind_of(actor),
            at=at,
            policy=policy,
            answered_at=at,
            answered_by=actor,
            answered_under=decided_under(row.notice, policy),
        )
        if said == DECLINE:
            seats.release(notice=row.notice, **seats_held([now]), at=at)
        by_base = action != said
        record(
            actor=actor,
            action="offer.accepted" if said == ACCEPT else "offer.declined",
            subject=now,
            at=at,
            detail={"quota": str(now.quota_id), "by_base": by_base},
        )
        _tell_answer(row, said, by_base=by_base, at=at)
    return now


def _tell_answer(row: Offer, said: str, *, by_base: bool, at: datetime) -> None:
    place = f"{row.quota.base.name}{row.quota.specialty.name}"
    body = f"您已于{beijing(at, 'second')}{_WORDS[said]}（{place}，报名号 {row.application.number}）。"
    if by_base:
        body = (
            f"{row.quota.base.name}已于{beijing(at, 'second')}按您本人的意思登记：{_WORDS[said]}（{place}，"
            f"报名号 {row.application.number}）。与您的意思不符的，请立即联系基地。"
        )
    body += "公示期满没有异议，录取生效。" if said == ACCEPT else "名额已经退回，不能恢复。"
    tell(
        user=row.applicant.user,
        title="已接受录取" if said == ACCEPT else "已放弃录取",
        body=body,
        dedup_key=f"acceptance:{row.pk}:{said}",
        at=at,
    )


def close_silent(notice: Notice, *, policy: Policy, at: datetime) -> None:
    """Beat: where silence means no, free the places nobody answered for, once for each end. Answers that arrived in time may still be under way:
    as with filings, they are waited for. Where silence means yes, `offers.admit` needs nothing more."""
    if not is_asked(policy) or silence_admits(policy):
        return
    waiting = offers_to_answer(notice, at=at).filter(state="published")
    due: dict[tuple[AllocationRun, datetime], list[Offer]] = defaultdict(list)
    for offer in waiting.order_by("run__published_at", "pk"):
        closes = period_of(offer, policy).closes
        if at >= closes + SEAL_AFTER:
            due[offer.run, closes].append(offer)
    for (run, closes), silent in due.items():
        once(
            notice=notice,
            key=f"lapsed:{run.pk}:{closes.isoformat()}",
            at=at,
            effect=partial(_lapse, run, silent, closes, policy, at),
        )


def _lapse(run: AllocationRun, silent: list[Offer], closes: datetime, policy: Policy, at: datetime) -> None:
    """The silent ones that are still silent under the run's own lock, in one batch."""
    alone_with(run)
    rows = offers_to_answer(run.notice, at=at).filter(pk__in=[offer.pk for offer in silent], state="published")
    said = {"answered_at": closes, "answered_under": decided_under(run.notice, policy)}
    gone = [
        move_offer(row, "lapse", actor=None, actor_kind=PLATFORM, at=at, policy=policy, **said)
        for row in rows.order_by("pk").select_for_update(of=("self",))
    ]
    seats.release(notice=run.notice, **seats_held(gone), at=at)
    record(actor=None, action="offers.lapsed", subject=run, at=at, detail={"offers": len(gone)})
    for row in gone:
        place = f"{row.quota.base.name}{row.quota.specialty.name}"
        tell(
            user=row.applicant.user,
            title="逾期未确认，不予录取",
            body=f"您没有在{beijing(closes, 'until')}前确认是否接受{place}的录取（报名号 {row.application.number}），"
            "按通知规定不予录取，名额已经退回。登录平台可查看还能参加的批次。",
            dedup_key=f"lapsed:{row.pk}",
            at=at,
        )
