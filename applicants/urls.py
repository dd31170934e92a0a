"""The sections of a person's own data (个人信息)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "profile"
urlpatterns: list[URLPattern] = []
