"""The applicant's pages about papers that follow the filing (学员): certificates handed in later."""

from __future__ import annotations

from django.urls import path

from admissions.views import later_documents

urlpatterns = [
    path("certificates/", later_documents.certificates, name="certificates"),
]
