"""Verification of a receipt or a printed form (回执核验) by anybody who holds it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from admissions.forms.applicant import VerifyForm
from admissions.models import Submission
from admissions.queries import receipts
from admissions.queries.verification import Verified, verify_receipt
from gme_portal.accounts.access import public
from gme_portal.wording import beijing


@public
def verify(request: HttpRequest) -> HttpResponse:
    """Genuine or not, and whether it is still what counts. Shows nothing of the person but the masked name."""
    code = request.GET.get("code")
    form = VerifyForm(request.GET if code is not None else None)
    found = verify_receipt(request.notice, form.cleaned_data["code"]) if form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "asked": form.is_bound and form.is_valid(),
        "found": found,
        "items": _items(found) if found else [],
    }
    return render(request, "public/verify.html", context)


def verify_url(request: HttpRequest, submission: Submission) -> str:
    """Where the QR code of a printed form leads."""
    code = receipts.verify_code(submission.receipt_number, submission.digest)
    return f"{settings.GME_PUBLIC_URL}{reverse('public:verify', args=[request.notice.slug])}?code={code}"


def _items(found: Verified) -> list[dict[str, str]]:
    return [
        {"label": "回执编号", "value": f"{found.receipt_number}（第 {found.version} 版）"},
        {"label": "姓名", "value": found.name},
        {"label": "志愿基地", "value": found.base},
        {"label": "提交时间", "value": f"{beijing(found.submitted_at, 'second')}（北京时间）"},
    ]
