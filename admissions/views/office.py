"""The provincial office outside any notice (全部通知): every notice of the house, and the way to the next one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from admissions.queries import notice_pages, office
from admissions.views.base_common import viewer
from admissions.views.notice_pages import PROPOSALS_SHOWN, proposal_row
from admissions.views.oversight import WATCHERS
from gme_portal.accounts.access import allow
from gme_portal.notices.access import may_propose


@allow(*WATCHERS)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """In force, drafts and waiting, past; on an empty installation what comes next."""
    user = viewer(request)
    standings = office.standings(request.at)
    rows = notice_pages.proposals()
    context = {
        "current": [one for one in standings if not one.is_over],
        "past": [one for one in standings if one.is_over],
        "steps": [] if standings else office.first_steps(),
        "open": [proposal_row(one, user) for one in rows.filter(state__in=["draft", "pending"])],
        "closed": [proposal_row(one, user) for one in rows.filter(state__in=["returned", "withdrawn"])[:PROPOSALS_SHOWN]],
        "may_propose": may_propose(user),
    }  # fmt: skip
    return render(request, "province/office.html", context)
