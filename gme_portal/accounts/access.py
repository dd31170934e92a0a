"""Who may use a route. Every view declares it; `gme_portal.checks` refuses to start with one that does not (R11)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from gme_portal.accounts.models import Role, User

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
BASE = (Role.BASE_READER, Role.BASE_EDITOR, Role.BASE_LEAD)
BASE_WRITERS = (Role.BASE_EDITOR, Role.BASE_LEAD)
PROVINCE = (Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD)
STAFF = tuple(role for role in Role if role != Role.APPLICANT)
EVERYONE = tuple(Role)


def public(view: View) -> View:
    """Anyone may use the view, logged in or not."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def allow(
    *roles: str, second_factor: bool = True, first_password: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Only users of these roles may use the view. Nobody → login; another role → 403; staff without second factor → second factor.

    `second_factor=False` is for the pages where the second factor itself is set up and entered, `first_password=True` for these
    and the one where a password that was printed is replaced: until then its holder is led there from every other page."""
    known = frozenset(Role(role) for role in roles)

    def declare(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect(f"{reverse('accounts:login')}?{urlencode({'next': request.get_full_path()})}")
            if request.user.role not in known:
                raise PermissionDenied("您的账号没有使用此页面的权限。")
            if second_factor and needs_second_factor(request):
                return redirect(f"{reverse('accounts:second_factor')}?{urlencode({'next': request.get_full_path()})}")
            if request.user.must_set_password and not first_password:
                return redirect(f"{reverse('accounts:password')}?{urlencode({'next': request.get_full_path()})}")
            return view(request, *args, **kwargs)

        guarded.access = known  # type: ignore[attr-defined]
        return guarded

    return declare


def viewer(request: HttpRequest) -> User:
    """Who is signed in, in a view that `allow` guards. Raises PermissionDenied for a visitor."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def needs_second_factor(request: HttpRequest) -> bool:
    """Staff must have entered a one-time code (TOTP) in this session; demo accounts may skip it in demo mode only."""
    user = request.user
    if not isinstance(user, User) or not user.is_staff_role or user.is_verified():  # type: ignore[attr-defined]
        return False
    return not (settings.MODE == "demo" and user.is_demo)
