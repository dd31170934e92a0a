"""The working-day table on screen (工作日历): a year at a glance, its change by an administrator, its spreadsheet."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from admissions.views.downloads import spreadsheet
from gme_portal.accounts.access import PROVINCE, allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.forms import blame
from gme_portal.notices.models import CalendarYear
from gme_portal.notices.queries import arranged_days
from gme_portal.notices.services.working_days import arrange
from gme_portal.platform.exports import year_sheet
from gme_portal.platform.forms import YearForm
from gme_portal.platform.year_picture import counts, months
from gme_portal.policy.arrangement import arrangement_lines
from gme_portal.refusals import Refused

FIRST_YEAR, LAST_YEAR = 2004, 2100


@allow(Role.PLATFORM_ADMIN, Role.AUDITOR, *PROVINCE)
@require_safe
def year_page(request: HttpRequest) -> HttpResponse:
    """The year asked for, else the present one. A year that is not entered says so."""
    year = _year(request)
    row = CalendarYear.objects.filter(year=year).first()
    known = list(CalendarYear.objects.values_list("year", flat=True))
    arranged = arranged_days(year)
    pictured = months(year, arranged) if row else []
    events = AuditEvent.objects.select_related("actor").filter(
        subject_type="notices.calendaryear", subject_id=str(year)
    )
    context = {
        "year": year,
        "row": row,
        "years": known if row else [year, *known],
        "next_year": known[0] + 1 if known else year,
        "months": pictured,
        "counts": counts(pictured),
        "lines": arrangement_lines(arranged),
        "events": events.order_by("-id"),
        "may_edit": viewer(request).role == Role.PLATFORM_ADMIN,
    }
    return render(request, "platform/working_days.html", context)


@allow(Role.PLATFORM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_year(request: HttpRequest) -> HttpResponse:
    """A year's holidays as lines, put as a whole; a new year in the same way."""
    year = _year(request)
    row = CalendarYear.objects.filter(year=year).first()
    standing = {
        "source": row.source if row else "",
        "lines": "\n".join(arrangement_lines(arranged_days(year))),
        "seen": row.changed_at.isoformat() if row else "",
    }
    form = YearForm(request.POST or None, year=year, initial=standing)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            arrange(
                year=year,
                source=wanted["source"],
                days=wanted["lines"],
                reason=wanted["reason"],
                seen=wanted["seen"],
                actor=viewer(request),
                at=request.at,  # type: ignore[attr-defined]
            )
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, f"{year}年的安排已保存，之后公布的名单按此计算公示期。")
            return redirect(f"{reverse('platform:working_days')}?year={year}")
    context = {"form": form, "year": year, "heading": f"{'修改' if row else '录入'}{year}年放假安排"}
    return render(request, "platform/working_days_edit.html", context, status=422 if form.errors else 200)


@allow(Role.PLATFORM_ADMIN, Role.AUDITOR, *PROVINCE)
@require_safe
def year_file(request: HttpRequest) -> HttpResponse:
    year = _year(request)
    row = get_object_or_404(CalendarYear, year=year)
    arranged = arranged_days(year)
    return spreadsheet(year_sheet(year, months(year, arranged), arranged, row.source), f"{year}年工作日历")


def _year(request: HttpRequest) -> int:
    """`?year=` or the present one; Http404 for what is no year of this calendar."""
    asked = request.GET.get("year") or str(request.at.year)  # type: ignore[attr-defined]
    if not (asked.isascii() and asked.isdigit() and FIRST_YEAR <= int(asked) <= LAST_YEAR):
        raise Http404("没有这一年的工作日历。")
    return int(asked)
