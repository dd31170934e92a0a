"""What every page knows: the bar, the viewer, the notice, and in demo mode the rehearsal clock."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from bases.access import base_of, school_of
from gme_portal.accounts.models import Role
from gme_portal.navigation import bar
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import open_notices, policy_of, version_in_force


def portal(request: HttpRequest) -> dict[str, Any]:
    if not hasattr(request, "at"):  # an error page before the middleware ran
        return {}
    notice: Notice | None = getattr(request, "notice", None) or next(iter(open_notices()), None)
    user: Any = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    match = request.resolver_match
    policy = getattr(request, "policy", None)
    if policy is None and notice is not None and signed_in:
        policy = policy_of(version_in_force(notice))
    context: dict[str, Any] = {
        "nav": bar(user.role if signed_in else None, notice, match.view_name if match else "", policy),
        "notice": notice,
        "policy": getattr(request, "policy", None),
    }
    if signed_in:
        context["viewer"] = {"name": user.name, "role": Role(user.role).label, "organisation": _organisation(user)}
        context["viewer_links"] = [{"label": "修改密码", "url": reverse("accounts:password")}]
        if notice is not None:
            context["viewer_links"].insert(0, {"label": "招录规则", "url": reverse("public:rules", args=[notice.slug])})
        if user.role == Role.APPLICANT and notice is not None:
            context["viewer_links"].insert(
                0, {"label": "谁看过我的资料", "url": reverse("profile:looks", args=[notice.slug])}
            )
    if settings.REHEARSAL_CLOCK:
        context["rehearsal"] = _rehearsal(request, notice)
    return context


def _organisation(user: Any) -> str:
    if user.role == Role.SCHOOL:
        school = school_of(user)
        return school.name if school else ""
    base = base_of(user)
    return base.name if base else ""


def _rehearsal(request: HttpRequest, notice: Notice | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"at": request.at, "is_demo": settings.MODE == "demo"}  # type: ignore[attr-defined]
    if notice is not None:
        milestones = policy_of(version_in_force(notice)).milestones()
        coming = next(((moment, label) for moment, label, _ in milestones if moment > request.at), None)  # type: ignore[attr-defined]
        if coming:
            shown["next_at"], shown["next_label"] = coming
    return shown
