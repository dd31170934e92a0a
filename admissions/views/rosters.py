"""Rosters out (名册导出) for the office, and a school's own list (学生名册)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.exports.lists import watermark
from admissions.exports.roster import roster_sheet
from admissions.forms.office import PurposeForm
from admissions.models import Offer, RosterExport
from admissions.queries.rosters import admitted, exports_of, school_list
from admissions.services import roster_exports
from admissions.views.downloads import spreadsheet
from admissions.views.refusals import add_refusals
from applicants.access import roster_requests_visible_to
from applicants.models import RosterSource
from applicants.queries import kinds_of
from bases.access import school_of
from gme_portal.accounts.access import PROVINCE, allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.audit.services import record
from gme_portal.files.services import read as read_file
from gme_portal.refusals import Refused

MAX_ROWS = 3000


@allow(*PROVINCE, Role.ASSOCIATION)
@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest) -> HttpResponse:
    """Those admitted; a masked sheet at once, a full one on request with a second person."""
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            roster_exports.ask(
                notice=request.notice, purpose=form.cleaned_data["purpose"], actor=viewer(request), at=request.at
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, "申请已提交，请另一位省级人员批准。")
            return redirect(request.path)
    people = admitted(request.notice, request.GET.get("base", ""))
    context = {
        "form": form,
        "page": Paginator(people, 50).get_page(request.GET.get("page")),
        "exports": exports_of(request.notice)[:20],
        "may_approve": viewer(request).role in PROVINCE,
        "columns": request.policy.roster.columns,
    }
    return render(request, "province/roster.html", context, status=422 if form.errors else 200)


@allow(*PROVINCE, Role.ASSOCIATION)
@require_safe
def roster_masked(request: HttpRequest) -> HttpResponse:
    people = admitted(request.notice, request.GET.get("base", ""))
    mark = watermark(viewer(request), request.at)
    content = roster_sheet(
        f"{request.notice.title}学员信息表", people, policy=request.policy, full=False, watermark=mark
    )
    record(
        actor=viewer(request),
        action="roster.masked",
        subject=request.notice,
        at=request.at,
        detail={"people": len(people)},
    )
    return spreadsheet(content, "学员信息表（部分隐藏）")


def _title(request: HttpRequest) -> str:
    return f"{request.notice.title}学员信息表"


@allow(*PROVINCE)
@require_POST
def roster_approve(request: HttpRequest, pk: str) -> HttpResponse:
    export = get_object_or_404(RosterExport, pk=pk, notice=request.notice)

    def produce(offers: list[Offer], mark: str) -> bytes:
        return roster_sheet(_title(request), offers, policy=request.policy, full=True, watermark=mark)

    try:
        roster_exports.approve(export=export, produce=produce, actor=viewer(request), at=request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已批准，名册可以下载。")
    return redirect(reverse("province:roster", args=[request.notice.slug]))


@allow(*PROVINCE, Role.ASSOCIATION)
@require_safe
def roster_file(request: HttpRequest, pk: str) -> HttpResponse:
    """The approved file, for the two people concerned; each download is written down."""
    export = get_object_or_404(RosterExport, pk=pk, notice=request.notice, approved_by__isnull=False)
    if viewer(request).pk not in (export.made_by_id, export.approved_by_id) or export.file is None:
        raise Http404
    record(
        actor=viewer(request),
        action="roster.downloaded",
        subject=export,
        at=request.at,
        detail={"sha256": export.file.sha256},
    )
    return spreadsheet(read_file(export.file), "学员信息表")


@allow(Role.SCHOOL)
@require_safe
def school(request: HttpRequest) -> HttpResponse:
    """The school's list with how far each person is, and what waits for the school."""
    own = school_of(request.user)
    if own is None:
        raise Http404
    context = {
        "school": own,
        "people": school_list(request.notice, own),
        "kinds": kinds_of(request.policy, RosterSource.SCHOOL),
        "waiting": roster_requests_visible_to(request.user).filter(notice=request.notice, state="at_school").count(),
    }
    return render(request, "school/home.html", context)
