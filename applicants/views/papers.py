"""Proofs: upload, replace, take back, look at."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from applicants.access import documents_visible_to
from applicants.forms.uploads import UploadForm, spoken
from applicants.models import Document, Employment, Licence, Profile
from applicants.queries import PHOTO, current_documents, documents_asked
from applicants.services import documents as services
from applicants.views.pages import address, own_profile, show
from bases.queries import brochures_with_papers
from gme_portal.accounts.access import allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.files.responses import respond
from gme_portal.files.sandbox import MEGABYTE
from gme_portal.policy.schema import PAPER_KINDS, DocumentRule
from gme_portal.refusals import Refused


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest) -> HttpResponse:
    """Every document the notice asks of this person, each with its own form; POST names the kind."""
    profile = own_profile(request)
    rules = _rules(request, profile)
    failed: dict[str, UploadForm] = {}
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        rule = next((each for each in rules if each.kind == kind), None)
        if "remove" in request.POST:
            return _remove(request, profile, kind)
        if rule is None:
            raise Http404("本次招收没有这种材料。")
        form = _form(request, rule, current_documents(profile).get(kind), request.POST, request.FILES)
        if _upload(request, profile, rule, form):
            return HttpResponseRedirect(f"{request.path}#doc-{kind}", status=303)
        failed[kind] = form
    current = current_documents(profile)
    pending = profile.educations.filter(diploma_pending=True).exists()
    asked = {rule.kind for rule in rules} | {PHOTO}
    context = {
        "papers": [_paper(request, rule, current.get(rule.kind), failed.get(rule.kind), pending) for rule in rules],
        "leftovers": [_leftover(request, row) for kind, row in current.items() if kind not in asked],
        "failed": list(failed.values()),
    }
    return show(request, "profile/documents.html", profile, "documents", context, failed=bool(failed))


@allow(Role.APPLICANT)
@require_safe
def document_file(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One's own file; with `?preview` the picture of a PDF's pages. Anybody else's is not there."""
    row = get_object_or_404(documents_visible_to(request.user), pk=document_id)
    file = row.preview if "preview" in request.GET and row.preview else row.file
    return respond(file, name=row.kind)


def picture_url(request: HttpRequest, row: Document) -> str:
    """Where the picture of a document is: itself, or the preview of a PDF."""
    url = address(request, "profile:document_file", row.pk)
    return f"{url}?preview" if row.preview_id else url


def _rules(request: HttpRequest, profile: Profile) -> tuple[DocumentRule, ...]:
    licence = Licence.objects.filter(profile=profile).first()
    employment = Employment.objects.filter(profile=profile).first()
    return documents_asked(profile, request.policy, licence=licence, employment=employment)


def _upload(request: HttpRequest, profile: Profile, rule: DocumentRule, form: UploadForm) -> bool:
    if not form.is_valid():
        return False
    try:
        services.upload(
            profile=profile, rule=rule, content=form.cleaned_data["file"].read(), actor=viewer(request), at=request.at
        )
    except Refused as refused:
        form.add_error("file", refused.refusal.sentence)
        return False
    return True


def _remove(request: HttpRequest, profile: Profile, kind: str) -> HttpResponse:
    row = get_object_or_404(documents_visible_to(request.user), kind=kind, replaced_at__isnull=True)
    try:
        services.remove(document=row, actor=viewer(request), at=request.at)
    except Refused as refused:
        messages.error(request, refused.refusal.sentence)
    return HttpResponseRedirect(request.path, status=303)


def _form(request: HttpRequest, rule: DocumentRule, current: Document | None, *args: Any) -> UploadForm:
    return UploadForm(
        *args,
        prefix=rule.kind,
        label=f"{rule.label}（{'替换' if current else '上传'}）",
        accepts=rule.accepts,
        max_bytes=rule.max_mb * MEGABYTE,
        rules=f"{spoken(rule.accepts)}，不超过 {rule.max_mb} MB",
        preview="document",
        current_url=picture_url(request, current) if current else "",
    )


def _paper(
    request: HttpRequest, rule: DocumentRule, current: Document | None, failed: UploadForm | None, pending: bool
) -> dict[str, Any]:
    return {
        "rule": rule,
        "current": current,
        "url": picture_url(request, current) if current else "",
        "file_url": address(request, "profile:document_file", current.pk) if current else "",
        "clause": request.policy.cite(rule.clause),
        "blank_papers": [one for one in request.policy.papers if one.serves(rule)],
        "base_papers": rule.kind in PAPER_KINDS and brochures_with_papers(request.notice, rule.kind).exists(),
        "stand_in": rule.stand_in if pending else "",
        "form": failed or _form(request, rule, current),
    }


def _leftover(request: HttpRequest, row: Document) -> dict[str, Any]:
    labels = {rule.kind: rule.label for rule in request.policy.documents}
    return {
        "kind": row.kind,
        "label": labels.get(row.kind, row.kind),
        "url": picture_url(request, row),
        "uploaded_at": row.uploaded_at,
    }
