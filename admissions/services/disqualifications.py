"""Taking a registration or admission away (取消资格), and people who leave their training (退出培训): asked for by one person, confirmed by another.

000 六(三)1, 002 附件1 三(五)1 and 004 四(四): fraud costs this registration and this admission; what else it costs, and for how long, the notice says."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from admissions.access import may_ask_disqualification, may_settle_disqualification
from admissions.models import Application, Disqualification, Objection, Offer
from admissions.queries.held import seats_held
from admissions.services import open_invitations
from admissions.services.integrity import open_record
from admissions.services.transitions import actor_kind_of, move_application, move_offer
from admissions.states import ACTIVE_OFFER_STATES, APPLICATION, APPLICATION_LABELS, DISQUALIFICATION_TRIGGERS
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.services.standing import decided_under
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.policy.schema import BanRule
from gme_portal.refusals import Refused
from gme_portal.wording import beijing
from quotas.services import seats

FRAUD, WITHDRAWAL = DISQUALIFICATION_TRIGGERS
MAX_GROUNDS = 500
MAX_WORDS = 200


def ask(
    application: Application,
    *,
    trigger: str,
    grounds: str,
    objection: Objection | None = None,
    actor: User,
    at: datetime,
    policy: Policy,
) -> Disqualification:
    """Ask the provincial office to take it away, with the facts (`grounds`); the person's admission waits until that is settled.

    Raises Refused: NOT_YOURS, RULE_ABSENT, NOT_NOW_STATE, GROUNDS, OBJECTION_OF_ANOTHER, ALREADY_ASKED, NOTICE_CHANGED."""
    said = grounds.strip()
    if not said or len(said) > MAX_GROUNDS:
        raise Refused("GROUNDS", f"请写明查实的事实和证据，最多 {MAX_GROUNDS} 个字。", field="grounds")
    if not may_ask_disqualification(actor, application):
        raise Refused("NOT_YOURS", "取消资格由报名或录取基地的负责人、省级管理部门提请，您的账号不能办理。")
    rule = rule_of(policy, trigger)
    with transaction.atomic():
        row = _locked(application)
        _refuse_state(row, trigger)
        if objection is not None and objection.application_id not in (None, row.pk):
            raise Refused("OBJECTION_OF_ANOTHER", "这项异议针对的是另一名考生。")
        if row.disqualifications.exclude(state="refused").exists():
            raise Refused("ALREADY_ASKED", "这份报名已提请取消资格，请在“取消资格”页查看。")
        made = Disqualification.objects.create(
            application=row,
            trigger=trigger,
            grounds=said,
            objection=objection,
            asked_by=actor,
            asked_at=at,
            asked_under=decided_under(row.notice, policy),
        )
        detail = {"application": row.number, "trigger": trigger, "clause": rule.clause, "words": len(said)}
        record(actor=actor, action="disqualification.asked", subject=made, at=at, detail=detail)
    return made


def confirm(request: Disqualification, *, actor: User, at: datetime, policy: Policy) -> Disqualification:
    """Take it away, as the second person: with fraud every registration and place the person has under this notice, with withdrawal the training;
    seats are free again, the record of the notice opens, the person is told why and by which clause. All or nothing.

    Raises Refused: NOT_NOW_STATE, SAME_PERSON, NOT_YOURS, RULE_ABSENT, NOTICE_CHANGED."""
    with transaction.atomic():
        application = _locked(request.application)
        row = _waiting(request, actor)
        if row.asked_by_id == actor.pk:
            raise Refused("SAME_PERSON", "您是提请人，须由另一人确认。")
        rule = rule_of(policy, row.trigger)
        _refuse_state(application, row.trigger)
        version = decided_under(application.notice, policy)
        ended = _end(application, row.trigger, actor, at, policy)
        _settle(row, "confirmed", actor, at, version_id=version.pk)
        label = DISQUALIFICATION_TRIGGERS[row.trigger]
        consequence = open_record(
            application.applicant,
            rule,
            reason=f"{label}（报名号 {application.number}）",
            under=version,
            actor=actor,
            at=at,
            policy=policy,
        )
        detail = {"application": application.number, "trigger": row.trigger, "offers": ended, "clause": rule.clause}
        record(actor=actor, action="disqualification.confirmed", subject=row, at=at, detail=detail)
        what = "报名、录取资格已取消" if row.trigger == FRAUD else "已登记为退出培训"
        body = (
            f"您的{what}（报名号 {application.number}，情形：{label}）。原因：{row.grounds.open().rstrip('。')}。{rule.effect}"
            f"（{policy.cite(rule.clause)}）{consequence}如有异议请联系省级管理部门。"
        )
        tell(
            user=application.applicant.user,
            title=what,
            body=body,
            dedup_key=f"disqualification:{row.pk}",
            at=at,
        )
    return row


def refuse(request: Disqualification, *, words: str, actor: User, at: datetime, policy: Policy) -> Disqualification:
    """Leave the person what they have, with a reason for whoever asked. Whoever asked may take it back so.

    Raises Refused: NOT_NOW_STATE, NOT_YOURS, WORDS_MISSING, NOTICE_CHANGED."""
    said = words.strip()
    if not said or len(said) > MAX_WORDS:
        raise Refused("WORDS_MISSING", f"请写明不予取消的原因，最多 {MAX_WORDS} 个字。", field="words")
    with transaction.atomic():
        application = _locked(request.application)
        row = _waiting(request, actor)
        _settle(row, "refused", actor, at, version_id=decided_under(application.notice, policy).pk, words=said)
        record(actor=actor, action="disqualification.refused", subject=row, at=at, detail={"words": len(said)})
    return row


def rule_of(policy: Policy, trigger: str) -> BanRule:
    """The notice's rule for a trigger. Raises Refused RULE_ABSENT: what the notice does not threaten cannot be done under it."""
    rule = policy.ban(trigger) if trigger in DISQUALIFICATION_TRIGGERS else None
    if rule is None:
        raise Refused("RULE_ABSENT", "本通知没有规定这种情形的处理，不能据此取消资格。", field="trigger")
    return rule


