"""The sections of a person's own data (个人信息)."""

from __future__ import annotations

from django.urls import path

from applicants.views import educations, looks, papers, photos, sections

app_name = "profile"
urlpatterns = [
    path("", sections.personal, name="personal"),
    path("education/", educations.education, name="education"),
    path("education/add/", educations.education_add, name="education_add"),
    path("education/<uuid:education_id>/", educations.education_edit, name="education_edit"),
    path("education/<uuid:education_id>/delete/", educations.education_delete, name="education_delete"),
    path("licence/", sections.licence, name="licence"),
    path("employment/", sections.employment, name="employment"),
    path("photo/", photos.photo, name="photo"),
    path("documents/", papers.documents, name="documents"),
    path("documents/<uuid:document_id>/", papers.document_file, name="document_file"),
    path("autosave/<slug:section>/", sections.autosave, name="autosave"),
    path("looks/", looks.looks, name="looks"),
]
