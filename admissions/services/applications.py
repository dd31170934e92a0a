"""Applications (报名): begun, chosen, filed, taken back. The applicant is the actor; at a counter (现场报名) the base files for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from admissions.models import Application, Choice, DeadlineMark, Submission
from admissions.queries import answers, choosing, readiness, receipts, rounds, snapshots
from admissions.queries.choice_problems import choice_problems
from admissions.services import open_invitations
from admissions.services.deadlines import seal_mark
from admissions.services.locks import alone_with_key, share_with_sealing
from admissions.services.sections import unlock
from admissions.services.staff import must_be_of_base
from admissions.services.transitions import actor_kind_of, application_refusal, move_application, window_refusal
from admissions.states import APPLICANT, APPLICATION_LABELS, AT_THE_COUNTER
from applicants.models import Document, Profile
from applicants.services import locking
from gme_portal.accounts.models import Role
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import beijing
from quotas.models import Quota

# States in which the choices are the person's own draft.
EDITABLE = ("draft", "returned", "withdrawn")


def is_editable(application: Application) -> bool:
    """Whether the person is writing: nothing is filed, it came back or was taken back, or a filed form is being changed (修改报名)."""
    return application.state in EDITABLE or application.amending_since is not None


def ensure(*, profile: Profile, notice: Notice, round: str = "first", at: datetime) -> Application:
    """The person's application in this round, begun now if there is none. Safe against two tabs at once.

    Beginning in a later round opens the person's sections again: what was filed before stands in its versions."""
    found = Application.objects.filter(notice=notice, round=round, applicant=profile).first()
    if found is not None:
        return found
    defaults = {"number": _next_number(notice), "created_at": at}
    with transaction.atomic():
        application, begun = Application.objects.get_or_create(
            notice=notice, round=round, applicant=profile, defaults=defaults
        )
        if begun and profile.locked_at is not None:
            unlock(application)
    return application


def current(*, profile: Profile, notice: Notice, policy: Policy, at: datetime, round: str = "") -> Application:
    """The application a person works with: of the round asked for where they have one, of the place they hold, else of the running round."""
    found = Application.objects.filter(notice=notice, applicant=profile, round=round).first() if round else None
    if found is not None:
        return found
    held = rounds.place_held(profile, notice, at)
    key = held.application.round if held is not None else policy.round_at(at).key
    return ensure(profile=profile, notice=notice, round=key, at=at)


