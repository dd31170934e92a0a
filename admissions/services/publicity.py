"""Publicity (公示): what a list shows and for how long, and objections (异议) to it with their answers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admissions.access import may_answer_objection
from admissions.models import AllocationRun, Application, Objection, Publicity
from admissions.queries.rounds import label
from admissions.queries.standings import Placed
from gme_portal.accounts.identity import fold_phone
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.services.standing import decided_under
from gme_portal.policy import Policy
from gme_portal.policy.schema import PublicityRule
from gme_portal.policy.working_days import WorkingCalendar, YearUnknown, shown_until
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import NOTHING, beijing, mark
from quotas.models import Quota

MAX_WORDS = 1000
# However many addresses they come from: more at once is no objection but a flood, and each holds somebody up.
OPEN_AT_ONCE = 50


def closes_at(opened: datetime, rule: PublicityRule, calendar: WorkingCalendar) -> datetime:
    """The midnight (Beijing) after `rule.days` whole days on show, however late the list came out; a day begun before `opened` does not count.

    Raises Refused: YEAR_UNKNOWN where working days are asked for in a year whose holidays nobody has entered."""
    try:
        return shown_until(opened, rule, calendar)
    except YearUnknown as unknown:
        raise Refused("YEAR_UNKNOWN", f"{unknown}。", clause=rule.clause) from unknown


def title_of(run: AllocationRun, policy: Policy) -> str:
    """2025年某医院拟录取名单 · 2025年省级调剂拟录取名单 · 2024年某医院第一批次拟录取名单."""
    who = run.base.name if run.base else "省级调剂"
    return f"{run.notice.year}年{who}{label(policy, run.round)}拟录取名单"


def rows_of(
    run: AllocationRun, placed: list[Placed], applications: dict[str, Application], quotas: list[Quota], policy: Policy
) -> list[dict[str, str]]:
    """The list as it will be shown: people with a place, only the columns of the policy, everything as text."""
    by_id = {str(quota.pk): quota for quota in quotas}
    columns = [column.key for column in policy.publicity.columns]
    listed = [one for one in placed if one.quota]
    position = {pk: index for index, pk in enumerate(by_id)}
    if run.base_id:
        listed.sort(key=lambda one: (by_id[one.quota].specialty.position, one.rank is None, one.rank or 0, one.number))
    else:
        listed.sort(
            key=lambda one: (
                by_id[one.quota].base.code,
                by_id[one.quota].specialty.position,
                one.rank or 0,
                position[one.quota],
            )
        )
    rows = []
    for number, one in enumerate(listed, start=1):
        row, quota = applications[one.number], by_id[one.quota]
        kind = policy.person_type(row.applicant.person_type)
        values = {
            "seq": str(number),
            "application_no": one.number,
            "name": row.applicant.user.name,
            "gender": row.applicant.get_gender_display(),
            "base": quota.base.name,
            "specialty": quota.specialty.name,
            "total": mark(one.total),
            "rank": str(one.rank or NOTHING),
            "person_type": kind.label if kind else "",
            "result": "拟录取",
        }
        rows.append({key: values[key] for key in columns})
    return rows


def object_to(publicity: Publicity, *, words: str, contact: str, number: str = "", at: datetime) -> Objection:
    """Raise an objection while the list is on show. Until it is answered it holds up the admission of whom it names by `number` (报名号), or of
    the whole list where it names nobody.

    Raises Refused: NOT_ON_SHOW, ALREADY_ADMITTED, NOT_LISTED, WORDS_MISSING, WORDS_LONG, CONTACT_WRONG, TOO_MANY_OPEN."""
    words, phone = words.strip(), fold_phone(contact)
    faults = []
    if not words:
        faults.append(Refusal("WORDS_MISSING", "请写明对名单中哪一项有异议和理由。", field="words"))
    if len(words) > MAX_WORDS:
        faults.append(Refusal("WORDS_LONG", f"最多 {MAX_WORDS} 个字，现有 {len(words)} 个。", field="words"))
    if not (phone.isdigit() and 7 <= len(phone) <= 15):
        faults.append(Refusal("CONTACT_WRONG", "请填写能联系到您的电话号码，以便核实和答复。", field="contact"))
    if faults:
        raise Refused.many(faults)
    with transaction.atomic():
        row = Publicity.objects.select_for_update(of=("self", "run")).select_related("run").get(pk=publicity.pk)
        if row.run.state != "published" or not row.opens_at <= at < row.closes_at:
            raise Refused("NOT_ON_SHOW", f"名单不在公示期内（公示至{beijing(row.closes_at, 'until')}），不能提出异议。")
        if row.run.offers.filter(admitted_at__isnull=False).exists():
            # Arrived in time, but held up until after the admission: not acknowledged rather than acknowledged and without effect.
            raise Refused(
                "ALREADY_ADMITTED", "公示已结束，录取已经生效，本次异议没有提交成功。请联系省级管理部门说明情况。"
            )
        named = row.run.offers.filter(application__number=number.strip()).first() if number.strip() else None
        if named is None and number.strip():
            raise Refused("NOT_LISTED", "这份名单中没有这个报名号，请核对；对整份名单有异议的不填。", field="number")
        if row.objections.filter(answered_at__isnull=True).count() >= OPEN_AT_ONCE:
            raise Refused("TOO_MANY_OPEN", "待答复的异议过多，请稍后再提交，或按通知上的电话联系省级管理部门。")
        objection = Objection.objects.create(
            publicity=row,
            application_id=named.application_id if named else None,
            words=words,
            contact=phone,
            raised_at=at,
        )
        record(
            actor=None,
            action="objection.raised",
            subject=objection,
            at=at,
            detail={"publicity": str(row.pk), "words": len(words), "application": number.strip() or None},
        )
    return objection


def answer(objection: Objection, *, upheld: bool, words: str, actor: User, at: datetime, policy: Policy) -> Objection:
    """Answer an objection, once, as upheld (成立) or not. One that is upheld changes nothing by itself: the publication is taken back, or the
    person is disqualified (取消资格), each by two people; where the latter is asked for already, the person goes on waiting for it.

    Raises Refused: NOT_YOURS, ALREADY_ANSWERED, WORDS_MISSING, WORDS_LONG, UPHELD_WITHOUT_STEP, NOTICE_CHANGED."""
    words = words.strip()
    if not words:
        raise Refused("WORDS_MISSING", "请写明核实情况和答复。", field="answer")
    if len(words) > 500:
        raise Refused("WORDS_LONG", f"答复最多 500 个字，现有 {len(words)} 个。", field="answer")
    with transaction.atomic():
        row = (
            Objection.objects.select_for_update(of=("self",))
            .select_related("publicity__run__base", "publicity__run__notice", "application")
            .get(pk=objection.pk)
        )
        if not may_answer_objection(actor, row.publicity.run):
            raise Refused("NOT_YOURS", "您的账号不能答复这项异议。")
        if row.answered_at is not None:
            raise Refused("ALREADY_ANSWERED", f"这项异议已于{beijing(row.answered_at, 'second')}答复。")
        if upheld and not _is_acted_on(row):
            what = "提请取消该考生的资格，或申请撤销公布" if row.application_id else "申请撤销公布"
            raise Refused(
                "UPHELD_WITHOUT_STEP", f"异议成立的，请先{what}，再答复；否则公示期满录取会照常生效。", field="upheld"
            )
        row.upheld, row.answer, row.answered_by, row.answered_at = upheld, words, actor, at
        row.answered_under = decided_under(row.publicity.run.notice, policy)
        row.save(update_fields=["upheld", "answer", "answered_by", "answered_at", "answered_under"])
        detail = {"words": len(words), "upheld": upheld}
        record(actor=actor, action="objection.answered", subject=row, at=at, detail=detail)
    return row


def _is_acted_on(row: Objection) -> bool:
    """Whether somebody has begun to put right what the objection found: the publication or the person's registration is to be taken back."""
    run = row.publicity.run
    if run.undo_asked_by_id is not None or run.state != "published":
        return True
    if row.application is None:
        return False
    return row.application.disqualifications.exclude(state="refused").exists()
