"""Invitations to who is not admitted (邀请未录取考生复试, 004 三(四)2): a base invites for a free seat, the person accepts one or declines.

Accepting files the person's application of the round with that base and specialty. One acceptance after any interleaving: the candidate's row is
locked by everything below, and `invitation_one_accepted` stands behind it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from admissions.models import Application, Invitation, Submission
from admissions.queries import invitations as queries
from admissions.queries import readiness
from admissions.services import applications, open_invitations
from admissions.services.locks import share_with_sealing
from admissions.services.staff import must_be_of_base
from admissions.services.transitions import window_refusal
from applicants.models import Profile
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import beijing
from quotas.models import Quota

MAX_WORDS = 300


def invite(
    *,
    person: Profile,
    quota: Quota,
    words: str = "",
    actor: User,
    at: datetime,
    policy: Policy,
    notice_version: NoticeVersion,
) -> Invitation:
    """Invite somebody for a specialty with a free seat; they are told in the portal and by SMS. May be repeated after a refusal or a withdrawal.

    Raises Refused: INVITATIONS_OFF, NOT_YOUR_BASE, NOT_YOURS, NOT_YET_OPEN, WINDOW_CLOSED, ALREADY_ADMITTED, ALREADY_ACCEPTED, ALREADY_FILED,
    ALREADY_INVITED, NOT_A_CANDIDATE, QUOTA_FULL, NOT_ELIGIBLE, WORDS_LONG."""
    rule = policy.invitations
    if rule is None:
        raise Refused("INVITATIONS_OFF", "本通知没有基地邀请。")
    base = must_be_of_base(actor, quota.base_id)
    said = words.replace("\x00", "").strip()
    if len(said) > MAX_WORDS:
        raise Refused("WORDS_LONG", f"附言最多 {MAX_WORDS} 个字，现有 {len(said)} 个。", field="words")
    with transaction.atomic():
        candidate = open_invitations.hold(person)
        notice = quota.notice
        window = queries.window_of(policy, candidate, base.code)
        closed = window_refusal(window, doing="邀请", at=at) or queries.candidate_refusal(
            candidate, notice, policy=policy, at=at
        )
        if closed is not None:
            raise Refused.many([closed])
        _refuse_invitation(candidate, quota, policy, at)
        row = Invitation.objects.create(
            notice=notice,
            round=rule.round,
            applicant=candidate,
            base=base,
            quota=quota,
            words=said,
            invited_by=actor,
            invited_at=at,
            invited_under=notice_version,
            expires_at=_until(at, rule.reply_hours, window.closes if window else None),
        )
        record(actor=actor, action="invitation.sent", subject=row, at=at, detail={"quota": str(quota.pk)})
        asked = policy.round(rule.round)
        tell(
            user=candidate.user,
            title="收到基地邀请",
            body=f"{base.name}邀请您参加{asked.label if asked else ''}复试，专业：{quota.specialty.name}。"
            + (f"附言：{said}。" if said else "")
            + f"请在{beijing(row.expires_at)}前登录平台，在“基地邀请”中答复；只可接受一家基地的邀请。",
            dedup_key=f"invited:{row.pk}",
            at=at,
        )
    return row


def _until(at: datetime, hours: int, closes: datetime | None) -> datetime:
    """When an invitation lapses: after the hours of the notice (0: none), and never later than the window."""
    ends = [moment for moment in (at + timedelta(hours=hours) if hours else None, closes) if moment is not None]
    if not ends:
        raise Refused("WINDOW_CLOSED", "通知没有规定邀请的截止时间，不能邀请。")
    return min(ends)


def _refuse_invitation(candidate: Profile, quota: Quota, policy: Policy, at: datetime) -> None:
    """What stands between this person and this seat. The base learns that a rule closes it and which, not what the person has shown."""
    assert policy.invitations is not None
    open_here = Invitation.objects.filter(
        notice=quota.notice_id,
        round=policy.invitations.round,
        applicant=candidate,
        base=quota.base_id,
        state="invited",
    )
    if open_here.exists():
        raise Refused("ALREADY_INVITED", "本基地已经邀请了这位考生，正在等待答复。要改邀专业的，先撤回原来的邀请。")
    if quota.open_to_others <= 0:
        raise Refused("QUOTA_FULL", f"{quota.specialty.name}没有剩余名额，不能邀请。", field="quota")
    incomplete = readiness.section_problems(candidate, policy=policy)
    if incomplete:
        raise Refused("NOT_A_CANDIDATE", "这位考生正在修改个人资料，资料不全，暂时不能邀请。")
    verdicts = readiness.verdicts_at(
        candidate, quota.notice, quota.base, policy=policy, at=at, round=policy.invitations.round
    )
    shut = readiness.ineligible(verdicts.get(quota.specialty_id), field="quota")
    if shut:
        sentence = f"这位考生不符合{quota.specialty.name}的报考条件，不能邀请。"
        raise Refused("NOT_ELIGIBLE", sentence, shut[0].clause, "quota")


def withdraw(invitation: Invitation, *, actor: User, at: datetime) -> Invitation:
    """The base takes an unanswered invitation back; the person is told. Raises Refused: NOT_YOUR_BASE, NOT_YOURS, NOT_NOW_STATE."""
    must_be_of_base(actor, invitation.base_id)
    with transaction.atomic():
        row = _held(invitation)
        if row.state != "invited":
            raise Refused("NOT_NOW_STATE", f"这份邀请{row.get_state_display()}，不能撤回。")
        open_invitations.settle(row, "withdraw", at=at)
        record(actor=actor, action="invitation.withdrawn", subject=row, at=at)
        tell(
            user=row.applicant.user,
            title="邀请已撤回",
            body=f"{row.base.name}撤回了对您的邀请（{row.quota.specialty.name}）。其他邀请不受影响。",
            dedup_key=f"uninvited:{row.pk}",
            at=at,
        )
    return row


def decline(invitation: Invitation, *, actor: User, at: datetime) -> Invitation:
    """The person says no; saying it again changes nothing. Raises Refused: NOT_INVITED."""
    _must_be_own(invitation, actor)
    with transaction.atomic():
        row = _held(invitation)
        if row.state == "declined":
            return row
        if row.state != "invited":
            raise Refused.many([queries.state_refusal(row)])
        open_invitations.settle(row, "decline", at=at)
        record(actor=actor, action="invitation.declined", subject=row, at=at)
    return row


def accept(
    invitation: Invitation,
    *,
    consents: Collection[str] = (),
    actor: User,
    at: datetime,
    policy: Policy,
    notice_version: NoticeVersion,
) -> Submission:
    """Accept one invitation: the application of the round is filed with its base and specialty, every other open invitation closes.

    Repeated, it gives the same receipt. Raises Refused: ALREADY_ADMITTED, ALREADY_FILED, ALREADY_ACCEPTED, NOT_INVITED, NOT_YET_OPEN,
    WINDOW_CLOSED, and whatever filing finds (sections, eligibility, seats, consents)."""
    _must_be_own(invitation, actor)
    with transaction.atomic():
        share_with_sealing(invitation.notice_id, invitation.round)
        application = applications.locked(
            applications.ensure(profile=invitation.applicant, notice=invitation.notice, round=invitation.round, at=at)
        )
        row = _held(invitation)
        if row.state == "accepted":
            return application.submissions.get(idempotency_key=row.pk)
        refusal = queries.accept_refusal(row, application, policy=policy, at=at)
        if refusal is not None:
            raise Refused.many([refusal])
        _mark_accepted(row, application, at)
        open_invitations.close_others(application, at=at, but=row)
        submission = _file(row, application, consents, actor, at, policy, notice_version)
        record(
            actor=actor,
            action="invitation.accepted",
            subject=row,
            at=at,
            detail={"quota": str(row.quota_id), "receipt": submission.receipt_number},
        )
    return submission


def _mark_accepted(row: Invitation, application: Application, at: datetime) -> None:
    """The index stands behind the lock: were there no lock, the second of two at once would be told here."""
    try:
        with transaction.atomic():
            open_invitations.settle(row, "accept", at=at, application=application)
    except IntegrityError as error:
        raise Refused.many([queries.another_accepted()]) from error


def _file(
    row: Invitation,
    application: Application,
    consents: Collection[str],
    actor: User,
    at: datetime,
    policy: Policy,
    notice_version: NoticeVersion,
) -> Submission:
    """The choice is the invitation's. The invitation's id is the key of the filing, so that repeating it gives the same receipt (R2)."""
    applications.put_choices(application, [row.quota_id], consents, actor=actor, at=at, policy=policy)
    return applications.file_now(
        application,
        "submit_invited",
        actor=actor,
        at=at,
        policy=policy,
        notice_version=notice_version,
        key=row.pk,
    )


def expire(notice: Notice, *, policy: Policy, at: datetime) -> None:
    """Beat: close the invitations whose time is over and tell the people. One by one, so that nobody waits for the others; twice does nothing."""
    over = Invitation.objects.filter(notice=notice, state="invited", expires_at__lte=at)
    for pk in list(over.order_by("expires_at", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            found = Invitation.objects.select_related("applicant").get(pk=pk)
            row = _held(found)
            if row.state != "invited":
                continue
            open_invitations.settle(row, "expire", at=at)
            record(actor=None, action="invitation.expired", subject=row, at=at)
            tell(
                user=row.applicant.user,
                title="邀请已过期",
                body=f"您没有在{beijing(row.expires_at)}前答复{row.base.name}的邀请（{row.quota.specialty.name}），邀请已过期。",
                dedup_key=f"invitation-expired:{row.pk}",
                at=at,
            )


def _held(invitation: Invitation) -> Invitation:
    """The row as it is now, its candidate locked."""
    open_invitations.hold(invitation.applicant)
    rows = Invitation.objects.select_related("applicant__user", "notice", "base", "quota__specialty", "quota__base")
    return rows.get(pk=invitation.pk)


def _must_be_own(invitation: Invitation, actor: User) -> None:
    if invitation.applicant.user_id != actor.pk:
        raise Refused.many([Refusal("NOT_INVITED", "这份邀请不是发给您的。")])
