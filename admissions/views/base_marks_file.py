"""Marks as a spreadsheet (成绩表): the template, the upload with its preview, and applying exactly what was previewed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from admissions.exports.lists import watermark
from admissions.forms.base import MarksFileForm
from admissions.queries import mark_book, mark_sheet
from admissions.queries.rounds import label as round_label
from admissions.services import marks
from admissions.services.transitions import window_refusal
from admissions.views.base_common import XLSX, exported, own_base, see_other, viewer
from admissions.views.base_scores import state_of
from admissions.views.refusals import in_words
from admissions.views.rounds import in_round, round_of, switch
from bases.models import TrainingBase
from gme_portal.accounts.access import BASE_WRITERS, allow
from gme_portal.files.models import StoredFile
from gme_portal.files.services import read, store
from gme_portal.refusals import Refused

MAX_BYTES = 5 * 1024 * 1024
SESSION_KEY = "marks_file"


@allow(*BASE_WRITERS)
@require_safe
def scores_template(request: HttpRequest) -> HttpResponse:
    """The sheet to fill in, with everybody's number and name."""
    base = own_base(request)
    key = round_of(request)
    rows = mark_book.book(mark_book.candidates(request.notice, base, request.policy, key), request.policy)
    title = f"{base.name}{round_label(request.policy, key)}招录考核成绩"
    content = mark_sheet.filled_template(
        rows, request.policy, title=title, watermark=watermark(viewer(request), request.at)
    )
    return exported(request, content, title, action="export.marks_template", base=base, rows=len(rows))


@allow(*BASE_WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def scores_import(request: HttpRequest) -> HttpResponse:
    """Upload → errors with their cells, or the difference → apply all or nothing."""
    base = own_base(request)
    if request.method != "POST":
        return _page(request, base, MarksFileForm())
    return _apply(request, base) if "expected" in request.POST else _preview(request, base)


def _preview(request: HttpRequest, base: TrainingBase) -> HttpResponse:
    form = MarksFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, base, form, status=422)
    upload = form.cleaned_data["file"]
    if upload.size > MAX_BYTES:
        form.add_error("file", "文件超过 5 MB。请只保留成绩一张表后重新上传。")
        return _page(request, base, form, status=422)
    content = upload.read()
    people = mark_book.candidates(request.notice, base, request.policy, round_of(request))
    try:
        plan = mark_sheet.plan_import(content, mark_book.book(people, request.policy), request.policy)
    except Refused as refused:
        form.add_error("file", refused.refusal.sentence)
        return _page(request, base, form, status=422)
    if plan.faults:
        return _page(request, base, form, plan=plan, name=upload.name, status=422)
    request.session[SESSION_KEY] = str(store(content, owner=viewer(request), media_type=XLSX, at=request.at).pk)
    return _page(request, base, MarksFileForm(), plan=plan, name=upload.name)


def _apply(request: HttpRequest, base: TrainingBase) -> HttpResponse:
    form = MarksFileForm()
    kept = request.session.get(SESSION_KEY)
    file = StoredFile.objects.filter(pk=UUID(kept), owner=viewer(request)).first() if kept else None
    if file is None:
        return _page(request, base, form, errors=["预览已失效，没有导入。请重新上传文件。"], status=422)
    try:
        changed = marks.import_file(
            read(file),
            notice=request.notice,
            base=base,
            expected=request.POST["expected"],
            actor=viewer(request),
            at=request.at,
            policy=request.policy,
            round=round_of(request),
        )
    except Refused as refused:
        return _page(
            request, base, form, errors=[in_words(one, request.policy) for one in refused.refusals], status=422
        )
    del request.session[SESSION_KEY]
    messages.success(request, f"已导入，{changed} 处成绩有改动。")
    return see_other(in_round(request, "base:scores"))


def _page(
    request: HttpRequest,
    base: TrainingBase,
    form: MarksFileForm,
    *,
    plan: mark_sheet.ImportPlan | None = None,
    name: str = "",
    errors: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    key = round_of(request)
    sheet = mark_book.sheet_of(request.notice, base, key)
    window = request.policy.window("assessment", round=key, base=base.code)
    refusal = window_refusal(window, doing="导入成绩", at=request.at)
    context: dict[str, Any] = {
        "form": form,
        "plan": plan,
        "name": name,
        "errors": [{"text": text} for text in errors],
        "state": state_of(sheet),
        "closed": in_words(refusal, request.policy) if refusal else "",
        "people": mark_book.candidates(request.notice, base, request.policy, key).count(),
        **switch(request),
        "components": request.policy.scoring.components,
    }
    return render(request, "base/scores_import.html", context, status=status)
