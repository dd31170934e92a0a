"""The round of a page (批次) stands in its address, `?round=…`; without it, the running one. Shown only where a notice has several."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from admissions.queries import rounds


def round_of(request: HttpRequest) -> str:
    """The key of the round this page is about."""
    return rounds.asked(request.policy, request.at, request.GET.get("round", "")).key


def query_of(request: HttpRequest, key: str = "") -> dict[str, str]:
    """What an address needs so that the next page, or a form sent at midnight, stays in this round (or in the one named)."""
    return {"round": key or round_of(request)} if rounds.is_split(request.policy) else {}


def switch(request: HttpRequest) -> dict[str, Any]:
    """For `components/page_header.html` and the links of a page: the tabs, and the round as a query to begin (`?`) or to add to (`&`)."""
    policy = request.policy
    if not rounds.is_split(policy):
        return {"round_tabs": [], "round_query": "", "round_more": "", "round_field": ""}
    here = round_of(request)
    tabs = [
        {"label": one.label, "url": f"{request.path}?round={one.key}", "current": one.key == here}
        for one in rounds.worked_on(policy)
    ]
    return {
        "round_tabs": tabs,
        "round_query": f"?round={here}",
        "round_more": f"&round={here}",
        "round_field": here,
    }


def in_round(request: HttpRequest, route: str, *args: Any, **more: str) -> str:
    """The address of a page of this notice, in the round of this one or in the `round` named."""
    query = urlencode(query_of(request, more.pop("round", "")) | more)
    return reverse(route, args=[request.notice.slug, *args]) + (f"?{query}" if query else "")
