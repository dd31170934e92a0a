"""What every page of the profile shows: where one is, what is missing, whether the sections are read-only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from applicants.models import Profile
from applicants.queries import Section, completeness
from applicants.services import drafts, profiles
from applicants.services.drafts import Draft
from gme_portal.accounts.access import viewer

Context = dict[str, Any]


def own_profile(request: HttpRequest) -> Profile:
    return profiles.ensure(viewer(request), request.at)


def address(request: HttpRequest, route: str, *args: Any) -> str:
    """A page of the current notice."""
    return reverse(route, args=[request.notice.slug, *args])


def show(
    request: HttpRequest, template: str, profile: Profile, section: str, context: Context, *, failed: bool = False
) -> HttpResponse:
    """Render a page of a section with the way through all sections; 422 when something has to change."""
    sections = completeness(profile, request.policy)
    following = _next(sections, section)
    shown = {
        "profile": profile,
        "locked": profile.locked_at is not None,
        "lock_sentence": profiles.LOCKED,
        "steps": [_step(request, each, section) for each in sections],
        "missing": next((each.missing for each in sections if each.key == section), ()),
        "next_url": address(request, following.route) if following else address(request, "apply:home"),
        "next_title": following.title if following else "我的报名",
        **context,
    }
    return render(request, template, shown, status=422 if failed else 200)


def go_on(request: HttpRequest, profile: Profile, section: str) -> HttpResponse:
    """After saving: to the next section, and after the last one back to the application's home."""
    following = _next(completeness(profile, request.policy), section)
    target = address(request, following.route if following else "apply:home")
    return HttpResponseRedirect(target, status=303)


def draft_for(request: HttpRequest, profile: Profile, section: str) -> Draft | None:
    """What was typed into this section and never saved; not while a form is being sent."""
    return None if request.method == "POST" else drafts.find(profile, section)


def draft_dropped(request: HttpRequest, profile: Profile, section: str) -> HttpResponse | None:
    """Throw the draft away when that was asked for, and show what is saved."""
    if "discard" not in request.POST:
        return None
    drafts.drop(profile, section)
    return HttpResponseRedirect(request.path, status=303)


def _step(request: HttpRequest, section: Section, current: str) -> Context:
    done = "done" if section.state == "done" else "todo"
    return {
        "label": section.title,
        "url": address(request, section.route),
        "state": "current" if section.key == current else done,
    }


def _next(sections: list[Section], current: str) -> Section | None:
    keys = [section.key for section in sections]
    place = keys.index(current) + 1 if current in keys else len(keys)
    return sections[place] if place < len(sections) else None
