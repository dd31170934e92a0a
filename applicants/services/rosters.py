"""Lists of people whose base and specialty is assigned (名册): a school's of its 专硕 and 定向 students (003 说明5, 000 四(三)1), or the
province's (000 四(二)). Looked at as a difference, then imported whole or not at all, as one batch of the notice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from applicants.models import PersonType, RosterBatch, RosterChange, RosterEntry, RosterSource
from applicants.queries import kinds_of
from bases.models import School, TrainingBase
from bases.queries import base_index, fold_name, school_index
from gme_portal.accounts.identity import check_name, check_number, fold_number
from gme_portal.accounts.identity import fold_name as fold_person
from gme_portal.accounts.models import DocumentKind, User
from gme_portal.accounts.queries import document_blind
from gme_portal.audit.services import record
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from gme_portal.policy.schema import PersonType as Kind
from gme_portal.refusals import Refusal, Refused
from gme_portal.sheets import Column, Reading, Row
from gme_portal.wording import beijing


def columns(policy: Policy, source: str) -> tuple[Column, ...]:
    """The columns of a list. A person type may be called as in the notice or as people call it; the province's list names the school too."""
    kinds = kinds_of(policy, source)
    school = Column("school", "培养院校", aliases=("学校", "院校", "毕业院校"), required=True)
    return (
        Column("name", "姓名", required=True),
        Column(
            "document_number", "证件号码", aliases=("身份证号", "身份证号码"), kind="id_number", required=True, unique=True
        ),
        Column("person_type", "类别", kind="choice", choices=tuple(_words(kinds)), required=True),
        *([school] if source == RosterSource.PROVINCE else []),
        Column("base", "培训基地", aliases=("指定基地", "指定培训基地"), required=True),
        Column("specialty", "培训专业", aliases=("指定专业", "指定培训专业"), required=True),
    )  # fmt: skip


def _words(kinds: Sequence[Kind]) -> dict[str, Kind]:
    """What a sheet may call each person type, the notice's own word first."""
    words = {kind.label: kind for kind in kinds}
    for kind in kinds:
        for word in (PersonType(kind.code).label, *kind.aliases):
            words.setdefault(word, kind)
    return words


@dataclass(frozen=True, slots=True)
class _Books:
    """What rows are read against."""

    policy: Policy
    kinds: Mapping[str, Kind]
    bases: Mapping[str, TrainingBase]
    schools: Mapping[str, School]
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet against the list: `before` is the line as it stands, `changes` what would be different as (word, before, after)."""

    number: int
    entry: RosterEntry
    before: RosterEntry | None
    specialty: str
    changes: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_same(self) -> bool:
        return self.before is not None and not self.changes


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing a sheet would do (差异). `digest` names exactly these changes."""

    lines: list[Line]
    digest: str

    @property
    def added(self) -> list[Line]:
        return [line for line in self.lines if line.before is None]

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.changes]

    @property
    def same(self) -> int:
        return sum(line.is_same for line in self.lines)


def plan_import(*, notice: Notice, reading: Reading, school: School | None, at: datetime) -> Plan:
    """What a list (read by `sheets.read(content, columns(…))`) would change: a school's own, or with `school` None the province's. Writes nothing.

    Raises Refused with every bad cell, ROSTER_LATE after the notice's deadline for schools, ROSTER_ELSEWHERE."""
    policy = policy_of(version_in_force(notice))
    source = RosterSource.SCHOOL if school is not None else RosterSource.PROVINCE
    faults = [Refusal("ROSTER_CELL", fault.sentence) for fault in reading.faults]
    rows = reading.rows if not faults else []
    named = [row.values.get("school") or "" for row in rows]
    schools = school_index(named) if school is None else {}
    books = _Books(policy, _words(kinds_of(policy, source)), base_index(), schools, at)
    entries = []
    for row in rows:
        entry, found = _entry(row, books, school)
        entry.notice, entry.source = notice, source
        faults += found
        entries.append((row, entry))
    faults += _late(entries, source, policy, at)
    if faults:
        raise Refused.many(faults)
    known = {
        entry.document_blind: entry
        for entry in RosterEntry.objects.filter(notice=notice).select_related("school", "base", "specialty")
    }
    lines = [_line(row.number, entry, known.get(entry.document_blind), policy) for row, entry in entries]
    for line in lines:
        if line.before is not None and (elsewhere := _elsewhere(line.before, line.entry, source)):
            faults.append(Refusal("ROSTER_ELSEWHERE", f"第 {line.number} 行：{elsewhere}"))
    if faults:
        raise Refused.many(faults)
    told = [[line.entry.document_blind, line.before is None, line.changes] for line in lines]
    return Plan(lines, sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest())


