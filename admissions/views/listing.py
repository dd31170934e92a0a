"""Lists of names (名册) at the provincial office: who handed in, the province's own list, everybody on any."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from admissions.exports.listing import listing_sheet
from admissions.exports.lists import watermark
from admissions.forms.office import SheetForm
from admissions.queries import listing
from admissions.views.downloads import spreadsheet
from admissions.views.refusals import add_refusals
from applicants.models import RosterSource
from applicants.queries import kinds_of
from applicants.services import rosters
from gme_portal.accounts.access import PROVINCE, allow, viewer
from gme_portal.audit.services import record
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.sheets import read, template

MAX_ROWS = 3000
ROWS_A_PAGE = 50


@allow(*PROVINCE)
@require_http_methods(["GET", "POST"])
def name_lists(request: HttpRequest) -> HttpResponse:
    """Who handed in and how many signed up; below it everybody, with filters in the address; on top the import of the province's own list."""
    policy = request.policy
    own = kinds_of(policy, RosterSource.PROVINCE)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and own and form.is_valid():
        try:
            columns = rosters.columns(policy, RosterSource.PROVINCE)
            reading = read(form.cleaned_data["sheet"], columns, max_rows=MAX_ROWS)
            lines = rosters.import_roster(
                notice=request.notice, reading=reading, school=None, actor=viewer(request), at=request.at
            )
        except Refused as refused:
            add_refusals(form, refused, policy)
        else:
            messages.success(request, f"已导入 {lines} 人。")
            return redirect(request.path)
    asked = request.GET.dict()
    page = Paginator(listing.filtered(listing.entries(request.notice), asked), ROWS_A_PAGE)
    context = {
        "form": form,
        "own": own,
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
    return render(request, "province/name_lists.html", context, status=422 if form.errors else 200)


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
def name_list_template(request: HttpRequest) -> HttpResponse:
    """An empty sheet for the province's list."""
    notes = ["每行一人；证件号码须为文本格式。院校、培训基地和专业照全称填写。"]
    columns = rosters.columns(request.policy, RosterSource.PROVINCE)
    return spreadsheet(template(f"{request.notice.title}名册", columns, note_lines=notes), "名册模板")


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
