"""Pages for everybody: plan, publicity, verification of a receipt."""

from __future__ import annotations

from django.urls import path

from admissions.views import plan, verify

urlpatterns = [
    path("plan/", plan.public_plan, name="plan"),
    path("verify/", verify.verify, name="verify"),
]
