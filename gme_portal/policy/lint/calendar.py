"""The calendar of a policy: whether what must follow one another has the days it needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from gme_portal.policy.checks import check
from gme_portal.policy.errors import Problem
from gme_portal.policy.lint.findings import Finding
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import SHANGHAI, closing_words, day_words, opening_words
from gme_portal.policy.schema import PublicityRule, Window
from gme_portal.policy.working_days import WorkingCalendar, YearUnknown, shown_until

MOMENT = timedelta(microseconds=1)


def days_words(rule: PublicityRule) -> str:
    """3 天 · 7 个工作日."""
    return f"{rule.days} {'个工作日' if rule.kind == 'working' else '天'}"


def calendar_findings(policy: Policy, calendar: WorkingCalendar | None) -> Iterator[Finding]:
    problems: list[Problem] = []
    check(policy, problems)  # a policy as extended may contradict itself where its text does not
    for problem in problems:
        yield Finding("CALENDAR_BROKEN", problem.path, f"{problem.sentence}。", (), "错误")
    yield from _issued(policy)
    yield from _other_years(policy)
    yield from _publicity(policy, calendar)
    yield from _overlapping(policy)
    yield from _rosters(policy)
    yield from _without_windows(policy)


def _issued(policy: Policy) -> Iterator[Finding]:
    """A notice of a day on which its registration had already begun."""
    openings = [window for window in policy.windows if window.key == "registration"]
    first = min(openings, key=lambda window: window.opens, default=None)
    for source in policy.sources:
        if source.own and source.issued_on and first and source.issued_on > first.opens.astimezone(SHANGHAI).date():
            sentence = (
                f"通知落款为{day_words(source.issued_on)}，而{first.label}在{opening_words(first.opens)}已经开始。"
            )
            yield Finding("ISSUED_AFTER_OPENING", "sources", sentence, (first.clause,))


def _other_years(policy: Policy) -> Iterator[Finding]:
    for window in policy.windows:
        years = {(moment.astimezone(SHANGHAI)).year for moment in (window.opens, window.closes - MOMENT)}
        if years != {policy.year}:
            sentence = f"{window.label}（{_span(window)}）不在{policy.year}年之内，请核对年份。"
            yield Finding("OUTSIDE_YEAR", _path(window), sentence, (window.clause,))


def _publicity(policy: Policy, calendar: WorkingCalendar | None) -> Iterator[Finding]:
    rule = policy.publicity
    for window in _of(policy, "publicity"):
        try:
            until = shown_until(window.opens, rule, calendar)
        except YearUnknown as unknown:
            yield Finding("YEAR_UNKNOWN", _path(window), f"没有核对公示期：{unknown}。", (rule.clause,), "错误")
            continue
        told = f"公示从{opening_words(window.opens)}起满 {days_words(rule)}要到{closing_words(until)}"
        clauses = tuple(dict.fromkeys((rule.clause, window.clause)))
        if until > window.closes:
            sentence = f"{told}，而写明的公示时间{closing_words(window.closes)}就截止。"
            yield Finding("PUBLICITY_TOO_SHORT", _path(window), sentence, clauses)
        for following in _following(policy, window):
            if following.opens < until:
                sentence = (
                    f"{told}，而{_round(policy, following)}{following.label}在{opening_words(following.opens)}就开始。"
                )
                yield Finding("PUBLICITY_CANNOT_FIT", _path(window), sentence, (*clauses, following.clause))
        for report in _of(policy, "report_in"):
            if report.round == window.round and _shared(report, window) and report.opens < max(until, window.closes):
                sentence = f"{report.label}在{opening_words(report.opens)}开始，而公示要到{closing_words(max(until, window.closes))}才满。"
                yield Finding("REPORT_IN_TOO_EARLY", _path(report), sentence, (report.clause, *clauses))


def _following(policy: Policy, window: Window) -> Iterator[Window]:
    """What may begin only after a list was shown long enough: the province's reallocation, and whatever opens a later round."""
    order = [one.key for one in policy.rounds]
    for other in policy.windows:
        same = other.round == window.round and other.key == "reallocation" and _shared(other, window)
        later = order.index(other.round) > order.index(window.round) and other.key in ("registration", "invitation")
        if same or later:
            yield other


