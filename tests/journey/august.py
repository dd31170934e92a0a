"""A year in August for looking at every page: one base has published, one enters marks, one waits for approval; somebody stands at every step.

Made by the real services, without a browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django_otp.plugins.otp_totp.models import TOTPDevice

from admissions.models import AllocationRun, Application, Objection, Offer, RunKind
from admissions.queries.assumptions import NOBODY, Assumptions
from admissions.services import (
    bundles,
    disqualifications,
    marks,
    offers,
    previews,
    publicity,
    releases,
    report_in,
    roster_exports,
    runs,
    what_if,
)
from applicants.models import RosterEntry
from bases.models import Brochure, SchoolStaff, TrainingBase
from bases.services import brochures
from gme_portal.accounts.models import Role, User
from gme_portal.accounts.queries import document_blind
from gme_portal.notices.models import Notice, NoticeProposal, WindowExtension
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services import extensions, proposals
from gme_portal.notices.services.working_days import seed
from gme_portal.outbox.services import tell
from tests.admissions import late, reducing
from tests.admissions.ranked import (
    APPROVED,
    ASSESSED,
    OVER,
    REALLOCATING,
    RELEASED,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    province_lead,
    quotas_of,
    small_year,
)
from tests.factories import (
    IN_WINDOW,
    ApplicationFactory,
    ProfileFactory,
    SchoolFactory,
    StaffFactory,
    UserFactory,
    file_again,
    resident_id,
    reviewer_of,
)

BROCHURE = """
schema = 1
policy = "{policy}"
base = "{base}"
base_name = "{name}"
title = "{name}招收简章"

[[sources]]
key = "J"
name = "{name}招收简章"
own = true

[[exams]]
component = "written"
opens = "2025-07-28 09:00"
closes = "2025-07-28 11:00"
place = "示例楼二楼"
clause = "J 五"

[[slots]]
on = "2025-07-21"
hours = ["08:00-11:30", "14:00-17:00"]
place = "示例楼一楼"
clause = "J 四"

[contact]
phone = "0871-00000000"
email = "office@example.org"
clause = "J 九"

[[facts]]
topic = "住宿"
note = "免费提供。"