def _next_number(notice: Notice) -> str:
    """Year and the next of a database sequence: nobody waits, none is given twice, gaps mean nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('admissions_application_number')")
        return f"{notice.year}{cursor.fetchone()[0]}"


def save_choices(
    *,
    application: Application,
    quota_ids: Sequence[UUID | str],
    consents: Collection[str],
    actor: Any,
    at: datetime,
    policy: Policy,
) -> Application:
    """Replace the choices (志愿), in the order given; `consents` are kinds of `policy.transfer` the person agrees to. Where a filed form is being
    changed, they are kept beside what was filed. Before a counter opens (现场报名) everything may be prepared.

    Raises Refused with the field concerned (`choice_1`…, `consents`): window, state, SECTION_INCOMPLETE, SECOND_BASE, DUPLICATE_CHOICE,
    TOO_MANY_CHOICES, NO_CHOICE, NOT_IN_PLAN, SPECIALTY_CLOSED, NOT_ELIGIBLE, TRANSFER_NOT_OFFERED, TRANSFER_REQUIRED, NOT_ON_ROSTER;
    ALREADY_ADMITTED in a later round."""
    with transaction.atomic():
        row = locked(application)
        if not is_editable(row):
            way = "可点“修改报名”" if policy.registration.changes == "free" else "可先取消报名，修改后重新提交"
            raise Refused(
                "NOT_NOW_STATE",
                f"当前状态为“{APPLICATION_LABELS[row.state]}”，不能修改志愿。在报名截止前{way}。",
            )
        closed = window_refusal(_registration(row, policy, _base_of(quota_ids)), doing="修改志愿", at=at)
        if closed is not None and closed.code == "NOT_YET_OPEN" and policy.registration.mode == "on_site":
            closed = None
        closed = closed or rounds.place_refusal(row, policy=policy, at=at)
        if closed is not None:
            raise Refused.many([closed])
        put_choices(row, quota_ids, consents, actor=actor, at=at, policy=policy)
    return row


def put_choices(
    row: Application,
    quota_ids: Sequence[UUID | str],
    consents: Collection[str],
    *,
    actor: Any,
    at: datetime,
    policy: Policy,
) -> None:
    """Judge and write the choices of a locked application, inside the caller's transaction; whether it may be done now, the caller has asked."""
    incomplete = readiness.section_problems(row.applicant, policy=policy)
    if incomplete:
        raise Refused.many(incomplete)
    unlisted = readiness.roster_problem(row.applicant, row.notice, policy=policy)
    if unlisted is not None:
        raise Refused.many([unlisted])
    rows = Quota.objects.select_related("base", "specialty").filter(notice=row.notice_id, pk__in=quota_ids)
    quotas = {str(quota.pk): quota for quota in rows}
    chosen = [quotas.get(str(quota_id)) for quota_id in quota_ids]
    problems = choice_problems(row, chosen, policy, at)
    consent = readiness.consent_problem(row.applicant.person_type, consents, policy=policy)
    if consent is not None:
        problems.append(consent)
    if problems:
        raise Refused.many(problems)
    if row.amending_since is None:
        _write_choices(row, [str(quota.pk) for quota in chosen if quota], consents)
    else:
        row.amended = {"quotas": [str(quota.pk) for quota in chosen if quota], "consents": sorted(consents)}
        row.save(update_fields=["amended"])
    detail = {"specialties": [quota.specialty_id for quota in chosen if quota], "consents": sorted(consents)}
    record(actor=actor, action="choices.saved", subject=row, at=at, detail=detail)


def _write_choices(row: Application, quota_ids: Sequence[str], consents: Collection[str]) -> None:
    row.choices.all().delete()
    Choice.objects.bulk_create(
        Choice(application=row, position=place, quota_id=quota_id) for place, quota_id in enumerate(quota_ids, 1)
    )
    row.consents_base_transfer, row.consents_province_transfer = "base" in consents, "province" in consents
    row.save(update_fields=["consents_base_transfer", "consents_province_transfer"])


def filing_problems(application: Application, *, policy: Policy, at: datetime) -> list[Refusal]:
    """Why the application cannot be filed as it is now (a place already held, sections, choices, eligibility); empty when it can. For the check page too."""
    held = rounds.place_refusal(application, policy=policy, at=at)
    if held is not None:
        return [held]
    problems = readiness.section_problems(application.applicant, policy=policy)
    if problems:
        return problems
    unlisted = readiness.roster_problem(application.applicant, application.notice, policy=policy)
    if unlisted is not None:
        return [unlisted]
    agreed = choosing.consents_of(application)
    consent = readiness.consent_problem(application.applicant.person_type, agreed, policy=policy)
    if consent is not None:
        return [Refusal(consent.code, consent.sentence, consent.clause, "choices")]
    chosen = [choice.quota for choice in choosing.saved_choices(application)]
    return [
        Refusal(one.code, one.sentence, one.clause, "choices")
        for one in choice_problems(application, chosen, policy, at)
    ]


