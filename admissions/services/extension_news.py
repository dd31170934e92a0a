"""Telling those concerned that a window was extended (延长通知), once, through the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db.models import Q

from admissions.models import Application, DeadlineMark, Offer
from admissions.services.deadlines import once
from gme_portal.accounts.access import BASE
from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice, WindowExtension
from gme_portal.outbox.services import tell_all
from gme_portal.policy import Policy
from gme_portal.policy.extensions import BASE_KEYS
from gme_portal.wording import beijing

# Whom a window concerns: applications in these states, or offers in these states.
_APPLICANTS = {"registration": ("draft", "returned", "withdrawn", "submitted"), "confirmation": ("approved",)}
_ADMITTED = {"acceptance": ("published",), "report_in": ("admitted",), "year_reduction": ("admitted", "reported_in")}
_ADVICE = {
    "registration": "还没有提交的请在新的截止时间前提交；已提交的不用重新提交。",
    "confirmation": "还没有现场确认的请在新的截止时间前到志愿基地办理。",
    "acceptance": "还没有确认的请在新的截止时间前登录确认。",
    "report_in": "还没有报到的请在新的截止时间前到录取基地报到。",
    "year_reduction": "需要申请的请在新的截止时间前提交。",
}


def announce_extensions(notice: Notice, *, policy: Policy, at: datetime) -> None:
    """Beat: tell of every approved extension that was not told of yet. Late, nobody loses anything: it holds from its approval."""
    approved = list(WindowExtension.objects.filter(notice=notice, state="approved"))
    keys = {_mark(row): row for row in approved}
    done = set(DeadlineMark.objects.filter(notice=notice, key__in=keys).values_list("key", flat=True))
    for key, row in keys.items():
        if key not in done:
            once(notice=notice, key=key, at=at, effect=partial(_tell, row, at))


def _mark(row: WindowExtension) -> str:
    return f"extension.announced:{row.pk}"


def _tell(row: WindowExtension, at: datetime) -> None:
    where = f"{row.base_name}的" if row.base_name else ""
    news = (
        f"{where}{row.label}截止时间由{beijing(row.closes_before, 'until')}延长至{beijing(row.closes, 'until')}"
        f"，原因：{row.reason.rstrip('。')}。"
    )
    advice = _ADVICE.get(row.window_key, "")
    tell_all(
        users=applicants_of(row), title=f"{row.label}延长", body=news + advice, dedup_key=f"extension:{row.pk}", at=at
    )
    tell_all(users=bases_of(row), title=f"{row.label}延长", body=news, dedup_key=f"extension:{row.pk}", at=at)


def applicants_of(row: WindowExtension) -> Iterable[User]:
    """The people who have something to do in the window."""
    mine = Q()
    if row.person_types:
        mine &= Q(applicant__person_type__in=row.person_types)
    if row.window_key in _APPLICANTS:
        rows = Application.objects.filter(
            mine, notice=row.notice_id, round=row.round, state__in=_APPLICANTS[row.window_key], confirmed_at=None
        )
        if row.base_code:
            preparing = Q(base=None, choices__quota__base__code=row.base_code)
            rows = rows.filter(Q(base__code=row.base_code) | preparing)
        return User.objects.filter(profile__applications__in=rows).distinct()
    if row.window_key in _ADMITTED:
        offers = Offer.objects.filter(
            mine, notice=row.notice_id, application__round=row.round, state__in=_ADMITTED[row.window_key]
        )
        if row.base_code:
            offers = offers.filter(quota__base__code=row.base_code)
        return User.objects.filter(profile__offers__in=offers)
    return ()


def bases_of(row: WindowExtension) -> Iterable[User]:
    """Everybody who works for the bases concerned, where the window is one in which bases work."""
    if row.window_key not in BASE_KEYS and row.window_key != "registration":
        return ()
    staff = User.objects.filter(role__in=BASE, is_active=True, base_staff__base__quotas__notice=row.notice_id)
    if row.base_code:
        staff = staff.filter(base_staff__base__code=row.base_code)
    return staff.distinct()
