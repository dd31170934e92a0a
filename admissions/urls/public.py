"""Pages for everybody: plan, publicity, verification of a receipt."""

from __future__ import annotations

from django.urls import path

from admissions.views import brochures, notice_pages, plan, publicity, verify

urlpatterns = [
    path("plan/", plan.public_plan, name="plan"),
    path("brochure/<slug:code>/", brochures.public_brochure, name="brochure"),
    path("rules/", notice_pages.rules, name="rules"),
    path("rules/rules.xlsx", notice_pages.rules_file, name="rules_file"),
    path("publicity/", publicity.lists, name="publicity"),
    path("publicity/<uuid:pk>/", publicity.one_list, name="publicity_list"),
    path("publicity/<uuid:pk>/list.pdf", publicity.list_pdf, name="publicity_pdf"),
    path("publicity/<uuid:pk>/objection/", publicity.objection, name="objection"),
    path("verify/", verify.verify, name="verify"),
]
