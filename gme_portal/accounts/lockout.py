"""What the lock-out library needs from us: a name without personal data, and a page in Chinese."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_cool_off
from axes.utils import reset
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gme_portal.accounts.identity import fold_number, fold_phone
from gme_portal.accounts.models import User
from gme_portal.pii.keys import key_ring


def blind_name(typed: str) -> str:
    """A keyed digest of what was typed as account: attempts are counted without storing an ID number. Every way to write a number counts as one."""
    return key_ring().blind(fold_phone(fold_number(typed)), place="lockout")[:32]


def blind_username(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    return blind_name((credentials or {}).get("username") or request.POST.get("username", ""))


def client_ip(request: HttpRequest) -> str | None:
    """The network address to count by: the one our own proxy names, or the connection's; None where a session begins without a connection."""
    connection = request.META.get("REMOTE_ADDR")
    if settings.GME_BEHIND_PROXY:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or connection
    return connection


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """The page after too many wrong passwords: until when, and what to do instead of waiting."""
    cool_off = get_cool_off(request)
    until = request.at + cool_off if cool_off else None  # type: ignore[attr-defined]
    return render(request, "accounts/locked_out.html", {"until": until, "cool_off": cool_off}, status=429)


def unlock(user: User) -> None:
    """Forget the failed attempts on a user's own names: they have just proved who they are in another way."""
    own = [sealed.open() for sealed in (user.document_number, user.phone) if sealed is not None]
    for name in (*own, user.login_name or ""):
        if name:
            reset(username=blind_name(name))
