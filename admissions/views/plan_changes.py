"""What the province decides about the plan: how 其他 is distributed, who gets more seats, when a reserve is opened; and the ledger as a file."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.exports.plan import distribution_sheet, ledger_sheet
from admissions.forms.plan import AnswerForm, DistributionSheetForm, ReserveForm
from admissions.views.base_common import address, see_other, viewer
from admissions.views.downloads import spreadsheet
from admissions.views.oversight import WATCHERS
from admissions.views.plan_tabs import province_tabs
from admissions.views.refusals import add_refusals, in_words
from bases.models import Specialty
from gme_portal.accounts.access import PROVINCE, allow
from gme_portal.audit.services import record
from gme_portal.refusals import Refused
from gme_portal.sheets import cells
from quotas.models import Distribution, IncreaseRequest, OthersPool
from quotas.queries import increases_of, ledger_of_notice, pools_of, reserves_of
from quotas.services import increases as increasing
from quotas.services import others as distributing
from quotas.services.seats import release_reserve
from quotas.terms import PlanTerms

MAX_ROWS = 400


@allow(*WATCHERS)
@require_http_methods(["GET", "POST"])
def others(request: HttpRequest) -> HttpResponse:
    """Who has distributed their 其他 and who has not; proposals to decide on; proposals for many bases from one sheet."""
    terms = PlanTerms.of(request.policy)
    may_decide = _decider_or_watcher(request)
    form = DistributionSheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = cells(form.cleaned_data["sheet"], max_rows=MAX_ROWS)
            made = distributing.import_distributions(
                notice=request.notice, rows=rows, actor=viewer(request), at=request.at, terms=terms
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, f"已导入 {len(made)} 家基地的分配方案，请省级另一人逐家批准。")
            return see_other(address(request, "province:others"))
    pools = list(pools_of(request.notice))
    context = {
        "pools": [(pool, next(iter(pool.distributions.all()), None)) for pool in pools],
        "figures": {
            "bases": len(pools),
            "done": sum(1 for pool in pools if pool.distributed_at),
            "seats": sum(pool.planned for pool in pools),
            "waiting": sum(pool.waiting for pool in pools),
        },
        "form": form,
        "may_decide": may_decide,
        "allowed": terms.others_row,
        "opened": terms.opens is not None and request.at >= terms.opens,
        "opens": terms.opens,
        "clause": request.policy.cite(terms.clause),
        "tabs": province_tabs(request, "others"),
    }
    return render(request, "province/others.html", context, status=422 if form.errors else 200)


@allow(*PROVINCE)
@require_safe
def others_template(request: HttpRequest) -> HttpResponse:
    """The sheet for the bases that have not distributed."""
    terms = PlanTerms.of(request.policy)
    pools = [pool for pool in pools_of(request.notice) if pool.waiting]
    specialties = Specialty.objects.filter(code__in=terms.codes - terms.shortage).order_by("position")
    content = distribution_sheet(
        f"{request.notice.title}其他专业分配表", pools, list(specialties), actor=viewer(request), at=request.at
    )
    return spreadsheet(content, "其他专业分配表")


@allow(*PROVINCE)
@require_POST
def others_decide(request: HttpRequest, pk: UUID, decision: str) -> HttpResponse:
    row = get_object_or_404(Distribution.objects.select_related("pool__base"), pk=pk, pool__notice=request.notice)
    name = row.pool.base.name
    try:
        if decision == "approve":
            terms = PlanTerms.of(request.policy)
            quotas = distributing.approve(row, actor=viewer(request), at=request.at, terms=terms)
            messages.success(request, f"已批准{name}的分配方案，{len(quotas)} 个专业可以报考。")
        elif decision == "refuse":
            distributing.refuse(row, reason=_reason(request), actor=viewer(request), at=request.at)
            messages.success(request, f"{name}的分配方案未批准，原因已告知。")
        else:
            raise Http404("没有这一步。")
    except Refused as refused:
        _say(request, refused)
    return see_other(address(request, "province:others"))


@allow(*PROVINCE)
@require_POST
def others_late(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a base distribute although registration has opened."""
    pool = get_object_or_404(OthersPool.objects.select_related("base"), pk=pk, notice=request.notice)
    try:
        distributing.allow_late(pool, actor=viewer(request), at=request.at)
    except Refused as refused:
        _say(request, refused)
    else:
        messages.success(request, f"已准许{pool.base.name}逾期分配。")
    return see_other(address(request, "province:others"))


