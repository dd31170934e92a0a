"""A base's brochure (招生简章): written by the base, approved by the province, in force from then on (002 三(五), 004 三(一))."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bases.access import base_of
from bases.models import Brochure, BrochureState, TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice
from gme_portal.notices.services.standing import decided_under
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy, PolicyError, Supplement, loads_supplement
from gme_portal.refusals import Refusal, Refused


def propose(*, notice: Notice, base: TrainingBase, source: str, actor: User, at: datetime, policy: Policy) -> Brochure:
    """Hand in a brochure for approval; one that waits already is replaced.

    Raises Refused: BROCHURE_NOT_YOURS, BROCHURE_NOT_ALLOWED, BROCHURE_WRONG_BASE, BROCHURE_BROKEN (one refusal per problem, with its line),
    ASSESSMENT_BEGUN."""
    mine = base_of(actor)
    if mine is None or mine.pk != base.pk or actor.role != Role.BASE_LEAD:
        raise Refused("BROCHURE_NOT_YOURS", "招生简章由本基地负责人提交。")
    supplement = _read(source, policy)
    if supplement.base != base.code:
        raise Refused("BROCHURE_WRONG_BASE", f"简章写的是“{supplement.base_name}”（{supplement.base}），不是本基地。")
    with transaction.atomic():
        TrainingBase.objects.select_for_update().get(pk=base.pk)
        _refuse_late(notice, base, supplement, policy, at)
        Brochure.objects.filter(notice=notice, base=base, state=BrochureState.PROPOSED).update(
            state=BrochureState.SUPERSEDED
        )
        last = Brochure.objects.filter(notice=notice, base=base).first()
        brochure = Brochure.objects.create(
            notice=notice,
            base=base,
            number=last.number + 1 if last else 1,
            source=source,
            digest=supplement.digest,
            made_by=actor,
            made_at=at,
        )
        record(actor=actor, action="brochure.proposed", subject=brochure, at=at, detail={"digest": brochure.digest})
    return brochure


def decide(*, brochure: Brochure, approve: bool, reason: str, actor: User, at: datetime, policy: Policy) -> Brochure:
    """Approve or return a brochure, by the province; the base's lead is told.

    Raises Refused: BROCHURE_NOT_PROVINCE, BROCHURE_DECIDED, SAME_PERSON, REASON_MISSING, BROCHURE_BROKEN, ASSESSMENT_BEGUN, NOTICE_CHANGED."""
    if actor.role not in (Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD):
        raise Refused("BROCHURE_NOT_PROVINCE", "招生简章由省级审核。")
    if not approve and not reason.strip():
        raise Refused("REASON_MISSING", "退回时请写明原因。", field="reason")
    with transaction.atomic():
        base = TrainingBase.objects.select_for_update().get(pk=brochure.base_id)
        brochure = Brochure.objects.select_for_update().get(pk=brochure.pk)
        if brochure.state != BrochureState.PROPOSED:
            raise Refused("BROCHURE_DECIDED", f"这份简章{brochure.get_state_display()}，请刷新页面。")
        if brochure.made_by_id == actor.pk:
            raise Refused("SAME_PERSON", "您是提交人，须由另一人审核。")
        if approve:
            _refuse_late(brochure.notice, base, _read(brochure.source, policy), policy, at)
            Brochure.objects.filter(notice=brochure.notice, base=base, state=BrochureState.APPROVED).update(
                state=BrochureState.SUPERSEDED
            )
        brochure.state = BrochureState.APPROVED if approve else BrochureState.RETURNED
        brochure.decided_by, brochure.decided_at, brochure.reason = actor, at, reason.strip()[:200]
        brochure.decided_under = decided_under(brochure.notice, policy)
        brochure.save(update_fields=["state", "decided_by", "decided_at", "decided_under", "reason"])
        record(
            actor=actor,
            action="brochure.approved" if approve else "brochure.returned",
            subject=brochure,
            at=at,
            detail={"digest": brochure.digest, "number": brochure.number},
        )
        if brochure.made_by is not None:
            body = "本基地招生简章已审核通过并发布。" if approve else f"本基地招生简章被退回：{brochure.reason}"
            tell(
                user=brochure.made_by,
                title="招生简章",
                body=body,
                dedup_key=f"brochure:{brochure.pk}:{brochure.state}",
                at=at,
            )
    return brochure


def _read(source: str, policy: Policy) -> Supplement:
    if policy.brochure is None:
        raise Refused("BROCHURE_NOT_ALLOWED", "本通知没有把任何事项交给基地的招生简章决定。")
    try:
        return loads_supplement(source, "招生简章", policy)
    except PolicyError as error:
        raise Refused.many(
            [Refusal("BROCHURE_BROKEN", str(problem), policy.brochure.clause, "source") for problem in error.problems]
        ) from error


def _refuse_late(notice: Notice, base: TrainingBase, new: Supplement, policy: Policy, at: datetime) -> None:
    """Once the assessment has begun nobody's weights or checks may change any more."""
    window = policy.window("assessment")
    if window is None or at < window.opens:
        return
    stands = Brochure.objects.filter(notice=notice, base=base, state=BrochureState.APPROVED).first()
    now = loads_supplement(stands.source, "招生简章", policy).scoring(policy) if stands else policy.scoring
    then = new.scoring(policy)
    if (now.components, now.checks) != (then.components, then.checks):
        raise Refused("ASSESSMENT_BEGUN", "考核已经开始，各科权重和体检要求不能再改。", window.clause, "source")
