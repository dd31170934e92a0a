"""What-if of the provincial office (试算假设): changed seats and rules on a copy, and the effect beside the real figures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from admissions.access import runs_visible_to
from admissions.forms.what_if import WhatIfForm
from admissions.models import AllocationRun, RunKind
from admissions.queries.assumptions import Assumptions, from_json
from admissions.queries.comparisons import figure_rows, option_label
from admissions.queries.effects import Effect
from admissions.queries.what_if import real_runs, trial_of, trials
from admissions.services import what_if as service
from admissions.views.base_common import address, see_other, viewer
from admissions.views.refusals import in_words
from admissions.views.rounds import in_round, round_of, switch
from bases.models import TrainingBase
from gme_portal.accounts.access import PROVINCE, allow
from gme_portal.refusals import Refused
from gme_portal.wording import percent
from quotas.queries import open_bases

TRIALS_A_PAGE = 20
PEOPLE_A_PAGE = 50


@allow(*PROVINCE)
@require_http_methods(["GET", "POST"])
def what_if(request: HttpRequest) -> HttpResponse:
    """Choose what to start from and what to change; `base` in the address for a base's admission, without it the reallocation."""
    base = _base(request)
    again, assumed = _again(request)
    source = again or next(iter(_sources(request, base)), None)
    form = None
    errors: list[dict[str, str]] = []
    if source is not None:
        form = WhatIfForm(request.POST or None, problem=source.problem, assumed=assumed)
        if request.method == "POST" and form.is_valid():
            try:
                made = service.try_out(source, assumed=form.assumed(), actor=viewer(request), at=request.at)
            except Refused as refused:
                errors = [{"text": in_words(one, request.policy), "href": "#seats"} for one in refused.refusals]
            else:
                return see_other(address(request, "province:what_if_result", made.pk))
    context = {
        **switch(request),
        "base": base,
        "back_url": in_round(request, "province:reallocation"),
        "bases": open_bases(request.notice),
        "source": source,
        "source_label": option_label(source) if source else "",
        "form": form,
        "errors": errors,
        "page": Paginator(trials(runs_visible_to(request.user), request.notice), TRIALS_A_PAGE).get_page(
            request.GET.get("page")
        ),
    }
    refused_form = form is not None and bool(form.errors)
    return render(request, "province/what_if.html", context, status=422 if refused_form or errors else 200)


@allow(*PROVINCE)
@require_safe
def what_if_result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The effect of one what-if beside the real figures, and who would fare otherwise."""
    run = get_object_or_404(trials(runs_visible_to(request.user), request.notice), pk=pk)
    trial = trial_of(run)
    base = {"base": run.base.code} if run.base else {}
    context = {
        "run": run,
        "trial": trial,
        "title": run.base.name if run.base else run.get_kind_display(),
        "source_label": option_label(trial.source),
        "bars": _bars(trial.real, trial.tried),
        "figures": figure_rows(trial.real, trial.tried),
        "page": Paginator(trial.people, PEOPLE_A_PAGE).get_page(request.GET.get("page")),
        "again_url": in_round(request, "province:what_if", round=run.round, **{"from": str(run.pk)}, **base),
        "compare_url": address(request, "province:comparison_file", run.pk) + f"?with={trial.source.pk}",
    }
    return render(request, "province/what_if_result.html", context)


def _bars(real: Effect, tried: Effect) -> list[dict[str, Any]]:
    """Figures to draw: value as drawn and as said, and what a full bar means."""
    seats = max(real.seats, tried.seats)
    counted = [
        ("招满名额", real.filled, tried.filled, seats),
        ("招满紧缺专业", real.shortage_filled, tried.shortage_filled, max(real.shortage_seats, tried.shortage_seats)),
        ("安排县级及以下", real.county_placed, tried.county_placed, max(real.county, tried.county)),
    ]
    bars: list[dict[str, Any]] = [
        {"label": label, "before": old, "after": new, "of": of, "before_text": f"{old} 人", "after_text": f"{new} 人"}
        for label, old, new, of in counted
    ]
    rates = [one.first_wish_rate or 0 for one in (real, tried)]
    said = [percent(one.first_wish_rate) for one in (real, tried)]
    bars.append(
        {
            "label": "第一志愿满足率",
            "before": rates[0],
            "after": rates[1],
            "of": 1,
            "before_text": said[0],
            "after_text": said[1],
        }
    )
    return bars


def _base(request: HttpRequest) -> TrainingBase | None:
    code = request.GET.get("base", "")
    return get_object_or_404(open_bases(request.notice), code=code) if code else None


def _again(request: HttpRequest) -> tuple[AllocationRun | None, Assumptions | None]:
    """The run and the changes of an earlier what-if that is to be changed further."""
    wanted = request.GET.get("from", "")
    if not wanted:
        return None, None
    trial = get_object_or_404(trials(runs_visible_to(request.user), request.notice), pk=_uuid(wanted))
    noted = trial.beside["what_if"]
    return runs_visible_to(request.user).get(pk=noted["of"]), from_json(noted["assumed"])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404("没有这次试算。") from error


def _sources(request: HttpRequest, base: TrainingBase | None) -> list[AllocationRun]:
    kind = RunKind.BASE_ADMISSION if base else RunKind.REALLOCATION
    return real_runs(runs_visible_to(request.user), request.notice, kind, base, round=round_of(request))
