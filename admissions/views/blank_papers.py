"""Blank forms and templates (表样下载): listed for everybody, each as a PDF."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from admissions.queries.blank_papers import OnOffer, by_kind, of_brochure, on_offer
from bases.models import TrainingBase
from bases.queries import brochure_in_force
from gme_portal.accounts.access import public
from gme_portal.printing.fonts import missing_glyphs
from gme_portal.printing.papers import print_paper

KEPT = 600  # seconds a print is kept: the address is open to everybody, and setting a page costs CPU


@public
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """Every blank form, by what it is for, with its clause."""
    groups = [
        {"label": label, "rows": [_row(one) for one in rows]}
        for label, rows in by_kind(on_offer(request.notice, request.policy))
    ]
    return render(request, "public/papers.html", {"groups": groups})


@public
@require_safe
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """A form of the notice."""
    found = next((one for one in request.policy.papers if one.key == key), None)
    if found is None:
        raise Http404("本次招收没有这份表样。")
    return _pdf(request, OnOffer(found, None, request.policy.cite(found.clause)), request.policy.digest)


@public
@require_safe
def base_paper(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """A form that a base adds in its brochure in force."""
    brochure = brochure_in_force(request.notice, get_object_or_404(TrainingBase, code=code))
    rows = of_brochure(brochure, request.policy) if brochure is not None else []
    found = next((one for one in rows if one.paper.key == key), None)
    if brochure is None or found is None:
        raise Http404("该基地没有这份表样。")
    return _pdf(request, found, brochure.digest)


def _row(one: OnOffer) -> dict[str, object]:
    return {"one": one, "missing": missing_glyphs(one.paper.title + one.paper.body)}


def _pdf(request: HttpRequest, one: OnOffer, digest: str) -> HttpResponse:
    rehearsal = settings.REHEARSAL_CLOCK
    name = f"blank-paper:{digest}:{one.paper.key}:{rehearsal}"
    content = cache.get(name)
    if content is None:
        paper = one.paper
        content = print_paper(paper.title, paper.body, cited=one.cited, at=request.at, rehearsal=rehearsal).content
        cache.set(name, content, KEPT)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(one.paper.title, safe='')}.pdf"
    return response
