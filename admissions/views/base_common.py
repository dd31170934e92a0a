"""What the base's pages share: whose base, what the viewer may do, addresses within the notice, files that leave the house."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from bases.access import base_of
from bases.models import TrainingBase
from bases.queries import policy_at
from gme_portal.accounts.access import BASE_WRITERS
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def viewer(request: HttpRequest) -> User:
    """Who is signed in; `allow` has let nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def own_base(request: HttpRequest) -> TrainingBase:
    """The viewer's base; from here on the request's policy is the one of this base, with its brochure's weights and checks.

    Raises PermissionDenied for a base account that belongs to none yet."""
    base = base_of(request.user)
    if base is None:
        raise PermissionDenied("您的账号还没有关联培训基地，请联系省级管理部门。")
    request.policy = policy_at(request.policy, request.notice, base)
    return base


def rights(request: HttpRequest) -> dict[str, Any]:
    """For the templates: whether to show what writes, and what only the lead does."""
    role = viewer(request).role
    return {"can_act": role in BASE_WRITERS, "is_lead": role == Role.BASE_LEAD}


def address(request: HttpRequest, route: str, *args: Any, query: str = "") -> str:
    """The address of a page of this notice; `query` as `Filter.query` gives it."""
    return reverse(route, args=[request.notice.slug, *args]) + (query if query != "?" else "")


def see_other(url: str) -> HttpResponse:
    """On to the next page after something was done."""
    return HttpResponseRedirect(url, status=303)


def sheet_response(content: bytes, name: str) -> HttpResponse:
    """An .xlsx as a download that nobody caches."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    response["Cache-Control"] = "private, no-store"
    return response


def exported(
    request: HttpRequest, content: bytes, name: str, *, action: str, base: TrainingBase, rows: int
) -> HttpResponse:
    """A list that leaves the house: its digest and size go on record first."""
    detail = {"rows": rows, "sha256": sha256(content).hexdigest()}
    record(actor=request.user, action=action, subject=base, at=request.at, detail=detail)
    return sheet_response(content, name)
