"""The record that a breach of the notice's integrity rules (诚信, 000 六(三)1) opens."""

from __future__ import annotations

from datetime import date, datetime

from applicants.models import Profile
from applicants.services import bans
from gme_portal.accounts.models import User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import NoticeVersion
from gme_portal.policy import Policy
from gme_portal.policy.schema import BanRule
from gme_portal.wording import day_text


def open_record(
    person: Profile,
    rule: BanRule | None,
    *,
    reason: str,
    under: NoticeVersion,
    actor: User,
    at: datetime,
    policy: Policy,
) -> str:
    """Close the programme to a person for the years of the rule; what to tell them of it. Nothing and "" where the rule has no years."""
    if rule is None or not rule.years:
        return ""
    starts_on = at.astimezone(BEIJING).date()
    ends_on = _years_later(starts_on, rule.years)
    bans.impose(
        document_blind=person.user.document_blind or "",
        track=policy.track,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        clause=rule.clause,
        notice_version=under,
        actor=actor,
        at=at,
    )
    return f"{day_text(ends_on)}前不能再报名（{policy.cite(rule.clause)}）。"


def _years_later(day: date, years: int) -> date:
    """The same day years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
