"""The applicant's pages about papers that follow the filing (学员): certificates handed in later, a shorter training."""

from __future__ import annotations

from django.urls import path

from admissions.views import later_documents, year_reductions

urlpatterns = [
    path("certificates/", later_documents.certificates, name="certificates"),
    path("year-reduction/", year_reductions.own, name="year_reduction"),
    path("year-reduction/withdraw/", year_reductions.withdraw, name="year_reduction_withdraw"),
    path("year-reduction/form.pdf", year_reductions.form_pdf, name="year_reduction_pdf"),
    path("year-reduction/<uuid:pk>/file/", year_reductions.own_file, name="year_reduction_file"),
]
