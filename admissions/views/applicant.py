"""The applicant's first page, result, messages and calendar (学员)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from admissions.access import FILED
from admissions.exports.calendar import calendar_file
from admissions.models import Application
from admissions.queries import acceptances, invitations, journey, mark_book, progress, readiness, rounds
from admissions.queries.answers import saved_items
from admissions.queries.choosing import saved_choices, standing_choices
from admissions.queries.later_documents import awaited
from admissions.queries.results import has_result, latest_return, result_of, total_of
from admissions.queries.tasks import (
    mending_url,
    state_tone,
    step_after_filing,
    step_before_filing,
    step_to_answer,
    task_list,
    to_bring,
)
from admissions.services import applications
from admissions.services.transitions import application_refusal
from admissions.states import APPLICANT, APPLICATION_LABELS, TURNED_AWAY
from applicants.services.profiles import ensure as ensure_profile
from bases.queries import policy_at
from gme_portal.accounts.access import allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.outbox.queries import inbox
from gme_portal.outbox.services import mark_read
from gme_portal.refusals import Refusal

MESSAGES_PER_PAGE = 20


def application_of(request: HttpRequest) -> Application:
    """The signed-in person's application, begun when they first look: of the running round, of the place they hold, or as the address asks."""
    profile = ensure_profile(viewer(request), request.at)
    return applications.current(
        profile=profile,
        notice=request.notice,
        policy=request.policy,
        at=request.at,
        round=request.GET.get("round", ""),
    )


def refused_step(request: HttpRequest, application: Application, action: str) -> Refusal | None:
    """Why the person cannot take a step now; None when they can."""
    return application_refusal(application, action, actor_kind=APPLICANT, at=request.at, policy=request.policy)


@allow(Role.APPLICANT)
def home(request: HttpRequest) -> HttpResponse:
    """The task list with one obvious next step, the deadline in sight, and what comes when."""
    application, policy, slug = application_of(request), request.policy, request.notice.slug
    sections = readiness.sections_of(application.applicant, policy)
    choices = saved_choices(application)
    window = journey.registration_of(policy, application, request.at)
    is_open = window is not None and window.is_open(request.at)
    changing = is_open and application.amending_since is not None
    filed = application.state in FILED and application.state != "returned" and not changing
    if filed:
        confirmation = journey.window_of(policy, application, "confirmation")
        published = has_result(application, request.at)
        step = step_after_filing(application, has_result=published, confirmation=confirmation, at=request.at, slug=slug)
    else:
        step = step_before_filing(application, sections, choices, window, at=request.at, slug=slug, policy=policy)
    place = acceptances.waiting_for(application.applicant, request.notice, policy, at=request.at)
    if place is not None:
        step = step_to_answer(place, acceptances.period_of(place, policy).closes, slug=slug)
    base = application.base or (choices[0].quota.base if choices else None)
    returned = latest_return(application)
    context: dict[str, Any] = {
        "application": application,
        "state_label": APPLICATION_LABELS[application.state],
        "state_tone": state_tone(application.state),
        "window": None
        if application.state in TURNED_AWAY
        else window
        if is_open or not filed
        else journey.next_window(policy, application, request.at),
        "turned_away": application.state in TURNED_AWAY,
        "window_open": is_open,
        "tasks": task_list(application, sections, choices, slug=slug, policy=policy),
        "step": step,
        "timeline": journey.timeline(policy, application, request.at),
        "filed": filed,
        "changing": changing,
        "unlisted": None if filed else readiness.roster_problem(application.applicant, request.notice, policy=policy),
        "may_amend": not changing and refused_step(request, application, "amend") is None,
        "may_withdraw": refused_step(request, application, "withdraw") is None,
        "filed_items": saved_items(standing_choices(application)) if filed else [],
        "returned": returned,
        "mending_url": mending_url(returned, slug=slug),
        "latest": application.submissions.order_by("-number").first(),
        "base": base,
        "bring": to_bring(application.applicant, policy),
        "certificates": awaited(application, policy) if filed else [],
        "form": policy.form,
        "form_clause": policy.cite(policy.form.clause),
        "copies": policy.form.copies_for(application.applicant.person_type),
        "inbox": inbox(request.user)[:3],
        "lead": f"{request.notice.title} {rounds.label(policy, application.round)}".strip(),
        "history": rounds.history(application, policy),
        "invited": invitations.open_for(application.applicant, request.notice, policy, at=request.at),
    }
    return render(request, "apply/home.html", context)


@allow(Role.APPLICANT)
def result(request: HttpRequest) -> HttpResponse:
    """Review, confirmation, marks, rank, offer and report-in, as far as they are published."""
    application, policy = application_of(request), request.policy
    if application.base is not None:
        policy = policy_at(policy, request.notice, application.base)
    found = result_of(application, policy=policy, at=request.at)
    marks = {mark.component: mark for mark in found.marks}
    reallocation = policy.window("reallocation", round=application.round)
    context = {
        "application": application,
        "lead": " · ".join(
            filter(None, (rounds.label(request.policy, application.round), f"报名号 {application.number}"))
        ),
        "history": rounds.history(application, request.policy),
        "place": acceptances.waiting_for(application.applicant, request.notice, policy, at=request.at),
        "state_label": APPLICATION_LABELS[application.state],
        "state_tone": state_tone(application.state),
        "taken_away": progress.taken_away(application, policy=policy),
        "found": found,
        "progress": progress.progress_items(application, found, policy=policy),
        "offer_items": progress.offer_items(found.offer) if found.offer else [],
        "place_label": progress.place_label(found.offer) if found.offer else "",
        "what_next": progress.what_next(application, policy, reallocation, request.at),
        "total": total_of(found.outcomes),
        "components": [
            {"component": one, "text": mark_book.mark_text(marks.get(one.key))} for one in mark_book.items(policy)
        ]
        if found.is_published
        else [],
        "report_in": journey.window_of(policy, application, "report_in"),
        "report_clause": policy.cite(policy.report_in.clause),
        "next_window": journey.next_window(policy, application, request.at),
    }
    return render(request, "apply/result.html", context)


@allow(Role.APPLICANT)
def messages(request: HttpRequest) -> HttpResponse:
    """The inbox. What is on the page counts as read from now on."""
    page = Paginator(inbox(request.user), MESSAGES_PER_PAGE).get_page(request.GET.get("page"))
    shown = [{"message": message, "body": message.body.open(), "is_new": message.read_at is None} for message in page]
    mark_read(list(page), at=request.at)
    return render(request, "apply/messages.html", {"page": page, "shown": shown})


@allow(Role.APPLICANT)
def calendar(request: HttpRequest) -> HttpResponse:
    """The dates as a file for the phone's calendar."""
    application = application_of(request)
    content = calendar_file(
        journey.windows_for(request.policy, application),
        title=request.notice.title,
        uid=str(application.pk),
        url=request.build_absolute_uri(reverse("apply:home", args=[request.notice.slug])),
        at=request.at,
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.notice.slug}.ics"'
    return response
