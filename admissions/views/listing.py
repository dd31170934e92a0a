"""Lists of names (名册) at the provincial office: who handed in, the province's own list, everybody on any."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from admissions.exports.listing import listing_sheet
from admissions.exports.lists import watermark
from admissions.queries import listing
from admissions.views.downloads import spreadsheet
from applicants.models import RosterSource
from applicants.queries import kinds_of
from gme_portal.accounts.access import PROVINCE, allow, viewer
from gme_portal.audit.services import record
from gme_portal.policy import Policy

ROWS_A_PAGE = 50


@allow(*PROVINCE)
@require_safe
def name_lists(request: HttpRequest) -> HttpResponse:
    """Who handed in and how many signed up; below it everybody, with filters in the address."""
    policy = request.policy
    asked = request.GET.dict()
    page = Paginator(listing.filtered(listing.entries(request.notice), asked), ROWS_A_PAGE)
    context = {
        "own": kinds_of(policy, RosterSource.PROVINCE),
        "overview": [
            (one, policy.cite(one.kind.clause)) for one in listing.overview(request.notice, policy, request.at)
        ],
        "page": page.get_page(request.GET.get("page")),
        "asked": asked,
        "labels": {kind.code: kind.label for kind in policy.person_types},
        "kinds": [(kind.code, kind.label) for kind in policy.person_types if kind.roster != "none" or kind.assigned],
        "sources": RosterSource.choices,
        "progress": list(listing.PROGRESS.items()),
        "chips": _chips(request, policy),
        "clear_url": request.path,
    }
    return render(request, "province/name_lists.html", context)


def _chips(request: HttpRequest, policy: Policy) -> list[dict[str, str]]:
    words = {
        "person": {kind.code: kind.label for kind in policy.person_types},
        "source": dict(RosterSource.choices),
        "progress": listing.PROGRESS,
        "q": {},
    }
    chips = []
    for key, names in words.items():
        if value := request.GET.get(key, ""):
            rest = QueryDict(mutable=True)
            rest.update({name: str(kept) for name, kept in request.GET.items() if name not in (key, "page")})
            chips.append(
                {"label": names.get(value, f"查找：{value}"), "remove_url": f"{request.path}?{rest.urlencode()}"}
            )
    return chips


@allow(*PROVINCE)
@require_safe
def name_list_sheet(request: HttpRequest) -> HttpResponse:
    """Everybody asked for, numbers masked; what left the house is on record."""
    rows: list[Any] = list(listing.filtered(listing.entries(request.notice), request.GET.dict()))
    mark = watermark(viewer(request), request.at)
    content = listing_sheet(f"{request.notice.title}名册", rows, policy=request.policy, watermark=mark)
    detail = {"rows": len(rows), "sha256": sha256(content).hexdigest()}
    record(actor=viewer(request), action="export.name_list", subject=request.notice, at=request.at, detail=detail)
    return spreadsheet(content, "名册（部分隐藏）")
