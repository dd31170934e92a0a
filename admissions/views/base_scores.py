"""Marks (考核成绩): the grid, handing over to a second person, confirming, sending back and opening again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.allocation import canonical
from admissions.forms.base import ReasonForm
from admissions.models import ScoreSheet
from admissions.queries import mark_book
from admissions.queries.mark_book import ABSENT, ABSENT_WORDS, Row
from admissions.services import marks
from admissions.services.transitions import window_refusal
from admissions.views.base_common import own_base, rights, see_other, viewer
from admissions.views.refusals import in_words
from admissions.views.rounds import in_round, round_of, switch
from bases.models import TrainingBase
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.accounts.models import Role
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import mark as mark_words

ROWS_A_PAGE = 50
UUID_LENGTH = 36
PREFIX, WHOLE_ROW = "mark-", "absent-"


@allow(*BASE)
@require_safe
def scores(request: HttpRequest) -> HttpResponse:
    """The grid; once submitted or locked, the same as plain figures with totals."""
    return _grid(request, own_base(request))


@allow(*BASE_WRITERS)
@require_POST
def scores_save(request: HttpRequest) -> HttpResponse:
    """Save a page of the grid: all cells or none. `X-Autosave` asks for JSON."""
    base = own_base(request)
    entries, typed = _entries(request.POST, request.policy)
    background = "X-Autosave" in request.headers
    rows = _rows_of(request, base, entries)
    if request.POST.get("version", "") != _version(rows):
        words = "其他人刚刚修改了这一页的成绩。您填写的内容还在页面上，请与最新成绩核对后再保存。"
        return (
            JsonResponse({"message": words}, status=409)
            if background
            else _grid(request, base, typed=typed, errors=[{"text": words}])
        )
    try:
        changed = marks.enter(
            notice=request.notice,
            base=base,
            entries=entries,
            actor=viewer(request),
            at=request.at,
            policy=request.policy,
            round=round_of(request),
        )
    except Refused as refused:
        if background:
            return JsonResponse(
                {"message": f"没有保存：{len(refused.refusals)} 处有误，请看表中红色提示。{refused.refusal.sentence}"}
            )
        cells = {one.field: one.sentence for one in refused.refusals if one.field}
        errors = [_named(one, rows, request.policy) for one in refused.refusals]
        return _grid(request, base, typed=typed, cell_errors=cells, errors=errors)
    if background:
        fresh = _version(_rows_of(request, base, entries))
        return JsonResponse({"saved_at": request.at.isoformat(), "version": fresh})
    messages.success(request, f"已保存，{changed} 处有改动。" if changed else "没有改动。")
    return see_other(in_round(request, "base:scores", **_page(request)))


def _named(refusal: Refusal, rows: list[Row], policy: Policy) -> dict[str, str]:
    """A refusal of one cell with whose it is and a link to it."""
    labels = {
        marks.cell(row.application.pk, one.key): f"{row.application.applicant.user.name}，{one.label}："
        for row in rows
        for one in mark_book.items(policy)
    }
    text = labels.get(refusal.field, "") + in_words(refusal, policy)
    return {"text": text, "href": f"#{refusal.field}" if refusal.field else ""}


def _page(request: HttpRequest) -> dict[str, str]:
    page = request.GET.get("page", "")
    return {"page": page} if page.isdigit() else {}


def _entries(posted: Mapping[str, str], policy: Policy) -> tuple[dict[UUID, dict[str, str]], dict[str, str]]:
    """(application → component → text, the fields as typed). A ticked row is absent wherever its cells are empty."""
    keys = {item.key for item in mark_book.items(policy)}
    typed = {name: text for name, text in posted.items() if name.startswith((PREFIX, WHOLE_ROW))}
    entries: dict[UUID, dict[str, str]] = {}
    for name, text in typed.items():
        rest = name.removeprefix(PREFIX)
        pk, component = rest[:UUID_LENGTH], rest[UUID_LENGTH + 1 :]
        if rest == name or component not in keys:
            continue
        absent = f"{WHOLE_ROW}{pk}" in typed and not text.strip()
        try:
            entries.setdefault(UUID(pk), {})[component] = ABSENT if absent else text
        except ValueError:
            continue
    return entries, typed


def _rows_of(request: HttpRequest, base: TrainingBase, entries: Mapping[UUID, Any]) -> list[Row]:
    everybody = mark_book.candidates(request.notice, base, request.policy, round_of(request))
    return mark_book.book(everybody.filter(pk__in=list(entries)), request.policy)


def _version(rows: list[Row]) -> str:
    """Names exactly what stands on a page, so that two people never overwrite each other unseen."""
    cells = [
        [str(row.application.pk), sorted((key, mark_book.mark_text(mark)) for key, mark in row.marks.items())]
        for row in rows
    ]
    return canonical.digest(cells)[:32]


def _grid(
    request: HttpRequest,
    base: TrainingBase,
    *,
    typed: Mapping[str, str] | None = None,
    cell_errors: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
    reason: ReasonForm | None = None,
) -> HttpResponse:
    policy, user, key = request.policy, viewer(request), round_of(request)
    page: Page[Any] = Paginator(mark_book.candidates(request.notice, base, request.policy, key), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    rows = mark_book.book(page.object_list, policy)
    sheet = mark_book.sheet_of(request.notice, base, key)
    window = policy.window("assessment", round=key, base=base.code)
    refusal = window_refusal(window, doing="录入成绩", at=request.at)
    state = state_of(sheet)
    editable = state == "open" and refusal is None and rights(request)["can_act"]
    context = {
        **rights(request),
        **switch(request),
        "base": base,
        "page": page,
        "save_url": in_round(request, "base:scores_save", **_page(request)),
        "autosave_url": in_round(request, "base:scores_save"),
        "progress": mark_book.progress(request.notice, base, policy, key),
        "sheet": sheet,
        "state": state,
        "decision": decision_of(sheet),
        "own_submission": sheet is not None and sheet.submitted_by_id == user.pk,
        "closed": in_words(refusal, policy) if refusal else "",
        "window": window,
        "editable": editable,
        "columns": columns(policy),
        "rows": [_line(row, policy, typed, cell_errors or {}) for row in rows],
        "lines": [] if editable else table_lines(rows, policy),
        "weights": "、".join(
            f"{one.label}{'' if one.is_check else f'满分 {one.full_mark // 100}、'}{one.share}"
            for one in mark_book.items(policy)
        ),
        "clause": policy.cite(policy.scoring.clause),
        "words": ",".join(ABSENT_WORDS),
        "version": _version(rows),
        "errors": errors or [],
        "reason": reason or ReasonForm(),
    }
    failed = bool(errors) or bool(reason and reason.errors)
    return render(request, "base/scores.html", context, status=422 if failed else 200)


def columns(policy: Policy) -> list[dict[str, Any]]:
    return [
        {
            "key": one.key,
            "label": one.label,
            "max": one.full_mark // 100,
            "weight": one.weight,
            "is_check": one.is_check,
        }
        for one in mark_book.items(policy)
    ]


def table_lines(rows: list[Row], policy: Policy) -> list[dict[str, Any]]:
    """The rows as plain text with totals; whoever was absent has none (缺考)."""
    keys = [one.key for one in mark_book.items(policy)]
    return [
        {
            "name": row.application.applicant.user.name,
            "number": row.application.number,
            "cells": [row.text(key) for key in keys],
            "total": ABSENT if row.absent else mark_words(row.total),
        }
        for row in rows
    ]


def state_of(sheet: ScoreSheet | None) -> str:
    """open, submitted (待复核) or locked (已锁定)."""
    if sheet is None or sheet.submitted_by_id is None:
        return "open"
    return "locked" if sheet.confirmed_by_id is not None else "submitted"


def decision_of(sheet: ScoreSheet | None) -> dict[str, Any] | None:
    """The two people of a sheet as components/decision.html takes them."""
    if sheet is None or sheet.submitted_by is None:
        return None
    done = sheet.confirmed_by is not None
    return {
        "title": "成绩复核",
        "state_label": "已复核锁定" if done else "待第二人复核",
        "tone": "ok" if done else "warn",
        "maker": sheet.submitted_by.name,
        "made_at": sheet.submitted_at,
        "checker": sheet.confirmed_by.name if sheet.confirmed_by else "",
        "checked_at": sheet.confirmed_at,
        "under": sheet.confirmed_under,
        "note": f"成绩册指纹 {sheet.digest[:16]}",
    }


def _line(row: Row, policy: Policy, typed: Mapping[str, str] | None, errors: Mapping[str, str]) -> dict[str, Any]:
    pk = str(row.application.pk)
    cells = []
    for component in mark_book.items(policy):
        name = marks.cell(pk, component.key)
        value = row.text(component.key) if typed is None else typed.get(name, row.text(component.key))
        cells.append({"name": name, "value": value, "error": errors.get(name, "")})
    ticked = typed is not None and f"{WHOLE_ROW}{pk}" in typed
    user = row.application.applicant.user
    return {
        "label": user.name,
        "sub": row.application.number,
        "cells": cells,
        "absent_name": f"{WHOLE_ROW}{pk}",
        "absent": ticked,
    }


@allow(*BASE_WRITERS)
@require_POST
def scores_submit(request: HttpRequest) -> HttpResponse:
    """Hand the complete sheet to a second person."""
    return _step(request, marks.submit, "已提交。请本基地另一人复核确认。")


@allow(*BASE)
@require_http_methods(["GET", "HEAD", "POST"])
def scores_confirm(request: HttpRequest) -> HttpResponse:
    """Everything on one page for the second person; POST confirms and locks."""
    base = own_base(request)
    if request.method == "POST":
        return _confirm(request)
    key = round_of(request)
    sheet = mark_book.sheet_of(request.notice, base, key)
    rows = mark_book.book(mark_book.candidates(request.notice, base, request.policy, key), request.policy)
    context = {
        **rights(request),
        **switch(request),
        "base": base,
        "lines": table_lines(rows, request.policy),
        "columns": columns(request.policy),
        "state": state_of(sheet),
        "decision": decision_of(sheet),
        "digest": mark_book.digest(rows),
        "own_submission": sheet is not None and sheet.submitted_by_id == viewer(request).pk,
    }
    return render(request, "base/scores_confirm.html", context)


@allow(*BASE_WRITERS)
def _confirm(request: HttpRequest) -> HttpResponse:
    return _step(request, marks.confirm, "已复核，成绩锁定。可以进行录取。", seen=request.POST.get("seen", ""))


@allow(*BASE_WRITERS)
@require_POST
def scores_send_back(request: HttpRequest) -> HttpResponse:
    """Open a submitted sheet again."""
    return _with_reason(request, marks.send_back, "已退回，可以修改成绩。")


@allow(Role.BASE_LEAD)
@require_POST
def scores_reopen(request: HttpRequest) -> HttpResponse:
    """Open a locked sheet for a correction."""
    return _with_reason(request, marks.reopen, "已重新开放。更正后须再次提交，并由另一人复核。")


def _with_reason(request: HttpRequest, service: Any, done: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _grid(request, own_base(request), reason=form)
    return _step(request, service, done, reason=form.cleaned_data["reason"])


def _step(request: HttpRequest, service: Any, done: str, **given: Any) -> HttpResponse:
    """One step of the sheet; a refusal is said on the grid's page."""
    base = own_base(request)
    try:
        service(
            notice=request.notice,
            base=base,
            actor=viewer(request),
            at=request.at,
            policy=request.policy,
            round=round_of(request),
            **given,
        )
    except Refused as refused:
        return _grid(request, base, errors=[{"text": in_words(one, request.policy)} for one in refused.refusals])
    messages.success(request, done)
    return see_other(in_round(request, "base:scores"))
