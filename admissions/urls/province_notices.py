"""The provincial office's pages about one notice itself: versions, amendments, extensions."""

from __future__ import annotations

from django.urls import path

from admissions.views import notice_extensions, notice_pages, notice_proposals

urlpatterns = [
    path("notices/", notice_pages.notices, name="notices"),
    path("notices/versions/<int:number>/", notice_pages.version, name="notice_version"),
    path("notices/versions/<int:number>/file.toml", notice_pages.version_file, name="notice_file"),
    path("notices/versions/<int:number>/rules.xlsx", notice_pages.version_sheet, name="notice_sheet"),
    path("notices/amend/", notice_proposals.amend, name="notice_amend"),
    path("notices/extensions/", notice_extensions.extensions, name="extensions"),
    path("notices/extensions/<uuid:pk>/<slug:step>/", notice_extensions.extension_step, name="extension_step"),
]
