"""`{% nurl "base:review" id %}`: the address of a page of the notice one is in; `|under`: the version a decision stands on."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from gme_portal.notices.models import NoticeVersion

register = template.Library()


@register.filter
def under(version: NoticeVersion | None) -> str:
    """`{{ row.decided_under|under }}`: on which version of the notice a decision stands, to follow who made it and when."""
    return f"，依据通知第 {version.number} 版" if version else ""


@register.simple_tag(takes_context=True)
def nurl(context: dict[str, Any], name: str, *args: Any, **kwargs: Any) -> str:
    """Like `url`, with the current notice's slug as first argument. Needs `request.notice`."""
    slug = context["request"].notice.slug
    if kwargs:
        return reverse(name, kwargs={"notice_slug": slug, **kwargs})
    return reverse(name, args=[slug, *args])
