"""The way of an application (报名进程): the calendar as a person meets it, and the one obvious next step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from admissions.models import Application
from admissions.queries import choosing
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.wording import BEIJING, beijing

_TEXTS = {
    "confirmation": "带上报名表和材料原件到志愿基地。",
    "assessment": "具体安排见基地招生简章。",
    "publicity": "公示期间可以提出异议。",
    "acceptance": "被拟录取的，登录平台确认是否接受。",
    "invitation": "没有录取也没有填报的，可能收到基地邀请。",
    "reallocation": "服从省级调剂的人员按通知顺序调剂。",
    "report_in": "逾期未报到的按通知处理。",
}


def window_of(policy: Policy, application: Application, key: str) -> Window | None:
    """The window of one kind that concerns this person in this round."""
    base = choosing.base_code(application, policy)
    return policy.window(key, person_type=application.applicant.person_type or None, round=application.round, base=base)


def registration_of(policy: Policy, application: Application, at: datetime) -> Window | None:
    """When this person may register. Before they say what type they are (000 四 gives 专硕 other days): the first window that is not over."""
    if application.applicant.person_type:
        return window_of(policy, application, "registration")
    rows = [one for one in policy.windows if one.key == "registration" and one.round == application.round]
    left = [one for one in rows if at < one.closes]
    return min(left, key=lambda one: one.opens) if left else max(rows, key=lambda one: one.closes, default=None)


def windows_for(policy: Policy, application: Application) -> list[Window]:
    """The windows that concern this person in this round, by beginning."""
    keys = dict.fromkeys(window.key for window in policy.windows)
    found = [window_of(policy, application, key) for key in keys]
    return sorted((window for window in found if window is not None), key=lambda window: (window.opens, window.closes))


def timeline(policy: Policy, application: Application, at: datetime) -> list[dict[str, Any]]:
    """The windows of a person as components/timeline.html takes them."""
    return calendar(windows_for(policy, application), at)


def calendar(windows: Iterable[Window], at: datetime) -> list[dict[str, Any]]:
    """Windows as components/timeline.html takes them, in the order given."""
    events = []
    for window in windows:
        one_day = window.key == "training_start"
        state = "past" if at >= window.closes else "now" if window.is_open(at) else "next"
        events.append(
            {
                "title": window.label,
                "at": window.opens.astimezone(BEIJING).date() if one_day else window.opens,
                "until": None if one_day else window.closes,
                "state": state,
                "text": _extended(window) + _TEXTS.get(window.key, ""),
            }
        )
    return events


def _extended(window: Window) -> str:
    return f"已延长，原截止时间为{beijing(window.extended_from, 'until')}。" if window.extended_from else ""


def next_window(policy: Policy, application: Application, at: datetime) -> Window | None:
    """The window that comes next or is open now and closes first, after registration."""
    later = [
        one for one in windows_for(policy, application) if one.key not in ("registration", "review") and at < one.closes
    ]
    return min(later, key=lambda window: window.opens, default=None)
