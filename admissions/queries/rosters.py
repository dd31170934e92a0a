"""Who belongs in a roster: those admitted, with what their application said."""

from __future__ import annotations

from django.db.models import QuerySet

from admissions.models import Offer, RosterExport
from applicants.models import RosterEntry
from bases.models import School
from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice


def admitted(notice: Notice, base_code: str = "") -> QuerySet[Offer]:
    """Offers (录取) that stand, by base and specialty, with quota, submissions, reductions of years and people at hand. Three queries."""
    rows = Offer.objects.filter(notice=notice, state__in=["admitted", "reported_in"])
    if base_code:
        rows = rows.filter(quota__base__code=base_code)
    return (
        rows.select_related("quota__base", "quota__specialty", "application")
        .prefetch_related("application__submissions", "application__year_reductions")
        .order_by("quota__base__code", "quota__specialty__position", "application__number")
    )


def exports_of(notice: Notice) -> QuerySet[RosterExport]:
    """Full rosters asked for, newest first. One query."""
    return RosterExport.objects.filter(notice=notice).select_related("made_by", "approved_by", "approved_under", "file")


def school_list(notice: Notice, school: School) -> list[dict[str, object]]:
    """The school's own list (专硕/订单定向名册), each person with how far they are: entry, application (or None), whether registered.
    Three queries."""
    entries = list(
        RosterEntry.objects.filter(notice=notice, school=school)
        .select_related("base", "specialty")
        .order_by("person_type", "name")
    )
    blinds = [entry.document_blind for entry in entries]
    users = {
        user.document_blind: user for user in User.objects.filter(document_blind__in=blinds).select_related("profile")
    }
    found = []
    applications = _applications(notice, users)
    for entry in entries:
        user = users.get(entry.document_blind)
        found.append(
            {"entry": entry, "registered": user is not None, "application": applications.get(user.pk) if user else None}
        )
    return found


def _applications(notice: Notice, users: dict[str | None, User]) -> dict[object, object]:
    """Each person's application, of the latest round they are in."""
    rows = notice.applications.filter(applicant__user__in=users.values()).select_related("applicant", "base")
    rows = rows.order_by("created_at")
    return {row.applicant.user_id: row for row in rows}
