"""Asking for a shorter training (培训年限减免, 000 五(一)): filed by the person, then decided step by step, by different people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from admissions.models import Application, YearReduction, YearReductionDecision
from admissions.queries.year_reductions import (
    YEAR,
    filing_refusal,
    in_years,
    ineligible,
    is_tested_at,
    specialties_for,
    step_label,
    verdict_of,
)
from admissions.services.staff import must_be_of_base
from admissions.states import PROVINCE as OFFICE
from admissions.states import YEAR_REDUCTION, YEAR_REDUCTION_LABELS, Step
from gme_portal.accounts.access import BASE_WRITERS, PROVINCE
from gme_portal.accounts.models import Role, User
from gme_portal.audit.services import record
from gme_portal.files.inspection import CleanPdf, inspect
from gme_portal.files.models import StoredFile
from gme_portal.files.sandbox import MEGABYTE
from gme_portal.files.services import store
from gme_portal.files.strip import strip
from gme_portal.notices.services.standing import decided_under
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import Quota

ROLES: Mapping[str, tuple[str, ...]] = {"base": BASE_WRITERS, "association": (Role.ASSOCIATION,), "province": PROVINCE}
ACCEPTS = ("pdf", "jpg", "jpeg", "png")
MAX_MB = 10
MAX_GROUNDS = 500


def file(
    application: Application,
    *,
    quota: Quota,
    months: int,
    grounds: str,
    proof: bytes | None,
    actor: User,
    at: datetime,
    policy: Policy,
) -> YearReduction:
    """File the request, or file it again after it was returned; without `proof` the one handed in before stays.

    Raises Refused: NOT_YOURS, NOT_IN_NOTICE, NOT_NOW_STATE, NOT_YET_OPEN, WINDOW_CLOSED, ALREADY_FILED, NOT_YOUR_SPECIALTY, NOT_ELIGIBLE,
    MONTHS, GROUNDS, or what is wrong with the file."""
    _check(application, quota, months, grounds, actor, at, policy)
    clean = inspect(proof, accepts=ACCEPTS, max_bytes=MAX_MB * MEGABYTE) if proof is not None else None
    shown = strip(clean.previews) if isinstance(clean, CleanPdf) else None
    with transaction.atomic():
        rows = Application.objects.select_for_update(of=("self",)).select_related("applicant__user", "notice", "base")
        row = rows.get(pk=application.pk)
        findings = _check(row, quota, months, grounds, actor, at, policy)
        rule = policy.year_reduction
        assert rule is not None
        before = row.year_reductions.select_for_update().filter(state="returned").first()
        filed = before or YearReduction(notice=row.notice, application=row, filing=0)
        filed.quota, filed.months, filed.grounds, filed.verdict = quota, months, grounds.strip(), findings
        filed.steps, filed.step, filed.state, filed.granted = list(rule.steps), rule.steps[0], "waiting", None
        filed.filing, filed.filed_at, filed.filed_under = filed.filing + 1, at, decided_under(row.notice, policy)
        if clean is not None:
            owner = row.applicant.user
            filed.file = store(clean.content, owner=owner, media_type=clean.media_type, at=at)
            filed.preview = store(shown.content, owner=owner, media_type=shown.media_type, at=at) if shown else None
        filed.save()
        detail = {"specialty": quota.specialty_id, "months": months, "filing": filed.filing}
        record(actor=actor, action="year_reduction.filed", subject=filed, at=at, detail=detail | _digest(filed.file))
    return filed


def withdraw(reduction: YearReduction, *, actor: User, at: datetime) -> YearReduction:
    """Take the request back before it is decided. Raises Refused: NOT_YOURS, NOT_NOW_STATE."""
    with transaction.atomic():
        row = _locked(reduction)
        if actor.pk != row.owner_user_id:
            raise Refused("NOT_YOURS", "只能撤回本人的申请。")
        row.state, row.step = _step(row, "withdraw").to, ""
        row.save(update_fields=["state", "step"])
        record(actor=actor, action="year_reduction.withdrawn", subject=row, at=at)
    return row


def decide(
    reduction: YearReduction,
    decision: str,
    *,
    months: int | None = None,
    words: str = "",
    tested: bool | None = None,
    actor: User,
    at: datetime,
    policy: Policy,
) -> YearReduction:
    """Approve (with `months`, where they differ from what was asked: then with words), return or refuse at the step it waits for; or correct
    (纠正) what was approved, as the province. `tested`: whether the person passed the test (能力测评) where this step holds one (002 附件1 五(二)).

    Raises Refused: NOT_NOW_STATE, NOT_YOURS, NOT_YOUR_BASE, SECOND_PERSON, MONTHS, WORDS_MISSING, TEST_MISSING, TEST_FAILED, NOTICE_CHANGED."""
    with transaction.atomic():
        row = _locked(reduction)
        step = _step(row, decision)
        place = "province" if step.actor == OFFICE else row.step
        _refuse_others(row, place, actor, policy)
        if not is_tested_at(policy, place):
            tested = None
        elif decision == "approve":
            _refuse_untested(tested, policy)
        left = _months_left(row, decision, months)
        said = words.strip()[:200]
        before = row.granted if row.granted is not None else row.months
        if not said and (decision in ("return", "refuse") or left != before):
            raise Refused("WORDS_MISSING", "请写明原因，申请人会看到。", field="words")
        made = YearReductionDecision.objects.create(
            reduction=row, filing=row.filing, step=place, decision=decision, months=left, words=said, tested=tested,
            by=actor, at=at,
            under=decided_under(row.notice, policy),
        )  # fmt: skip
        following = row.steps[row.steps.index(row.step) + 1 :] if decision == "approve" else []
        row.state, row.step = ("waiting", following[0]) if following else (step.to, "")
        row.granted = left
        row.save(update_fields=["state", "step", "granted"])
        detail = {"step": place, "months": left, "filing": row.filing}
        record(actor=actor, action=f"year_reduction.{decision}", subject=row, at=at, detail=detail)
        _tell(row, made, policy)
    return row


def _refuse_untested(tested: bool | None, policy: Policy) -> None:
    clause = policy.year_reduction.clause if policy.year_reduction else ""
    if tested is None:
        raise Refused("TEST_MISSING", "这一步须先进行能力测评，请登记测评结果。", clause, "tested")
    if not tested:
        raise Refused("TEST_FAILED", "能力测评不合格的不能同意，请选择“不予减免”并写明原因。", clause, "tested")


def may_decide(row: YearReduction, user: User, policy: Policy) -> bool:
    """Whether it waits for this user: their step, and they have not spoken on this filing yet."""
    try:
        _refuse_others(row, row.step or "province", user, policy)
    except Refused:
        return False
    return row.state in ("waiting", "approved")


def _check(
    row: Application, quota: Quota, months: int, grounds: str, actor: User, at: datetime, policy: Policy
) -> list[dict[str, str]]:
    """What the rules said, as it is kept. Raises Refused."""
    if actor.pk != row.owner_user_id:
        raise Refused("NOT_YOURS", "只能为本人申请。")
    closed = filing_refusal(row, quota, policy=policy, at=at)
    if closed is not None:
        raise Refused.many([closed])
    if row.year_reductions.filter(state__in=("waiting", "approved")).exists():
        raise Refused("ALREADY_FILED", "已有一份申请在审核或已同意，不能再提交。")
    if quota not in specialties_for(row, at):
        raise Refused("NOT_YOUR_SPECIALTY", "只能就所报或所录取的专业申请，请改选。", field="quota")
    found = verdict_of(row, quota, policy, at)
    refusals = ineligible(found)
    if refusals:
        raise Refused.many(refusals)
    _refuse_months(months, quota)
    if not grounds.strip() or len(grounds.strip()) > MAX_GROUNDS:
        raise Refused("GROUNDS", f"请写明申请理由，最多 {MAX_GROUNDS} 个字。", field="grounds")
    return [{"verdict": one.verdict, "sentence": one.sentence, "clause": one.clause} for one in found.findings]


def _refuse_months(months: int, quota: Quota) -> None:
    most = quota.specialty.years * YEAR - 1
    if not 1 <= months <= most:
        raise Refused(
            "MONTHS",
            f"{quota.specialty.name}培训 {quota.specialty.years} 年，减免应为 1 至 {most} 个月。",
            field="months",
        )


def _months_left(row: YearReduction, decision: str, months: int | None) -> int | None:
    """What this decision leaves of the request; 0 only as a correction of the province."""
    if decision in ("return", "refuse"):
        return None
    before = row.granted if row.granted is not None else row.months
    left = before if months is None else months
    if decision == "correct" and left == before:
        raise Refused("MONTHS", f"现为减免 {before} 个月，请填写纠正后的月数。", field="months")
    if not (decision == "correct" and left == 0):
        _refuse_months(left, row.quota)
    return left


def _refuse_others(row: YearReduction, step: str, actor: User, policy: Policy) -> None:
    """Whoever is not of this step, of this base, or has spoken on this filing already."""
    if not actor.is_active or actor.role not in ROLES[step]:
        raise Refused("NOT_YOURS", f"这一步为“{step_label(policy, step)}”，您的账号不能办理。")
    if step == "base":
        must_be_of_base(actor, row.quota.base_id)
    if row.decisions.filter(filing=row.filing, by=actor).exists():
        raise Refused("SECOND_PERSON", "您已对这份申请作过决定，须由另一人办理。")


def _step(row: YearReduction, action: str) -> Step:
    step = YEAR_REDUCTION.get((row.state, action))
    if step is None:
        raise Refused("NOT_NOW_STATE", f"当前状态为“{YEAR_REDUCTION_LABELS[row.state]}”，这一步没有生效。请刷新页面。")
    return step


def _locked(reduction: YearReduction) -> YearReduction:
    rows = YearReduction.objects.select_for_update(of=("self",))
    return rows.select_related("application__applicant__user", "notice", "quota__base", "quota__specialty").get(
        pk=reduction.pk
    )


def _digest(file: StoredFile | None) -> dict[str, str]:
    return {"sha256": file.sha256} if file is not None else {}


def _tell(row: YearReduction, made: YearReductionDecision, policy: Policy) -> None:
    """The person hears of a return, a refusal, the last approval and a correction; the steps between are on their page."""
    if row.state == "waiting":
        return
    years = in_years(row.quota.specialty.years * YEAR - (row.granted or 0))
    after = f"{years} 年" if isinstance(years, int) else years
    why = f"{step_label(policy, made.step)}意见：{made.words}。" if made.words else ""
    specialty = row.quota.specialty.name
    title, body = {
        "approve": ("年限减免已同意", f"您的年限减免申请已同意，减免 {row.granted} 个月，{specialty}培训年限为 {after}。{why}"),
        "correct": ("减免年限已纠正", f"您的减免年限纠正为 {row.granted} 个月，{specialty}培训年限为 {after}。{why}"),
        "return": ("年限减免申请被退回", f"您的年限减免申请被退回。{why}请在申请截止前修改后重新提交。"),
        "refuse": ("年限减免申请未获同意", f"您的年限减免申请未获同意，培训年限不变。{why}"),
    }[made.decision]  # fmt: skip
    tell(user=row.application.applicant.user, title=title, body=body, dedup_key=f"year-reduction:{made.pk}", at=made.at)
