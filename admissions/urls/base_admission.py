"""The base's admission pages (基地录取): ranking, quota moves and other changes of the plan, runs."""

from __future__ import annotations

from django.urls import path

from admissions.views import acceptance, base_admission, base_invitations, base_plan, comparison

urlpatterns = [
    path("acceptance/", acceptance.base_acceptance, name="acceptance"),
    path("acceptance/<uuid:pk>/", acceptance.base_acceptance_record, name="acceptance_record"),
    path("invitations/", base_invitations.invitations, name="invitations"),
    path("invitations/<uuid:pk>/withdraw/", base_invitations.invitation_withdraw, name="invitation_withdraw"),
    path("candidates/", base_invitations.candidates, name="candidates"),
    path("candidates/<uuid:pk>/", base_invitations.invite, name="invite"),
    path("admission/", base_admission.admission, name="admission"),
    path("admission/ranking/", base_admission.ranking_page, name="ranking"),
    path("admission/ranking.xlsx", base_admission.ranking_file, name="ranking_file"),
    path("admission/moves/", base_admission.moves, name="moves"),
    path("plan/others/", base_plan.others, name="others"),
    path("plan/increases/", base_plan.increases, name="increases"),
    path("plan/increases/<uuid:pk>/withdraw/", base_plan.increase_withdraw, name="increase_withdraw"),
    path("plan/ledger.xlsx", base_plan.ledger, name="ledger"),
    path("admission/compute/", base_admission.compute, name="admission_compute"),
    path("admission/runs/<uuid:pk>/", base_admission.run, name="admission_run"),
    path("admission/runs/<uuid:pk>/compare/", comparison.base_comparison, name="comparison"),
    path("admission/runs/<uuid:pk>/compare.xlsx", comparison.base_comparison_file, name="comparison_file"),
    path("admission/runs/<uuid:pk>/<slug:step>/", base_admission.run_step, name="admission_step"),
    path("admission/objections/<uuid:pk>/", base_admission.objection_answer, name="objection_answer"),
]
