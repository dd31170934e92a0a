"""The applicant's pages (学员): choices, submission, receipt, result."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
