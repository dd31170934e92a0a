"""Accounts, health and audit."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gme_portal.accounts.access import allow
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent, AuditSeal
from gme_portal.audit.services import broken_seals
from gme_portal.platform.labels import ACTIONS, action_label
from gme_portal.platform.queries import health, staff_accounts

EVENTS_A_PAGE = 50


@allow(Role.PLATFORM_ADMIN)
@require_safe
def accounts_page(request: HttpRequest) -> HttpResponse:
    return render(request, "platform/accounts.html", {"accounts": staff_accounts()})


@allow(Role.PLATFORM_ADMIN)
@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    return render(request, "platform/health.html", {"readings": health(at=request.at)})  # type: ignore[attr-defined]


@allow(Role.AUDITOR)
@require_safe
def audit_page(request: HttpRequest) -> HttpResponse:
    """Events, newest first, filtered by action; and whether every seal still fits."""
    action = request.GET.get("action", "").strip()
    events = AuditEvent.objects.select_related("actor").order_by("-id")
    if action:
        events = events.filter(action=action)
    chips = [{"label": f"操作：{action_label(action)}", "remove_url": request.path}] if action else []
    page = Paginator(events, EVENTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(event, action_label(event.action)) for event in page],
        "action": action,
        "actions": ACTIONS.items(),
        "chips": chips,
        "seals": AuditSeal.objects.count(),
        "broken": broken_seals(),
    }
    return render(request, "platform/audit.html", context)
