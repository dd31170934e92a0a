"""The counter (现场报名): find the person or open an account, see what is ready and what is missing, file for them, print."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.access import FILED, at_counter_of, submissions_visible_to
from admissions.exports.form import form_of, printed_name
from admissions.forms.counter import AccountForm, FindForm, RecordForm
from admissions.models import Application, Submission
from admissions.queries import answers, counter, papers, receipts
from admissions.queries.masking import masked
from admissions.queries.queue import TONES
from admissions.services import amendments, applications
from admissions.services import counter as services
from admissions.services.transitions import actor_kind_of, application_refusal, window_refusal
from admissions.states import APPLICATION_LABELS
from admissions.views.base_common import address, own_base, rights, see_other, viewer
from admissions.views.refusals import add_refusals, in_words
from admissions.views.verify import verify_url
from bases.models import TrainingBase
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.accounts.models import PhoneCodePurpose
from gme_portal.accounts.views.joining import answer_code, typed
from gme_portal.audit.services import log_reveal
from gme_portal.printing.forms import print_application_form
from gme_portal.refusals import Refused
from gme_portal.wording import BEIJING

PURPOSE = "现场报名"


@allow(*BASE)
@require_safe
def counter_home(request: HttpRequest) -> HttpResponse:
    """The box for the number, when the counter is open, and whom it has served today."""
    return _home(request, FindForm())


@allow(*BASE_WRITERS)
@require_POST
def counter_find(request: HttpRequest) -> HttpResponse:
    """From an exact number to the person; every look-up is on record."""
    base, form = own_base(request), FindForm(request.POST)
    if form.is_valid():
        try:
            found = services.find(
                typed=form.cleaned_data["number"],
                notice=request.notice,
                base=base,
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            return see_other(address(request, "base:counter_one", found.pk))
    return _home(request, form)


def _home(request: HttpRequest, form: FindForm) -> HttpResponse:
    base = own_base(request)
    if _led_away(request):
        return see_other(address(request, "base:home"))
    today = datetime.combine(request.at.astimezone(BEIJING).date(), time(), BEIJING)
    context = {
        **rights(request),
        **_window(request, base),
        "base": base,
        "form": form,
        "served": counter.recorded_at(request.notice, base, today),
    }
    return render(request, "base/counter.html", context, status=422 if form.errors else 200)


def _led_away(request: HttpRequest) -> bool:
    """Under a notice without a counter these pages lead back to the workbench and say why."""
    try:
        services.refuse_unless_on_site(request.policy)
    except Refused as refused:
        messages.info(request, in_words(refused.refusal, request.policy))
        return True
    return False


def _window(request: HttpRequest, base: TrainingBase) -> dict[str, Any]:
    window = counter.window_at(request.policy, base, request.at)
    closed = window_refusal(window, doing="办理现场报名", at=request.at)
    return {"window": window, "closed": in_words(closed, request.policy) if closed else ""}


@allow(*BASE_WRITERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def counter_account(request: HttpRequest) -> HttpResponse:
    """An account for somebody without one; the answer is a slip with the first password, printed once and kept nowhere."""
    base = own_base(request)
    if _led_away(request):
        return see_other(address(request, "base:home"))
    form = AccountForm(request.POST or None, at=request.at)
    if request.method == "POST" and form.is_valid():
        words = ("name", "document_kind", "document_number", "phone", "code")
        try:
            application, password = services.open_account(
                **{name: form.cleaned_data[name] for name in words},
                notice=request.notice,
                base=base,
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            context = {"application": application, "password": password, "base": base}
            return render(request, "base/counter_slip.html", context)
    context = {**_window(request, base), "form": form}
    return render(request, "base/counter_account.html", context, status=422 if form.errors else 200)


@allow(*BASE_WRITERS)
@require_POST
def counter_code(request: HttpRequest) -> HttpResponse:
    """Send the one-time code to the person's phone."""
    base = own_base(request)
    if _led_away(request):
        return see_other(address(request, "base:home"))
    if _window(request, base)["closed"]:
        return see_other(address(request, "base:counter"))
    form = AccountForm(initial=typed(request, AccountForm), at=request.at)
    return answer_code(request, PhoneCodePurpose.REGISTER, "base/counter_account.html", form)


def _application_of(request: HttpRequest, pk: UUID) -> tuple[TrainingBase, Application]:
    base = own_base(request)
    return base, get_object_or_404(at_counter_of(viewer(request)).filter(notice=request.notice), pk=pk)


