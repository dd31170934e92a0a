"""The plan (招收计划): the matrix with its moves for the office, and what is open for everybody."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from admissions.exports.lists import plan_sheet
from admissions.forms.office import IncreaseForm
from admissions.queries.release import open_counts
from admissions.views.downloads import spreadsheet
from admissions.views.oversight import WATCHERS
from admissions.views.refusals import add_refusals
from bases.models import TrainingBase
from gme_portal.accounts.access import PROVINCE, allow, public, viewer
from gme_portal.accounts.models import Role
from gme_portal.refusals import Refused
from quotas.queries import matrix, moves_of, open_bases, open_specialties
from quotas.services.plan import increase as increase_quota


@allow(*WATCHERS)
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    found = matrix(request.notice)
    if request.GET.get("export") == "xlsx":
        return spreadsheet(plan_sheet(request.notice, found, actor=viewer(request), at=request.at), "招收计划")
    context = {"plan": found, "moves": moves_of(request.notice)[:50], "may_increase": viewer(request).role in PROVINCE}
    return render(request, "province/plan.html", context)


@allow(Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD)
@require_http_methods(["GET", "POST"])
def increase(request: HttpRequest) -> HttpResponse:
    """More seats for one specialty of a base, inside its capacity; written to the ledger with its reason."""
    base = get_object_or_404(open_bases(request.notice), code=request.GET.get("base") or request.POST.get("base", ""))
    quotas = list(open_specialties(request.notice, base))
    form = IncreaseForm(request.POST or None, quotas=quotas)
    if request.method == "POST" and form.is_valid():
        try:
            increase_quota(**form.cleaned_data, actor=viewer(request), at=request.at)
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, f"{base.name}的名额已增加，台账已记录。")
            return redirect(reverse("province:plan", args=[request.notice.slug]))
    status = 422 if form.errors else 200
    return render(request, "province/increase.html", {"form": form, "base": base, "quotas": quotas}, status=status)


@public
@require_safe
def public_plan(request: HttpRequest) -> HttpResponse:
    """Every base with its plan; one base opened shows its specialties."""
    base = (
        TrainingBase.objects.select_related("prefecture")
        .filter(code=request.GET.get("base", ""), quotas__notice=request.notice)
        .first()
    )
    context = {
        "bases": open_bases(request.notice),
        "base": base,
        "lines": open_counts(list(open_specialties(request.notice, base)), request.notice, at=request.at)
        if base
        else [],
        "shortage": request.policy.specialties.shortage,
    }
    return render(request, "public/plan.html", context)
