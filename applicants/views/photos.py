"""The photo: rules, upload, and the repaired photo as an offer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from applicants.queries import PHOTO, current_documents
from applicants.views.pages import own_profile, show
from gme_portal.accounts.access import allow
from gme_portal.accounts.models import Role


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest) -> HttpResponse:
    profile = own_profile(request)
    return show(request, "profile/photo.html", profile, PHOTO, {"current": current_documents(profile).get(PHOTO)})