def _overlapping(policy: Policy) -> Iterator[Finding]:
    """What is still going on when that which rests on it is already public, or closed."""
    for first in policy.windows:
        for second in policy.windows:
            if first.round != second.round or not _shared(first, second):
                continue
            if (first.key, second.key) == ("assessment", "publicity") and first.closes > second.opens:
                sentence = f"{first.label}要到{closing_words(first.closes)}才截止，而{second.label}在{opening_words(second.opens)}就开始。"
                yield Finding("PUBLICITY_BEFORE_RESULTS", _path(second), sentence, (first.clause, second.clause))
            pair = (first.key, second.key)
            if pair in (("registration", "review"), ("registration", "confirmation")) and second.closes < first.closes:
                sentence = f"{second.label}在{closing_words(second.closes)}截止，而{first.label}要到{closing_words(first.closes)}才截止，最后报名的人无法办理。"
                yield Finding("CLOSED_TOO_EARLY", _path(second), sentence, (first.clause, second.clause))
            if pair == ("acceptance", "reallocation") and first.closes > second.opens:
                sentence = f"{first.label}要到{closing_words(first.closes)}才截止，而{second.label}在{opening_words(second.opens)}就开始。"
                yield Finding("ACCEPTANCE_TOO_LATE", _path(first), sentence, (first.clause, second.clause))


def _rosters(policy: Policy) -> Iterator[Finding]:
    for kind in policy.person_types:
        window = policy.window("registration", kind.code)
        if kind.roster_deadline and window and kind.roster_deadline > window.opens:
            sentence = f"“{kind.label}”的名册可到{closing_words(kind.roster_deadline)}才提供，而{window.label}在{opening_words(window.opens)}就开始。"
            yield Finding("ROSTER_TOO_LATE", "person_types", sentence, (kind.clause, window.clause))


def _without_windows(policy: Policy) -> Iterator[Finding]:
    """Choices allowed, but no time in which to file them."""
    open_rounds = [one for one in policy.rounds if not one.dates_by_base]
    for kind in policy.person_types:
        has = any(policy.window("registration", kind.code, one.key) for one in open_rounds)
        if kind.registers and open_rounds and not has:
            sentence = f"“{kind.label}”可以填报 {policy.choices.limit(kind.code)} 个专业志愿，却没有任何报名时间。"
            yield Finding(
                "CHOICES_WITHOUT_WINDOW", "windows.registration", sentence, (kind.clause, policy.choices.clause), "错误"
            )
    invitations = policy.invitations
    for window in _of(policy, "invitation"):
        hours = (window.closes - window.opens) / timedelta(hours=1)
        if invitations and invitations.reply_hours > hours:
            sentence = f"邀请的答复时限 {invitations.reply_hours} 小时，长于整个邀请时间（{_span(window)}）。"
            yield Finding("REPLY_TOO_LONG", "invitations.reply_hours", sentence, (invitations.clause, window.clause))
    if policy.year_reduction is not None and not _of(policy, "year_reduction"):
        sentence = "可以申请年限减免，却没有申请时间。"
        yield Finding(
            "REDUCTION_WITHOUT_WINDOW", "windows.year_reduction", sentence, (policy.year_reduction.clause,), "提示"
        )


def _of(policy: Policy, key: str) -> list[Window]:
    return [window for window in policy.windows if window.key == key]


def _shared(one: Window, other: Window) -> bool:
    return not one.person_types or not other.person_types or bool(set(one.person_types) & set(other.person_types))


def _round(policy: Policy, window: Window) -> str:
    found = policy.round(window.round)
    return found.label if found and len(policy.rounds) > 1 else ""


def _span(window: Window) -> str:
    return f"{opening_words(window.opens)}至{closing_words(window.closes)}"


def _path(window: Window) -> str:
    return f"windows.{window.key}"


def last_day(closes: datetime) -> date:
    """The last calendar day on which a window is open."""
    return (closes - MOMENT).astimezone(SHANGHAI).date()
