"""Start-up checks: a route without a declared access does not start (R11); production has its gateway and keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every (pattern, view) of the address table."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


@register(Tags.security)
def every_route_declares_its_access(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"the route '{pattern}' does not say who may use it",
            hint="put @public or @allow(…) of gme_portal.accounts.access on its view",
            id="gme.E001",
        )
        for pattern, view in routes()
        if not hasattr(view, "access")
    ]


@register(Tags.security)
def production_has_what_it_needs(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = []
    if not settings.GME_SMS_GATEWAY_URL:
        found.append(Error("GME_SMS_GATEWAY_URL is not set: registration needs text messages", id="gme.E002"))
    if not settings.GME_KEYS_FILE.exists():
        found.append(Error(f"no key file at {settings.GME_KEYS_FILE}", hint="manage.py make_keys", id="gme.E003"))
    return found
