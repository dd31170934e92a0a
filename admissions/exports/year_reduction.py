"""The paper form of a request for a shorter training (年限减免申请表), under the title the notice gives it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings

from admissions.models import YearReduction
from admissions.queries import answers
from admissions.queries.papers import content_of
from admissions.queries.year_reductions import step_label
from gme_portal.policy import Policy
from gme_portal.printing.engine import render_pdf
from gme_portal.wording import day_text


def reduction_pdf(row: YearReduction, title: str, *, policy: Policy, at: datetime) -> bytes:
    """Filled in from what was filed, with a box for the opinion and seal of each step."""
    content = content_of(row.application.submissions.latest("number"))
    context = {
        "title": title,
        "row": row,
        "grounds": row.grounds.open(),
        "person": content["person"],
        "education": [_education(one) for one in content["education"]],
        "licence": answers.licence_words(content["licence"]),
        "steps": [step_label(policy, step) for step in row.steps],
        "cited": policy.cite(policy.year_reduction.clause) if policy.year_reduction else "",
        "rehearsal": settings.REHEARSAL_CLOCK,
    }
    return render_pdf("print/year_reduction.html", context, at=at).content


def _education(one: dict[str, Any]) -> dict[str, str]:
    ended = day_text(date.fromisoformat(one["graduated_on"])).partition("（")[0] if one["graduated_on"] else "在读"
    return {
        "level": one["level_label"],
        "school": one["school"],
        "major": one["major"],
        "degree": answers.education_degree(one),
        "ended": ended,
    }
