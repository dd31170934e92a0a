"""Importing a list of names (导入名册) at a school and at the provincial office: upload → errors or the difference → apply whole; and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.access import FILED
from admissions.forms.office import SheetForm
from admissions.models import Application
from admissions.services import name_lists
from admissions.views.downloads import spreadsheet
from admissions.views.refusals import add_refusals, in_words
from applicants.access import roster_batches_visible_to
from applicants.models import RosterBatch, RosterSource
from applicants.queries import kinds_of
from applicants.services import rosters
from bases.access import school_of
from bases.models import School
from gme_portal.accounts.access import PROVINCE, allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.files.models import StoredFile
from gme_portal.files.services import read as read_file
from gme_portal.files.services import store
from gme_portal.refusals import Refused
from gme_portal.sheets import MEDIA_TYPE, Reading, read, template

MAX_ROWS = 3000
BATCHES_SHOWN = 20
SESSION_KEY = "roster_file"


@dataclass(frozen=True, slots=True)
class _Desk:
    """Whose list is imported where: `area` names the routes, `school` is None for the province's own."""

    area: str
    source: str
    school: School | None

    def url(self, request: HttpRequest, route: str, *parts: Any) -> str:
        return reverse(f"{self.area}:{route}", args=[request.notice.slug, *parts])

    @property
    def home(self) -> str:
        return "home" if self.area == "school" else "name_lists"


def _desk(request: HttpRequest) -> _Desk:
    """The desk of whoever asks. 404 for an account without a school."""
    if viewer(request).role != Role.SCHOOL:
        return _Desk("province", RosterSource.PROVINCE, None)
    own = school_of(request.user)
    if own is None:
        raise Http404
    return _Desk("school", RosterSource.SCHOOL, own)


def _import(request: HttpRequest) -> HttpResponse:
    desk = _desk(request)
    if not kinds_of(request.policy, desk.source):
        messages.info(request, f"按本通知没有人凭{RosterSource(desk.source).label}报名，不用导入。")
        return redirect(desk.url(request, desk.home))
    if request.method != "POST":
        return _page(request, desk, SheetForm())
    return _apply(request, desk) if "expected" in request.POST else _preview(request, desk)


def _preview(request: HttpRequest, desk: _Desk) -> HttpResponse:
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, desk, form, status=422)
    content = form.cleaned_data["sheet"]
    try:
        reading = _read(request, desk, content)
        plan = rosters.plan_import(notice=request.notice, reading=reading, school=desk.school, at=request.at)
    except Refused as refused:
        add_refusals(form, refused, request.policy)
        return _page(request, desk, form, status=422)
    request.session[SESSION_KEY] = str(store(content, owner=viewer(request), media_type=MEDIA_TYPE, at=request.at).pk)
    return _page(request, desk, SheetForm(), plan=plan)


def _apply(request: HttpRequest, desk: _Desk) -> HttpResponse:
    kept = request.session.get(SESSION_KEY)
    file = StoredFile.objects.filter(pk=UUID(kept), owner=viewer(request)).first() if kept else None
    if file is None:
        return _page(request, desk, SheetForm(), errors=["预览已失效，没有导入。请重新上传文件。"], status=422)
    try:
        batch = rosters.import_roster(
            notice=request.notice,
            reading=_read(request, desk, read_file(file)),
            school=desk.school,
            actor=viewer(request),
            at=request.at,
            expected=request.POST["expected"],
        )
    except Refused as refused:
        errors = [in_words(one, request.policy) for one in refused.refusals]
        return _page(request, desk, SheetForm(), errors=errors, status=422)
    del request.session[SESSION_KEY]
    messages.success(request, f"已导入：新增 {batch.added} 人，更改 {batch.changed} 人。")
    return redirect(desk.url(request, desk.home))


def _read(request: HttpRequest, desk: _Desk, content: bytes) -> Reading:
    return read(content, rosters.columns(request.policy, desk.source), max_rows=MAX_ROWS)


def _page(
    request: HttpRequest,
    desk: _Desk,
    form: SheetForm,
    *,
    plan: rosters.Plan | None = None,
    errors: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    batches = roster_batches_visible_to(request.user).filter(notice=request.notice)[:BATCHES_SHOWN]
    context = {
        "form": form,
        "plan": plan,
        "filed": _filed(request, plan) if plan else set(),
        "errors": [{"text": text} for text in errors],
        "kinds": kinds_of(request.policy, desk.source),
        "by_school": desk.source == RosterSource.SCHOOL,
        "batches": [(one, desk.url(request, "name_list_undo", one.pk)) for one in batches],
        "back": desk.url(request, desk.home),
        "template_url": desk.url(request, "name_list_template"),
    }
    return render(request, "office/roster_import.html", context, status=status)


def _filed(request: HttpRequest, plan: rosters.Plan) -> set[str]:
    """Blind indexes of people on changed lines who have filed: what they filed does not change with the list."""
    people = [line.entry.document_blind for line in plan.changed]
    rows = Application.objects.filter(notice=request.notice, state__in=FILED)
    found = rows.filter(applicant__user__document_blind__in=people)
    return {blind for blind in found.values_list("applicant__user__document_blind", flat=True) if blind}


def _undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    desk = _desk(request)
    batch: RosterBatch = get_object_or_404(roster_batches_visible_to(request.user).filter(notice=request.notice), pk=pk)
    try:
        name_lists.undo(batch=batch, actor=viewer(request), at=request.at)
    except Refused as refused:
        messages.error(request, in_words(refused.refusal, request.policy))
    else:
        messages.success(request, "已撤销这次导入，名册恢复到导入之前。")
    return redirect(desk.url(request, "name_list_import"))


def _template(request: HttpRequest) -> HttpResponse:
    desk = _desk(request)
    columns = rosters.columns(request.policy, desk.source)
    names = "培训基地和专业照通知填写。" if desk.school else "院校、培训基地和专业照全称填写。"
    notes = [f"每行一人；证件号码须为文本格式。{names}"]
    return spreadsheet(template(f"{request.notice.title}名册", columns, note_lines=notes), "名册模板")


@allow(*PROVINCE)
@require_http_methods(["GET", "HEAD", "POST"])
def province_import(request: HttpRequest) -> HttpResponse:
    return _import(request)


@allow(*PROVINCE)
@require_POST
def province_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _undo(request, pk)


@allow(*PROVINCE)
@require_safe
def province_template(request: HttpRequest) -> HttpResponse:
    return _template(request)


@allow(Role.SCHOOL)
@require_http_methods(["GET", "HEAD", "POST"])
def school_import(request: HttpRequest) -> HttpResponse:
    return _import(request)


@allow(Role.SCHOOL)
@require_POST
def school_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _undo(request, pk)


@allow(Role.SCHOOL)
@require_safe
def school_template(request: HttpRequest) -> HttpResponse:
    return _template(request)
