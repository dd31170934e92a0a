"""Lists of 专硕 and 订单定向 people with the base and specialty their school assigned (003 说明5), imported whole or not at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from applicants.models import PersonType, RosterEntry
from bases.models import School, TrainingBase
from bases.queries import base_index, fold_name
from gme_portal.accounts.identity import check_name, check_number, fold_number
from gme_portal.accounts.identity import fold_name as fold_person
from gme_portal.accounts.models import DocumentKind, User
from gme_portal.accounts.queries import document_blind
from gme_portal.audit.services import record
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused
from gme_portal.sheets import Column, Reading, Row

KINDS = {
    PersonType.PROFESSIONAL_MASTER.label: PersonType.PROFESSIONAL_MASTER,
    PersonType.COMMISSIONED.label: PersonType.COMMISSIONED,
}
COLUMNS = (
    Column("name", "姓名", required=True),
    Column(
        "document_number", "证件号码", aliases=("身份证号", "身份证号码"), kind="id_number", required=True, unique=True
    ),
    Column("person_type", "类别", kind="choice", choices=tuple(KINDS), required=True),
    Column("base", "培训基地", aliases=("指定基地", "指定培训基地"), required=True),
    Column("specialty", "培训专业", aliases=("指定专业", "指定培训专业"), required=True),
)


def import_roster(*, notice: Notice, reading: Reading, school: School, actor: User, at: datetime) -> int:
    """Put a school's list (read by `sheets.read(content, COLUMNS)`) into the notice; how many lines. A person already on this school's list
    is updated. Raises Refused with every bad cell; nothing is imported then."""
    policy = policy_of(version_in_force(notice))
    faults = [Refusal("ROSTER_CELL", fault.sentence) for fault in reading.faults]
    bases = base_index()
    entries = []
    for row in reading.rows if not faults else ():
        entry, found = _entry(row, policy, bases, at)
        faults += found
        entries.append((row, entry))
    if faults:
        raise Refused.many(faults)
    with transaction.atomic():
        Notice.objects.select_for_update(no_key=True).get(
            pk=notice.pk
        )  # one list at a time; nobody who begins an application waits
        known = {
            entry.document_blind: entry for entry in RosterEntry.objects.filter(notice=notice).select_related("school")
        }
        for row, entry in entries:
            before = known.get(entry.document_blind)
            if before is not None and before.school_id != school.pk:
                faults.append(
                    Refusal(
                        "ROSTER_ELSEWHERE", f"第 {row.number} 行：此人已在{before.school.name}的名册上，请与该校核对。"
                    )
                )
                continue
            entry.notice, entry.school, entry.imported_at = notice, school, at
            if before is not None:
                entry.pk = before.pk
            entry.save(force_insert=before is None, force_update=before is not None)
        if faults:
            raise Refused.many(faults)
        record(
            actor=actor,
            action="roster.imported",
            subject=school,
            at=at,
            detail={"lines": len(entries), "notice": notice.slug},
        )
    return len(entries)


def _entry(row: Row, policy: Policy, bases: dict[str, TrainingBase], at: datetime) -> tuple[RosterEntry, list[Refusal]]:
    name, number = fold_person(row.values["name"]), fold_number(row.values["document_number"])
    kind = (
        DocumentKind.RESIDENT_ID
        if len(number) == 18
        else DocumentKind.HK_MACAO_PERMIT
        if number[:1] in "HM"
        else DocumentKind.TAIWAN_PERMIT
    )
    person_type = KINDS[row.values["person_type"]]
    base = bases.get(fold_name(row.values["base"]))
    code = policy.specialties.find(row.values["specialty"])
    wrong = [check_name(name), check_number(kind, number, today=at.astimezone(BEIJING).date())]
    found = [refusal.sentence for refusal in wrong if refusal]
    if base is None:
        found.append(f"没有名为“{row.values['base']}”的培训基地，请照基地名单填写。")
    if code is None:
        found.append(f"本次招收没有“{row.values['specialty']}”专业，请照通知的专业名称填写。")
    entry = RosterEntry(
        person_type=person_type,
        name=name,
        document_number=number,
        document_blind=document_blind(number),
        base=base,
        specialty_id=code or "",
    )
    return entry, [Refusal("ROSTER_ROW", f"第 {row.number} 行：{sentence}") for sentence in found]
