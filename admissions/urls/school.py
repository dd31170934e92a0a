"""The school's pages (培养院校)."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
