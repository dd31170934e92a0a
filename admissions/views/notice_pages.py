"""The notice in words: its versions for the provincial office, the rules in force for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from admissions.exports.rules import rules_sheet
from admissions.queries import notice_pages
from admissions.queries.notice_pages import EXTENSION_TONES, KIND_TONES, PROPOSAL_TONES, said, sections_changed
from admissions.views.base_common import address, viewer
from admissions.views.downloads import spreadsheet, text_file
from admissions.views.oversight import WATCHERS
from gme_portal.accounts.access import allow, public
from gme_portal.accounts.models import User
from gme_portal.notices.access import may_propose
from gme_portal.notices.models import NoticeProposal, NoticeVersion, WindowExtension
from gme_portal.notices.queries import policy_of

PROPOSALS_SHOWN = 30


@allow(*WATCHERS)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The versions as a timeline, and what waits for a second person."""
    rows, user = list(notice_pages.versions(request.notice)), viewer(request)
    found = notice_pages.proposals().filter(notice=request.notice)[:PROPOSALS_SHOWN]
    proposals = [proposal_row(one, user) for one in found]
    extensions = [extension_row(one) for one in notice_pages.extensions_of(request.notice).filter(state="pending")]
    context = {
        "current": rows[0],
        "kind_tone": KIND_TONES[rows[0].kind],
        "versions": [_event(request, one, rows[0].number) for one in rows],
        "open": [row for row in proposals if row["proposal"].state in ("draft", "pending")],
        "closed": [row for row in proposals if row["proposal"].state not in ("draft", "pending")],
        "extensions": extensions,
        "may_propose": may_propose(user),
        "tabs": notice_tabs(request, "notices", len(extensions)),
    }
    return render(request, "province/notices.html", context)


def notice_tabs(request: HttpRequest, current: str, waiting: int | None = None) -> list[dict[str, Any]]:
    tabs = (("notices", "版本和草案", None), ("extensions", "延长", waiting))
    return [
        {"label": label, "url": address(request, f"province:{key}"), "current": key == current, "count": count or None}
        for key, label, count in tabs
    ]


def _event(request: HttpRequest, version: NoticeVersion, newest: int) -> dict[str, Any]:
    """A version as components/timeline.html takes it."""
    people = "，".join(
        f"{what} {who.name}" for what, who in (("经办", version.author), ("批准", version.approver)) if who is not None
    )
    return {
        "title": f"第 {version.number} 版 {version.get_kind_display()}{'（现行）' if version.number == newest else ''}",
        "at": version.adopted_at,
        "state": "past",
        "url": address(request, "province:notice_version", version.number),
        "text": f"{version.reason}{f'（{people}）' if people else ''}",
    }


def proposal_row(proposal: NoticeProposal, user: User) -> dict[str, Any]:
    """A proposal as province/_proposal_table.html takes it."""
    return {
        "proposal": proposal,
        "tone": PROPOSAL_TONES[proposal.state],
        "mine": proposal.author_id == user.pk,
        "is_new": proposal.notice_id is None,
    }


def extension_row(extension: WindowExtension) -> dict[str, Any]:
    return {"extension": extension, "tone": EXTENSION_TONES[extension.state]}


@allow(*WATCHERS)
@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: what it changed, and every sentence with its clause."""
    row = _version(request, number)
    policy = policy_of(row)
    proposal = getattr(row, "proposal", None)
    context = {
        "version": row,
        "kind_tone": KIND_TONES[row.kind],
        "extension": getattr(row, "extension", None),
        "changes": sections_changed(proposal.changes, policy) if proposal else [],
        "groups": said(policy),
        "in_force": row.number == request.notice_version.number,
    }
    return render(request, "province/notice_version.html", context)


@allow(*WATCHERS)
@require_safe
def version_file(request: HttpRequest, number: int) -> HttpResponse:
    """The text as adopted."""
    row = _version(request, number)
    return text_file(row.source, f"{request.notice.slug}-v{row.number}.toml")


@allow(*WATCHERS)
@require_safe
def version_sheet(request: HttpRequest, number: int) -> HttpResponse:
    row = _version(request, number)
    return spreadsheet(rules_sheet(policy_of(row), row), f"{request.notice.title}第 {row.number} 版")


def _version(request: HttpRequest, number: int) -> NoticeVersion:
    return get_object_or_404(notice_pages.versions(request.notice), number=number)


@public
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, for everybody, with the changes since the notice was adopted."""
    rows = list(notice_pages.versions(request.notice))
    context = {
        "version": rows[0],
        "groups": said(request.policy),
        "changes": [_public_change(one) for one in rows if one.kind != "adoption"],
        "source": request.policy.source,
    }
    return render(request, "public/rules.html", context)


def _public_change(version: NoticeVersion) -> dict[str, Any]:
    """A version as everybody sees it: when, why and what; not by whom."""
    proposal, extension = getattr(version, "proposal", None), getattr(version, "extension", None)
    return {
        "version": version,
        "tone": KIND_TONES[version.kind],
        "sentences": [change["sentence"] for change in proposal.changes] if proposal else [],
        "extension": extension,
    }


@public
@require_safe
def rules_file(request: HttpRequest) -> HttpResponse:
    """The rules in force as a spreadsheet."""
    return spreadsheet(rules_sheet(request.policy, request.notice_version), f"{request.notice.title}招录规则")
