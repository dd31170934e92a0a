"""Applications (报名): begun, chosen, filed, taken back. The applicant is the actor of all but `unlock`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from admissions.access import FILED
from admissions.models import Application, Choice, DeadlineMark, Submission
from admissions.queries import answers, choosing, readiness, receipts, rounds, snapshots
from admissions.services import open_invitations
from admissions.services.deadlines import seal_mark
from admissions.services.locks import share_with_sealing
from admissions.services.transitions import application_refusal, move_application, window_refusal
from admissions.states import APPLICANT, APPLICATION_LABELS
from applicants.models import Document, Profile
from applicants.services import locking
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import beijing
from quotas.models import Quota

# States in which the choices are the person's own draft.
EDITABLE = ("draft", "returned", "withdrawn")


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
    """Replace the choices (志愿), in the order given; `consents` are kinds of `policy.transfer` the person agrees to.

    Raises Refused with the field concerned (`choice_1`…, `consents`): window, state, SECTION_INCOMPLETE, SECOND_BASE, DUPLICATE_CHOICE,
    TOO_MANY_CHOICES, NO_CHOICE, NOT_IN_PLAN, SPECIALTY_CLOSED, NOT_ELIGIBLE, TRANSFER_NOT_OFFERED, TRANSFER_REQUIRED, NOT_ON_ROSTER;
    ALREADY_ADMITTED in a later round."""
    with transaction.atomic():
        row = locked(application)
        if row.state not in EDITABLE:
            raise Refused(
                "NOT_NOW_STATE",
                f"当前状态为“{APPLICATION_LABELS[row.state]}”，不能修改志愿。在报名截止前可先取消报名，修改后重新提交。",
            )
        closed = window_refusal(_registration(row, policy), doing="修改志愿", at=at) or rounds.place_refusal(
            row, policy=policy, at=at
        )
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
    problems = _choice_problems(row, chosen, policy, at)
    consent = readiness.consent_problem(row.applicant.person_type, consents, policy=policy)
    if consent is not None:
        problems.append(consent)
    if problems:
        raise Refused.many(problems)
    row.choices.all().delete()
    Choice.objects.bulk_create(
        Choice(application=row, position=place, quota=quota) for place, quota in enumerate(chosen, 1)
    )
    row.consents_base_transfer, row.consents_province_transfer = "base" in consents, "province" in consents
    row.save(update_fields=["consents_base_transfer", "consents_province_transfer"])
    detail = {"specialties": [quota.specialty_id for quota in chosen if quota], "consents": sorted(consents)}
    record(actor=actor, action="choices.saved", subject=row, at=at, detail=detail)


def _choice_problems(row: Application, chosen: Sequence[Quota | None], policy: Policy, at: datetime) -> list[Refusal]:
    """Everything wrong with a list of choices, each at its field."""
    rule, person_type = policy.choices, row.applicant.person_type
    if not chosen:
        return [Refusal("NO_CHOICE", "请至少选择一个专业。", rule.clause, "choice_1")]
    problems: list[Refusal] = []
    if len(chosen) > rule.limit(person_type):
        place = rule.limit(person_type) + 1
        problems.append(
            Refusal(
                "TOO_MANY_CHOICES", f"最多可填报 {place - 1} 个专业，请去掉多余的志愿。", rule.clause, f"choice_{place}"
            )
        )
    first = next((quota for quota in chosen if quota is not None), None)
    verdicts = (
        readiness.verdicts_at(row.applicant, row.notice, first.base, policy=policy, at=at, round=row.round)
        if first
        else {}
    )
    counted = choosing.needs_a_seat(row, policy)
    room = choosing.room(row, [quota for quota in chosen if quota is not None], policy=policy, at=at)
    seen: set[str] = set()
    for place, quota in enumerate(chosen, 1):
        field = f"choice_{place}"
        if quota is None:
            problems.append(Refusal("NOT_IN_PLAN", "所选专业不在本次招收计划内，请重新选择。", rule.clause, field))
        elif first is not None and quota.base_id != first.base_id:
            sentence = f"只能填报同一培训基地的专业：第一志愿在{first.base.name}，这一个在{quota.base.name}，请改选。"
            problems.append(Refusal("SECOND_BASE", sentence, rule.clause, field))
        elif quota.specialty_id in seen:
            problems.append(
                Refusal("DUPLICATE_CHOICE", f"{quota.specialty.name}已经选过，请换一个专业或留空。", rule.clause, field)
            )
        elif counted and room[quota.pk] <= 0:
            sentence = f"{quota.base.name}的{quota.specialty.name}没有{choosing.room_word(row, policy)}，请改选。"
            problems.append(Refusal("SPECIALTY_CLOSED", sentence, policy.specialties.clause, field))
        else:
            seen.add(quota.specialty_id)
            problems += readiness.ineligible(verdicts.get(quota.specialty_id), field=field)
    return problems


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
    kinds = {"base": application.consents_base_transfer, "province": application.consents_province_transfer}
    agreed = [kind for kind, yes in kinds.items() if yes]
    consent = readiness.consent_problem(application.applicant.person_type, agreed, policy=policy)
    if consent is not None:
        return [Refusal(consent.code, consent.sentence, consent.clause, "choices")]
    choices = application.choices.select_related("quota__base", "quota__specialty").order_by("position")
    chosen = [choice.quota for choice in choices]
    return [
        Refusal(one.code, one.sentence, one.clause, "choices")
        for one in _choice_problems(application, chosen, policy, at)
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
    """File the application (提交报名) and give its receipt; the same key gives the same receipt again (R2).

    `at` is the arrival, judged half-open against the window (R3). `checked` is the digest of the answers the person looked at
    (`receipts.answers_digest`): if they changed meanwhile in another tab, nothing is filed. Raises Refused: NOT_NOW_STATE, NOT_YET_OPEN,
    WINDOW_CLOSED, ALREADY_SEALED, CHANGED_SINCE_CHECKED, and whatever `filing_problems` finds."""
    with transaction.atomic():
        share_with_sealing(application.notice_id, application.round)
        row = locked(application)
        filed = Submission.objects.filter(idempotency_key=idempotency_key).first()
        if filed is not None:
            if filed.application_id != row.pk:
                raise Refused("KEY_OF_ANOTHER", "页面已失效，请重新打开核对页再提交。")
            return filed
        _refuse_unless_open(row, policy, at)
        submission = file_now(
            row,
            "submit",
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
    problems = filing_problems(row, policy=policy, at=at)
    if problems:
        raise Refused.many(problems)
    content = preview(row, policy=policy, notice_version=notice_version, at=at)
    if checked and checked != receipts.answers_digest(content):
        raise Refused("CHANGED_SINCE_CHECKED", "您核对之后，报名内容又有改动（可能在另一个页面）。请重新核对后提交。")
    submission = _file(row, action, content, actor=actor, at=at, policy=policy, notice_version=notice_version, key=key)
    record(
        actor=actor,
        action="application.submitted",
        subject=submission,
        at=at,
        detail={"receipt": submission.receipt_number, "digest": submission.digest, "version": submission.number},
    )
    tell(
        user=row.applicant.user,
        title="报名已提交",
        body=f"您已于{beijing(at, 'second')}提交报名，回执编号 {submission.receipt_number}。"
        f"志愿：{answers.choice_line(content)}。如非本人操作，请立即登录修改密码。",
        dedup_key=f"submission:{submission.pk}",
        at=at,
    )
    return submission


def preview(
    application: Application, *, policy: Policy, notice_version: NoticeVersion, at: datetime
) -> snapshots.Snapshot:
    """What would be filed now."""
    choice = application.choices.select_related("quota__base__prefecture").order_by("position").first()
    base = choice.quota.base if choice else None
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


def _refuse_unless_open(row: Application, policy: Policy, at: datetime) -> None:
    refusal = application_refusal(row, "submit", actor_kind=APPLICANT, at=at, policy=policy)
    if refusal is not None:
        raise Refused.many([refusal])
    window = _registration(row, policy)
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
    move_application(
        row, action, actor=actor, actor_kind=APPLICANT, at=at, policy=policy, base_id=base_id, submitted_at=at
    )
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


def unlock(application: Application) -> None:
    """Open the person's sections for changes, unless another application of theirs is still filed; `reviews` calls it on a return.

    One of an earlier round of the same notice does not count: the person goes on from there."""
    others = Application.objects.filter(applicant=application.applicant_id, state__in=FILED).exclude(
        Q(pk=application.pk) | Q(notice=application.notice_id, created_at__lt=application.created_at)
    )
    if not others.exclude(state="returned").exists():
        locking.unlock(application.applicant)


def locked(application: Application) -> Application:
    """The row as it is now, under lock."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("applicant__user", "notice", "base")
    return rows.get(pk=application.pk)


def _registration(row: Application, policy: Policy) -> Any:
    return policy.window("registration", person_type=row.applicant.person_type, round=row.round)
