"""Who works where (工作单位归属): the role of an account says what somebody may do, this says for which base or school."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bases.models import BaseStaff, School, SchoolStaff, TrainingBase
from gme_portal.accounts.access import BASE
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.refusals import Refused


def appoint(*, user: User, place: TrainingBase | School, actor: User | None, at: datetime) -> None:
    """Put a base or school account into its base or school; it has only one. Raises Refused STAFF_ROLE where the role does not fit the place."""
    fits = user.role in BASE if isinstance(place, TrainingBase) else user.role == Role.SCHOOL
    if not fits:
        raise Refused("STAFF_ROLE", f"{Role(user.role).label}账号不能归到{place.name}，请核对角色。", field="role")
    with transaction.atomic():
        if isinstance(place, TrainingBase):
            BaseStaff.objects.update_or_create(user=user, defaults={"base": place})
        else:
            SchoolStaff.objects.update_or_create(user=user, defaults={"school": place})
        record(actor=actor, action="account.appointed", subject=user, at=at, detail={"place": str(place.pk)})
