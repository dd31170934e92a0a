"""Not on the list (名册核实申请, 000 四(二)3, 000 四(三)2): asked by the person, confirmed by the school where the list is the school's, verified by
the province, which assigns base and specialty; then there is an entry and the person signs up like everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from admissions.queries import listing, readiness
from admissions.services.transitions import window_refusal
from applicants.eligibility.facts import FactsError
from applicants.models import Profile, RosterEntry, RosterRequest, RosterSource
from applicants.queries import entry_for
from applicants.states import APPLICANT, OPEN_REQUESTS, PROVINCE, REQUEST, REQUEST_LABELS, SCHOOL
from bases.access import school_of
from bases.models import Prefecture, School, SchoolStaff, TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.files.inspection import CleanPdf, inspect
from gme_portal.files.sandbox import MEGABYTE
from gme_portal.files.services import store
from gme_portal.files.strip import strip
from gme_portal.notices.models import Notice
from gme_portal.notices.services.standing import decided_under
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import beijing
from quotas.models import Quota

ACCEPTS = ("pdf", "jpg", "jpeg", "png")
MAX_MB = 10
MAX_WORDS = 500
MAX_REASON = 200
_KINDS: Mapping[str, str] = {
    Role.APPLICANT: APPLICANT,
    Role.SCHOOL: SCHOOL,
    Role.PROVINCE_OFFICER: PROVINCE,
    Role.PROVINCE_LEAD: PROVINCE,
}


@dataclass(frozen=True, slots=True)
class RequestData:
    """What a person says of themselves. `prefecture`: where a commissioned student is bound to work (定向就业州市)."""

    school: School
    major: str
    graduated_on: date
    words: str
    prefecture: Prefecture | None = None


def file(
    *, profile: Profile, notice: Notice, data: RequestData, content: bytes | None, actor: User, at: datetime, policy: Policy
) -> RosterRequest:  # fmt: skip
    """Ask to be looked up, with one proof (`content`) if there is one. Until registration closes for this person type.

    Raises Refused: NO_LIST (this person type stands on none), ALREADY_LISTED, REQUEST_OPEN, WINDOW_CLOSED, PREFECTURE_MISSING, WORDS_MISSING,
    WORDS_LONG, or what `files.inspection.inspect` finds, at the field."""
    _refuse_words(data.words)
    kind = policy.person_type(profile.person_type)
    if kind is None or kind.roster == "none":
        raise Refused("NO_LIST", "您的人员类型不凭名册报名，不用申请核实。")
    window = policy.window("registration", person_type=kind.code, round=policy.round_at(at).key)
    closed = window_refusal(window, doing="申请名册核实", at=at)
    if closed is not None and closed.code == "WINDOW_CLOSED":
        raise Refused.many([closed])
    if listing.asks_prefecture(policy, kind.code) and data.prefecture is None:
        raise Refused("PREFECTURE_MISSING", "请选择定向就业州市。", kind.clause, "prefecture")
    clean = inspect(content, accepts=ACCEPTS, max_bytes=MAX_MB * MEGABYTE) if content else None
    with transaction.atomic():
        row = Profile.objects.select_for_update(of=("self",)).select_related("user").get(pk=profile.pk)
        if readiness.roster_problem(row, notice, policy=policy) is None:
            raise Refused("ALREADY_LISTED", "您已在名册中，可以直接填报志愿。", kind.clause)
        if RosterRequest.objects.filter(notice=notice, profile=row, state__in=OPEN_REQUESTS).exists():
            raise Refused("REQUEST_OPEN", "您的申请正在核实，不用重复提交。")
        file = store(clean.content, owner=row.user, media_type=clean.media_type, at=at) if clean else None
        shown = strip(clean.previews) if isinstance(clean, CleanPdf) else None
        preview = store(shown.content, owner=row.user, media_type=shown.media_type, at=at) if shown else None
        by_school = kind.roster == "school" and SchoolStaff.objects.filter(school=data.school).exists()
        request = RosterRequest.objects.create(
            notice=notice,
            profile=row,
            person_type=kind.code,
            school=data.school,
            major=data.major.strip(),
            graduated_on=data.graduated_on,
            prefecture=data.prefecture,
            words=data.words.strip(),
            file=file,
            preview=preview,
            state="at_school" if by_school else "at_province",
            filed_at=at,
        )
        detail = {"person_type": kind.code, "state": request.state, "file": file.sha256 if file else ""}
        record(actor=actor, action="roster_request.filed", subject=request, at=at, detail=detail)
    return request


def withdraw(*, request: RosterRequest, actor: User, at: datetime) -> RosterRequest:
    """Take the request back while nobody has decided. Raises Refused: NOT_NOW_STATE, NOT_YOURS."""
    with transaction.atomic():
        row, to = _step(request, "withdraw", actor)
        row.state = to
        row.save(update_fields=["state"])
        record(actor=actor, action="roster_request.withdrawn", subject=row, at=at)
    return row


def confirm(*, request: RosterRequest, opinion: str, actor: User, at: datetime) -> RosterRequest:
    """The school says that this is its student (院校核实); the request goes on to the province. Raises Refused: NOT_NOW_STATE, NOT_YOURS, WORDS_LONG."""
    _refuse_long(opinion, "opinion")
    with transaction.atomic():
        row, to = _step(request, "confirm", actor)
        row.state, row.confirmed_by, row.confirmed_at, row.opinion = to, actor, at, opinion.strip()
        row.save(update_fields=["state", "confirmed_by", "confirmed_at", "opinion"])
        record(actor=actor, action="roster_request.confirmed", subject=row, at=at, detail={"words": len(row.opinion)})
    return row


def refuse(*, request: RosterRequest, reason: str, actor: User, at: datetime, policy: Policy) -> RosterRequest:
    """Do not list the person, with a reason they are told: by the school while it is asked, else by the province.

    Raises Refused: NOT_NOW_STATE, NOT_YOURS, REASON_MISSING, WORDS_LONG."""
    if not reason.strip():
        raise Refused("REASON_MISSING", "请写明原因，申请人会看到。", field="reason")
    _refuse_long(reason, "reason")
    with transaction.atomic():
        row, to = _step(request, "refuse", actor)
        row.state, row.reason, row.decided_by, row.decided_at = to, reason.strip(), actor, at
        row.decided_under = decided_under(row.notice, policy)
        row.save(update_fields=["state", "reason", "decided_by", "decided_at", "decided_under"])
        record(actor=actor, action="roster_request.refused", subject=row, at=at, detail={"words": len(row.reason)})
        tell(
            user=row.profile.user,
            title="名册核实未通过",
            body=f"您的名册核实申请没有通过，原因：{row.reason}。有疑问请联系培养院校或省毕教办。",
            dedup_key=f"roster-request:{row.pk}",
            at=at,
        )
    return row


def accept(
    *, request: RosterRequest, base: TrainingBase, specialty: str, actor: User, at: datetime, policy: Policy
) -> RosterRequest:
    """Put the person on the list with base and specialty (核实并统筹安排); a line with their number and another name is put right.

    Raises Refused: NOT_NOW_STATE, NOT_YOURS, BASE_TOO_FAR with the clause (定向就业地所在或临近州市), NOT_IN_PLAN, SPECIALTY_CLOSED, NOT_ELIGIBLE."""
    with transaction.atomic():
        row, to = _step(request, "accept", actor)
        # One list at a time: an import may be writing a line of the same person.
        Notice.objects.select_for_update(no_key=True).get(pk=row.notice_id)
        problems = _place_problems(row, base, specialty, policy)
        if problems:
            raise Refused.many(problems)
        user = row.profile.user
        before = entry_for(row.notice, user)
        entry = RosterEntry(
            notice=row.notice,
            person_type=row.person_type,
            name=user.name,
            document_number=user.document_number.open(),
            document_blind=user.document_blind or "",
            school=row.school,
            base=base,
            specialty_id=specialty,
            source=RosterSource.VERIFIED,
            imported_at=at,
        )
        if before is not None:
            entry.pk = before.pk
        entry.save(force_insert=before is None, force_update=before is not None)
        # Judged with the new line in place: the rules compare a choice with what the list assigns. A refusal takes the line back.
        closed = _closed(row, base, specialty, policy=policy, at=at)
        if closed:
            raise Refused.many(closed)
        row.state, row.entry, row.decided_by, row.decided_at = to, entry, actor, at
        row.decided_under = decided_under(row.notice, policy)
        row.save(update_fields=["state", "entry", "decided_by", "decided_at", "decided_under"])
        detail = {"base": base.code, "specialty": specialty}
        record(actor=actor, action="roster_request.accepted", subject=row, at=at, detail=detail)
        _tell_accepted(row, entry, policy, at)
    return row


def _place_problems(row: RosterRequest, base: TrainingBase, specialty: str, policy: Policy) -> list[Refusal]:
    """Why nobody like this person can be sent there: too far, or not in the plan."""
    far = listing.too_far(policy, row.person_type, row.prefecture, base)
    if far is not None:
        return [far]
    kind = policy.person_type(row.person_type)
    quota = Quota.objects.select_related("specialty").filter(notice=row.notice, base=base, specialty=specialty).first()
    if quota is None:
        sentence = f"{base.name}没有这个专业的招收计划，请改选。"
        return [Refusal("NOT_IN_PLAN", sentence, policy.specialties.clause, "specialty")]
    if quota.seats <= 0 and (kind is None or kind.in_plan):
        sentence = f"{base.name}的{quota.specialty.name}没有招收名额，请改选。"
        return [Refusal("SPECIALTY_CLOSED", sentence, policy.specialties.clause, "specialty")]
    return []


def _closed(row: RosterRequest, base: TrainingBase, specialty: str, *, policy: Policy, at: datetime) -> list[Refusal]:
    """Which rules would keep the person from filing there, as far as their own answers tell."""
    try:
        verdicts = readiness.verdicts_at(row.profile, row.notice, base, policy=policy, at=at)
    except FactsError:  # sections not filled in yet: judged when they are
        return []
    return readiness.ineligible(verdicts.get(specialty), field="specialty")


def _tell_accepted(row: RosterRequest, entry: RosterEntry, policy: Policy, at: datetime) -> None:
    window = policy.window("registration", person_type=row.person_type, round=policy.round_at(at).key)
    until = f"请在{beijing(window.closes, 'second')}前登录报名。" if window is not None and at < window.closes else ""
    tell(
        user=row.profile.user,
        title="已列入名册",
        body=f"您的名册核实申请已通过，安排到{entry.base.name}（{policy.specialties.name(entry.specialty_id)}）。{until}",
        dedup_key=f"roster-request:{row.pk}",
        at=at,
    )


def _step(request: RosterRequest, action: str, actor: User) -> tuple[RosterRequest, str]:
    """(the row under lock, its next state), when the table and the actor allow the step."""
    rows = RosterRequest.objects.select_for_update(of=("self",)).select_related(
        "profile__user", "notice", "school", "prefecture"
    )
    row = rows.get(pk=request.pk)
    step = REQUEST.get((row.state, action))
    if step is None:
        raise Refused("NOT_NOW_STATE", f"申请当前为“{REQUEST_LABELS[row.state]}”，这一步没有生效。请刷新页面。")
    if _KINDS.get(actor.role) != step.actor or not _is_theirs(row, actor):
        raise Refused("NOT_YOURS", f"您的账号不能办理“{step.label}”。")
    return row, step.to


def _is_theirs(row: RosterRequest, actor: User) -> bool:
    if actor.role == Role.APPLICANT:
        return row.profile.user_id == actor.pk
    return actor.role != Role.SCHOOL or school_of(actor) == row.school


def _refuse_words(words: str) -> None:
    if not words.strip():
        raise Refused("WORDS_MISSING", "请说明为什么不在名册中，例如延迟毕业、信息录入错误。", field="words")
    if len(words.strip()) > MAX_WORDS:
        raise Refused("WORDS_LONG", f"说明最多 {MAX_WORDS} 个字，现有 {len(words.strip())} 个。", field="words")


def _refuse_long(words: str, field: str) -> None:
    if len(words.strip()) > MAX_REASON:
        raise Refused("WORDS_LONG", f"最多 {MAX_REASON} 个字，现有 {len(words.strip())} 个。", field=field)
