"""The applicant's pages (学员): choices, submission, receipt, result."""

from __future__ import annotations

from django.urls import path

from admissions.views import acceptance, applicant, choosing, filing, invitations, roster_requests

urlpatterns = [
    path("", applicant.home, name="home"),
    path("choices/", choosing.choices, name="choices"),
    path("roster/", roster_requests.roster, name="roster"),
    path("roster/<uuid:pk>/withdraw/", roster_requests.roster_withdraw, name="roster_withdraw"),
    path("roster/<uuid:pk>/file/", roster_requests.roster_file, name="roster_file"),
    path("check/", filing.check, name="check"),
    path("submit/", filing.submit, name="submit"),
    path("amend/", filing.amend, name="amend"),
    path("form.pdf", filing.form_to_bring, name="form_to_bring"),
    path("withdraw/", filing.withdraw, name="withdraw"),
    path("receipt/<uuid:pk>/", filing.receipt, name="receipt"),
    path("receipt/<uuid:pk>/form.pdf", filing.form_pdf, name="form_pdf"),
    path("result/", applicant.result, name="result"),
    path("acceptance/", acceptance.acceptance, name="acceptance"),
    path("invitations/", invitations.invitations, name="invitations"),
    path("invitations/<uuid:pk>/", invitations.invitation_answer, name="invitation_answer"),
    path("messages/", applicant.messages, name="messages"),
    path("calendar.ics", applicant.calendar, name="calendar"),
]
