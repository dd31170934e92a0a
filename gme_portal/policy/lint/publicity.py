"""Publicity (公示) in the text of a notice: whether the days it promises lie between the end of the assessments and what comes next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from gme_portal.policy.lint.calendar import days_words, last_day
from gme_portal.policy.lint.dates import Deadline, Span, deadlines, spans
from gme_portal.policy.lint.findings import Finding, shorten
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import closing_words, opening_words
from gme_portal.policy.schema import PublicityRule
from gme_portal.policy.working_days import WorkingCalendar, YearUnknown, shown_until

_RULE = re.compile(r"公示(?:期|时间)?(?:不少于|不得少于|不低于|为|满)?\s*(\d{1,2})\s*个?(工作日|自然日|天|日)")
_ASSESSING = re.compile(r"考核|考试|面试|审核")
_NEXT = re.compile(r"批次|报名|注册|调剂|补录|报到")
_FINISHED = re.compile(r"[^。；\n]{0,12}完成[^。；\n]{0,20}公示")
_NEAR = 40  # characters beside a date in which its subject is looked for


def publicity_findings(key: str, flow: str, policy: Policy, calendar: WorkingCalendar | None) -> Iterator[Finding]:
    """`flow`: a notice's text without the line breaks of the paper."""
    stated = _RULE.search(flow)
    if stated is None:
        return
    kind = "working" if stated[2] == "工作日" else "calendar"
    rule = PublicityRule(int(stated[1]), kind, (), key)  # type: ignore[arg-type]
    try:
        yield from _before_the_next(key, flow, stated, rule, policy, calendar)
        yield from _finished_in_time(key, flow, rule, policy, calendar)
    except YearUnknown as unknown:
        yield Finding("YEAR_UNKNOWN", key, f"没有核对原文的公示期：{unknown}。", (), "提示", shorten(stated[0]))


def _before_the_next(
    key: str, flow: str, stated: re.Match[str], rule: PublicityRule, policy: Policy, calendar: WorkingCalendar | None
) -> Iterator[Finding]:
    """From the last day of the assessments to the next stage."""
    periods = spans(flow, policy.year)
    dated: list[Span | Deadline] = [*periods, *deadlines(flow, policy.year)]
    ends = [one for one in dated if one.end <= stated.start() and _ASSESSING.search(flow[one.end : one.end + _NEAR])]
    ended = max(ends, key=lambda one: one.end, default=None)
    after = [
        one
        for one in periods
        if one.start >= stated.end() and _NEXT.search(flow[max(0, one.start - _NEAR) : one.end + _NEAR])
    ]
    following = next((one for one in after if ended and one.opens >= ended.closes), None)
    if ended is None or following is None or shown_until(ended.closes, rule, calendar) <= following.opens:
        return
    there = _days_between(ended.closes, following.opens, rule, calendar)
    unit = "个工作日" if rule.kind == "working" else "天"
    sentence = (
        f"考核到{closing_words(ended.closes)}结束，下一步在{opening_words(following.opens)}开始，其间只有 {there} {unit}，"
        f"公示却须不少于 {days_words(rule)}。"
    )
    yield Finding("PUBLICITY_CANNOT_FIT", key, sentence, (policy.publicity.clause,), quote=shorten(stated[0]))


def _finished_in_time(
    key: str, flow: str, rule: PublicityRule, policy: Policy, calendar: WorkingCalendar | None
) -> Iterator[Finding]:
    """A day by which the publicity itself has to be over."""
    known = deadlines(flow, policy.year)
    for due in known:
        match = _FINISHED.match(flow, due.end)
        before = [one for one in known if one.end <= due.start and _ASSESSING.search(flow[one.end : due.start])]
        if match is None or not before or "。" in flow[before[-1].end : due.start]:
            continue
        until = shown_until(before[-1].closes, rule, calendar)
        if until > due.closes:
            there = _days_between(before[-1].closes, due.closes, rule, calendar)
            unit = "个工作日" if rule.kind == "working" else "天"
            sentence = (
                f"考核到{closing_words(before[-1].closes)}结束，公示须在{closing_words(due.closes)}前完成，其间只有 {there} {unit}，"
                f"不够 {days_words(rule)}。"
            )
            quote = shorten(flow[before[-1].start : match.end()])
            yield Finding("PUBLICITY_CANNOT_FIT", key, sentence, (policy.publicity.clause,), quote=quote)


def _days_between(start: datetime, end: datetime, rule: PublicityRule, calendar: WorkingCalendar | None) -> int:
    """Whole days on which a list could be shown."""
    first, last = last_day(start) + timedelta(days=1), last_day(end)
    if rule.kind == "working" and calendar is not None:
        return calendar.count(first, last)
    return max((last - first).days + 1, 0)