@allow(*WATCHERS)
@require_safe
def increases(request: HttpRequest) -> HttpResponse:
    """Requests for more seats, those that wait first."""
    terms = PlanTerms.of(request.policy)
    context = {
        "requests": increases_of(request.notice)[:300],
        "may_decide": viewer(request).role in PROVINCE,
        "allowed": terms.increase,
        "clause": request.policy.cite(terms.increase_clause),
        "tabs": province_tabs(request, "increases"),
    }
    return render(request, "province/increases.html", context)


@allow(*PROVINCE)
@require_POST
def increase_decide(request: HttpRequest, pk: UUID, decision: str) -> HttpResponse:
    rows = IncreaseRequest.objects.select_related("quota__base", "quota__specialty")
    row = get_object_or_404(rows, pk=pk, quota__notice=request.notice)
    what = f"{row.quota.base.name}{row.quota.specialty.name}"
    try:
        if decision == "approve":
            terms = PlanTerms.of(request.policy)
            increasing.approve(row, actor=viewer(request), at=request.at, terms=terms)
            messages.success(request, f"已批准，{what}增加 {row.seats} 个名额，台账已记录。")
        elif decision == "refuse":
            increasing.refuse(row, reason=_reason(request), actor=viewer(request), at=request.at)
            messages.success(request, f"{what}的申请未批准，原因已告知。")
        else:
            raise Http404("没有这一步。")
    except Refused as refused:
        _say(request, refused)
    return see_other(address(request, "province:increases"))


@allow(*WATCHERS)
@require_http_methods(["GET", "POST"])
def reserve(request: HttpRequest) -> HttpResponse:
    """Seats kept for commissioned people, how many are filled, and opening those nobody will come for."""
    quotas = list(reserves_of(request.notice))
    may_decide = _decider_or_watcher(request)
    form = ReserveForm(request.POST or None, quotas=[one for one in quotas if one.kept])
    if request.method == "POST" and form.is_valid():
        try:
            release_reserve(**form.cleaned_data, actor=viewer(request), at=request.at)
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, "已释放，其他人员可以录取到这些名额，台账已记录。")
            return see_other(address(request, "province:reserve"))
    context = {
        "quotas": quotas,
        "form": form,
        "may_decide": may_decide,
        "kept": sum(one.kept for one in quotas),
        "tabs": province_tabs(request, "reserve"),
    }
    return render(request, "province/reserve.html", context, status=422 if form.errors else 200)


@allow(*WATCHERS)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The ledgers of the whole notice."""
    entries = list(ledger_of_notice(request.notice))
    content = ledger_sheet(f"{request.notice.title}名额台账", entries, actor=viewer(request), at=request.at)
    detail = {"rows": len(entries), "sha256": sha256(content).hexdigest()}
    record(actor=viewer(request), action="export.ledger", subject=request.notice, at=request.at, detail=detail)
    return spreadsheet(content, "名额台账")


def _decider_or_watcher(request: HttpRequest) -> bool:
    """Whether the viewer decides for the province; everybody else only watches. Raises PermissionDenied when they post all the same."""
    decides = viewer(request).role in PROVINCE
    if request.method == "POST" and not decides:
        raise PermissionDenied("招收计划由省级办理。")
    return decides


def _reason(request: HttpRequest) -> str:
    form = AnswerForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


def _say(request: HttpRequest, refused: Refused) -> None:
    for refusal in refused.refusals:
        messages.error(request, in_words(refusal, request.policy))
