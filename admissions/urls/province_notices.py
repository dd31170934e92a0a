"""The provincial office's pages about the notice itself: versions, proposals, previews, extensions."""

from __future__ import annotations

from django.urls import path

from admissions.views import notice_extensions, notice_pages, notice_proposals

urlpatterns = [
    path("notices/", notice_pages.notices, name="notices"),
    path("notices/versions/<int:number>/", notice_pages.version, name="notice_version"),
    path("notices/versions/<int:number>/file.toml", notice_pages.version_file, name="notice_file"),
    path("notices/versions/<int:number>/rules.xlsx", notice_pages.version_sheet, name="notice_sheet"),
    path("notices/draft/", notice_proposals.draft, name="notice_draft"),
    path("notices/proposals/<uuid:pk>/", notice_proposals.proposal, name="proposal"),
    path("notices/proposals/<uuid:pk>/edit/", notice_proposals.edit, name="proposal_edit"),
    path("notices/proposals/<uuid:pk>/file.toml", notice_proposals.proposal_file, name="proposal_file"),
    path("notices/proposals/<uuid:pk>/preview/", notice_proposals.preview, name="preview"),
    path("notices/proposals/<uuid:pk>/preview/start/", notice_proposals.preview_start, name="preview_start"),
    path("notices/proposals/<uuid:pk>/preview/progress/", notice_proposals.preview_progress, name="preview_progress"),
    path("notices/proposals/<uuid:pk>/<slug:step>/", notice_proposals.step, name="proposal_step"),
    path("notices/extensions/", notice_extensions.extensions, name="extensions"),
    path("notices/extensions/<uuid:pk>/<slug:step>/", notice_extensions.extension_step, name="extension_step"),
]
