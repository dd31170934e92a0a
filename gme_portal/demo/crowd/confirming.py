"""On-site confirmation: nearly all approved people come with their papers."""

from __future__ import annotations

from collections.abc import Iterator

from admissions.models import Application
from admissions.queries.papers import checklist, content_of
from admissions.services import confirmation
from gme_portal.demo.crowd.span import Span, chance
from gme_portal.demo.filling import delivered
from gme_portal.demo.scene import Scene

COME = 0.96


def confirm_everywhere(scene: Scene, span: Span) -> Iterator[tuple[int, int]]:
    """Confirm whoever was approved; a few fictional people stay away."""
    rows = Application.objects.select_related("applicant__user", "base")
    waiting = rows.filter(
        notice=scene.notice, round=scene.round, state="approved", confirmed_at=None, base__in=list(scene.crews)
    ).order_by("number")
    coming = [row for row in waiting if not row.applicant.user.is_demo or chance(f"comes:{row.number}", COME)]
    for number, application in enumerate(coming, 1):
        window = scene.window("confirmation", application.applicant.person_type)
        if window is not None and window.opens < span.before and application.base_id is not None:
            papers = [
                paper.kind for paper in checklist(content_of(application.submissions.latest("number")), scene.policy)
            ]
            at = span.within(window.opens, window.closes).moment(
                f"confirm:{application.number}", not_before=application.submitted_at
            )
            maker = scene.crews[application.base_id].maker
            confirmation.confirm(application, papers=papers, actor=maker, at=at, policy=scene.policy)
            delivered(application.applicant)
        yield number, len(coming)
