"""Taking an import of a list of names back (撤销名册导入), as long as nobody has filed by it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admissions.access import FILED
from admissions.models import Application
from applicants.access import may_undo_batch
from applicants.models import Profile, RosterBatch
from applicants.services import roster_batches
from gme_portal.accounts.models import User
from gme_portal.refusals import Refused


def undo(*, batch: RosterBatch, actor: User, at: datetime) -> RosterBatch:
    """Take an import back, whole. Whoever is filing at this moment is either counted or finds the list without it.

    Raises Refused: NOT_YOURS, UNDONE_ALREADY, ROSTER_IN_USE, CHANGED_SINCE_IMPORT."""
    with transaction.atomic():
        row = roster_batches.hold(batch)
        if not may_undo_batch(actor, row):
            raise Refused("NOT_YOURS", "只能撤销自己单位导入的名册。")
        people = roster_batches.people_of(row)
        profiles = Profile.objects.filter(user__document_blind__in=people)
        list(profiles.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        filed = Application.objects.filter(
            notice=row.notice_id, state__in=FILED, applicant__user__document_blind__in=people
        )
        blinds = filed.values_list("applicant__user__document_blind", flat=True)
        relied_on = {blind for blind in blinds if blind}
        return roster_batches.undo(row, relied_on=relied_on, actor=actor, at=at)
