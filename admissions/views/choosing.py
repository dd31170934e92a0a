"""The choice page (志愿填报): one base, then its specialties in order."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from admissions.forms.applicant import ChoicesForm, first_of
from admissions.models import Application
from admissions.queries import readiness
from admissions.queries.answers import saved_items
from admissions.queries.choosing import assigned_entry, bases_to_choose, consents_of, options_at, saved_choices
from admissions.queries.journey import window_of
from admissions.services import applications
from admissions.services.transitions import application_refusal
from admissions.states import APPLICANT, APPLICATION_LABELS
from admissions.views.applicant import application_of
from admissions.views.refusals import add_refusals
from bases.models import TrainingBase
from bases.queries import brochure_in_force
from gme_portal.accounts.access import allow
from gme_portal.accounts.models import Role
from gme_portal.refusals import Refusal, Refused

_ROUTES = {"roster": "apply:roster"}


@allow(Role.APPLICANT)
def choices(request: HttpRequest) -> HttpResponse:
    """Choose a base (`?base=code`; without it the list), then specialties. Saving goes on to the check page."""
    application, policy = application_of(request), request.policy
    if not applications.is_editable(application):
        return _read_only(request, application)
    problems = readiness.section_problems(application.applicant, policy=policy)
    unlisted = readiness.roster_problem(application.applicant, request.notice, policy=policy)
    if unlisted is not None:
        problems.append(unlisted)
    if problems:
        return _locked(request, problems)
    entry, saved = assigned_entry(application, policy), saved_choices(application)
    bases = bases_to_choose(application, entry, policy=policy)
    code = request.GET.get("base") or (saved[0].quota.base.code if saved else "") or (entry.base.code if entry else "")
    if not code or "change" in request.GET:
        return _choose_base(request, bases, saved)
    base = get_object_or_404(bases, code=code)
    options = options_at(application, base, entry=entry, policy=policy, at=request.at)
    form = ChoicesForm(
        request.POST or None,
        initial=_initial(application, saved, base, options if entry else []),
        options=options,
        limit=policy.choices.limit(application.applicant.person_type),
        policy=policy,
        transfer=policy.transfer.offered_to(application.applicant.person_type),
        must=application.applicant.person_type in policy.transfer.required_for,
    )
    if request.method == "POST" and form.is_valid():
        try:
            applications.save_choices(
                application=application,
                quota_ids=form.quota_ids(),
                consents=form.agreed(),
                actor=request.user,
                at=request.at,
                policy=policy,
            )
            return redirect("apply:check", request.notice.slug)
        except Refused as refused:
            add_refusals(form, refused, policy)
    context = {
        "application": application,
        "base": base,
        "brochure": brochure_in_force(request.notice, base),
        "options": options,
        "form": form,
        "entry": entry,
        "entry_clause": policy.cite(policy.choices.clause),
        "lead": f"最多填报同一基地的 {form.limit} 个专业。" if form.limit > 1 else "填报 1 个专业。",
        "window": window_of(policy, application, "registration"),
    }
    return render(request, "apply/choices.html", context, status=422 if form.errors else 200)


def _initial(application: Application, saved: list[Any], base: TrainingBase, assigned: list[Any]) -> dict[str, Any]:
    """What was saved for this base; the one possible answer for a person on a list."""
    initial: dict[str, Any] = {"consents": consents_of(application)}
    if saved and saved[0].quota.base_id == base.pk:
        return initial | dict(first_of(saved))
    if len(assigned) == 1:
        initial["choice_1"] = str(assigned[0].quota.pk)
    return initial


def _choose_base(request: HttpRequest, bases: Any, saved: list[Any]) -> HttpResponse:
    listed = list(bases)
    prefectures = {base.prefecture_id: base.prefecture.name for base in listed}
    wanted = request.GET.get("prefecture", "")
    context = {
        "bases": [base for base in listed if not wanted or base.prefecture_id == wanted],
        "prefectures": sorted(prefectures.items()),
        "wanted": wanted,
        "current": saved[0].quota.base if saved else None,
        "lead": "先选基地，再选专业；只能报一个基地。",
    }
    return render(request, "apply/bases.html", context)


def _locked(request: HttpRequest, problems: list[Refusal]) -> HttpResponse:
    """Choices open when the personal data are complete (003 (四))."""
    slug = request.notice.slug
    listed = [
        {"text": one.sentence, "href": reverse(_ROUTES.get(one.field, f"profile:{one.field}"), args=[slug])}
        for one in problems
    ]
    return render(
        request, "apply/choices_locked.html", {"problems": listed, "clause": request.policy.cite(problems[0].clause)}
    )


def _read_only(request: HttpRequest, application: Application) -> HttpResponse:
    if request.method == "POST":
        messages.error(request, f"当前状态为“{APPLICATION_LABELS[application.state]}”，不能修改志愿。")
        return redirect("apply:home", request.notice.slug)
    context = {
        "application": application,
        "state_label": APPLICATION_LABELS[application.state],
        "items": saved_items(saved_choices(application)),
        "may_amend": application_refusal(
            application, "amend", actor_kind=APPLICANT, at=request.at, policy=request.policy
        )
        is None,
        "may_withdraw": application_refusal(
            application, "withdraw", actor_kind=APPLICANT, at=request.at, policy=request.policy
        )
        is None,
    }
    return render(request, "apply/choices_filed.html", context)
