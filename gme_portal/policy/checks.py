"""What must hold between the groups of a policy: windows that fit one another, people who have a window."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

from gme_portal.policy.errors import Problem
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import closing_words, opening_words
from gme_portal.policy.schema import WINDOW_KEYS, Window

JOURNEY = ("registration", "review", "assessment", "base_admission", "publicity", "report_in")


def check(policy: Policy, problems: list[Problem]) -> None:
    """Add what contradicts itself across groups. A group that could not be read at all is not looked at again."""
    paths = _paths(policy)
    _check_overlaps(policy, paths, problems)
    _check_groups(policy, problems)
    for one in policy.rounds:
        windows = [window for window in policy.windows if window.round == one.key]
        if one.dates_by_base or not policy.windows:
            continue
        for key in JOURNEY:
            if not any(window.key == key for window in windows):
                problems.append(Problem(f"windows.{key}", f"批次“{one.label}”没有{WINDOW_KEYS[key]}时间"))
        _check_order(policy, one.key, paths, problems)
        _check_covered(policy, one.key, problems)


def _check_groups(policy: Policy, problems: list[Problem]) -> None:
    """What one group promises, another must provide."""
    keys = {(window.key, window.round) for window in policy.windows}
    if policy.invitations is not None and ("invitation", policy.invitations.round) not in keys:
        problems.append(Problem("windows.invitation", "允许基地邀请，但没有基地邀请时间"))
    if policy.acceptance is not None and policy.acceptance.required:
        for one in policy.rounds:
            if ("publicity", one.key) in keys and ("acceptance", one.key) not in keys:
                problems.append(
                    Problem("windows.acceptance", f"批次“{one.label}”须确认接受录取，但没有接受录取确认时间")
                )
    exam = policy.medical_exam
    if exam is not None and exam.need == "required" and all(one.key != "medical" for one in policy.scoring.checks):
        problems.append(Problem("medical_exam.need", '体检合格为录取条件时，scoring.checks 须有 key = "medical"'))


def _paths(policy: Policy) -> dict[int, str]:
    """Where in the file each window stands; windows are kept in the order of the file under each key."""
    counts: dict[str, int] = {}
    paths = {}
    for window in policy.windows:
        index = counts.get(window.key, 0)
        counts[window.key] = index + 1
        paths[id(window)] = f"windows.{window.key}[{index}]"
    return paths


def _check_overlaps(policy: Policy, paths: dict[int, str], problems: list[Problem]) -> None:
    for one, other in combinations(policy.windows, 2):
        if (one.key, one.round) != (other.key, other.round):
            continue
        if one.person_types == other.person_types or set(one.person_types) & set(other.person_types):
            problems.append(Problem(paths[id(other)], f"同一批次、同一类人员的{WINDOW_KEYS[one.key]}时间写了两次"))


def _check_order(policy: Policy, round_key: str, paths: dict[int, str], problems: list[Problem]) -> None:
    """What the one must be over for, the other may not begin before."""

    def windows(key: str) -> list[Window]:
        return [window for window in policy.windows if window.key == key and window.round == round_key]

    for earlier, later in (
        ("base_admission", "publicity"),
        ("publicity", "reallocation"),
        ("registration", "assessment"),
    ):
        for first in windows(earlier):
            for second in windows(later):
                if second.opens < first.closes and _same_people(first, second):
                    sentence = (
                        f"{second.label}于{opening_words(second.opens)}开始，"
                        f"而{first.label}要到{closing_words(first.closes)}才截止"
                    )
                    problems.append(Problem(f"{paths[id(second)]}.opens", sentence))
    for window in windows("publicity"):
        if policy.publicity.kind == "calendar" and window.closes - window.opens < timedelta(days=policy.publicity.days):
            problems.append(Problem(f"{paths[id(window)]}.closes", f"公示时间不足规定的 {policy.publicity.days} 天"))


def _same_people(one: Window, other: Window) -> bool:
    return not one.person_types or not other.person_types or bool(set(one.person_types) & set(other.person_types))


def _check_covered(policy: Policy, round_key: str, problems: list[Problem]) -> None:
    for kind in policy.person_types:
        if kind.registers and policy.window("registration", kind.code, round_key) is None:
            problems.append(Problem("windows.registration", f"“{kind.label}”须自行报名，但没有报名时间"))
