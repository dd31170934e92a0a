"""The front door, health, and the pages for refused requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from admissions.queries.journey import calendar
from bases.queries import brochures_with_papers
from gme_portal.accounts.access import public
from gme_portal.navigation import landing
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import open_notices, policy_of, version_in_force
from quotas.queries import open_bases, tally


@public
def home(request: HttpRequest) -> HttpResponse:
    """Visitors see the open notices with their windows; who is signed in goes on to their own first page."""
    notices = open_notices()
    if request.user.is_authenticated and "stay" not in request.GET:
        target = landing(request.user.role, notices[0] if notices else None)
        if target != request.path:
            return redirect(target)
    return render(request, "public/home.html", {"notices": [_front(notice, request.at) for notice in notices]})  # type: ignore[attr-defined]


def _front(notice: Notice, at: datetime) -> dict[str, Any]:
    policy = policy_of(version_in_force(notice))
    windows = sorted(policy.windows, key=lambda window: (window.opens, window.closes))
    return {
        "notice": notice,
        "policy": policy,
        "timeline": calendar(windows, at),
        "plan": tally(notice),
        "bases": open_bases(notice).count(),
        "papers": bool(policy.papers) or brochures_with_papers(notice).exists(),
    }


@public
def healthz(request: HttpRequest) -> JsonResponse:
    """For supervisors and load balancers: 200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is too old, most often after a night with the page open; what was typed is still in the browser."""
    return render(request, "403_csrf.html", status=403)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", {"sentence": str(exception or "")}, status=403)
