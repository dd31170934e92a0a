"""Contradictions and impossible calendars (规则检查): what a strict loader must let pass, and an officer should see before the notice goes out.

`lint(policy, calendar, plan, text)`: the policy by itself; with the working days; with the plan's table; with the notice as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gme_portal.policy.lint.calendar import calendar_findings
from gme_portal.policy.lint.findings import SEVERITIES, Finding
from gme_portal.policy.lint.groups import brochure_findings, group_findings
from gme_portal.policy.lint.plan_table import Rows, plan_findings
from gme_portal.policy.lint.texts import text_findings
from gme_portal.policy.model import Policy
from gme_portal.policy.working_days import WorkingCalendar

__all__ = ["Finding", "brochure_findings", "lint", "text_findings"]


def lint(
    policy: Policy,
    calendar: WorkingCalendar | None = None,
    plan: Rows | Mapping[str, Rows] | None = None,
    text: str | Mapping[str, str] | None = None,
) -> list[Finding]:
    """Every finding, the gravest first, each once. `plan`: the cells of the plan's table, or name → cells where there are
    several; `text`: the own notice as it stands, or source key → text."""
    plans = plan if isinstance(plan, Mapping) else ({} if plan is None else {"plan": plan})
    texts = {_own(policy): text} if isinstance(text, str) else (text or {})
    found = dict.fromkeys(_all(policy, calendar, plans, texts))
    return sorted(found, key=lambda one: SEVERITIES.index(one.severity))


def _all(
    policy: Policy, calendar: WorkingCalendar | None, plans: Mapping[str, Rows], texts: Mapping[str, str]
) -> Iterator[Finding]:
    yield from calendar_findings(policy, calendar)
    yield from group_findings(policy)
    yield from plan_findings(plans, policy)
    yield from text_findings(texts, policy, calendar)


def _own(policy: Policy) -> str:
    return next((source.key for source in policy.sources if source.own), "通知")
