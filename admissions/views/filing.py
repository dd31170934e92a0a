"""Checking, filing, taking back; the receipt and the printed form."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from admissions.access import submissions_visible_to
from admissions.exports.form import form_of, printed_name
from admissions.exports.form import form_to_bring as exported_form
from admissions.forms.applicant import SubmitForm
from admissions.models import Application
from admissions.queries import answers, counter, papers, receipts
from admissions.queries.bundles import OwnRow, own_rows, row_items
from admissions.queries.journey import next_window, window_of
from admissions.services import amendments, applications
from admissions.services.transitions import application_refusal
from admissions.states import APPLICANT
from admissions.views.applicant import application_of, refused_step
from admissions.views.refusals import add_refusals, in_words
from admissions.views.verify import verify_url
from applicants.queries import PHOTO, current_documents
from gme_portal.accounts.access import allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.printing.forms import print_application_form
from gme_portal.refusals import Refused
from gme_portal.wording import beijing

_ROUTES = {"choices": "apply:choices", "roster": "apply:roster"}


@allow(Role.APPLICANT)
def check(request: HttpRequest) -> HttpResponse:
    """Every answer in words with a link that changes it; problems first; the pledge and the button at the end."""
    return _check_page(request, application_of(request), None)


@require_POST
@allow(Role.APPLICANT)
def submit(request: HttpRequest) -> HttpResponse:
    """File the application. The key in the form makes a second click the same receipt."""
    application, form = application_of(request), SubmitForm(request.POST)
    if not form.is_valid():
        return _check_page(request, application, form)
    try:
        submission = applications.submit(
            application=application,
            actor=request.user,
            at=request.at,
            policy=request.policy,
            notice_version=request.notice_version,
            idempotency_key=form.cleaned_data["key"],
            checked=form.cleaned_data["checked"],
        )
    except Refused as refused:
        add_refusals(form, refused, request.policy)
        # The key of a form that has filed for somebody else: nothing is wrong with what was typed.
        return _check_page(request, application, form, refused=409 if refused.code == "KEY_OF_ANOTHER" else 422)
    return redirect("apply:receipt", request.notice.slug, submission.pk)


def _check_page(
    request: HttpRequest, application: Application, form: SubmitForm | None, *, refused: int = 422
) -> HttpResponse:
    """A form that was refused keeps its key; the digest is always of what this page shows. `refused`: the status of a form with faults."""
    policy, slug = request.policy, request.notice.slug
    content = applications.preview(application, policy=policy, notice_version=request.notice_version, at=request.at)
    digest = receipts.answers_digest(content)
    status = refused if form is not None and form.errors else 200
    if form is None:
        form = SubmitForm.fresh(digest)
    else:
        again = request.POST.copy()
        again["checked"] = digest
        form.data = again
    editable, on_site = applications.is_editable(application), policy.registration.mode == "on_site"
    step = applications.filing_step(application, viewer(request))
    closed = application_refusal(application, step, actor_kind=APPLICANT, at=request.at, policy=policy)
    to_counter = on_site and editable
    problems = (
        applications.filing_problems(application, policy=policy, at=request.at) if to_counter or not closed else []
    )
    last = application.submissions.order_by("-number").first()
    before = json.loads(last.content.open()) if last is not None and editable else None
    context = {
        "application": application,
        "sections": [_with_link(one, slug, editable=editable) for one in answers.sections(content, before=before)],
        "filed": not editable,
        "compared": last if before is not None else None,
        "closed": in_words(closed, policy) if closed and not to_counter else "",
        "to_counter": to_counter,
        "bring": papers.checklist(content, policy)[1:] if to_counter else [],
        "base": counter.chosen_base(application),
        "clause": policy.cite(policy.registration.clause),
        "problems": [
            {
                "text": one.sentence,
                "href": reverse(_ROUTES.get(one.field, f"profile:{one.field}"), args=[slug]),
                "clause": policy.cite(one.clause),
            }
            for one in problems
        ],
        "form": form,
        "window": window_of(policy, application, "registration"),
    }
    return render(request, "apply/check.html", context, status=status)


def _with_link(section: answers.Section, slug: str, *, editable: bool) -> dict[str, Any]:
    """A section with the page that changes it; the photo has a page of its own."""
    if editable:
        for item in section.items:
            if item.get("kind") == PHOTO:
                item["change_url"] = reverse("profile:photo", args=[slug])
    return {"section": section, "url": reverse(_ROUTES.get(section.key, f"profile:{section.key}"), args=[slug])}


@allow(Role.APPLICANT)
def withdraw(request: HttpRequest) -> HttpResponse:
    """A page that says what withdrawing means, and the button."""
    application = application_of(request)
    if request.method == "POST":
        try:
            applications.withdraw(application=application, actor=request.user, at=request.at, policy=request.policy)
        except Refused as refused:
            messages.error(request, in_words(refused.refusal, request.policy))
            return redirect("apply:home", request.notice.slug)
        messages.info(request, "报名已取消。截止前可以修改资料和志愿，再重新提交。")
        return redirect("apply:home", request.notice.slug)
    closed = application_refusal(application, "withdraw", actor_kind=APPLICANT, at=request.at, policy=request.policy)
    context = {
        "application": application,
        "closed": in_words(closed, request.policy) if closed else "",
        "window": window_of(request.policy, application, "registration"),
    }
    return render(request, "apply/withdraw.html", context)


@require_POST
@allow(Role.APPLICANT)
def amend(request: HttpRequest) -> HttpResponse:
    """Open what was filed for changes (修改报名); it stands until the changes are filed. `keep` drops them again."""
    application = application_of(request)
    if "keep" in request.POST:
        amendments.give_up(application=application, actor=viewer(request), at=request.at)
        messages.info(request, "没有提交的修改已放弃，以此前提交的报名为准。")
        return redirect("apply:home", request.notice.slug)
    try:
        amendments.begin(application=application, actor=viewer(request), at=request.at, policy=request.policy)
    except Refused as refused:
        messages.error(request, in_words(refused.refusal, request.policy))
    return redirect("apply:home", request.notice.slug)


@allow(Role.APPLICANT)
def form_to_bring(request: HttpRequest) -> HttpResponse:
    """The form as filled in so far, marked 未受理, to be brought to the counter (现场报名); elsewhere there is none before filing."""
    application, policy = application_of(request), request.policy
    if policy.registration.mode != "on_site" or not applications.is_editable(application):
        return redirect("apply:check", request.notice.slug)
    content = applications.preview(application, policy=policy, notice_version=request.notice_version, at=request.at)
    photo = current_documents(application.applicant).get(PHOTO)
    printed = print_application_form(
        exported_form(content, policy=policy, photo=photo.file if photo else None),
        at=request.at,
        rehearsal=settings.REHEARSAL_CLOCK,
    )
    response = HttpResponse(printed.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{printed_name(application.number, request.at)}"'
    return response


@allow(Role.APPLICANT)
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receipt of one filed version, with every other version."""
    submission = get_object_or_404(submissions_visible_to(request.user), pk=pk, application__notice=request.notice)
    application, content = submission.application, json.loads(submission.content.open())
    versions = list(application.submissions.select_related("base").order_by("-number"))
    older = next((one for one in versions if one.number == submission.number - 1), None)
    context = {
        "submission": submission,
        "application": application,
        "content": content,
        "items": answers.choice_items(content),
        "sections": answers.sections(content),
        "changed": answers.changed(content, json.loads(older.content.open())) if older else [],
        "versions": versions,
        "is_newest": submission.pk == versions[0].pk,
        "stands": application.state != "withdrawn",
        "badge_text": f"第 {submission.number} 版",
        "receipt_title": ("现场报名已受理" if submission.recorded_by_id else "报名已提交")
        if submission.pk == versions[0].pk and application.state != "withdrawn"
        else "提交记录",
        "may_amend": application.amending_since is None and refused_step(request, application, "amend") is None,
        "may_withdraw": application_refusal(
            application, "withdraw", actor_kind=APPLICANT, at=request.at, policy=request.policy
        )
        is None,
        "next_text": _what_follows(request, application),
        "code": receipts.verify_code(submission.receipt_number, submission.digest),
        "own": [(one, _own_items(one)) for one in own_rows(application, request.at)],
    }
    return render(request, "apply/receipt.html", context)


def _own_items(own: OwnRow) -> list[dict[str, str]]:
    """The person's row of a public input, in words."""
    if own.row is None:
        return []
    return [*row_items(own.bundle.problem, own.row), {"label": "结果", "value": own.seat}]


@allow(Role.APPLICANT)
def form_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form of a filed version as PDF, with photo and QR code."""
    submission = get_object_or_404(submissions_visible_to(request.user), pk=pk, application__notice=request.notice)
    printed = print_application_form(
        form_of(
            submission,
            json.loads(submission.content.open()),
            policy=request.policy,
            verify_url=verify_url(request, submission),
        ),
        at=request.at,
        rehearsal=settings.REHEARSAL_CLOCK,
    )
    response = HttpResponse(printed.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{printed_name(submission.receipt_number, request.at)}"'
    return response


def _what_follows(request: HttpRequest, application: Application) -> str:
    """What happens next, and when."""
    if application.state != "submitted":
        return ""
    window = next_window(request.policy, application, request.at)
    then = f"之后是{window.label}：{beijing(window.opens)} 至 {beijing(window.closes, 'until')}。" if window else ""
    return f"接下来由培训基地审核，结果会发短信并显示在“我的报名”。{then}"
