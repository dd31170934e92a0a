"""The photo: rules, upload, and the repaired photo as an offer."""

from __future__ import annotations

import base64
import io
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods
from PIL import Image

from applicants.forms.uploads import UploadForm
from applicants.models import Document, Profile
from applicants.photo import failures, rule_words
from applicants.queries import PHOTO, current_documents
from applicants.services import photos
from applicants.views.pages import address, own_profile, show
from gme_portal.accounts.access import allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.refusals import Refused

PREVIEW = (330, 420)


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest) -> HttpResponse:
    """Upload a photo. One that is refused is shown with every measure, and beside it the repaired one when a machine can mend it:
    it travels in the page, nothing is stored before 「采用修正后的照片」."""
    profile = own_profile(request)
    current = current_documents(profile).get(PHOTO)
    form = _form(request, current)
    context: dict[str, Any] = {"form": form, "current": current}
    context["rules"] = rule_words(request.policy.photo)
    context["photo_clause"] = request.policy.cite(request.policy.photo.clause)
    if request.method == "POST":
        form = context["form"] = _form(request, current, request.POST, request.FILES)
        content = _adopted(request) or (form.cleaned_data["file"].read() if form.is_valid() else None)
        if content is not None:
            if _kept(request, profile, content, form):
                return HttpResponseRedirect(request.path, status=303)
            context |= _offer(request, content)
    if current is not None:
        context["picture_url"] = address(request, "profile:document_file", current.pk)
    return show(request, "profile/photo.html", profile, PHOTO, context, failed=request.method == "POST")


def _kept(request: HttpRequest, profile: Profile, content: bytes, form: UploadForm) -> bool:
    try:
        photos.upload(profile=profile, rule=request.policy.photo, content=content, actor=viewer(request), at=request.at)
    except Refused as refused:
        form.errors.pop("file", None)
        for refusal in refused.refusals:
            form.add_error("file", refusal.sentence)
        return False
    return True


def _offer(request: HttpRequest, content: bytes) -> dict[str, Any]:
    """Measures, and before and after, when the picture can be opened at all."""
    rule = request.policy.photo
    try:
        examination = photos.examine(content, rule)
    except Refused:
        return {}
    mended = photos.repaired(examination, rule) if failures(examination.findings) else None
    offer: dict[str, Any] = {"findings": examination.findings, "before": _thumbnail(examination.clean.content)}
    if mended is not None:
        offer |= {
            "after": _thumbnail(mended),
            "repaired": base64.b64encode(mended).decode(),
            "repaired_size": len(mended),
        }
    return offer


def _adopted(request: HttpRequest) -> bytes | None:
    """The repaired photo that the page sent back; it is judged like any other."""
    if "adopt" not in request.POST:
        return None
    try:
        return base64.b64decode(request.POST.get("repaired", ""), validate=True) or None
    except ValueError:  # no base64, or no ASCII at all
        return None


def _thumbnail(content: bytes) -> str:
    """A small copy inside the page: the original is not stored, so it has no address."""
    image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG")).convert("RGB")
    image.thumbnail(PREVIEW)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def _form(request: HttpRequest, current: Document | None, *args: Any) -> UploadForm:
    rule = request.policy.photo
    return UploadForm(
        *args,
        label="更换照片" if current else "选择照片",
        accepts=("jpg", "png"),
        max_bytes=photos.MAX_BYTES,
        rules=f"{rule_words(rule)[0]}不合要求的照片会给出修正后的样子。",
        preview="photo",
        current_url=address(request, "profile:document_file", current.pk) if current else "",
    )
