"""The base's pages (培训基地): review, confirmation, marks, report-in."""

from __future__ import annotations

from django.urls import path

from admissions.views import (
    base_confirmation,
    base_home,
    base_marks_file,
    base_person,
    base_report_in,
    base_review,
    base_scores,
    brochures,
    later_documents,
)

urlpatterns = [
    path("", base_home.home, name="home"),
    path("brochure/", brochures.base_brochure, name="brochure"),
    path("review/", base_review.review, name="review"),
    path("review.xlsx", base_review.review_sheet, name="review_sheet"),
    path("review/<uuid:pk>/", base_review.review_one, name="review_one"),
    path("review/<uuid:pk>/decide/", base_review.decide, name="decide"),
    path("review/<uuid:pk>/take-back/", base_review.take_back, name="take_back"),
    path("review/<uuid:pk>/reveal/", base_person.reveal, name="reveal"),
    path("filed/<uuid:submission_pk>/<uuid:document_pk>/", base_person.document, name="document"),
    path("certificates/", later_documents.handed_in, name="certificates"),
    path("certificates/<uuid:pk>/", later_documents.one_handed_in, name="certificate"),
    path("certificates/<uuid:pk>/<slug:which>/file/", later_documents.file_of, name="certificate_file"),
    path("certificates/<uuid:pk>/<slug:decision>/", later_documents.decide, name="certificate_decide"),
    path("confirmation/", base_confirmation.confirmation, name="confirmation"),
    path("confirmation/scan/", base_confirmation.confirm_scan, name="confirm_scan"),
    path("confirmation/<uuid:pk>/", base_confirmation.confirm_one, name="confirm_one"),
    path("confirmation/<uuid:pk>/confirm/", base_confirmation.confirm, name="confirm"),
    path("confirmation/<uuid:pk>/undo/", base_confirmation.confirm_undo, name="confirm_undo"),
    path("scores/", base_scores.scores, name="scores"),
    path("scores/save/", base_scores.scores_save, name="scores_save"),
    path("scores/submit/", base_scores.scores_submit, name="scores_submit"),
    path("scores/confirm/", base_scores.scores_confirm, name="scores_confirm"),
    path("scores/send-back/", base_scores.scores_send_back, name="scores_send_back"),
    path("scores/reopen/", base_scores.scores_reopen, name="scores_reopen"),
    path("scores/template.xlsx", base_marks_file.scores_template, name="scores_template"),
    path("scores/import/", base_marks_file.scores_import, name="scores_import"),
    path("report-in/", base_report_in.report_in, name="report_in"),
    path("report-in/<uuid:pk>/confirm/", base_report_in.report_in_confirm, name="report_in_confirm"),
    path("report-in/<uuid:pk>/undo/", base_report_in.report_in_undo, name="report_in_undo"),
    path("report-in/<uuid:pk>/absent/", base_report_in.report_in_absent, name="report_in_absent"),
    path("roster.xlsx", base_report_in.roster, name="roster"),
]
