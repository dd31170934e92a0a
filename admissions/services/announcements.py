"""Telling people what a run decided (结果通知), once, when its instant has come; and that a publication was taken back."""

from __future__ import annotations

from datetime import datetime

from admissions.models import AllocationRun, Outcome, RunKind
from admissions.queries.acceptances import is_asked, period, silence_admits
from admissions.services.deadlines import once
from applicants.models import Profile
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.wording import beijing
from quotas.models import Quota


def announce(run: AllocationRun, *, at: datetime) -> bool:
    """Tell everybody the run speaks of; False when that was done. The instant must have come."""
    if run.published_at is None or run.published_at > at:
        raise ValueError("a result is told when its instant has come, not before")
    return once(notice=run.notice, key=f"run.announced:{run.pk}", at=at, effect=lambda: _tell_all(run, at))


def announce_released(notice: Notice, *, policy: Policy, at: datetime) -> None:
    """Beat: tell the results whose instant has come since. Late, nobody loses anything: the pages have shown them from the instant on."""
    for run in AllocationRun.objects.filter(notice=notice, state="published", published_at__lte=at).select_related(
        "notice", "publicity"
    ):
        announce(run, at=at)


def announce_undone(run: AllocationRun, *, at: datetime) -> None:
    """Tell the same people that the result was taken back."""
    for outcome in _outcomes(run):
        body = f"原公布的录取结果（报名号 {outcome.application.number}）已撤销，原因：{run.closed_reason}。重新公布时会再通知您。"
        tell(
            user=outcome.application.applicant.user,
            title="录取结果已撤销",
            body=body,
            dedup_key=f"undone:{run.pk}:{outcome.pk}",
            at=at,
        )


def _outcomes(run: AllocationRun) -> list[Outcome]:
    rows = run.outcomes.select_related("application__applicant__user", "quota__base", "quota__specialty")
    return list(rows.order_by("pk"))


def _tell_all(run: AllocationRun, at: datetime) -> None:
    for outcome in _outcomes(run):
        title, body = _words(run, outcome)
        tell(user=outcome.application.applicant.user, title=title, body=body, dedup_key=f"outcome:{outcome.pk}", at=at)


def _then(run: AllocationRun, person: Profile, quota: Quota) -> str:
    """What the person has to do now: to say whether they take the place, where the notice asks for it."""
    policy = policy_of(run.notice_version)
    if not is_asked(policy):
        return "公示无异议后录取生效，请留意报到通知。"
    until = beijing(period(run.publicity, person, quota, policy, round=run.round).closes, "until")
    silence = "视为接受" if silence_admits(policy) else "不予录取"
    return f"请在{until}前登录平台确认是否接受录取，到期没有确认的{silence}。"


def _words(run: AllocationRun, outcome: Outcome) -> tuple[str, str]:
    number = outcome.application.number
    if outcome.quota is not None:
        seat = f"{outcome.quota.base.name}{outcome.quota.specialty.name}"
        body = f"您被{seat}拟录取（报名号 {number}），公示至{beijing(run.publicity.closes_at, 'until')}。"
        return "拟录取", body + _then(run, outcome.application.applicant, outcome.quota)
    if run.kind == RunKind.REALLOCATION:
        return (
            "省级调剂结果",
            f"省级调剂没有为您安排到专业（报名号 {number}）。登录平台可查看名次和说明，以及仍有余额的专业。",
        )
    later = ""
    window = policy_of(run.notice_version).window("reallocation", round=run.round)
    if window is not None and outcome.application.consents_province_transfer:
        later = f"您已选择服从省级统一调剂，省级调剂于{beijing(window.opens, 'date')}开始，不用另外申请。"
    return "基地录取结果", f"您报考的基地没有录取您（报名号 {number}）。登录平台可查看名次、录取线和说明。{later}"
