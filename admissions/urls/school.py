"""The school's pages (培养院校): its own list."""

from __future__ import annotations

from django.urls import path

from admissions.views import roster_import, roster_requests, rosters

urlpatterns = [
    path("", rosters.school, name="home"),
    path("requests/", roster_requests.school_requests, name="roster_requests"),
    path("requests/<uuid:pk>/", roster_requests.school_request, name="roster_request"),
    path("requests/<uuid:pk>/decide/", roster_requests.school_decide, name="roster_request_decide"),
    path("requests/<uuid:pk>/file/", roster_requests.school_file, name="roster_request_file"),
    path("import/", roster_import.school_import, name="name_list_import"),
    path("import/template.xlsx", roster_import.school_template, name="name_list_template"),
    path("import/<uuid:pk>/undo/", roster_import.school_undo, name="name_list_undo"),
]
