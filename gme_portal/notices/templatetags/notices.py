"""`{% nurl "base:review" id %}`: the address of a page of the notice one is in."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def nurl(context: dict[str, Any], name: str, *args: Any, **kwargs: Any) -> str:
    """Like `url`, with the current notice's slug as first argument. Needs `request.notice`."""
    slug = context["request"].notice.slug
    if kwargs:
        return reverse(name, kwargs={"notice_slug": slug, **kwargs})
    return reverse(name, args=[slug, *args])
