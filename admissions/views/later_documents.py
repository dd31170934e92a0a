"""Certificates handed in later (补交证书): the person's page, and the base's list with the new file beside the filed one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.access import later_documents_visible_to
from admissions.forms.base import ReasonForm
from admissions.models import LaterDocument
from admissions.queries.later_documents import TONES, Awaited, awaited, base_of, listed, upload_refusal, window_of
from admissions.services import later_documents
from admissions.states import LATER_DOCUMENT_LABELS
from admissions.views.applicant import application_of
from admissions.views.base_common import address, own_base, rights, see_other, viewer
from admissions.views.refusals import add_refusals, in_words
from applicants.forms.uploads import UploadForm, spoken
from applicants.models import Document
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.accounts.models import Role
from gme_portal.audit.services import log_reveal
from gme_portal.files.responses import respond
from gme_portal.files.sandbox import MEGABYTE
from gme_portal.refusals import Refused

PURPOSE = "核对补交的证书"
SHOWN = ("uploaded", "confirmed", "returned")
DONE = {"confirm": "已核对", "return": "已退回"}
ROWS_A_PAGE = 25


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def certificates(request: HttpRequest) -> HttpResponse:
    """What the person still owes, each with its own form; POST names the kind."""
    application = application_of(request)
    found = awaited(application, request.policy)
    failed: dict[str, UploadForm] = {}
    if request.method == "POST":
        one = next((one for one in found if one.rule.kind == request.POST.get("kind")), None)
        if one is None:
            raise Http404("这项材料不用补交。")
        form = _form(request, one, request.POST, request.FILES)
        if form.is_valid():
            try:
                later_documents.upload(
                    application,
                    one.rule.kind,
                    content=form.cleaned_data["file"].read(),
                    actor=viewer(request),
                    at=request.at,
                    policy=request.policy,
                )
            except Refused as refused:
                form.add_error("file", in_words(refused.refusal, request.policy))
            else:
                messages.success(request, f"{one.rule.label}已补交，等待基地核对。报名时交的材料仍保留在案。")
                return see_other(request.get_full_path())
        failed[one.rule.kind] = form
    closed = upload_refusal(application, policy=request.policy, at=request.at) if found else None
    context = {
        "rows": [_row(request, one, failed.get(one.rule.kind)) for one in found],
        "failed": list(failed.values()),
        "closed": in_words(closed, request.policy) if closed else "",
        "window": window_of(application, request.policy, base_of(application)),
    }
    return render(request, "apply/certificates.html", context, status=422 if failed else 200)


def _row(request: HttpRequest, one: Awaited, failed: UploadForm | None) -> dict[str, Any]:
    later = one.newest
    return {
        "one": one,
        "form": failed or _form(request, one),
        "clause": request.policy.cite(one.rule.clause),
        "filed_url": _own_file(request, one.filed),
        "later_url": _own_file(request, later.document) if later is not None else "",
    }


def _own_file(request: HttpRequest, row: Document) -> str:
    return address(request, "profile:document_file", row.pk) + ("?preview" if row.preview_id else "")


def _form(request: HttpRequest, one: Awaited, *args: Any) -> UploadForm:
    rule = one.rule
    return UploadForm(
        *args,
        prefix=rule.kind,
        label=rule.label,
        accepts=rule.accepts,
        max_bytes=rule.max_mb * MEGABYTE,
        rules=f"{spoken(rule.accepts)}，不超过 {rule.max_mb} MB",
        preview="document",
    )


@allow(*BASE)
@require_safe
def handed_in(request: HttpRequest) -> HttpResponse:
    """What was handed in to the base, by state, the longest waiting first."""
    own_base(request)
    state = request.GET.get("state", "")
    state = state if state in SHOWN else SHOWN[0]
    rows = _rows(request)
    page = Paginator(listed(rows, state), ROWS_A_PAGE).get_page(request.GET.get("page"))
    labels = _labels(request)
    context = {
        "page": page,
        "lines": [{"row": row, "label": labels.get(row.kind, row.kind)} for row in page],
        "state": state,
        "state_label": LATER_DOCUMENT_LABELS[state],
        "tone": TONES[state],
        "tabs": [
            {
                "label": LATER_DOCUMENT_LABELS[key],
                "url": f"?state={key}",
                "current": key == state,
                "count": rows.filter(state=key).count(),
            }
            for key in SHOWN
        ],
    }
    return render(request, "base/certificates.html", context)


@allow(*BASE)
@require_safe
def one_handed_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The new file beside the filed one."""
    return _page(request, _one(request, pk), ReasonForm(label="退回原因", help_text="学员会看到。"))


