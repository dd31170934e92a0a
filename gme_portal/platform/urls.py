"""Pages of the platform itself: accounts, health, audit; no business data."""

from __future__ import annotations

from django.urls import path

from gme_portal.platform import views, working_days

app_name = "platform"
urlpatterns = [
    path("accounts/", views.accounts_page, name="accounts"),
    path("health/", views.health_page, name="health"),
    path("audit/", views.audit_page, name="audit"),
    path("working-days/", working_days.year_page, name="working_days"),
    path("working-days/edit/", working_days.edit_year, name="working_days_edit"),
    path("working-days/file/", working_days.year_file, name="working_days_file"),
]
