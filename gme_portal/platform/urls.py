"""Pages of the platform itself: accounts, health, audit; no business data."""

from __future__ import annotations

from django.urls import path

from gme_portal.platform import views

app_name = "platform"
urlpatterns = [
    path("accounts/", views.accounts_page, name="accounts"),
    path("health/", views.health_page, name="health"),
    path("audit/", views.audit_page, name="audit"),
]
