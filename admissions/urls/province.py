"""The provincial office's pages (省级管理部门): dashboard, plan, lists, rosters."""

from __future__ import annotations

from django.urls import path

from admissions.views import (
    brochures,
    disqualifications,
    listing,
    oversight,
    plan,
    plan_changes,
    roster_import,
    roster_requests,
    rosters,
)

urlpatterns = [
    path("", oversight.home, name="home"),
    path("applications/", oversight.applications, name="applications"),
    path("plan/", plan.plan, name="plan"),
    path("plan/others/", plan_changes.others, name="others"),
    path("plan/others/template.xlsx", plan_changes.others_template, name="others_template"),
    path("plan/others/<uuid:pk>/late/", plan_changes.others_late, name="others_late"),
    path("plan/others/<uuid:pk>/<slug:decision>/", plan_changes.others_decide, name="others_decide"),
    path("plan/increases/", plan_changes.increases, name="increases"),
    path("plan/increases/<uuid:pk>/<slug:decision>/", plan_changes.increase_decide, name="increase_decide"),
    path("plan/reserve/", plan_changes.reserve, name="reserve"),
    path("plan/ledger.xlsx", plan_changes.ledger, name="ledger"),
    path("brochures/", brochures.province_brochures, name="brochures"),
    path("brochures/<uuid:pk>/", brochures.province_brochure, name="brochure"),
    path("brochures/<uuid:pk>/<slug:decision>/", brochures.brochure_decide, name="brochure_decide"),
    path("names/", listing.name_lists, name="name_lists"),
    path("names/import/", roster_import.province_import, name="name_list_import"),
    path("names/import/template.xlsx", roster_import.province_template, name="name_list_template"),
    path("names/import/<uuid:pk>/undo/", roster_import.province_undo, name="name_list_undo"),
    path("names/list.xlsx", listing.name_list_sheet, name="name_list_sheet"),
    path("names/requests/", roster_requests.province_requests, name="roster_requests"),
    path("names/requests/<uuid:pk>/", roster_requests.province_request, name="roster_request"),
    path("names/requests/<uuid:pk>/decide/", roster_requests.province_decide, name="roster_request_decide"),
    path("names/requests/<uuid:pk>/file/", roster_requests.province_file, name="roster_request_file"),
    path("disqualifications/", disqualifications.of_province, name="disqualifications"),
    path(
        "disqualifications/<uuid:pk>/<slug:decision>/",
        disqualifications.province_settle,
        name="disqualification_settle",
    ),
    path("roster/", rosters.roster, name="roster"),
    path("roster/masked.xlsx", rosters.roster_masked, name="roster_masked"),
    path("roster/<uuid:pk>/approve/", rosters.roster_approve, name="roster_approve"),
    path("roster/<uuid:pk>/file.xlsx", rosters.roster_file, name="roster_file"),
]
