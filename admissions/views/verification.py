"""Public verification of a published run (公开核验): the bundle to download, what it rests on, and where somebody is in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from admissions.forms.checking import NameForm
from admissions.models import VerificationBundle
from admissions.queries.bundle_notes import risk_note
from admissions.queries.bundles import archive, bundle_on_view, row_by, row_items, seat_words
from admissions.queries.release import lists_on_view
from gme_portal.accounts.access import public


@public
@require_safe
def verification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is in the bundle and how to check it; with a name (识别码), the row it stands for."""
    publicity = get_object_or_404(lists_on_view(request.notice, at=request.at), pk=pk)
    bundle = bundle_on_view(request.notice, pk, at=request.at)
    code = request.GET.get("code")
    form = NameForm(request.GET if code is not None else None)
    asked = bundle is not None and form.is_bound and form.is_valid()
    found = _found(bundle, form.cleaned_data["code"]) if asked and bundle else None
    context = {
        "publicity": publicity,
        "bundle": bundle,
        "record": bundle.record if bundle else None,
        "chain": [(datetime.fromisoformat(link["made_at"]), link) for link in bundle.record["chain"]] if bundle else [],
        "risk": "".join(risk_note(bundle.record).split()) if bundle else "",
        "form": form,
        "asked": asked,
        "found": found,
    }
    return render(request, "public/verification.html", context)


def _found(bundle: VerificationBundle, name: str) -> dict[str, Any] | None:
    row = row_by(bundle, name)
    if row is None:
        return None
    return {
        "items": row_items(bundle.problem, row),
        "seat": seat_words(bundle, name),
        "text": bundle.result["explanations"][name],
    }


@public
@require_safe
def verification_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bundle as .zip; always the same bytes."""
    bundle = bundle_on_view(request.notice, pk, at=request.at)
    if bundle is None:
        raise Http404("没有这份核验数据。")
    response = HttpResponse(archive(bundle), content_type="application/zip")
    name = f"{bundle.run.publicity.title}核验包"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.zip"
    return response
