"""The lottery (抽签): the office's page with its next step, and the public page where anybody checks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from admissions.allocation import lottery as numbers
from admissions.forms.checking import CommitForm, DrawForm, NumberForm
from admissions.models import LotteryDraw
from admissions.queries.lots import as_record, closing, draw_of, is_late, is_needed, is_revealed, seed_of
from admissions.services import lottery_draws as service
from admissions.views.base_common import see_other, viewer
from admissions.views.refusals import add_refusals, in_words
from admissions.views.rounds import in_round, round_of, switch
from gme_portal.accounts.access import PROVINCE, allow, public
from gme_portal.refusals import Refused

STEPS = ("公布承诺", "报名截止", "录入公开抽签结果", "第二人复核", "随录取结果公开密钥")


@allow(*PROVINCE)
@require_safe
def lottery(request: HttpRequest) -> HttpResponse:
    return _office(request)


@allow(*PROVINCE)
@require_POST
def lottery_step(request: HttpRequest, step: str) -> HttpResponse:
    """One step; what is refused stands beside what was typed."""
    if step not in _TAKEN:
        raise Http404("没有这一步。")
    key = round_of(request)
    draw = draw_of(request.notice, key)
    form = CommitForm(request.POST, late=_late_now(request)) if step == "commit" else DrawForm(request.POST)
    needs_form = step != "send-back"
    if needs_form and not form.is_valid():
        return _office(request, form)
    try:
        words = _TAKEN[step](request, key, draw, form.cleaned_data if needs_form else {})
    except Refused as refused:
        if not needs_form:
            messages.error(request, in_words(refused.refusal, request.policy))
            return see_other(in_round(request, "province:lottery"))
        add_refusals(form, refused, request.policy)
        return _office(request, form)
    messages.success(request, words)
    return see_other(in_round(request, "province:lottery"))


def _commit(request: HttpRequest, key: str, draw: LotteryDraw | None, data: dict[str, Any]) -> str:
    service.commit(
        notice=request.notice, round=key, actor=viewer(request), at=request.at, policy=request.policy, **data
    )
    return "承诺已公布，任何人都可以在公开页面查到。"


def _enter(request: HttpRequest, key: str, draw: LotteryDraw | None, data: dict[str, Any]) -> str:
    service.enter(_there(draw), actor=viewer(request), at=request.at, policy=request.policy, **data)
    return "已录入，须由省级另一人对照公布的结果再录一遍。"


def _confirm(request: HttpRequest, key: str, draw: LotteryDraw | None, data: dict[str, Any]) -> str:
    service.confirm(_there(draw), actor=viewer(request), at=request.at, **data)
    return "已复核，抽签完成，可以正式运算。"


def _send_back(request: HttpRequest, key: str, draw: LotteryDraw | None, data: dict[str, Any]) -> str:
    service.send_back(_there(draw), actor=viewer(request), at=request.at)
    return "已退回，请重新录入。"


_TAKEN: dict[str, Callable[[HttpRequest, str, LotteryDraw | None, dict[str, Any]], str]] = {
    "commit": _commit,
    "enter": _enter,
    "confirm": _confirm,
    "send-back": _send_back,
}


def _there(draw: LotteryDraw | None) -> LotteryDraw:
    if draw is None:
        raise Refused("NOT_NOW_STATE", "还没有公布抽签承诺。")
    return draw


def _late_now(request: HttpRequest) -> bool:
    close = closing(request.policy, round_of(request))
    return close is not None and request.at >= close[0]


def _office(request: HttpRequest, form: CommitForm | DrawForm | None = None) -> HttpResponse:
    key = round_of(request)
    draw, close = draw_of(request.notice, key), closing(request.policy, key)
    closed = close is None or request.at >= close[1]
    revealed = draw is not None and is_revealed(draw, request.at)
    context = {
        **switch(request),
        "needed": is_needed(request.policy),
        "draw": draw,
        "close": close,
        "closed": closed,
        "late_now": _late_now(request),
        "revealed": revealed,
        "steps": _steps(draw, closed=closed, revealed=revealed),
        "form": form or (DrawForm() if draw else CommitForm(late=_late_now(request))),
        "mine": draw is not None and draw.drawn_by_id == viewer(request).pk,
        "clause": request.policy.cite(request.policy.scoring.clause),
    }
    return render(request, "province/lottery.html", context, status=422 if form is not None else 200)


def _steps(draw: LotteryDraw | None, *, closed: bool, revealed: bool) -> list[dict[str, str]]:
    stage = draw.stage if draw else ""
    reached = 0 if not stage else 5 if revealed else {"committed": 2 if closed else 1, "entered": 3, "drawn": 4}[stage]
    return [
        {"label": label, "url": "", "state": "done" if place < reached else "current" if place == reached else "todo"}
        for place, label in enumerate(STEPS)
    ]


@public
@require_safe
def public_lottery(request: HttpRequest) -> HttpResponse:
    """Commitment → draw → secret → seed, and how to check each; the secret from the first published result on."""
    key = round_of(request)
    draw = draw_of(request.notice, key)
    revealed = draw is not None and is_revealed(draw, request.at)
    asked = request.GET.get("number")
    form = NumberForm(request.GET if asked is not None else None)
    close = closing(request.policy, key)
    context: dict[str, Any] = {
        **switch(request),
        "draw": draw,
        "needed": is_needed(request.policy),
        "close": close,
        "steps": _steps(draw, closed=close is None or request.at >= close[1], revealed=revealed),
        "late": draw is not None and is_late(draw, request.policy),
        "revealed": revealed,
        "form": form,
        "chain": request.policy.scoring.tie_chain,
    }
    if draw is not None and revealed:
        seed = seed_of(draw)
        context |= {"secret": draw.secret.open(), "seed": seed}
        if form.is_bound and form.is_valid():
            number = form.cleaned_data["number"].strip()
            context |= {"asked": number, "drawn": f"{numbers.number(seed, request.notice.year, number):064x}"}
    return render(request, "public/lottery.html", context)


@public
@require_safe
def lottery_file(request: HttpRequest) -> HttpResponse:
    """The same as a file for `manage.py verify_lottery`."""
    draw = draw_of(request.notice, round_of(request))
    if draw is None:
        raise Http404("还没有公布抽签承诺。")
    record = as_record(draw, revealed=is_revealed(draw, request.at))
    response = JsonResponse(record, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="lottery-{request.notice.slug}-{draw.round}.json"'
    return response
