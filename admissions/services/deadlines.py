"""What follows from a deadline (截止之后): sealing what was filed, reminding who has not. Late or absent, it changes nobody's rights (law 2);
twice, it does nothing the second time: effect and mark commit together (R6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from admissions.access import FILED
from admissions.models import Application, DeadlineMark, SealedSet, Submission
from admissions.queries import choosing
from admissions.services.amendments import settle
from admissions.services.locks import exclude_filings
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.wording import beijing

# A filing that arrived in time may still be under way: longer than any request may take (R5).
SEAL_AFTER = timedelta(minutes=2)
REMIND_BEFORE = timedelta(hours=24)


def once(*, notice: Notice, key: str, at: datetime, effect: Callable[[], object]) -> bool:
    """Run `effect` in the transaction of its done-mark; False when it was done before. Two workers at once: one waits and then does nothing."""
    with transaction.atomic():
        _, fresh = DeadlineMark.objects.get_or_create(notice=notice, key=key, defaults={"done_at": at})
        if fresh:
            effect()
    return fresh


def seal_mark(window: Window) -> str:
    """The done-mark of sealing a registration window. An extension has another close, so it is sealed again, whole."""
    return _mark("sealed", window)


def seal_closed_windows(notice: Notice, *, policy: Policy, at: datetime) -> None:
    """Beat: seal every registration window that closed a while ago."""
    for window in _registrations(policy):
        if at >= window.closes + SEAL_AFTER:
            seal_registration(notice=notice, window=window, policy=policy, at=at)


def seal_registration(*, notice: Notice, window: Window, policy: Policy, at: datetime) -> SealedSet:
    """Seal a closed registration window (截止封存): count and digest of the newest filed version of everybody whose window closes then.

    Waits for filings under way; after it, none is acknowledged for this window. A second call gives the set already there."""
    if at < window.closes:
        raise ValueError(
            f"{window.label} closes at {window.closes.isoformat()}: it cannot be sealed at {at.isoformat()}"
        )
    with transaction.atomic():
        exclude_filings(notice.pk, window.round)
        once(notice=notice, key=seal_mark(window), at=at, effect=partial(_seal, notice, window, policy, at))
        return SealedSet.objects.get(notice=notice, round=window.round, closes_at=window.closes)


def _seal(notice: Notice, window: Window, policy: Policy, at: datetime) -> None:
    for application in _changing(notice, window, policy):
        settle(application, why=f"{window.label}已截止，", at=at)
    filed = filed_until(notice, window, policy=policy)
    sealed = SealedSet.objects.create(
        notice=notice,
        round=window.round,
        closes_at=window.closes,
        sealed_at=at,
        submissions=len(filed),
        digest=set_digest(filed),
    )
    record(
        actor=None,
        action="registration.sealed",
        subject=sealed,
        at=at,
        detail={"submissions": len(filed), "digest": sealed.digest},
    )


def _changing(notice: Notice, window: Window, policy: Policy) -> list[Application]:
    """Filed forms of this window that their owners have opened for changes (修改报名)."""
    rows = Application.objects.filter(notice=notice, round=window.round, amending_since__isnull=False)
    rows = rows.select_related("applicant__user", "base")
    return [one for one in rows if _close_of(one, policy) == window.closes]


def filed_until(notice: Notice, window: Window, *, policy: Policy) -> list[tuple[str, str]]:
    """(receipt number, digest) of the newest version of every application filed before a close and not taken back, in order."""
    rows = Submission.objects.filter(
        application__notice=notice,
        application__round=window.round,
        application__state__in=FILED,
        submitted_at__lt=window.closes,
    )
    newest = rows.order_by("application_id", "-number").distinct("application_id")
    found = newest.values_list("receipt_number", "digest", "application__applicant__person_type", "base__code")
    return sorted(
        (number, digest)
        for number, digest, kind, base in found
        if _close_for(policy, kind, window.round, base) == window.closes
    )


def set_digest(filed: list[tuple[str, str]]) -> str:
    """SHA-256 over the lines "receipt number, space, digest", in order of the numbers."""
    return hashlib.sha256("".join(f"{number} {digest}\n" for number, digest in filed).encode()).hexdigest()


def remind_before_close(notice: Notice, *, policy: Policy, at: datetime) -> None:
    """Beat: a day before the close, tell everybody who began and has not filed, once. After the close there is nothing to remind of."""
    for window in _registrations(policy):
        if window.closes - REMIND_BEFORE <= at < window.closes:
            once(
                notice=notice,
                key=_mark("reminded", window),
                at=at,
                effect=partial(_remind, notice, window, policy, at),
            )


def _remind(notice: Notice, window: Window, policy: Policy, at: datetime) -> None:
    waiting = Application.objects.filter(
        notice=notice, round=window.round, state__in=("draft", "returned", "withdrawn")
    )
    for application in waiting.select_related("applicant__user", "base"):
        if _close_of(application, policy) != window.closes:
            continue
        doing = "修改并重新提交" if application.state == "returned" else "提交"
        tell(
            user=application.applicant.user,
            title="报名即将截止",
            body=f"{window.label}将于{beijing(window.closes, 'second')}截止，您的报名（报名号 {application.number}）还没有{doing}。",
            dedup_key=f"reminder:{application.pk}:{window.closes.isoformat()}",
            at=at,
        )
    for application in _changing(notice, window, policy):
        tell(
            user=application.applicant.user,
            title="修改还没有提交",
            body=f"{window.label}将于{beijing(window.closes, 'second')}截止，您的报名（报名号 {application.number}）的修改还没有提交；"
            "不提交的，以此前提交的版本为准。",
            dedup_key=f"reminder:{application.pk}:{window.closes.isoformat()}",
            at=at,
        )


def _registrations(policy: Policy) -> list[Window]:
    """Of everybody, and of bases whose counter is open longer (现场报名); of those that close together one."""
    found = [window for window in (*policy.windows, *policy.base_windows) if window.key == "registration"]
    return list({(window.round, window.closes): window for window in reversed(found)}.values())


def _close_of(application: Application, policy: Policy) -> datetime | None:
    """When registration closes for somebody: at the base they have filed with or, before that, have chosen."""
    base = choosing.base_code(application, policy)
    return _close_for(policy, application.applicant.person_type, application.round, base)


def _close_for(policy: Policy, person_type: str, round_key: str, base: str) -> datetime | None:
    window = policy.window("registration", person_type=person_type, round=round_key, base=base)
    return window.closes if window else None


def _mark(what: str, window: Window) -> str:
    return f"registration.{what}:{window.round}:{window.closes.isoformat()}"
