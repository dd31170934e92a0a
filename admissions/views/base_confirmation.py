"""On-site confirmation (现场确认): the list, the scanner's box, one person with the papers in binding order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.forms.base import ConfirmForm, ReasonForm, ScanForm
from admissions.models import Application
from admissions.queries import answers, papers, queue
from admissions.queries.journey import window_of
from admissions.queries.masking import masked, masked_change
from admissions.queries.queue import Filter
from admissions.queries.rounds import label as round_label
from admissions.queries.snapshots import PHOTO
from admissions.services import confirmation as services
from admissions.services.transitions import window_refusal
from admissions.states import APPLICATION_LABELS
from admissions.views.base_common import address, own_base, rights, see_other, viewer
from admissions.views.base_person import application_of
from admissions.views.refusals import add_refusals, in_words
from admissions.views.rounds import in_round, round_of, switch
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.accounts.models import Role
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refused

ROWS_A_PAGE = 25
PURPOSE = "现场确认"


@allow(*BASE)
@require_safe
def confirmation(request: HttpRequest) -> HttpResponse:
    """Who still has to come, who was here; the box for the scanner on top."""
    return _list(request, ScanForm())


@allow(*BASE_WRITERS)
@require_POST
def confirm_scan(request: HttpRequest) -> HttpResponse:
    """From a scanned QR or a typed number to the person."""
    own_base(request)
    form = ScanForm(request.POST)
    if form.is_valid():
        code = form.cleaned_data["code"]
        found = papers.scan(code, user=viewer(request), notice=request.notice)
        if found is not None:
            return see_other(address(request, "base:confirm_one", found.application.pk) + f"?code={_short(code)}")
        form.add_error("code", "没有找到这份报名。请核对号码；报其他基地的报名在这里查不到。")
    return _list(request, form)


def _short(code: str) -> str:
    """What of a scanned text goes into the address: number and short digest, never a whole link."""
    return "".join(
        sign for sign in code.strip().rsplit("/", 1)[-1].rsplit("=", 1)[-1] if sign.isalnum() or sign == "-"
    )[:60]


def _list(request: HttpRequest, form: ScanForm) -> HttpResponse:
    own_base(request)
    done = request.GET.get("confirmed") == "yes"
    wanted = Filter(state="approved", confirmed="yes" if done else "no", q=request.GET.get("q", "").strip()[:60])
    listed = queue.of_base(viewer(request), request.notice, round_of(request))
    everybody = listed.filter(state="approved")
    rows = queue.filtered(listed, wanted)
    rows = rows.order_by("-confirmed_at", "pk") if done else rows.order_by("number")
    waiting, confirmed = everybody.filter(confirmed_at=None).count(), everybody.exclude(confirmed_at=None).count()
    context = {
        **rights(request),
        **switch(request),
        "form": form,
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "done": done,
        "q": wanted.q,
        "tabs": [
            {"label": "待确认", "url": in_round(request, "base:confirmation"), "current": not done, "count": waiting},
            {
                "label": "已确认",
                "url": in_round(request, "base:confirmation", confirmed="yes"),
                "current": done,
                "count": confirmed,
            },
        ],
        **_window(request, request.policy.window("confirmation", round=round_of(request), base=own_base(request).code)),
    }
    return render(request, "base/confirmation.html", context, status=422 if form.errors else 200)


def _window(request: HttpRequest, window: Window | None) -> dict[str, Any]:
    refusal = window_refusal(window, doing="现场确认", at=request.at)
    hours = "、".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in window.hours) if window else ""
    return {"window": window, "hours": hours, "closed": in_words(refusal, request.policy) if refusal else ""}


@allow(*BASE)
@require_safe
def confirm_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person, the paper in hand against what was filed, and the checklist."""
    return _one(request, application_of(request, pk))


@allow(*BASE_WRITERS)
@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm, then back to the scanner's box for the next one."""
    application = application_of(request, pk)
    newest = papers.newest_submission(application, viewer(request))
    form = ConfirmForm(
        request.POST, papers=papers.checklist(papers.content_of(newest), request.policy) if newest else []
    )
    scanned = papers.scan(request.GET.get("code", ""), user=viewer(request), notice=request.notice)
    state = scanned.state if scanned is not None and scanned.application.pk == application.pk else "unproven"
    if form.is_valid():
        try:
            services.confirm(
                application,
                papers=form.cleaned_data["papers"],
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
                paper_state=state,
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, f"已确认：{application.applicant.user.name}（报名号 {application.number}）。")
            return see_other(in_round(request, "base:confirmation", round=application.round))
    return _one(request, application, form=form)


@allow(Role.BASE_LEAD)
@require_http_methods(["POST"])
def confirm_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a confirmation back."""
    application = application_of(request, pk)
    form = ReasonForm(request.POST, label="撤销原因")
    if form.is_valid():
        try:
            services.undo(
                application,
                reason=form.cleaned_data["reason"],
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, f"已撤销{application.applicant.user.name}的现场确认。")
            return see_other(address(request, "base:confirm_one", pk))
    return _one(request, application, undo=form)


def _one(
    request: HttpRequest, application: Application, *, form: ConfirmForm | None = None, undo: ReasonForm | None = None
) -> HttpResponse:
    user, policy = viewer(request), request.policy
    newest = papers.newest_submission(application, user)
    content = (
        papers.content_of(newest, text=newest.content.reveal(actor=user, purpose=PURPOSE, at=request.at))
        if newest
        else {}
    )
    code = request.GET.get("code", "")
    scanned = papers.scan(code, user=user, notice=request.notice) if code else None
    if scanned is not None and scanned.application.pk != application.pk:
        scanned = None
    kept = [masked(one) for one in answers.sections(content) if one.key in ("personal", "choices")]
    photo = next((row["id"] for row in content["documents"] if row["kind"] == PHOTO), None)
    window = window_of(policy, application, "confirmation")
    context = {
        **rights(request),
        "application": application,
        "submission": newest,
        "content": content,
        "round_label": round_label(policy, application.round),
        "back": in_round(request, "base:confirmation", round=application.round),
        "state_label": "已确认" if application.confirmed_at else APPLICATION_LABELS[application.state],
        "tone": "ok" if application.confirmed_at else queue.TONES[application.state],
        "sections": kept,
        "photo_url": address(request, "base:document", newest.pk, photo) if newest and photo else "",
        "scanned": scanned,
        "changes": [masked_change(change) for change in scanned.changes] if scanned else [],
        "seen": form or ConfirmForm(papers=papers.checklist(content, policy)),
        "undo": undo or ReasonForm(label="撤销原因", auto_id="id_undo_%s"),
        "failed": [one for one in (form, undo) if one is not None],
        "action_query": f"?code={code}" if code else "",
        **_window(request, window),
    }
    failed = bool((form and form.errors) or (undo and undo.errors))
    return render(request, "base/confirm_one.html", context, status=422 if failed else 200)
