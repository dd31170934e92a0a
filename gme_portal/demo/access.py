"""Where demo pages exist (演练页面): anybody's in a demonstration, the offices' own in a rehearsal with real staff, nowhere in production."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from gme_portal.accounts.access import PROVINCE, allow, public
from gme_portal.accounts.models import Role

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """The page exists in demo and test mode only: it opens fictional accounts without a password."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.MODE not in ("demo", "test"):
            raise Http404("没有这个页面。")
        return view(request, *args, **kwargs)

    return public(guarded)


def rehearsal_only(view: View) -> View:
    """Anybody in demo and test mode. In a rehearsal the province and the platform administrator: the messages shown hold codes to log in."""
    for_offices = allow(*PROVINCE, Role.PLATFORM_ADMIN)(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.MODE in ("demo", "test"):
            return view(request, *args, **kwargs)
        if settings.MODE == "rehearsal":
            return for_offices(request, *args, **kwargs)
        raise Http404("没有这个页面。")

    return public(guarded)
