"""Demo pages: the rehearsal clock and the inbox of what would have been sent."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "demo"
urlpatterns: list[URLPattern] = []
