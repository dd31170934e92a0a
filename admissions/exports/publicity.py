"""A list on show (公示名单) as PDF for the notice board."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from admissions.models import Publicity
from admissions.queries.release import rows_now
from gme_portal.notices.queries import policy_of
from gme_portal.printing.engine import render_pdf
from gme_portal.wording import beijing

# Relative widths of the columns on paper, in Chinese characters.
WIDTHS = {
    "seq": 4,
    "application_no": 9,
    "name": 8,
    "gender": 4,
    "base": 16,
    "specialty": 10,
    "total": 6,
    "rank": 4,
    "person_type": 8,
    "result": 6,
}


def publicity_pdf(publicity: Publicity, *, at: datetime) -> bytes:
    policy = policy_of(publicity.run.notice_version)
    columns = policy.publicity.columns
    total = sum(WIDTHS[column.key] for column in columns)
    context = {
        "publicity": publicity,
        "columns": [(column.label, round(WIDTHS[column.key] * 100 / total, 1)) for column in columns],
        "rows": [[row.get(column.key, "") for column in columns] for row in rows_now(publicity)],
        "organiser": policy.organiser,
        "notice_title": policy.title,
        "rehearsal": settings.REHEARSAL_CLOCK,
        "opens": beijing(publicity.opens_at),
        "closes": beijing(publicity.closes_at, "until"),
    }
    return render_pdf("print/publicity.html", context, at=at).content
