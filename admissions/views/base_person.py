"""One application before the reviewer's eyes (审核一人): documents, data with masked numbers, checks; the full number on request, on record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from admissions.access import applications_visible_to, later_documents_visible_to, submissions_visible_to
from admissions.forms.base import DecisionForm, ReasonForm, RevealForm
from admissions.models import Application, Review, ReviewDecision, Submission
from admissions.queries import answers, queue
from admissions.queries.later_documents import TONES
from admissions.queries.masking import masked
from admissions.queries.papers import content_of, documents_of
from admissions.queries.queue import Filter
from admissions.queries.review_checks import checks, differences
from admissions.queries.rounds import label as round_label
from admissions.queries.snapshots import Snapshot
from admissions.services.transitions import actor_kind_of, application_refusal
from admissions.states import APPLICATION_LABELS
from admissions.views.base_common import address, own_base, rights, viewer
from admissions.views.refusals import in_words
from applicants.models import Document
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.audit.services import log_reveal
from gme_portal.files.responses import respond

PURPOSE = "资格审核"
KEYS = {"approve": "a", "return": "r", "reject": "x"}


def application_of(request: HttpRequest, pk: UUID) -> Application:
    """One application of the viewer's base in this notice; anybody else's is not there."""
    own_base(request)
    return get_object_or_404(applications_visible_to(viewer(request)).filter(notice=request.notice), pk=pk)


def person_page(
    request: HttpRequest, application: Application, *, reveal: RevealForm | None = None, revealed: bool = False
) -> HttpResponse:
    """The page of three panes. Looking at the filed content is itself on record."""
    policy, user = request.policy, viewer(request)
    wanted = Filter.read(request.GET, policy)
    versions = list(submissions_visible_to(user).filter(application=application).order_by("-number")[:2])
    newest, earlier = versions[0], (versions[1] if len(versions) > 1 else None)
    content = content_of(newest, text=newest.content.reveal(actor=user, purpose=PURPOSE, at=request.at))
    before = content_of(earlier) if earlier else None
    documents = documents_of(content)
    listed, previous, following = queue.neighbours(
        queue.filtered(queue.of_base(user, request.notice, application.round), wanted), application
    )
    query = wanted.query()
    shown = answers.sections(content, before=before)
    context = {
        **rights(request),
        "application": application,
        "submission": newest,
        "earlier": earlier,
        "state_label": APPLICATION_LABELS[application.state],
        "tone": queue.TONES[application.state],
        "round_label": round_label(policy, application.round),
        "sections": shown if revealed else [masked(one) for one in shown],
        "revealed": revealed,
        "reveal_form": reveal or RevealForm(),
        "checks": checks(newest, content, policy, documents={row.kind: row for row in documents}),
        "differences": len(differences(content, before)),
        "documents": [_document(request, newest, row, content) for row in documents] + _later(request, application),
        "listed": listed,
        "previous": previous,
        "following": following,
        "query": query,
        "back": address(request, "base:review", query=query),
        "history": Review.objects.filter(submission__application=application, submission__base=newest.base).select_related("reviewer", "submission"),
        "decisions": _decisions(request, application, newest, query),
        "take_back": _take_back(request, application),
    }  # fmt: skip
    return render(request, "base/review_one.html", context, status=422 if reveal is not None and reveal.errors else 200)


def _document(request: HttpRequest, submission: Submission, row: Document, content: Snapshot) -> dict[str, Any]:
    labels = {one["id"]: one["label"] for one in content["documents"]}
    picture = row.file.media_type.startswith("image/") or row.preview_id is not None
    url = address(request, "base:document", submission.pk, row.pk)
    return {
        "label": labels.get(str(row.pk), row.kind),
        "url": f"{url}?preview" if row.preview_id else url,
        "kind": "image" if picture else "pdf",
    }


def _later(request: HttpRequest, application: Application) -> list[dict[str, Any]]:
    """Certificates handed in since, after what was filed."""
    rows = later_documents_visible_to(viewer(request)).filter(
        application=application, state__in=("uploaded", "confirmed")
    )
    labels = {rule.kind: rule.label for rule in request.policy.documents}
    return [
        {
            "label": f"{labels.get(row.kind, row.kind)}（补交）",
            "url": f"{address(request, 'base:certificate_file', row.pk, 'later')}{'?preview' if row.document.preview_id else ''}",
            "kind": "image" if row.document.preview_id or row.document.file.media_type.startswith("image/") else "pdf",
            "state_label": row.get_state_display(),
            "tone": TONES[row.state],
        }
        for row in rows
    ]


def _decisions(request: HttpRequest, application: Application, newest: Submission, query: str) -> dict[str, Any]:
    """A form for each decision that is possible now, or why none is."""
    kind = actor_kind_of(viewer(request))
    refused = application_refusal(application, "approve", actor_kind=kind, at=request.at, policy=request.policy)
    if refused is not None:
        return {"closed": in_words(refused, request.policy) if application.state == "submitted" else ""}
    forms = {
        decision: DecisionForm(
            policy=request.policy, decision=decision, initial={"seen": newest.pk}, auto_id=f"id_{decision}_%s"
        )
        for decision in ReviewDecision.values
    }
    return {
        "forms": forms,
        "url": address(request, "base:decide", application.pk, query=query),
        "join": "&" if query != "?" else "?",
    }


def _take_back(request: HttpRequest, application: Application) -> ReasonForm | None:
    kind = actor_kind_of(viewer(request))
    if application_refusal(application, "take_back", actor_kind=kind, at=request.at, policy=request.policy) is not None:
        return None
    return ReasonForm(label="撤回原因", help_text="学员会收到通知，报名回到待审核。", auto_id="id_take_back_%s")


@allow(*BASE_WRITERS)
@require_POST
def reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the full numbers of one person, once, after the purpose is on record."""
    application = application_of(request, pk)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return person_page(request, application, reveal=form)
    user, purpose = application.applicant.user, form.cleaned_data["purpose"]
    log_reveal(row=user, column="document_number", actor=viewer(request), purpose=purpose, at=request.at)
    log_reveal(row=user, column="phone", actor=viewer(request), purpose=purpose, at=request.at)
    response = person_page(request, application, revealed=True)
    response["Cache-Control"] = "private, no-store"
    return response


@allow(*BASE)
@require_safe
def document(request: HttpRequest, submission_pk: UUID, document_pk: UUID) -> HttpResponse:
    """A filed document of an application of the viewer's base; every look is on record."""
    own_base(request)
    rows = submissions_visible_to(viewer(request)).filter(application__notice=request.notice)
    submission = get_object_or_404(rows, pk=submission_pk)
    row = next((each for each in documents_of(content_of(submission)) if each.pk == document_pk), None)
    if row is None:
        raise Http404("没有这份材料。")
    log_reveal(row=row, column="file", actor=viewer(request), purpose=PURPOSE, at=request.at)
    file = row.preview if "preview" in request.GET and row.preview else row.file
    return respond(file, name=f"{submission.receipt_number}-{row.kind}")
