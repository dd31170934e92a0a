"""Drafts and proposals of notices (通知草案): written, checked, compared, previewed, approved or sent back.

A proposal lies outside any notice, because it may be of one there is not yet; the pages of an amendment stand under the notice it amends."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from admissions.exports.rules import names_of, preview_sheet
from admissions.forms.notice import DraftForm, WordsForm
from admissions.models import NoticePreview
from admissions.queries import notice_pages, previews
from admissions.queries.notice_pages import PROPOSAL_TONES, findings_shown, said, sections_changed, short_cite
from admissions.queries.office import starts
from admissions.queries.settled import settled
from admissions.services import previews as preview_services
from admissions.states import PREVIEW_LABELS
from admissions.tasks import preview_notice
from admissions.views.base_common import see_other, viewer
from admissions.views.downloads import spreadsheet, text_file
from admissions.views.oversight import WATCHERS
from admissions.views.refusals import in_words
from gme_portal.accounts.access import PROVINCE, allow
from gme_portal.audit.services import record
from gme_portal.notices.access import may_approve, may_propose
from gme_portal.notices.models import Notice, NoticeProposal
from gme_portal.notices.queries import (
    changes,
    last_version,
    policy_of,
    proposed_policy,
    shipped,
    version_in_force,
    working_calendar,
)
from gme_portal.notices.services import proposals
from gme_portal.policy import Policy, PolicyError
from gme_portal.policy.amending import locked
from gme_portal.policy.lint import lint
from gme_portal.refusals import Refused

PEOPLE_A_PAGE = 50
DIRECTION_TONES = {"closed": "bad", "doubt": "warn", "cleared": "ok", "opened": "ok"}


def _found(request: HttpRequest, pk: UUID) -> NoticeProposal:
    """The proposal; from here on the request is about its notice, where there is one."""
    row = get_object_or_404(notice_pages.proposals(), pk=pk)
    if row.notice is not None:
        version = version_in_force(row.notice)
        request.notice, request.notice_version, request.policy = row.notice, version, policy_of(version)
    return row


def _page_of(row: NoticeProposal, route: str = "proposal") -> str:
    return reverse(f"office:{route}", args=[row.pk])


# Writing


@allow(*PROVINCE)
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest) -> HttpResponse:
    """A new draft that amends this notice; it begins with the text in force, or with that of `?from=`."""

    def save(text: dict[str, Any]) -> NoticeProposal:
        return proposals.draft(notice=request.notice, actor=viewer(request), at=request.at, **text)

    earlier = _earlier(request)
    source = earlier.source if earlier and earlier.notice_id == request.notice.pk else request.notice_version.source
    return _write(request, save, {"source": source}, is_new=False)


@allow(*PROVINCE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A draft of a notice there is not yet: from a file, or beginning with the text of an earlier draft (`?from=`), of a notice of the house
    (`?notice=`) or of a file that came with the platform (`?file=`)."""

    def save(text: dict[str, Any]) -> NoticeProposal:
        return proposals.draft(notice=None, actor=viewer(request), at=request.at, **text)

    earlier = _earlier(request)
    begun = last_version(request.GET.get("notice", ""))
    source = shipped().get(request.GET.get("file", ""), "")
    if earlier or begun:
        source = (earlier or begun).source  # type: ignore[union-attr]
    return _write(request, save, {"source": source}, is_new=True)


def _earlier(request: HttpRequest) -> NoticeProposal | None:
    try:
        pk = UUID(request.GET.get("from", ""))
    except ValueError:
        return None
    return get_object_or_404(notice_pages.proposals(), pk=pk)