[[papers]]
key = "unit-consent"
title = "同意报考证明"
kind = "unit_consent"
clause = "J 附件"
body = "兹有我单位×××同志，经个人申请，同意其报考。"
"""
IN_JULY = IN_WINDOW + timedelta(days=2)
IN_AUGUST = REALLOCATING + timedelta(hours=1)


@dataclass
class August:
    """Who and what there is: `people` by a short name, `parts` the address parts of what routes take."""

    notice: Notice
    people: dict[str, User]
    parts: dict[str, list[Any]]


def build(notice: Notice) -> August:
    policy = policy_of(version_in_force(notice))
    seed(at=APPROVED)
    base, crew = small_year(notice)
    marking, waiting = make_base(notice, {"内科": 2}), make_base(notice, {"内科": 1, "外科": 1})
    queue = _queue(notice, base)
    _half_marked(notice, marking, policy)
    mark_all(notice, waiting, {applicant(notice, waiting, ["内科"]): "81"})
    computed(notice, waiting)
    run = _published(notice, base)
    _admitted(notice, run, policy)
    trial = runs.compute(
        kind=RunKind.REALLOCATION, notice=notice, base=None, actor=officer(), at=REALLOCATING, simulate=True
    )
    assumed = what_if.try_out(
        run, assumed=Assumptions(seats={"骨科": 1, "内科": 2}, consent=NOBODY), actor=officer(), at=REALLOCATING
    )
    handed_in = late.hand_in(late.filed(notice, base), IN_JULY)
    asked, export = _rosters(notice)
    draft, _ = changing(notice, IN_AUGUST)
    people = {
        "new": UserFactory(),
        "filling": _filling(notice, queue["returned"]),
        "own_staff": ProfileFactory(notice=notice, person_type="own_staff").user,
        "admitted": crew["a"].applicant.user,
        "left": crew["c"].applicant.user,
        "rejected": queue["rejected"].applicant.user,
        "cancelled": _cancelled(notice, base, policy),
        "graduating": handed_in.application.applicant.user,
        "lead": reviewer_of(base, Role.BASE_LEAD),
        "reader": reviewer_of(base, Role.BASE_READER),
        "marking": reviewer_of(marking, Role.BASE_LEAD),
        "waiting": reviewer_of(waiting, Role.BASE_LEAD),
        "officer": officer(),
        "province_lead": province_lead(),
        "association": StaffFactory(role=Role.ASSOCIATION),
        "auditor": StaffFactory(role=Role.AUDITOR),
        "admin": StaffFactory(role=Role.PLATFORM_ADMIN),
        "school": _school(notice, base),
        "uncoded": StaffFactory(role=Role.AUDITOR),
        "coded": TOTPDevice.objects.create(user=StaffFactory(role=Role.AUDITOR), name="验证器", confirmed=True).user,
    }
    returned, submitted, filed = queue["returned"], queue["submitted"], crew["a"]
    admitted = Offer.objects.filter(quota__base=base, state="admitted").first()
    assert admitted is not None
    parts = {
        "education": [returned.applicant.educations.get().pk],
        "submission": [filed.submissions.get().pk],
        "application": [submitted.pk],
        "again": [queue["again"].pk],
        "approved": [queue["approved"].pk],
        "offer": [admitted.pk],
        "run": [run.pk],
        "later_document": [handed_in.pk],
        "reduction": [reducing.half_decided(handed_in.application).pk],
        "waiting_run": [AllocationRun.objects.get(base=waiting).pk],
        "any_run": [trial.pk],
        "what_if": [assumed.pk],
        "publicity": [run.publicity.pk],
        "base_code": [base.code],
        "roster": [asked.pk],
        "approved_roster": [export.pk],
        "version_number": [1],
        "proposal": [draft.pk],
        "broken_proposal": [_broken(notice, IN_AUGUST).pk],
        "new_proposal": [_of_next_year(notice, IN_AUGUST).pk],
    }
    parts["brochure"], parts["brochure_code"] = [brochure(notice, base).pk], [waiting.code]
    brochure(notice, waiting, approve=True)
    return August(notice, people, parts)


def brochure(notice: Notice, base: TrainingBase, *, approve: bool = False) -> Brochure:
    """A brochure with something in every group, handed in before the assessment began, and in force if `approve`."""
    source = BROCHURE.format(policy=notice.slug, base=base.code, name=base.name)
    policy = policy_of(version_in_force(notice))
    lead = reviewer_of(base, Role.BASE_LEAD)
    made = brochures.propose(notice=notice, base=base, source=source, actor=lead, at=IN_WINDOW, policy=policy)
    if approve:
        brochures.decide(brochure=made, approve=True, reason="", actor=officer(), at=IN_WINDOW, policy=policy)
    return made


def changing(notice: Notice, at: datetime) -> tuple[NoticeProposal, WindowExtension]:
    """A draft of an amendment that was previewed, and a request to extend a window."""
    source = version_in_force(notice).source.replace("已毕业的本科学历。", "毕业的本科学历。")
    draft = proposals.draft(notice=notice, source=source, reason="示例修订", actor=officer(), at=at)
    preview = previews.ask(draft, actor=officer(), at=at)
    previews.judge_all(preview.pk, at=at)
    window = policy_of(version_in_force(notice)).window("review")
    assert window is not None
    later = at + timedelta(days=1)
    return draft, extensions.ask(notice=notice, window=window, closes=later, reason="示例延长", actor=officer(), at=at)


def _broken(notice: Notice, at: datetime) -> NoticeProposal:
    """A draft with a wrong value, and nothing else to see."""
    source = version_in_force(notice).source.replace("ordered = true", "ordered = 1")
    return proposals.draft(notice=notice, source=source, reason="示例改错", actor=officer(), at=at)


def _of_next_year(notice: Notice, at: datetime) -> NoticeProposal:
    """A draft of a notice there is not yet."""
    source = version_in_force(notice).source.replace(notice.slug, "shili-2026-residency").replace("2025", "2026")
    return proposals.draft(notice=None, source=source, reason="示例新通知", actor=officer(), at=at)


def _queue(notice: Notice, base: TrainingBase) -> dict[str, Application]:
    """One in every state of review; `again` came back corrected."""
    seats = quotas_of(notice, base, "内科", "骨科")
    found = {
        state: ApplicationFactory(notice=notice, state=state, quotas=seats)
        for state in ("submitted", "approved", "rejected", "withdrawn")
    }
    found["returned"] = ApplicationFactory(notice=notice, state="returned", quotas=seats)
    found["again"] = ApplicationFactory(notice=notice, state="returned", quotas=seats)
    file_again(found["again"], at=IN_WINDOW + timedelta(hours=5))
    for number in range(30):
        ApplicationFactory(notice=notice, state="submitted", quotas=seats[:1], at=IN_WINDOW + timedelta(minutes=number))
    return found


def _half_marked(notice: Notice, base: TrainingBase, policy: Any) -> None:
    people = [applicant(notice, base, ["内科"]) for _ in range(3)]
    entries = {people[0].pk: {policy.scoring.components[0].key: "88"}}
    marks.enter(notice=notice, base=base, entries=entries, actor=reviewer_of(base), at=ASSESSED, policy=policy)


def _published(notice: Notice, base: TrainingBase) -> AllocationRun:
    """Tried, released, objected to and answered."""
    computed(notice, base, simulate=True)
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    at = RELEASED + timedelta(hours=3)
    publicity.object_to(run.publicity, words="示例异议：名次与公布的成绩不符。", contact="13900000000", at=at)
    objection = Objection.objects.get(publicity=run.publicity)
    publicity.answer(
        objection,
        upheld=False,
        policy=policy_of(version_in_force(notice)),
        words="已核对原始成绩单，名次无误。",
        actor=reviewer_of(base, Role.BASE_LEAD),
        at=at + timedelta(hours=1),
    )
    return run


def _admitted(notice: Notice, run: AllocationRun, policy: Any) -> None:
    bundles.lay_open_released(notice, policy=policy, at=OVER)
    offers.admit_after_publicity(notice, policy=policy, at=OVER)
    came = Offer.objects.filter(quota__base=run.base, state="admitted").order_by("application__number").last()
    report_in.confirm(came, actor=reviewer_of(run.base), at=OVER + timedelta(hours=9), policy=policy)


def _cancelled(notice: Notice, base: TrainingBase, policy: Any) -> User:
    """Somebody whose registration was taken away; for whoever reported in, leaving the training waits for the province."""
    ask = {
        "grounds": "示例：经学信网核实，毕业证书查无此证。",
        "actor": reviewer_of(base, Role.BASE_LEAD),
        "policy": policy,
    }
    false = ApplicationFactory(state="submitted", notice=notice, quotas=quotas_of(notice, base, "内科"))
    row = disqualifications.ask(false, trigger="fraud", at=IN_WINDOW + timedelta(hours=1), **ask)
    disqualifications.confirm(row, actor=province_lead(), at=IN_WINDOW + timedelta(hours=2), policy=policy)
    came = Offer.objects.get(quota__base=base, state="reported_in")
    ask["grounds"] = "示例：本人书面申请退出。"
    disqualifications.ask(came.application, trigger="withdrawal", at=REALLOCATING, **ask)
    return false.applicant.user


def _rosters(notice: Notice) -> list[Any]:
    ask = {"notice": notice, "actor": officer(), "at": REALLOCATING}
    waiting, done = (roster_exports.ask(purpose=words, **ask) for words in ("示例用途一：核对", "示例用途二：上报"))
    produce = lambda offers, mark: b"xlsx"  # noqa: E731 - what is in the file is looked at elsewhere
    return [waiting, roster_exports.approve(export=done, produce=produce, actor=province_lead(), at=REALLOCATING)]


def _filling(notice: Notice, returned: Application) -> User:
    """Somebody whose application came back, with a message."""
    user: User = returned.applicant.user
    tell(user=user, title="示例消息", body="示例：请按退回原因修改后重新提交。", dedup_key="example", at=IN_WINDOW)
    return user


def _school(notice: Notice, base: TrainingBase) -> User:
    user, school = StaffFactory(role=Role.SCHOOL), SchoolFactory()
    SchoolStaff.objects.create(user=user, school=school)
    number = resident_id(77)
    RosterEntry.objects.create(
        notice=notice,
        school=school,
        base=base,
        specialty_id="0100",
        name="示例硕士甲",
        person_type="professional_master",
        document_number=number,
        document_blind=document_blind(number),
        imported_at=IN_WINDOW,
    )
    return user
