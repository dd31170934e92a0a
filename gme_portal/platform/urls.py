"""Pages of the platform itself: accounts, health, audit; no business data."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "platform"
urlpatterns: list[URLPattern] = []
