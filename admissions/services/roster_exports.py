"""The full roster (完整名册): asked for by one, approved and produced by another, and never twice different."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from admissions.models import Offer, RosterExport
from admissions.queries.rosters import admitted
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import log_handed_out, record
from gme_portal.files.services import store
from gme_portal.notices.models import Notice
from gme_portal.notices.services.standing import standing_version
from gme_portal.refusals import Refused
from gme_portal.sheets import MEDIA_TYPE
from gme_portal.wording import beijing

APPROVERS = (Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD)


@transaction.atomic
def ask(*, notice: Notice, purpose: str, actor: User, at: datetime) -> RosterExport:
    """Ask for a full roster with its purpose (用途). Raises Refused PURPOSE_MISSING."""
    purpose = purpose.strip()
    if len(purpose) < 4:
        raise Refused("PURPOSE_MISSING", "请写明用途（至少 4 个字），如“上报国家信息管理系统”。", field="purpose")
    export = RosterExport.objects.create(notice=notice, purpose=purpose[:100], made_by=actor, made_at=at)
    record(actor=actor, action="roster.asked", subject=export, at=at, detail={"purpose": export.purpose})
    return export


@transaction.atomic
def approve(
    *, export: RosterExport, produce: Callable[[list[Offer], str], bytes], actor: User, at: datetime
) -> RosterExport:
    """A second person of the provincial office approves; the file is made and kept in the same step.

    `produce(offers, watermark)` makes the sheet of those admitted at this moment. Each of them sees in their record that their number was handed out.

    Raises Refused SAME_PERSON, NOT_YOURS or ALREADY_APPROVED."""
    export = RosterExport.objects.select_for_update().select_related("notice", "made_by").get(pk=export.pk)
    if export.approved_by_id is not None:
        raise Refused("ALREADY_APPROVED", "这份名册已经批准过了，可直接下载。")
    if export.made_by_id == actor.pk:
        raise Refused("SAME_PERSON", "申请人不能批准自己的申请，请由另一位省级人员批准。")
    if actor.role not in APPROVERS:
        raise Refused("NOT_YOURS", "完整名册须由省级人员批准。")
    offers = list(admitted(export.notice).select_related("applicant__user"))
    serial = str(export.pk)[:8].upper()
    mark = f"{export.made_by.name} 申请，{actor.name} 批准，{beijing(at)}，编号 {serial}，用途：{export.purpose}"
    content = produce(offers, mark)
    export.file = store(content, owner=export.made_by, media_type=MEDIA_TYPE, at=at)
    export.approved_by, export.approved_at, export.people = actor, at, len(offers)
    export.approved_under = standing_version(export.notice)
    export.save()
    detail = {"people": len(offers), "sha256": export.file.sha256, "serial": serial}
    record(actor=actor, action="roster.approved", subject=export, at=at, detail=detail)
    people = [offer.applicant.user for offer in offers]
    purpose = f"完整名册：{export.purpose}"
    log_handed_out(rows=people, column="document_number", actor=export.made_by, purpose=purpose, at=at)
    return export
