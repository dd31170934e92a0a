"""The provincial office's pages (省毕教办): dashboard, plan, lists, rosters."""

from __future__ import annotations

from django.urls import path

from admissions.views import oversight, plan, rosters

urlpatterns = [
    path("", oversight.home, name="home"),
    path("applications/", oversight.applications, name="applications"),
    path("plan/", plan.plan, name="plan"),
    path("plan/increase/", plan.increase, name="increase"),
    path("roster/", rosters.roster, name="roster"),
    path("roster/masked.xlsx", rosters.roster_masked, name="roster_masked"),
    path("roster/<uuid:pk>/approve/", rosters.roster_approve, name="roster_approve"),
    path("roster/<uuid:pk>/file.xlsx", rosters.roster_file, name="roster_file"),
]
