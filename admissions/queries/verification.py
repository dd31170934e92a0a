"""Is a receipt genuine, and does it still stand (回执核验)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from admissions.models import Submission
from admissions.queries import receipts
from gme_portal.notices.models import Notice

STANDS, REPLACED, WITHDRAWN = "stands", "replaced", "withdrawn"


@dataclass(frozen=True, slots=True)
class Verified:
    """A genuine receipt. `state`: stands, replaced (a newer version was filed) or withdrawn. The name is masked to its first character."""

    receipt_number: str
    version: int
    submitted_at: datetime
    base: str
    name: str
    state: str


def verify_receipt(notice: Notice, code: str) -> Verified | None:
    """What a code proves; None for a code that is not of this notice, not well-formed or not genuine: which of these is not said."""
    number, short = receipts.read_code(code)
    rows = Submission.objects.select_related("application__applicant__user", "base")
    submission = rows.filter(application__notice=notice, receipt_number=number).first() if number else None
    if submission is None or not hmac.compare_digest(submission.digest[: receipts.SHORT_DIGEST], short):
        return None
    if not receipts.is_genuine(
        number=submission.receipt_number,
        digest=submission.digest,
        content=submission.content.open(),
        signed=submission.signature,
        at=submission.submitted_at,
    ):
        return None
    return Verified(
        submission.receipt_number,
        submission.number,
        submission.submitted_at,
        submission.base.name,
        masked_name(submission),
        _state(submission),
    )


def _state(submission: Submission) -> str:
    if submission.application.submissions.filter(number__gt=submission.number).exists():
        return REPLACED
    return WITHDRAWN if submission.application.state == "withdrawn" else STANDS


def masked_name(submission: Submission) -> str:
    """The first character and one * for each other one."""
    name = submission.application.applicant.user.name
    return name[:1] + "*" * (len(name) - 1)
