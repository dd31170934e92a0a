"""Brochures (基地招生简章): filled in by the base, decided by the province, read by everybody."""

from __future__ import annotations

import tomllib
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.forms.brochure import BrochureAnswerForm, BrochureForm
from admissions.forms.brochure_tables import initial_of
from admissions.queries.blank_papers import of_brochure
from admissions.views.base_common import address, own_base, rights, see_other, viewer
from admissions.views.oversight import WATCHERS
from admissions.views.plan_tabs import province_tabs
from admissions.views.refusals import add_refusals
from bases.models import Brochure, BrochureState, TrainingBase
from bases.queries import brochure_in_force, brochures_of, supplement_of
from bases.services import brochures
from gme_portal.accounts.access import BASE, PROVINCE, allow, public
from gme_portal.accounts.models import Role
from gme_portal.policy import Policy, PolicyError, describe_supplement
from gme_portal.refusals import Refused

TONES = {"proposed": "warn", "approved": "ok", "returned": "bad", "superseded": "neutral"}


@allow(*BASE)
@require_http_methods(["GET", "HEAD", "POST"])
def base_brochure(request: HttpRequest) -> HttpResponse:
    """The base's own brochure: as a form for the lead, in words for the others."""
    policy = request.policy  # the notice's own; `own_base` puts the base's in its place
    base = own_base(request)
    history = list(brochures_of(request.notice, base))
    standing = next((one for one in history if one.state in (BrochureState.PROPOSED, BrochureState.APPROVED)), None)
    is_lead = viewer(request).role == Role.BASE_LEAD
    if request.method == "POST" and not is_lead:
        raise PermissionDenied("招生简章由本基地负责人提交。")
    latest = next((one for one in history if one.state != BrochureState.SUPERSEDED), None)
    form = _form_of(request, base, policy, latest)
    if request.method == "POST" and request.POST.get("seen", "") != str(latest.number if latest else ""):
        form.add_error(None, "简章刚被另一人提交过新版，您的修改没有提交。请打开新版后再改。")
    if request.method == "POST" and form.is_valid():
        try:
            brochures.propose(
                notice=request.notice,
                base=base,
                source=form.source(),
                actor=viewer(request),
                at=request.at,
                policy=policy,
            )
        except Refused as refused:
            add_refusals(form, refused, policy)
        else:
            messages.success(request, "简章已提交，等待省级审核。")
            return see_other(address(request, "base:brochure"))
    context = {
        **rights(request),
        "base": base,
        "form": form,
        "allowed": policy.brochure is not None,
        "clause": policy.cite(policy.brochure.clause) if policy.brochure else "",
        "standing": latest,
        "groups": said(standing, policy) if standing else [],
        "history": [_row(one) for one in history],
    }
    return render(request, "base/brochure.html", context, status=422 if form.errors else 200)


def _form_of(request: HttpRequest, base: TrainingBase, policy: Policy, latest: Brochure | None) -> BrochureForm:
    """The form with what the newest brochure says, sent back or not; empty where the notice no longer allows it."""
    kept: dict[str, Any] = {}
    initial: dict[str, Any] = {}
    if latest is not None:
        try:
            initial = initial_of(supplement_of(latest, policy))
            kept = tomllib.loads(latest.source)
        except PolicyError:
            pass  # `groups` on the page says what is wrong with it
    sent = request.POST if request.method == "POST" else None
    return BrochureForm(sent, policy=policy, base=base, kept=kept, initial=initial)


@allow(*WATCHERS)
@require_safe
def province_brochures(request: HttpRequest) -> HttpResponse:
    """Every base's newest brochure, those that wait first."""
    rows = [_row(one) for one in brochures_of(request.notice) if one.state != BrochureState.SUPERSEDED]
    waiting = [row for row in rows if row["brochure"].state == BrochureState.PROPOSED]
    context = {
        "waiting": waiting,
        "others": [row for row in rows if row not in waiting],
        "tabs": province_tabs(request, "brochures"),
    }
    return render(request, "province/brochures.html", context)


@allow(*WATCHERS)
@require_safe
def province_brochure(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One brochure in words, beside what the notice says without it."""
    return _decision_page(request, _of_notice(request, pk), BrochureAnswerForm())


@allow(*PROVINCE)
@require_POST
def brochure_decide(request: HttpRequest, pk: UUID, decision: str) -> HttpResponse:
    """Approve or return."""
    if decision not in ("approve", "return"):
        raise Http404
    brochure, form = _of_notice(request, pk), BrochureAnswerForm(request.POST)
    if form.is_valid():
        try:
            brochures.decide(
                brochure=brochure,
                approve=decision == "approve",
                reason=form.cleaned_data["reason"],
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, "简章已发布。" if decision == "approve" else "简章已退回基地。")
            return see_other(address(request, "province:brochures"))
    return _decision_page(request, brochure, form)


@public
@require_safe
def public_brochure(request: HttpRequest, code: str) -> HttpResponse:
    """A base's brochure in force, for everybody."""
    base = get_object_or_404(TrainingBase, code=code)
    brochure = brochure_in_force(request.notice, base)
    if brochure is None:
        raise Http404
    context = {
        "base": base,
        "brochure": brochure,
        "groups": said(brochure, request.policy),
        "papers": of_brochure(brochure, request.policy),
    }
    return render(request, "public/brochure.html", context)


def said(brochure: Brochure, policy: Policy) -> list[dict[str, Any]]:
    """The brochure's sentences by section; what is wrong with one that an amended notice no longer allows."""
    try:
        sentences = describe_supplement(supplement_of(brochure, policy), policy)
    except PolicyError as error:
        return [{"title": "与现行通知不一致", "sentences": [{"text": str(one)} for one in error.problems]}]
    return [
        {"title": title, "sentences": [{"text": one.text, "note": one.note} for one in group]}
        for title, group in groupby(sentences, key=lambda one: one.section)
    ]


def _decision_page(request: HttpRequest, brochure: Brochure, form: BrochureAnswerForm) -> HttpResponse:
    scoring = request.policy.scoring
    context = {
        **_row(brochure),
        "form": form,
        "groups": said(brochure, request.policy),
        "notice_weights": "，".join(
            f"{part.label}{f' {part.weight}%' if part.weight else '不计入总成绩'}" for part in scoring.components
        ),
        "clause": request.policy.cite(scoring.clause),
        "may_decide": viewer(request).role in PROVINCE and brochure.state == BrochureState.PROPOSED,
    }
    return render(request, "province/brochure.html", context, status=422 if form.errors else 200)


def _of_notice(request: HttpRequest, pk: UUID) -> Brochure:
    return get_object_or_404(brochures_of(request.notice), pk=pk)


def _row(brochure: Brochure) -> dict[str, Any]:
    return {"brochure": brochure, "state": brochure.get_state_display(), "tone": TONES[brochure.state]}
