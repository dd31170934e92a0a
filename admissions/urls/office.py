"""The provincial office's pages outside any notice: the notices of the house, drafts and proposals of all of them."""

from __future__ import annotations

from django.urls import path

from admissions.views import notice_proposals, office

app_name = "office"
urlpatterns = [
    path("notices/", office.notices, name="notices"),
    path("notices/new/", notice_proposals.new, name="notice_new"),
    path("proposals/<uuid:pk>/", notice_proposals.proposal, name="proposal"),
    path("proposals/<uuid:pk>/edit/", notice_proposals.edit, name="proposal_edit"),
    path("proposals/<uuid:pk>/file.toml", notice_proposals.proposal_file, name="proposal_file"),
    path("proposals/<uuid:pk>/preview/", notice_proposals.preview, name="preview"),
    path("proposals/<uuid:pk>/preview/start/", notice_proposals.preview_start, name="preview_start"),
    path("proposals/<uuid:pk>/preview/progress/", notice_proposals.preview_progress, name="preview_progress"),
    path("proposals/<uuid:pk>/<slug:step>/", notice_proposals.step, name="proposal_step"),
]