@allow(*BASE)
@require_safe
def counter_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything the person has entered, what is missing, and the button."""
    return _one(request, pk, None)


@allow(*BASE_WRITERS)
@require_POST
def counter_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """File for the person (受理并提交). The key in the form makes a second click the same receipt."""
    _, application = _application_of(request, pk)
    form = RecordForm(request.POST)
    if form.is_valid():
        try:
            submission = applications.submit(
                application=application,
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
                notice_version=request.notice_version,
                idempotency_key=form.cleaned_data["key"],
                checked=form.cleaned_data["checked"],
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
            return _one(request, pk, form, refused=409 if refused.code == "KEY_OF_ANOTHER" else 422)
        return see_other(address(request, "base:counter_receipt", submission.pk))
    return _one(request, pk, form)


@allow(*BASE_WRITERS)
@require_POST
def counter_correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open what was filed for corrections (更正): the person changes it here and now, and it is filed again."""
    _, application = _application_of(request, pk)
    try:
        amendments.begin(application=application, actor=viewer(request), at=request.at, policy=request.policy)
    except Refused as refused:
        messages.error(request, in_words(refused.refusal, request.policy))
    return see_other(address(request, "base:counter_one", pk))


@allow(*BASE_WRITERS)
@require_POST
def counter_keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Drop corrections that were begun: what was filed stays."""
    base, application = _application_of(request, pk)
    if application.base_id == base.pk:
        amendments.give_up(application=application, actor=viewer(request), at=request.at)
    return see_other(address(request, "base:counter_one", pk))


def _one(request: HttpRequest, pk: UUID, form: RecordForm | None, *, refused: int = 422) -> HttpResponse:
    """`refused`: the status of a form with faults."""
    base, application = _application_of(request, pk)
    if _led_away(request):
        return see_other(address(request, "base:home"))
    user = viewer(request)
    writing = applications.is_editable(application)
    chosen = counter.chosen_base(application) if writing else application.base
    context: dict[str, Any] = {
        **rights(request),
        **_window(request, base),
        "application": application,
        "state_label": "更正中" if application.amending_since else APPLICATION_LABELS[application.state],
        "tone": TONES[application.state],
        "elsewhere": chosen is not None and chosen.pk != base.pk,
        "writing": writing,
        "newest": papers.newest_submission(application, user),
    }
    if not context["elsewhere"]:
        log_reveal(row=application, column="content", actor=user, purpose=PURPOSE, at=request.at)
        context |= _writing(request, application, form) if writing else _filed(request, application)
    status = refused if form is not None and form.errors else 200
    return render(request, "base/counter_one.html", context, status=status)


def _writing(request: HttpRequest, application: Application, form: RecordForm | None) -> dict[str, Any]:
    """What would be filed now. A form that was refused keeps its key; the digest is always of what this page shows."""
    policy = request.policy
    content = applications.preview(application, policy=policy, notice_version=request.notice_version, at=request.at)
    digest = receipts.answers_digest(content)
    if form is None:
        form = RecordForm.fresh(digest)
    else:
        again = request.POST.copy()
        again["checked"] = digest
        form.data = again
    step, kind = applications.filing_step(application, viewer(request)), actor_kind_of(viewer(request))
    refusal = application_refusal(application, step, actor_kind=kind, at=request.at, policy=policy)
    problems = applications.filing_problems(application, policy=policy, at=request.at)
    return {
        "form": form,
        "closed": in_words(refusal, policy) if refusal else "",
        "problems": [in_words(one, policy) for one in problems],
        "sections": [masked(one) for one in answers.sections(content)],
        "bring": papers.checklist(content, policy)[1:],
    }


def _filed(request: HttpRequest, application: Application) -> dict[str, Any]:
    newest = papers.newest_submission(application, viewer(request))
    kind = actor_kind_of(viewer(request))
    refusal = application_refusal(application, "correct", actor_kind=kind, at=request.at, policy=request.policy)
    return {
        "sections": [masked(one) for one in answers.sections(papers.content_of(newest))] if newest else [],
        "may_correct": refusal is None,
    }


def _submission_of(request: HttpRequest, pk: UUID) -> Submission:
    own_base(request)
    rows = submissions_visible_to(viewer(request)).filter(application__notice=request.notice)
    return get_object_or_404(rows.select_related("recorded_by"), pk=pk)


@allow(*BASE)
@require_safe
def counter_receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receipt to print, and on to review and confirmation at the same counter."""
    submission = _submission_of(request, pk)
    if _led_away(request):
        return see_other(address(request, "base:home"))
    content = papers.content_of(submission)
    context = {
        **rights(request),
        "submission": submission,
        "application": submission.application,
        "items": answers.choice_items(content),
        "code": receipts.verify_code(submission.receipt_number, submission.digest),
        "filed": submission.application.state in FILED,
    }
    return render(request, "base/counter_receipt.html", context)


@allow(*BASE)
@require_safe
def counter_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form of a filed version as PDF: the paper that is signed and stamped here."""
    submission = _submission_of(request, pk)
    text = submission.content.reveal(actor=viewer(request), purpose=PURPOSE, at=request.at)
    form = form_of(
        submission,
        papers.content_of(submission, text=text),
        policy=request.policy,
        verify_url=verify_url(request, submission),
    )
    printed = print_application_form(form, at=request.at, rehearsal=settings.REHEARSAL_CLOCK)
    response = HttpResponse(printed.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{printed_name(submission.receipt_number, request.at)}"'
    response["Cache-Control"] = "private, no-store"
    return response
