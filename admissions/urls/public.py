"""Pages for everybody: plan, publicity, verification of a receipt."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
