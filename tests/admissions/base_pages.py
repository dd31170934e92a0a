"""Addresses and answers of the base's pages, for tests."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice

SignIn = Callable[[User], Client]
ClockAt = Callable[..., object]


def url(notice: Notice, name: str, *args: object) -> str:
    return reverse(f"base:{name}", args=[notice.slug, *args])


def shown(response: HttpResponse, status: int = 200) -> str:
    """The page as text, once its status is the expected one."""
    text = response.content.decode()
    assert response.status_code == status, (response.status_code, text[:800])
    return text
