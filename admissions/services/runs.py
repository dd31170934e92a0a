"""Runs (录取/调剂运算): computed by one person, approved and published by another, discarded before that, taken back after it by two.

Input → engine → independent verifier → stored bundle → a second person. Nothing is applied before approval, and then all of it or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from admissions.access import may_approve_run, may_compute_run
from admissions.allocation import canonical, engine, verify
from admissions.allocation.problem import ProblemError, parse
from admissions.allocation.verify import Breach
from admissions.models import AllocationRun, RunKind
from admissions.queries import input_checks, problems
from admissions.queries.input_checks import Scope
from admissions.queries.problems import Built
from admissions.queries.run_chain import chain_of, links
from admissions.services.run_locks import alone_in, alone_with
from admissions.services.transitions import window_refusal
from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services.standing import standing_version
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.wording import beijing

WINDOW = {RunKind.BASE_ADMISSION: "base_admission", RunKind.REALLOCATION: "reallocation"}
BREACHES_KEPT = 50


def compute(
    *,
    kind: str,
    notice: Notice,
    base: TrainingBase | None = None,
    actor: User,
    at: datetime,
    simulate: bool = False,
    round: str = "first",
) -> AllocationRun:
    """Compute on what is frozen now; the same input gives the run already there, however many start at once (R7).

    `simulate` (试算) is free of windows and can never be published. Raises Refused: NOT_YOURS, NOT_YET_OPEN, WINDOW_CLOSED, ALREADY_PUBLISHED,
    BASES_NOT_DONE, LOTTERY_NOT_DRAWN, INPUT_BROKEN, and what `queries.problems` refuses."""
    if not may_compute_run(actor, kind, base, simulate=simulate):
        raise Refused("NOT_YOURS", "您的账号不能办理这次运算。" + ("可以先试算。" if not simulate else ""))
    with transaction.atomic():
        alone_in(notice.pk, round, kind, base.pk if base else None)
        version = version_in_force(notice)
        policy = policy_of(version)
        runs = AllocationRun.objects.filter(notice=notice, round=round, kind=kind, base=base)
        if not simulate:
            if not _was_taken_back(runs):
                _refuse_outside_window(kind, policy, round, base, at)
            _refuse_if_published(runs)
        built = build(kind, notice, base, policy=policy, at=at, round=round)
        if built.beside["waiting"] and not simulate:
            raise _not_done(built.beside["waiting"])
        if not built.beside["lottery"]["drawn"] and not simulate:
            raise Refused(
                "LOTTERY_NOT_DRAWN",
                "本批次还没有抽签，同分者的先后无法决定。可以先试算；省级管理部门完成抽签后再正式运算。",
            )
        scope = Scope(notice, round, kind, base, policy, at)
        return settle(
            built,
            faults=input_checks.check(scope, built.problem, built.beside),
            version=version,
            kind=kind,
            notice=notice,
            base=base,
            actor=actor,
            at=at,
            simulate=simulate,
            round=round,
        )


def build(kind: str, notice: Notice, base: TrainingBase | None, *, policy: Policy, at: datetime, round: str) -> Built:
    """The input of a run of this kind, as things stand."""
    if kind == RunKind.BASE_ADMISSION and base is not None:
        return problems.base_admission(notice, base, policy=policy, at=at, round=round)
    return problems.reallocation(notice, policy=policy, at=at, round=round)


def settle(
    built: Built,
    *,
    faults: list[Breach],
    version: NoticeVersion,
    kind: str,
    notice: Notice,
    base: TrainingBase | None,
    actor: User,
    at: datetime,
    simulate: bool,
    round: str,
) -> AllocationRun:
    """Solve, verify and store an input whose scope the caller holds (`run_locks.alone_in`): the run already there for the same input, or a
    new one at the end of the scope's chain, which takes the place of older real ones. `faults`: what the check of the input found (V6, V7).
    Raises Refused INPUT_BROKEN."""
    runs = AllocationRun.objects.filter(notice=notice, round=round, kind=kind, base=base)
    found = _same(runs, built, version, simulate)
    if found is not None:
        return found
    if not simulate:
        _supersede_older(runs, actor, at, version)
    try:
        problem = parse(built.problem)
    except ProblemError as error:
        raise Refused("INPUT_BROKEN", f"运算输入有矛盾，没有运算：{error.faults[0]}。请联系平台管理员。") from error
    result = engine.solve(problem)
    breaches = [str(breach) for breach in [*verify.check(built.problem, result), *faults]][:BREACHES_KEPT]
    previous = runs.exclude(pk__in=runs.exclude(previous=None).values("previous")).order_by("-made_at").first()
    output = canonical.digest(result)
    run = AllocationRun.objects.create(
        kind=kind,
        notice=notice,
        notice_version=version,
        round=round,
        base=base,
        state="broken" if breaches else "verified",
        problem=built.problem,
        result=result,
        beside=built.beside,
        input_sha256=problem.sha256,
        output_sha256=output,
        engine=result["engine"],
        breaches=breaches,
        is_simulation=simulate,
        previous=previous,
        chain=chain_of(previous.chain if previous else "", problem.sha256, output, canonical.digest(built.beside)),
        made_by=actor,
        made_at=at,
    )
    detail = {"kind": kind, "input": run.input_sha256, "output": output, "state": run.state, "simulation": simulate}
    record(actor=actor, action="run.computed", subject=run, at=at, detail=detail)
    return run


def discard(run: AllocationRun, *, reason: str, actor: User, at: datetime) -> AllocationRun:
    """Set a run aside that is not published (作废), by whoever may compute or approve it. Raises Refused: NOT_YOURS, NOT_NOW_STATE, REASON_MISSING."""
    reason = said(reason)
    with transaction.atomic():
        row = locked(run)
        if not (may_compute_run(actor, row.kind, row.base, simulate=row.is_simulation) or may_approve_run(actor, row)):
            raise Refused("NOT_YOURS", "您的账号不能作废这次运算。")
        if row.state not in ("draft", "verified", "broken"):
            raise not_now(row, "作废")
        _close(row, reason, actor, at, standing_version(row.notice))
        record(actor=actor, action="run.discarded", subject=row, at=at, detail={"reason": reason})
    return row


def locked(run: AllocationRun) -> AllocationRun:
    """The run under lock, alone in its scope, with notice, version and base at hand."""
    alone_with(run)
    rows = AllocationRun.objects.select_for_update(of=("self",))
    return rows.select_related("notice", "notice_version", "base", "made_by", "approved_by", "undo_asked_by").get(
        pk=run.pk
    )


def not_now(run: AllocationRun, doing: str) -> Refused:
    return Refused("NOT_NOW_STATE", f"这次运算的状态为“{run.get_state_display()}”，不能{doing}。")


def said(reason: str) -> str:
    """The reason as kept. Raises Refused REASON_MISSING, REASON_LONG."""
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise Refused("REASON_MISSING", "请写明原因。", field="reason")
    if len(reason) > 200:
        raise Refused("REASON_LONG", f"原因最多 200 个字，现有 {len(reason)} 个。", field="reason")
    return reason


def is_intact(run: AllocationRun) -> bool:
    """Whether the stored record still has the digests it was stored with, and every link of the chain up to it holds. Two queries."""
    same_input = canonical.digest(run.problem) == run.input_sha256 == run.result.get("input_sha256")
    return same_input and canonical.digest(run.result) == run.output_sha256 and all(link.holds for link in links(run))


def _refuse_outside_window(kind: str, policy: Policy, round: str, base: TrainingBase | None, at: datetime) -> None:
    window = policy.window(WINDOW[RunKind(kind)], round=round, base=base.code if base else "")
    refusal = window_refusal(window, doing="运算", at=at)
    if refusal is not None:
        raise Refused.many([refusal])


def _was_taken_back(runs: Any) -> bool:
    """Whether a publication of this scope was taken back by two people: lists are on show after the window closes, so it no longer binds."""
    return bool(runs.filter(state="superseded", undo_asked_by__isnull=False).exists())


def _refuse_if_published(runs: Any) -> None:
    published = runs.filter(state="published").first()
    if published is not None:
        raise Refused(
            "ALREADY_PUBLISHED", f"结果已批准，公布时间为{beijing(published.published_at, 'second')}，不能重新运算。"
        )


def _not_done(names: list[str]) -> Refused:
    shown = "、".join(names[:5]) + ("等" if len(names) > 5 else "")
    return Refused(
        "BASES_NOT_DONE",
        f"还有 {len(names)} 个基地没有公布录取结果：{shown}。可以先试算；正式运算须等这些基地完成录取。",
    )


def _same(runs: Any, built: Built, version: NoticeVersion, simulate: bool) -> AllocationRun | None:
    digest = canonical.digest(built.problem)
    alike = runs.filter(
        input_sha256=digest,
        engine=engine.ENGINE,
        # An extension of a window is a version too; what is computed on is the text.
        notice_version__digest=version.digest,
        is_simulation=simulate,
        state__in=("verified", "broken"),
    )
    found: AllocationRun | None = next((run for run in alike if run.beside == built.beside), None)
    return found


def _supersede_older(runs: Any, actor: User, at: datetime, version: NoticeVersion) -> None:
    for old in runs.filter(is_simulation=False, state__in=("draft", "verified", "broken")).select_for_update():
        _close(old, "数据有变化，已由新的运算代替。", actor, at, version)


def _close(row: AllocationRun, reason: str, actor: User, at: datetime, version: NoticeVersion) -> None:
    row.state, row.closed_reason, row.closed_by, row.closed_at = "superseded", reason, actor, at
    row.closed_under = version
    row.save(update_fields=["state", "closed_reason", "closed_by", "closed_at", "closed_under"])