@allow(*BASE_WRITERS)
@require_POST
def decide(request: HttpRequest, pk: UUID, decision: str) -> HttpResponse:
    """Confirm, or return with a reason."""
    row = _one(request, pk)
    if decision not in DONE:
        raise Http404
    form = ReasonForm(request.POST, label="退回原因", help_text="学员会看到。")
    if decision == "return" and not form.is_valid():
        return _page(request, row, form)
    reason = form.cleaned_data["reason"] if decision == "return" else ""
    try:
        later_documents.decide(
            row, decision, reason=reason, actor=viewer(request), at=request.at, policy=request.policy
        )
    except Refused as refused:
        if decision == "return":
            add_refusals(form, refused, request.policy)
            return _page(request, row, form)
        messages.error(request, in_words(refused.refusal, request.policy))
        return see_other(address(request, "base:certificate", pk))
    messages.success(
        request,
        f"{DONE[decision]}：{row.application.applicant.user.name}的{_labels(request).get(row.kind, row.kind)}。",
    )
    return see_other(address(request, "base:certificates"))


@allow(*BASE)
@require_safe
def file_of(request: HttpRequest, pk: UUID, which: str) -> HttpResponse:
    """One of the two files; every look is on record."""
    row = _one(request, pk)
    document = {"later": row.document, "filed": row.filed}.get(which)
    if document is None:
        raise Http404
    log_reveal(row=document, column="file", actor=viewer(request), purpose=PURPOSE, at=request.at)
    file = document.preview if "preview" in request.GET and document.preview else document.file
    return respond(file, name=f"{row.application.number}-{row.kind}-{which}")


def _page(request: HttpRequest, row: LaterDocument, form: ReasonForm) -> HttpResponse:
    label = _labels(request).get(row.kind, row.kind)
    pairs = (("补交的", "later", row.document), ("报名时的", "filed", row.filed))
    context = {
        **rights(request),
        "row": row,
        "label": label,
        "form": form,
        "state_label": LATER_DOCUMENT_LABELS[row.state],
        "tone": TONES[row.state],
        "documents": [_shown(request, row, f"{words}{label}", which, one) for words, which, one in pairs],
    }
    return render(request, "base/certificate.html", context, status=422 if form.errors else 200)


def _shown(request: HttpRequest, row: LaterDocument, label: str, which: str, document: Document) -> dict[str, Any]:
    """A file as components/documents.html takes it."""
    picture = document.file.media_type.startswith("image/") or document.preview_id is not None
    url = address(request, "base:certificate_file", row.pk, which)
    return {
        "label": label,
        "url": f"{url}?preview" if document.preview_id else url,
        "kind": "image" if picture else "pdf",
    }


def _rows(request: HttpRequest) -> Any:
    return later_documents_visible_to(viewer(request)).filter(application__notice=request.notice)


def _one(request: HttpRequest, pk: UUID) -> LaterDocument:
    own_base(request)
    found: LaterDocument = get_object_or_404(_rows(request), pk=pk)
    return found


def _labels(request: HttpRequest) -> dict[str, str]:
    return {rule.kind: rule.label for rule in request.policy.documents}
