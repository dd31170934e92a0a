"""Who of a base acts (基地人员): the role says what, the base says where."""

from __future__ import annotations

from uuid import UUID

from bases.access import base_of
from bases.models import TrainingBase
from gme_portal.accounts.access import BASE_WRITERS
from gme_portal.accounts.models import Role, User
from gme_portal.refusals import Refused


def must_be_of_base(actor: User, base_id: UUID | None) -> TrainingBase:
    """The base, when `actor` may write there (审核员 or 负责人). Raises Refused NOT_YOUR_BASE or NOT_YOURS."""
    base = base_of(actor)
    if base is None or base.pk != base_id:
        raise Refused("NOT_YOUR_BASE", "这不是您所在培训基地的报名，不能办理。")
    if actor.role not in BASE_WRITERS:
        raise Refused("NOT_YOURS", "您的账号只能查阅，不能办理。请联系基地负责人。")
    return base


def must_lead_base(actor: User, base_id: UUID | None) -> TrainingBase:
    """Like `must_be_of_base`, for what only the base's lead (负责人) may do."""
    base = must_be_of_base(actor, base_id)
    if actor.role != Role.BASE_LEAD:
        raise Refused("NOT_YOURS", "这一步须由基地负责人办理。")
    return base
