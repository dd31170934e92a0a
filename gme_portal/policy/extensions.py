"""Extensions of windows (延长): what two people added to the calendar of an adopted notice, laid over its text."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from gme_portal.policy.checks import check
from gme_portal.policy.errors import Problem
from gme_portal.policy.model import Policy
from gme_portal.policy.schema import Window

# A list is on show for so many days from its own publication, and training begins on a day: neither has a close that could be moved.
NOT_EXTENDABLE = frozenset({"publicity", "training_start"})
# What a base does at its own pace; everything else has to be the same for all.
BASE_KEYS = frozenset({"review", "confirmation", "assessment", "base_admission", "report_in"})


def why_fixed(policy: Policy, window: Window) -> str:
    """Why the close of this window cannot be moved, and what to do instead; "" where it can."""
    if window.key not in NOT_EXTENDABLE:
        return ""
    if window.key == "training_start":
        return (
            f"{window.label}是一个日期，没有可以延长的截止时间。要推迟的，请在这一天之前起草修订，改{window.label}的日期；"
            "只是报到来不及的，请申请延长报到。"
        )
    days = f"{policy.publicity.days} 个工作日" if policy.publicity.kind == "working" else f"{policy.publicity.days} 日"
    return (
        f"{window.label}不能延长：每张名单从自己公布之日起公示 {days}，不看这里的截止时间。要公示更久的，请在第一张名单批准之前起草修订，"
        "改公示天数；名单已经公布的，有异议未答复时录取自动等到答复之后。"
    )


def may_be_for_one_base(policy: Policy, key: str) -> bool:
    """Whether a window may close later for one base alone: where people sign up at its counter (现场报名), registration too."""
    return key in BASE_KEYS or (key == "registration" and policy.registration.mode == "on_site")


@dataclass(frozen=True, slots=True)
class Extension:
    """A later close for one window, for everybody or for one base (its code)."""

    key: str
    round: str
    person_types: tuple[str, ...]
    closes: datetime
    base: str = ""

    def concerns(self, window: Window) -> bool:
        return (self.key, self.round, frozenset(self.person_types)) == (
            window.key,
            window.round,
            frozenset(window.person_types),
        )


def extend(policy: Policy, extensions: Collection[Extension]) -> Policy:
    """The policy with its windows as extended. A close only ever moves back: where the text itself is later, the text holds."""
    general = [one for one in extensions if not one.base]
    windows = tuple(_moved(window, general) for window in policy.windows)
    of_bases = []
    for base in sorted({one.base for one in extensions if one.base}):
        own = [one for one in extensions if one.base == base]
        for window in windows:
            moved = _moved(window, own)
            if moved is not window:
                of_bases.append(replace(moved, base=base))
    return replace(policy, windows=windows, base_windows=tuple(of_bases))


def _moved(window: Window, extensions: Iterable[Extension]) -> Window:
    latest = max((one.closes for one in extensions if one.concerns(window)), default=window.closes)
    if latest <= window.closes:
        return window
    return replace(window, closes=latest, extended_from=window.extended_from or window.closes)


def conflicts(policy: Policy, extension: Extension) -> tuple[str, ...]:
    """What an extension for everybody would contradict in the rest of the calendar, in sentences; one base may lag behind."""
    if extension.base:
        return ()
    problems: list[Problem] = []
    check(extend(policy, [extension]), problems)
    return tuple(problem.sentence for problem in problems)
