"""The provincial office's pages (省毕教办): dashboard, plan, bases, roster."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