def submit(
    *,
    application: Application,
    actor: Any,
    at: datetime,
    policy: Policy,
    notice_version: NoticeVersion,
    idempotency_key: UUID,
    checked: str = "",
) -> Submission:
    """File the application (提交报名) and give its receipt; the same key gives the same receipt again (R2). At a counter (现场报名) the actor is
    of the base that was chosen and files for the person.

    `at` is the arrival, judged half-open against the window (R3). `checked` is the digest of the answers the person looked at
    (`receipts.answers_digest`): if they changed meanwhile in another tab, nothing is filed. Raises Refused: NOT_NOW_STATE, NOT_YET_OPEN,
    WINDOW_CLOSED, ON_SITE_ONLY, ONLINE_ONLY, NOT_YOUR_BASE, ALREADY_SEALED, CHANGED_SINCE_CHECKED, and whatever `filing_problems` finds."""
    with transaction.atomic():
        share_with_sealing(application.notice_id, application.round)
        alone_with_key(idempotency_key)
        row = locked(application)
        filed = Submission.objects.filter(idempotency_key=idempotency_key).first()
        if filed is not None:
            if filed.application_id != row.pk:
                raise Refused("KEY_OF_ANOTHER", "页面已失效，请重新打开核对页再提交。")
            return filed
        step = filing_step(row, actor)
        _refuse_unless_open(row, step, actor, policy, at)
        submission = file_now(
            row,
            step,
            actor=actor,
            at=at,
            policy=policy,
            notice_version=notice_version,
            key=idempotency_key,
            checked=checked,
        )
        if open_invitations.concern(row, policy):
            open_invitations.settle_by_filing(row, at=at)
    return submission


def file_now(
    row: Application,
    action: str,
    *,
    actor: Any,
    at: datetime,
    policy: Policy,
    notice_version: NoticeVersion,
    key: UUID,
    checked: str = "",
) -> Submission:
    """File a locked application by an action of `states.APPLICATION`, inside the caller's transaction: judged, frozen, receipted, told."""
    row.applicant = locking.lock(row.applicant, at=at)
    if row.amended is not None:
        _write_choices(row, row.amended["quotas"], row.amended["consents"])
        row.amended = None
    problems = filing_problems(row, policy=policy, at=at)
    if problems:
        raise Refused.many(problems)
    content = preview(row, policy=policy, notice_version=notice_version, at=at)
    if checked and checked != receipts.answers_digest(content):
        raise Refused("CHANGED_SINCE_CHECKED", "您核对之后，报名内容又有改动（可能在另一个页面）。请重新核对后提交。")
    submission = _file(row, action, content, actor=actor, at=at, policy=policy, notice_version=notice_version, key=key)
    detail = {"receipt": submission.receipt_number, "digest": submission.digest, "version": submission.number}
    if submission.recorded_by is None:
        record(actor=actor, action="application.submitted", subject=submission, at=at, detail=detail)
    else:
        record(actor=actor, action="application.recorded", subject=submission, at=at, detail=detail)
    _tell_filed(row, submission, content, at)
    return submission


def filing_step(application: Application, actor: Any) -> str:
    """Which step of `admissions.states` filing is for this actor now."""
    again = application.amending_since is not None
    if actor.role == Role.APPLICANT:
        return "refile" if again else "submit"
    return "record_again" if again else "record"


def _tell_filed(row: Application, submission: Submission, content: snapshots.Snapshot, at: datetime) -> None:
    when, choices = beijing(at, "second"), answers.choice_line(content)
    if submission.recorded_by is None:
        title, done = "报名已提交", f"您已于{when}提交报名，回执编号 {submission.receipt_number}。"
        warning = "如非本人操作，请立即登录修改密码。"
    else:
        title, done = (
            "现场报名已受理",
            f"{submission.base.name}已于{when}受理您的现场报名，回执编号 {submission.receipt_number}。",
        )
        warning = "如非本人到场办理，请立即联系该基地。"
    tell(
        user=row.applicant.user,
        title=title,
        body=f"{done}志愿：{choices}。{warning}",
        dedup_key=f"submission:{submission.pk}",
        at=at,
    )


