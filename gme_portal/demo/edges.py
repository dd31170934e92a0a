"""Beginnings and ends of windows (节点) with the round they belong to, and what a window is called where rounds share names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gme_portal.policy import Policy
from gme_portal.policy.schema import Window


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A beginning or an end of a window (节点) in a round: `key` as in `policy.milestones()`; several windows of one kind are one edge."""

    at: datetime
    key: str
    round: str
    label: str

    @property
    def closes(self) -> bool:
        return self.key.endswith(".closes")


def edges(policy: Policy) -> list[Edge]:
    """Every milestone of the year with its round, in time."""
    found = {}
    for window in policy.windows:
        label = titled(window, policy)
        if window.key == "training_start":
            found[window.opens, f"{window.key}.opens", window.round] = label
        else:
            found[window.opens, f"{window.key}.opens", window.round] = f"{label}开始"
            found[window.closes, f"{window.key}.closes", window.round] = f"{label}截止"
        if window.key == "report_in" and policy.report_in.late_days:
            late = window.closes + timedelta(days=policy.report_in.late_days)
            found[late, "report_in.late", window.round] = f"{label}宽限期满"
    return sorted(Edge(*edge, label) for edge, label in found.items())


def titled(window: Window, policy: Policy) -> str:
    """What a window is called; with its round where another round has one of the same name."""
    alike = any(one.label == window.label and one.round != window.round for one in policy.windows)
    round = policy.round(window.round)
    return f"{round.label}{window.label}" if alike and round is not None else window.label
