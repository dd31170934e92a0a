"""A route that does not say who may use it does not start."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from gme_portal.accounts.access import public
from gme_portal.checks import every_route_declares_its_access


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@public
def declared(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("a/", include(([path("b/", forgotten)], "x"))), path("c/", declared)]


def test_a_route_without_a_declared_access_is_an_error(settings: object) -> None:
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]
    errors = every_route_declares_its_access(None)
    assert [error.id for error in errors] == ["gme.E001"]
    assert "'a/b/'" in errors[0].msg


def test_every_route_of_the_portal_declares_its_access() -> None:
    assert every_route_declares_its_access(None) == []
