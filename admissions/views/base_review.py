"""The review queue (资格审核): the list, one application beside its documents, the decision, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.exports.lists import applications_sheet
from admissions.forms.base import DecisionForm, ReasonForm
from admissions.models import Application, ReviewDecision
from admissions.queries import queue
from admissions.queries.queue import Filter
from admissions.queries.rounds import label as round_label
from admissions.services import reviews
from admissions.states import APPLICATION_LABELS
from admissions.views.base_common import address, exported, own_base, rights, see_other, viewer
from admissions.views.base_person import application_of, person_page
from admissions.views.refusals import add_refusals
from admissions.views.rounds import round_of, switch
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.accounts.models import Role
from gme_portal.refusals import Refused

ROWS_A_PAGE = 25
DONE = {"approve": "已通过", "return": "已退回", "reject": "已作不通过处理"}


@allow(*BASE)
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """The queue, longest waiting first; every filter stands in the address."""
    own_base(request)
    policy = request.policy
    wanted = Filter.read(request.GET, policy)
    rows = queue.of_base(viewer(request), request.notice, round_of(request))
    everywhere = queue.filtered(rows, Filter.read({**request.GET.dict(), "state": queue.ALL}, policy))
    counts = dict(everywhere.order_by().values_list("state").annotate(number=Count("pk")))
    page = Paginator(queue.filtered(rows, wanted), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **rights(request),
        **switch(request),
        "page": page,
        "rows": [_line(request, row, wanted) for row in page],
        "wanted": wanted,
        "tabs": queue.state_tabs(counts, wanted, request.path),
        "chips": wanted.chips(policy),
        "clear_url": request.path + wanted.query(specialty="", person_type="", confirmed="", q=""),
        "specialties": [(code, policy.specialties.name(code)) for code in policy.specialties.codes],
        "person_types": queue.person_types(policy),
        "sheet_url": address(request, "base:review_sheet", query=wanted.query()),
    }
    return render(request, "base/review.html", context)


def _line(request: HttpRequest, row: Application, wanted: Filter) -> dict[str, Any]:
    kind = request.policy.person_type(row.applicant.person_type)
    return {
        "number": row.number,
        "name": row.applicant.user.name,
        "url": address(request, "base:review_one", row.pk, query=wanted.query()),
        "person_type": kind.label if kind else "",
        "choices": "、".join(choice.quota.specialty.name for choice in row.choices.all()),
        "submitted_at": row.submitted_at,
        "state_label": APPLICATION_LABELS[row.state],
        "tone": queue.TONES[row.state],
        "confirmed_at": row.confirmed_at,
    }


@allow(*BASE)
@require_safe
def review_sheet(request: HttpRequest) -> HttpResponse:
    """The filtered queue as .xlsx, numbers masked."""
    base = own_base(request)
    wanted = Filter.read(request.GET, request.policy)
    key = round_of(request)
    rows = list(queue.filtered(queue.of_base(viewer(request), request.notice, key), wanted))
    label = "全部" if wanted.state == queue.ALL else APPLICATION_LABELS[wanted.state]
    title = f"{base.name}{round_label(request.policy, key)}报名名单（{label}）"
    content = applications_sheet(title, rows, actor=viewer(request), at=request.at)
    return exported(request, content, title, action="export.review_queue", base=base, rows=len(rows))


@allow(*BASE)
@require_safe
def review_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List, documents, data: one application with everything the machine has checked."""
    return person_page(request, application_of(request, pk))


@allow(*BASE_WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide and go on to the next one. GET is the same form on a page of its own, for browsers without dialogs."""
    application = application_of(request, pk)
    wanted = Filter.read(request.GET, request.policy)
    asked = (request.POST or request.GET).get("decision", "")
    decision = asked if asked in ReviewDecision.values else ReviewDecision.RETURN.value
    newest = application.submissions.latest("number")
    form = DecisionForm(request.POST or None, policy=request.policy, decision=decision, initial={"seen": newest.pk})
    if request.method == "POST" and form.is_valid():
        given = {key: form.cleaned_data[key] for key in ("reason_code", "words", "clause") if key in form.cleaned_data}
        listed = queue.filtered(queue.of_base(viewer(request), request.notice, application.round), wanted)
        following = queue.neighbours(listed, application)[2]
        try:
            reviews.decide(
                application,
                decision,
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
                seen=form.cleaned_data["seen"],
                **given,
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(
                request, f"{DONE[decision]}：{application.applicant.user.name}（报名号 {application.number}）。"
            )
            if following is None:
                return see_other(address(request, "base:review", query=wanted.query()))
            return see_other(address(request, "base:review_one", following.pk, query=wanted.query()))
    context = {
        "form": form,
        "application": application,
        "title": ReviewDecision(decision).label,
        "back": address(request, "base:review_one", pk, query=wanted.query()),
    }
    return render(request, "base/decide.html", context, status=422 if form.errors else 200)


@allow(Role.BASE_LEAD)
@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a decided application back into the queue."""
    application = application_of(request, pk)
    here = address(request, "base:review_one", pk, query=Filter.read(request.GET, request.policy).query())
    form = ReasonForm(request.POST, label="撤回原因")
    if form.is_valid():
        try:
            reviews.take_back(
                application,
                reason=form.cleaned_data["reason"],
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, f"已撤回审核结果，{application.applicant.user.name}回到待审核。")
            return see_other(here)
    context = {"form": form, "application": application, "title": "撤回审核", "back": here}
    return render(request, "base/decide.html", context, status=422)
