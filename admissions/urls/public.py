"""Pages for everybody: plan, publicity, verification of a receipt."""

from __future__ import annotations

from django.urls import path

from admissions.views import verify

urlpatterns = [
    path("verify/", verify.verify, name="verify"),
]
