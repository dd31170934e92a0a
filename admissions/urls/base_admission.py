"""The base's admission pages (基地录取): ranking, quota moves, runs."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
