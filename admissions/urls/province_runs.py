"""The provincial office's decisions: approvals, reallocation, publicity."""

from __future__ import annotations

from django.urls import path

from admissions.views import comparison, lottery, province_runs, what_if

urlpatterns = [
    path("approvals/", province_runs.approvals, name="approvals"),
    path("runs/<uuid:pk>/", province_runs.run, name="run"),
    path("runs/<uuid:pk>/compare/", comparison.province_comparison, name="comparison"),
    path("runs/<uuid:pk>/compare.xlsx", comparison.province_comparison_file, name="comparison_file"),
    path("runs/<uuid:pk>/<slug:step>/", province_runs.run_step, name="run_step"),
    path("reallocation/", province_runs.reallocation, name="reallocation"),
    path("reallocation/compute/", province_runs.compute, name="reallocation_compute"),
    path("lottery/", lottery.lottery, name="lottery"),
    path("lottery/<slug:step>/", lottery.lottery_step, name="lottery_step"),
    path("what-if/", what_if.what_if, name="what_if"),
    path("what-if/<uuid:pk>/", what_if.what_if_result, name="what_if_result"),
    path("publicity/", province_runs.publicity, name="publicity"),
    path("objections/<uuid:pk>/", province_runs.objection_answer, name="objection_answer"),
]
