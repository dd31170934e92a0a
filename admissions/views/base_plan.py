"""A base's own plan (本基地计划): distributing its 其他, asking for more seats, the ledger as a file."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.exports.plan import ledger_sheet
from admissions.forms.plan import DistributionForm, IncreaseForm
from admissions.views.base_common import address, exported, own_base, rights, see_other, viewer
from admissions.views.plan_tabs import base_tabs
from admissions.views.refusals import add_refusals, in_words
from bases.models import Specialty, TrainingBase
from gme_portal.accounts.access import BASE, allow
from gme_portal.accounts.models import Role
from gme_portal.refusals import Refused
from quotas.distributing import Portion
from quotas.models import IncreaseRequest, OthersPool
from quotas.queries import increases_of, ledger_of_notice, open_specialties, pool_of
from quotas.services import increases as increasing
from quotas.services import others as distributing
from quotas.terms import PlanTerms


@allow(*BASE)
@require_http_methods(["GET", "POST"])
def others(request: HttpRequest) -> HttpResponse:
    """Which specialties the seats of 其他 are for: filled in by the lead, decided by the province, then fixed."""
    base = own_base(request)
    terms = PlanTerms.of(request.policy)
    pool = pool_of(request.notice, base)
    newest = next(iter(pool.distributions.all()), None) if pool else None
    form = _distribution_form(request, base, pool, terms)
    is_lead = _lead_or_reader(request)
    may_fill = is_lead and pool is not None and pool.distributed_at is None
    if request.method == "POST" and pool is not None and form.is_valid():
        try:
            distributing.propose(pool=pool, portions=form.portions, actor=viewer(request), at=request.at, terms=terms)
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, "分配方案已提交，等待省级批准。批准前可以修改后重新提交。")
            return see_other(address(request, "base:others"))
    late = terms.opens is not None and request.at >= terms.opens and (pool is None or pool.late_at is None)
    context = {
        "base": base,
        "pool": pool,
        "newest": newest,
        "form": form,
        "may_fill": may_fill and not late,
        "late": late,
        "opens": terms.opens,
        "clause": request.policy.cite(terms.clause),
        "tabs": base_tabs(request, base, "others"),
        **rights(request),
    }
    return render(request, "base/others.html", context, status=422 if form.errors else 200)


def _lead_or_reader(request: HttpRequest) -> bool:
    """Whether the viewer leads the base; everybody else there only reads. Raises PermissionDenied when they post all the same."""
    is_lead = viewer(request).role == Role.BASE_LEAD
    if request.method == "POST" and not is_lead:
        raise PermissionDenied("计划由基地负责人办理。")
    return is_lead


def _distribution_form(
    request: HttpRequest, base: TrainingBase, pool: OthersPool | None, terms: PlanTerms
) -> DistributionForm:
    """Fields for the specialties that 其他 may be given to, with the newest proposal in them."""
    planned = {quota.specialty_id for quota in open_specialties(request.notice, base)}
    codes = terms.codes - terms.shortage - planned
    specialties = list(Specialty.objects.filter(code__in=codes, track__in=base.tracks).order_by("position"))
    newest = next(iter(pool.distributions.all()), None) if pool else None
    given = (
        {one.specialty_id: Portion(one.specialty_id, one.seats, one.capacity) for one in newest.shares.all()}
        if newest
        else {}
    )
    return DistributionForm(request.POST or None, specialties=specialties, given=given)


@allow(*BASE)
@require_http_methods(["GET", "POST"])
def increases(request: HttpRequest) -> HttpResponse:
    """More seats within the training capacity: asked for by the lead, decided by the province."""
    base = own_base(request)
    terms = PlanTerms.of(request.policy)
    quotas = list(open_specialties(request.notice, base))
    form = IncreaseForm(request.POST or None, quotas=quotas)
    may_ask = _lead_or_reader(request) and terms.increase
    if request.method == "POST" and form.is_valid():
        try:
            increasing.ask(**form.cleaned_data, actor=viewer(request), at=request.at, terms=terms)
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, "申请已提交，等待省级批准。")
            return see_other(address(request, "base:increases"))
    context = {
        "base": base,
        "form": form,
        "quotas": quotas,
        "may_ask": may_ask,
        "allowed": terms.increase,
        "clause": request.policy.cite(terms.increase_clause),
        "requests": increases_of(request.notice, base)[:100],
        "tabs": base_tabs(request, base, "increases"),
        **rights(request),
    }
    return render(request, "base/increases.html", context, status=422 if form.errors else 200)


@allow(Role.BASE_LEAD)
@require_POST
def increase_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    rows = IncreaseRequest.objects.filter(quota__notice=request.notice, quota__base=own_base(request))
    asked = get_object_or_404(rows, pk=pk)
    try:
        increasing.withdraw(asked, actor=viewer(request), at=request.at)
    except Refused as refused:
        messages.error(request, in_words(refused.refusal, request.policy))
    else:
        messages.success(request, "申请已撤回。")
    return see_other(address(request, "base:increases"))


@allow(*BASE)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The ledgers of all specialties of the base."""
    base = own_base(request)
    entries = list(ledger_of_notice(request.notice, base))
    content = ledger_sheet(f"{base.name}名额台账", entries, actor=viewer(request), at=request.at)
    return exported(
        request, content, f"{base.short_name}名额台账", action="export.ledger", base=base, rows=len(entries)
    )
