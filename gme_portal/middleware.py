"""Arrival time and current notice, set once per request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

from gme_portal.accounts.passwords import HOUSE
from gme_portal.clock import services as clock
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import password_demands, policy_of, version_in_force
from gme_portal.policy.passwords import Demands


class ArrivalMiddleware:
    """`request.at`: when the request arrived at the door. Behind our nginx the proxy's stamp counts, not the moment a busy worker got to it (R3)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = self._arrival(request)  # type: ignore[attr-defined]
        if "%00" in request.META.get("QUERY_STRING", ""):
            # PostgreSQL takes no NUL in a text; forms refuse it, an address is looked up as it stands.
            raise SuspiciousOperation("a NUL in the address")
        return self.get_response(request)

    @staticmethod
    def _arrival(request: HttpRequest) -> datetime:
        stamp = request.headers.get("X-Request-Start", "") if settings.GME_BEHIND_PROXY else ""
        try:
            return (
                datetime.fromtimestamp(float(stamp.removeprefix("t=")), UTC).astimezone(clock.BEIJING) + clock.offset()
            )
        except (ValueError, OverflowError):
            return clock.now()


class NoticeMiddleware:
    """For routes under `/n/<notice_slug>/`: sets `request.notice`, `request.notice_version` and `request.policy`; 404 for an unknown notice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        slug = kwargs.pop("notice_slug", None)
        if slug is None:
            return
        notice = Notice.objects.filter(slug=slug).first()
        if notice is None:
            raise Http404("没有这个招收通知。")
        version = version_in_force(notice)
        request.notice, request.notice_version, request.policy = notice, version, policy_of(version)  # type: ignore[attr-defined]


class PasswordMiddleware:
    """`request.password_demands(slug="")`: what an applicant's new password must be like now. Accounts stand below notices and cannot ask them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def demands(slug: str = "") -> Demands:
            return password_demands(request.at, slug) or HOUSE  # type: ignore[attr-defined]

        request.password_demands = demands  # type: ignore[attr-defined]
        return self.get_response(request)
