"""Pages for everybody: plan, publicity, verification of a receipt."""

from __future__ import annotations

from django.urls import path

from admissions.views import blank_papers, brochures, lottery, notice_pages, plan, publicity, verification, verify

urlpatterns = [
    path("plan/", plan.public_plan, name="plan"),
    path("brochure/<slug:code>/", brochures.public_brochure, name="brochure"),
    path("papers/", blank_papers.papers, name="papers"),
    path("papers/<slug:key>.pdf", blank_papers.paper, name="paper"),
    path("brochure/<slug:code>/<slug:key>.pdf", blank_papers.base_paper, name="base_paper"),
    path("rules/", notice_pages.rules, name="rules"),
    path("rules/rules.xlsx", notice_pages.rules_file, name="rules_file"),
    path("publicity/", publicity.lists, name="publicity"),
    path("publicity/<uuid:pk>/", publicity.one_list, name="publicity_list"),
    path("publicity/<uuid:pk>/list.pdf", publicity.list_pdf, name="publicity_pdf"),
    path("publicity/<uuid:pk>/objection/", publicity.objection, name="objection"),
    path("publicity/<uuid:pk>/verification/", verification.verification, name="verification"),
    path("publicity/<uuid:pk>/verification.zip", verification.verification_file, name="verification_file"),
    path("lottery/", lottery.public_lottery, name="lottery"),
    path("lottery/lottery.json", lottery.lottery_file, name="lottery_file"),
    path("verify/", verify.verify, name="verify"),
]