def _end(application: Application, trigger: str, actor: User, at: datetime, policy: Policy) -> int:
    """Applications first, then offers, then seats, the order in which everybody locks them; how many places are free again."""
    kind = actor_kind_of(actor)
    person = application.applicant
    if trigger == FRAUD:
        filed = list(Application.objects.filter(notice=application.notice, applicant=person).order_by("pk"))
        for one in filed:
            if (one.state, "cancel") in APPLICATION:
                move_application(one, "cancel", actor=actor, actor_kind=kind, at=at, policy=policy)
        open_invitations.hold(person)
        for one in filed:
            open_invitations.close_others(one, at=at)
        offers = list(_held(application))
        for offer in offers:
            move_offer(offer, "revoke", actor=actor, actor_kind=kind, at=at, policy=policy)
    else:
        offers = list(_held(application).filter(application=application))
        for offer in offers:
            move_offer(offer, "leave", actor=actor, actor_kind=kind, at=at, policy=policy)
    seats.release(notice=application.notice, **seats_held(offers), at=at)
    return len(offers)


def _held(application: Application) -> QuerySet[Offer]:
    rows = Offer.objects.filter(notice=application.notice, applicant=application.applicant_id)
    return rows.filter(state__in=ACTIVE_OFFER_STATES).select_related("applicant").order_by("pk")


def _refuse_state(row: Application, trigger: str) -> None:
    if trigger == WITHDRAWAL:
        if not _held(row).filter(application=row, state="reported_in").exists():
            raise Refused("NOT_NOW_STATE", "这名学员没有报到，不能登记退出培训。")
    elif (row.state, "cancel") not in APPLICATION:
        raise Refused("NOT_NOW_STATE", f"当前状态为“{APPLICATION_LABELS[row.state]}”，没有可以取消的报名。")


def _locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("applicant__user", "notice", "base")
    return rows.get(pk=application.pk)


def _waiting(request: Disqualification, actor: User) -> Disqualification:
    """The request under lock, while it waits and this user may settle it."""
    row = Disqualification.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=request.pk)
    if row.settled_at is not None:
        raise Refused("NOT_NOW_STATE", f"这项提请已于{beijing(row.settled_at, 'second')}办结，这一步没有生效。")
    if not may_settle_disqualification(actor, row):
        raise Refused("NOT_YOURS", "取消资格须由省级管理部门的两个人办理，其中一人为负责人；您的账号不能办理这一步。")
    return row


def _settle(row: Disqualification, state: str, actor: User, at: datetime, *, version_id: int, words: str = "") -> None:
    row.state, row.settled_by, row.settled_at, row.settled_under_id, row.words = state, actor, at, version_id, words
    row.save(update_fields=["state", "settled_by", "settled_at", "settled_under", "words"])
