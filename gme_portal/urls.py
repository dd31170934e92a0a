"""The addresses of the portal. Everything that belongs to one notice lies under /n/<its slug>/; drafts of notices lie outside, at the office."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from gme_portal import styleguide, views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("account/", include("gme_portal.accounts.urls")),
    path("world/", include("bases.urls")),
    path("office/", include("admissions.urls.office")),
    path("n/<slug:notice_slug>/my/profile/", include("applicants.urls")),
    path("n/<slug:notice_slug>/", include("admissions.urls")),
    path("platform/", include("gme_portal.platform.urls")),
]
if settings.MODE != "production":
    urlpatterns.append(path("demo/", include("gme_portal.demo.urls")))
if settings.DEBUG or settings.MODE in ("demo", "test"):
    urlpatterns.append(path("styleguide/", styleguide.page, name="styleguide"))

handler403 = "gme_portal.views.forbidden"
