"""What the lock-out library needs from us: a name without personal data, and a page in Chinese."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gme_portal.accounts.identity import fold_number
from gme_portal.pii.keys import key_ring


def blind_username(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """A keyed digest of what was typed as account: attempts are counted without storing an ID number."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return key_ring().blind(fold_number(typed), place="lockout")[:32]


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    return render(request, "accounts/locked_out.html", status=429)