def preview(
    application: Application, *, policy: Policy, notice_version: NoticeVersion, at: datetime
) -> snapshots.Snapshot:
    """What would be filed now."""
    chosen = choosing.saved_choices(application)
    base = chosen[0].quota.base if chosen else None
    verdicts = (
        readiness.verdicts_at(
            application.applicant, application.notice, base, policy=policy, at=at, round=application.round
        )
        if base
        else {}
    )
    version = application.submissions.count() + 1
    return snapshots.build(
        application, policy=policy, notice_version=notice_version.number, version=version, at=at, verdicts=verdicts
    )


def _refuse_unless_open(row: Application, step: str, actor: Any, policy: Policy, at: datetime) -> None:
    refusal = application_refusal(row, step, actor_kind=actor_kind_of(actor), at=at, policy=policy)
    if refusal is not None:
        raise Refused.many([refusal])
    if step in AT_THE_COUNTER:
        chosen = choosing.saved_choices(row)
        must_be_of_base(actor, chosen[0].quota.base_id if chosen else None)
    window = _registration(row, policy, choosing.base_code(row, policy, filing=True))
    if window is not None and DeadlineMark.objects.filter(notice=row.notice_id, key=seal_mark(window)).exists():
        # Arrived before the close, but was held up until after the sealing: not acknowledged rather than acknowledged and left out (R5).
        raise Refused(
            "ALREADY_SEALED", "提交未能在截止封存前完成，本次没有生效。请联系省级管理部门说明情况。", window.clause
        )


def _file(
    row: Application,
    action: str,
    content: snapshots.Snapshot,
    *,
    actor: Any,
    at: datetime,
    policy: Policy,
    notice_version: NoticeVersion,
    key: UUID,
) -> Submission:
    text, digest = receipts.canonical(content)
    version = content["filed"]["version"]
    number = receipts.receipt_number(row.number, version)
    photo = Document.objects.filter(profile=row.applicant_id, kind=snapshots.PHOTO, replaced_at__isnull=True).first()
    base_id = content["choice"]["base"]["id"]
    kind = actor_kind_of(actor)
    move_application(row, action, actor=actor, actor_kind=kind, at=at, policy=policy, base_id=base_id, submitted_at=at)
    return Submission.objects.create(
        application=row,
        number=version,
        receipt_number=number,
        content=text,
        digest=digest,
        signature=receipts.signature(number, digest, at),
        idempotency_key=key,
        submitted_at=at,
        base_id=base_id,
        notice_version=notice_version,
        photo_id=photo.file_id if photo else None,
        recorded_by=actor if action in AT_THE_COUNTER else None,
    )


def withdraw(*, application: Application, actor: Any, at: datetime, policy: Policy) -> Application:
    """Take the application back (取消报名) while the window is open; the filed versions stay on record, the sections open again."""
    with transaction.atomic():
        share_with_sealing(application.notice_id, application.round)
        row = move_application(application, "withdraw", actor=actor, actor_kind=APPLICANT, at=at, policy=policy)
        unlock(row)
        if open_invitations.concern(row, policy):
            open_invitations.give_up(row, at=at)
        record(actor=actor, action="application.withdrawn", subject=row, at=at, detail={"number": row.number})
        tell(
            user=row.applicant.user,
            title="报名已取消",
            body=f"您已于{beijing(at, 'second')}取消报名（报名号 {row.number}）。报名截止前可以修改后重新提交；截止后不能再报名。",
            dedup_key=f"withdrawn:{row.pk}:{at.isoformat()}",
            at=at,
        )
    return row


def locked(application: Application) -> Application:
    """The row as it is now, under lock."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("applicant__user", "notice", "base")
    return rows.get(pk=application.pk)


def _registration(row: Application, policy: Policy, base: str) -> Any:
    return policy.window("registration", person_type=row.applicant.person_type, round=row.round, base=base)


def _base_of(quota_ids: Sequence[UUID | str]) -> str:
    """The code of the base that is being chosen."""
    return Quota.objects.filter(pk__in=quota_ids[:1]).values_list("base__code", flat=True).first() or ""
