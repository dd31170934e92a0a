"""The base's pages (培训基地): review, confirmation, marks, report-in."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
