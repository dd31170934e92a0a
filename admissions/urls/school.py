"""The school's pages (培养院校): its own list."""

from __future__ import annotations

from django.urls import path

from admissions.views import rosters

urlpatterns = [
    path("", rosters.school, name="home"),
    path("template.xlsx", rosters.school_template, name="template"),
]
