"""A notice as its pages show it (通知页面): sentences by section with their clause, problems, findings, and what waits for whom."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from gme_portal.notices.models import Notice, NoticeProposal, NoticeVersion, WindowExtension
from gme_portal.policy import Policy, describe
from gme_portal.policy.extensions import NOT_EXTENDABLE, may_be_for_one_base, why_fixed
from gme_portal.policy.lint import Finding
from gme_portal.policy.moments import closing_words
from gme_portal.policy.schema import Window

PROPOSAL_TONES = {"draft": "neutral", "pending": "warn", "adopted": "ok", "returned": "bad", "withdrawn": "neutral"}
EXTENSION_TONES = {"pending": "warn", "approved": "ok", "refused": "bad", "withdrawn": "neutral"}
KIND_TONES = {"adoption": "info", "amendment": "warn", "extension": "ok"}
FINDING_TONES = {"错误": "bad", "矛盾": "warn", "提示": "info"}


def said(policy: Policy) -> list[dict[str, Any]]:
    """The describer's sentences by section, as components/sentences.html takes them."""
    return [
        {
            "title": title,
            "sentences": [
                {"text": one.text, "note": one.note, "clause": short_cite(policy, one.clause)} for one in group
            ],
        }
        for title, group in groupby(describe(policy), key=lambda one: one.section)
    ]


def short_cite(policy: Policy, clause: str) -> str:
    """A clause on a page that is all about one notice: its own name is said once at the top, not in every line."""
    return policy.cite(clause).replace(f"《{policy.source}》", "本通知") if clause else ""


def sections_changed(changes: list[dict[str, str]], policy: Policy) -> list[dict[str, Any]]:
    """The changes of a proposal by section, in the order they were found."""
    found: dict[str, list[dict[str, str]]] = {}
    for change in changes:
        shown = change | {"clause": short_cite(policy, change["clause"])}
        found.setdefault(change["section"], []).append(shown)
    return [{"title": title, "changes": rows} for title, rows in found.items()]


def findings_shown(findings: list[Finding], policy: Policy) -> list[dict[str, str]]:
    """What the check of contradictions found, the gravest first."""
    return [
        {
            "severity": one.severity,
            "tone": FINDING_TONES[one.severity],
            "path": one.path,
            "sentence": one.sentence,
            "quote": one.quote,
            "clause": "；".join(short_cite(policy, clause) for clause in one.clauses),
        }
        for one in findings
    ]


def versions(notice: Notice) -> QuerySet[NoticeVersion]:
    """Every version, the newest first, with who made it. One query."""
    return notice.versions.select_related("author", "approver", "proposal", "extension").order_by("-number")


def proposals() -> QuerySet[NoticeProposal]:
    """Every proposal of the house, the newest first."""
    return NoticeProposal.objects.select_related("notice", "author", "decided_by", "against", "version")


def extensions_of(notice: Notice) -> QuerySet[WindowExtension]:
    return WindowExtension.objects.select_related("asked_by", "decided_by", "version").filter(notice=notice)


def waiting(notice: Notice) -> tuple[list[NoticeProposal], list[WindowExtension]]:
    """What waits for a second person: of this notice, and proposals of notices there are not yet. Two queries."""
    pending = proposals().filter(Q(notice=notice) | Q(notice=None), state="pending")
    return list(pending), list(extensions_of(notice).filter(state="pending"))


def extendable(policy: Policy, at: Any) -> list[Window]:
    """The windows whose close may be moved now: begun, and with a close of their own."""
    return [window for window in policy.windows if window.key not in NOT_EXTENDABLE and window.opens <= at]


def fixed_sentences(policy: Policy, at: Any) -> list[str]:
    """Of the windows that have begun, those whose close cannot be moved: why, and what to do instead."""
    begun = [window for window in policy.windows if window.opens <= at]
    return list(dict.fromkeys(sentence for window in begun if (sentence := why_fixed(policy, window))))


def window_key(window: Window) -> str:
    """A window's name in a form."""
    return f"{window.key}|{window.round}|{','.join(window.person_types)}"


def window_words(window: Window, policy: Policy) -> str:
    """A window with whom it is for, its round where there are several, and its close."""
    kinds = "、".join(kind.label for kind in policy.person_types if kind.code in window.person_types)
    one = policy.round(window.round)
    label = f"{one.label}" if one is not None and len(policy.rounds) > 1 else ""
    about = "，".join(part for part in (label, kinds) if part)
    alone = "，可只为一个基地延长" if may_be_for_one_base(policy, window.key) else ""
    return f"{window.label}{f'（{about}）' if about else ''}：{closing_words(window.closes)}截止{alone}"
