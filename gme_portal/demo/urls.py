"""Demo pages: the rehearsal clock, the inbox of what would have been sent, and the fictional accounts."""

from __future__ import annotations

from django.urls import path

from gme_portal.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.home, name="home"),
    path("advance", views.advance, name="advance"),
    path("progress", views.progress_part, name="progress"),
    path("inbox", views.inbox, name="inbox"),
    path("accounts", views.accounts, name="accounts"),
    path("accounts/<uuid:user_id>/enter", views.enter, name="enter"),
]