def import_roster(
    *, notice: Notice, reading: Reading, school: School | None, actor: User, at: datetime, expected: str = ""
) -> RosterBatch:
    """Apply a list as one batch; lines that change nothing are not touched. `expected` is the digest of the plan that was looked at.

    Raises Refused: as `plan_import`, CHANGED_SINCE_PREVIEW, NOTHING_CHANGES; nothing is imported then."""
    with transaction.atomic():
        # One list at a time; nobody who begins an application waits.
        Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
        plan = plan_import(notice=notice, reading=reading, school=school, at=at)
        if expected and plan.digest != expected:
            raise Refused("CHANGED_SINCE_PREVIEW", "预览之后名册又有改动，没有导入。请重新上传，核对新的差异。")
        if not plan.added and not plan.changed:
            raise Refused("NOTHING_CHANGES", "表中的人员与名册完全一致，不用导入。")
        batch = RosterBatch.objects.create(
            notice=notice,
            source=RosterSource.SCHOOL if school is not None else RosterSource.PROVINCE,
            school=school,
            lines=len(plan.lines),
            added=len(plan.added),
            changed=len(plan.changed),
            imported_by=actor,
            imported_at=at,
        )
        for line in (*plan.added, *plan.changed):
            _put(line, batch)
        detail = {"lines": batch.lines, "added": batch.added, "changed": batch.changed, "source": batch.source}
        record(
            actor=actor,
            action="roster.imported",
            subject=batch,
            at=at,
            detail=detail | {"notice": notice.slug, "digest": plan.digest},
        )
    return batch


def _put(line: Line, batch: RosterBatch) -> None:
    entry, before = line.entry, line.before
    RosterChange.objects.create(
        batch=batch, document_blind=entry.document_blind, before=as_it_was(before) if before else None
    )
    entry.batch, entry.imported_at = batch, batch.imported_at
    if before is not None:
        entry.pk = before.pk
    entry.save(force_insert=before is None, force_update=before is not None)


def as_it_was(entry: RosterEntry) -> dict[str, str]:
    """A line as `RosterChange.before` keeps it; number and notice do not change."""
    return {
        "name": entry.name,
        "person_type": entry.person_type,
        "school_id": str(entry.school_id),
        "base_id": str(entry.base_id),
        "specialty_id": entry.specialty_id,
        "source": entry.source,
        "imported_at": entry.imported_at.isoformat(),
        "batch_id": str(entry.batch_id or ""),
    }


def _line(number: int, entry: RosterEntry, before: RosterEntry | None, policy: Policy) -> Line:
    specialty = policy.specialties.name(entry.specialty_id)
    if before is None:
        return Line(number, entry, None, specialty)
    pairs = (
        ("姓名", before.name, entry.name),
        ("类别", _label(before, policy), _label(entry, policy)),
        ("培养院校", before.school.name, entry.school.name),
        ("指定基地", before.base.name, entry.base.name),
        ("指定专业", before.specialty.name, specialty),
        ("来源", before.get_source_display(), entry.get_source_display()),
    )
    return Line(number, entry, before, specialty, tuple(pair for pair in pairs if pair[1] != pair[2]))


def _label(entry: RosterEntry, policy: Policy) -> str:
    kind = policy.person_type(entry.person_type)
    return kind.label if kind else PersonType(entry.person_type).label


def _late(entries: Sequence[tuple[Row, RosterEntry]], source: str, policy: Policy, at: datetime) -> list[Refusal]:
    """A school's list that comes after the notice's deadline; who was left out asks in person (000 四(三)2)."""
    found = []
    for code in sorted({entry.person_type for _, entry in entries}):
        kind = policy.person_type(code)
        if source == RosterSource.SCHOOL and kind and kind.roster_deadline and at >= kind.roster_deadline:
            sentence = (
                f"{kind.label}名单应于{beijing(kind.roster_deadline, 'until')}前提交，已经截止。"
                "补录的学生请由本人登录提交名册核实申请，贵校核实后由省级列入。"
            )
            found.append(Refusal("ROSTER_LATE", sentence, kind.clause))
    return found


def _elsewhere(before: RosterEntry, entry: RosterEntry, source: str) -> str:
    """Why a line cannot replace the one that is there; "" when it can: a school changes its own list, the province its own and what it verified."""
    if source == RosterSource.PROVINCE:
        return f"此人已在{before.school.name}的名册上，请与该校核对。" if before.source == RosterSource.SCHOOL else ""
    if before.source != RosterSource.SCHOOL:
        return "此人已由省级列入名册，要更改请联系省毕教办。"
    return "" if before.school_id == entry.school_id else f"此人已在{before.school.name}的名册上，请与该校核对。"


def _entry(row: Row, books: _Books, school: School | None) -> tuple[RosterEntry, list[Refusal]]:
    name, number = fold_person(row.values["name"]), fold_number(row.values["document_number"])
    policy, words = books.policy, row.values
    wrong = [check_name(name), check_number(kind_of_number(number), number, today=books.at.astimezone(BEIJING).date())]
    found = [refusal.sentence for refusal in wrong if refusal]
    base, code = books.bases.get(fold_name(words["base"])), policy.specialties.find(words["specialty"])
    if base is None:
        found.append(f"没有名为“{words['base']}”的培训基地，请照基地名单填写。")
    if code is None:
        found.append(f"本次招收没有“{words['specialty']}”专业，请照通知的专业名称填写。")
    if school is None:
        school = books.schools.get(fold_name(words["school"]))
        if school is None:
            found.append(f"没有名为“{words['school']}”的院校，请照院校全称填写。")
    entry = RosterEntry(
        person_type=books.kinds[words["person_type"]].code,
        name=name,
        document_number=number,
        document_blind=document_blind(number),
        school=school,
        base=base,
        specialty_id=code or "",
    )
    return entry, [Refusal("ROSTER_ROW", f"第 {row.number} 行：{sentence}") for sentence in found]


def kind_of_number(number: str) -> str:
    """The kind of document by the shape of its folded number."""
    if len(number) == 18:
        return DocumentKind.RESIDENT_ID
    return DocumentKind.HK_MACAO_PERMIT if number[:1] in "HM" else DocumentKind.TAIWAN_PERMIT