@allow(*PROVINCE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One's own draft."""
    row = _found(request, pk)
    if row.state != "draft" or row.author_id != viewer(request).pk:
        return redirect(_page_of(row))

    def save(text: dict[str, Any]) -> NoticeProposal:
        return proposals.edit(row, actor=viewer(request), at=request.at, **text)

    initial = {"source": row.source, "reason": row.reason}
    return _write(request, save, initial, is_new=row.notice_id is None, row=row)


def _write(
    request: HttpRequest,
    save: Callable[[dict[str, Any]], NoticeProposal],
    initial: dict[str, str],
    *,
    is_new: bool,
    row: NoticeProposal | None = None,
) -> HttpResponse:
    sent = request.method == "POST"
    form = DraftForm(request.POST if sent else None, request.FILES if sent else None, initial=initial)
    if sent and form.is_valid():
        text = {name: form.cleaned_data[name] for name in ("source", "reason", "file_name")}
        try:
            saved = save(text)
        except Refused as refused:
            for one in refused.refusals:
                form.add_error(one.field if one.field in form.fields else None, one.sentence)
        else:
            return see_other(_page_of(saved))
    context = {
        "form": form,
        "is_new": is_new,
        "proposal": row,
        "locked": [] if is_new else locked(request.policy, at=request.at, settled=settled(request.notice)),
        "starts": starts() if is_new and row is None and not sent else None,
    }
    return render(request, "province/notice_draft.html", context, status=422 if form.errors else 200)


# One proposal


@allow(*WATCHERS)
@require_safe
def proposal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is wrong with it, what it changes, what it says, and who may do what with it."""
    return _page(request, _found(request, pk))


def _page(
    request: HttpRequest, row: NoticeProposal, *, errors: list[dict[str, str]] | None = None, words: str = ""
) -> HttpResponse:
    user = viewer(request)
    own_open = row.author_id == user.pk and row.state in ("draft", "pending")
    context = {
        "proposal": row,
        "tone": PROPOSAL_TONES[row.state],
        "is_new": row.notice_id is None,
        "stale": _is_stale(row),
        **_read(row, _standing(request)),
        "errors": errors or [],
        "may_edit": own_open and row.state == "draft",
        "may_withdraw": own_open,
        "may_decide": row.state == "pending" and may_approve(user, row.author_id),
        "may_draft": may_propose(user) and row.state in ("returned", "withdrawn", "pending"),
        "may_preview": may_propose(user) and row.state in ("draft", "pending") and row.notice_id is not None,
        "words": WordsForm(initial={"words": words}),
        "preview": previews.newest_preview(row.pk) if row.notice_id else None,
        "decision": _decision(row),
    }
    return render(request, "province/notice_proposal.html", context, status=422 if errors else 200)


def _is_stale(row: NoticeProposal) -> bool:
    if row.state not in ("draft", "pending") or row.notice is None:
        return False
    last = last_version(row.notice.slug)
    return last is not None and last.pk != row.against_id


def _standing(request: HttpRequest) -> Policy | None:
    """The policy in force of the notice that is amended; None for a new one."""
    return getattr(request, "policy", None)


def _said(refused: Refused, request: HttpRequest) -> list[dict[str, str]]:
    """What was refused, for the top of the page."""
    policy = _standing(request)
    return [{"text": in_words(one, policy) if policy else one.sentence, "href": ""} for one in refused.refusals]


def _read(row: NoticeProposal, standing: Policy | None) -> dict[str, Any]:
    """The text's problems; or, where it has none, its sentences, its contradictions and its changes."""
    try:
        policy = proposed_policy(row)
    except PolicyError as error:
        # A new notice changes nothing; an amendment's changes are told in the words of the text in force.
        return {"problems": error.problems, "changes": sections_changed(row.changes, standing) if standing else []}
    return {
        "problems": (),
        "groups": said(policy),
        "findings": findings_shown(lint(policy, working_calendar()), policy),
        "changes": sections_changed(row.changes or changes(row.against, policy), policy),
    }


def _decision(row: NoticeProposal) -> dict[str, Any] | None:
    """As components/decision.html takes it, once it was proposed."""
    if row.proposed_at is None:
        return None
    return {
        "title": row.reason,
        "state_label": row.get_state_display(),
        "tone": PROPOSAL_TONES[row.state],
        "maker": row.author.name,
        "made_at": row.proposed_at,
        "checker": row.decided_by.name if row.decided_by and row.state in ("adopted", "returned") else "",
        "checked_at": row.decided_at if row.state in ("adopted", "returned") else None,
        "note": row.words,
    }


@allow(*WATCHERS)
@require_safe
def proposal_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _found(request, pk)
    return text_file(row.source, f"{row.notice.slug if row.notice else 'notice'}-draft.toml")


@allow(*PROVINCE)
@require_POST
def step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Propose, withdraw, approve or return; the page again with what was refused."""
    row, words = _found(request, pk), request.POST.get("words", "")
    user, at = viewer(request), request.at
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "propose": (lambda: proposals.propose(row, actor=user, at=at, settled=settled), "已提交，等待另一位省级负责人批准。"),
        "withdraw": (lambda: proposals.withdraw(row, actor=user, at=at), "已撤回。"),
        "return": (lambda: proposals.send_back(row, words=words, actor=user, at=at), "已退回起草人。"),
        "approve": (lambda: proposals.approve(row, actor=user, at=at, settled=settled), "已采用，即刻执行。"),
    }  # fmt: skip
    if step not in steps:
        raise Http404("没有这一步。")
    act, done = steps[step]
    try:
        act()
    except Refused as refused:
        return _page(request, _found(request, pk), errors=_said(refused, request), words=words)
    messages.success(request, done)
    adopted = Notice.objects.filter(proposals__pk=row.pk).first() if step == "approve" else None
    return see_other(reverse("province:notices", args=[adopted.slug]) if adopted else _page_of(row))


# What it would change for people


@allow(*PROVINCE)
@require_POST
def preview_start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a preview; the job runs in the background."""
    row = _found(request, pk)
    try:
        found = preview_services.ask(row, actor=viewer(request), at=request.at)
    except Refused as refused:
        return _page(request, row, errors=_said(refused, request))
    try:
        preview_notice.delay(str(found.pk))
    except OperationalError:
        messages.error(request, "后台任务暂时不能办理，请稍后再点“预览影响”。")
    return see_other(_page_of(row, "preview"))


@allow(*PROVINCE)
@require_safe
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The figures by rule and direction, and the people behind them; a list that is exported leaves a record."""
    row = _found(request, pk)
    found = previews.newest_preview(row.pk)
    if found is None:
        raise Http404
    policy = _policy(row, request.policy)
    if request.GET.get("export") == "xlsx" and found.finished_at:
        return _exported(request, found, policy)
    page = Paginator(previews.lines(found, request.GET.dict()), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "proposal": row,
        "preview": found,
        "outdated": found.digest != row.digest or _is_stale(row),
        "groups": [
            {"group": one, "tone": DIRECTION_TONES[one.direction], "clause": short_cite(policy, one.clause)}
            for one in previews.groups(found)
        ] if found.finished_at else [],
        "page": page,
        "people": [
            {"line": line, "tone": DIRECTION_TONES[line.direction], "specialties": "、".join(names_of(line, policy))}
            for line in page
        ],
        "chips": _chips(request),
    }  # fmt: skip
    return render(request, "province/notice_preview.html", context)


def _policy(row: NoticeProposal, standing: Policy) -> Policy:
    """Names and clauses of the text that was judged; a draft may have been broken since."""
    try:
        return proposed_policy(row)
    except PolicyError:
        return standing


def _chips(request: HttpRequest) -> list[dict[str, str]]:
    direction, rule = request.GET.get("direction", ""), request.GET.get("rule", "")
    if not direction and not rule:
        return []
    return [{"label": f"{PREVIEW_LABELS.get(direction, '')} {rule}".strip(), "remove_url": f"{request.path}#people"}]


def _exported(request: HttpRequest, found: NoticePreview, policy: Policy) -> HttpResponse:
    rows = list(previews.lines(found, request.GET.dict()))
    content = preview_sheet(request.notice.title, rows, policy=policy, actor=viewer(request), at=request.at)
    detail = {"rows": len(rows), "sha256": sha256(content).hexdigest()}
    record(actor=viewer(request), action="export.notice_preview", subject=found, at=request.at, detail=detail)
    return spreadsheet(content, "修订影响名单")


@allow(*PROVINCE)
@never_cache
@require_safe
def preview_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far the job is, for htmx; when it is done the page is opened again."""
    row = _found(request, pk)
    found = previews.newest_preview(row.pk)
    if found is None:
        raise Http404
    if found.finished_at:
        return HttpResponse(headers={"HX-Redirect": _page_of(row, "preview")})
    return render(request, "province/_preview_progress.html", {"proposal": row, "preview": found})
