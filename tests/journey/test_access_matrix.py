"""Every route × method × role × object answers as this table declares (R11). A route without a line fails; so does a view that opened itself wider."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from admissions.models import Application, Disqualification, Invitation, Objection, Offer
from admissions.queries.assumptions import Assumptions
from admissions.services import bundles, disqualifications, publicity, releases, roster_exports, what_if
from applicants.models import Profile, RosterBatch, RosterRequest, RosterSource
from bases.models import School, SchoolStaff, TrainingBase
from gme_portal.accounts.access import BASE, BASE_WRITERS, EVERYONE, PROVINCE, PUBLIC, STAFF
from gme_portal.accounts.models import Role, User
from gme_portal.files.services import store
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services.working_days import seed
from quotas.models import Distribution, IncreaseRequest, OthersPool, Quota
from tests.admissions import late, reducing
from tests.admissions.ranked import (
    APPROVED,
    COMPUTED,
    RELEASED,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    province_lead,
    small_year,
)
from tests.factories import ApplicationFactory, NoticeFactory, SchoolFactory, StaffFactory, reviewer_of
from tests.journey import august

Roles = tuple[str, ...]
SignIn = Callable[[User], Client]
APPLICANT: Roles = (Role.APPLICANT,)
LEAD: Roles = (Role.BASE_LEAD,)
SCHOOL: Roles = (Role.SCHOOL,)
ADMIN: Roles = (Role.PLATFORM_ADMIN,)
AUDITOR: Roles = (Role.AUDITOR,)
WATCHERS: Roles = (*PROVINCE, Role.ASSOCIATION, Role.AUDITOR)
LISTERS: Roles = (*PROVINCE, Role.ASSOCIATION)
ANYBODY: Roles = ()

SOME: Roles = (Role.APPLICANT, Role.BASE_LEAD)

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")


@dataclass(frozen=True)
class Line:
    """Who may use a route (nobody named: everybody), by which methods, and what its address names.

    `posters`: who of them may also post. `empty`: the answer to a form without anything in it. `bare` needs no second factor."""

    roles: Roles
    methods: tuple[str, ...] = GET
    takes: str = ""
    posters: Roles = ()
    empty: tuple[int, ...] = (200, 302, 303, 422)
    bare: bool = False
    of_notice: bool = True


def platform(roles: Roles, methods: tuple[str, ...] = GET, takes: str = "", *, bare: bool = False) -> Line:
    """A route that lies under no notice."""
    return Line(roles, methods, takes, bare=bare, of_notice=False)


TABLE: dict[str, Line] = {
    "home": platform(ANYBODY),
    "healthz": platform(ANYBODY),
    "styleguide": platform(ANYBODY),
    "accounts:login": platform(ANYBODY, BOTH),
    "accounts:logout": platform(ANYBODY, POST),
    "accounts:register": platform(ANYBODY, BOTH),
    "accounts:register_code": platform(ANYBODY, POST),
    "accounts:reset": platform(ANYBODY, BOTH),
    "accounts:reset_code": platform(ANYBODY, POST),
    "accounts:second_factor": platform(STAFF, BOTH, bare=True),
    "accounts:enroll": platform(STAFF, BOTH, bare=True),
    "accounts:password": platform(EVERYONE, BOTH),
    "world:schools": platform(EVERYONE),
    "world:majors": platform(EVERYONE),
    "platform:accounts": platform(ADMIN),
    "platform:health": platform(ADMIN),
    "platform:audit": platform(AUDITOR),
    "platform:working_days": platform((*ADMIN, *AUDITOR, *PROVINCE)),
    "platform:working_days_edit": platform(ADMIN, BOTH),
    "platform:working_days_file": platform((*ADMIN, *AUDITOR, *PROVINCE)),
    "demo:home": platform(ANYBODY),
    "demo:advance": platform(ANYBODY, POST),
    "demo:progress": platform(ANYBODY),
    "demo:inbox": platform(ANYBODY),
    "demo:accounts": platform(ANYBODY),
    "demo:enter": platform(ANYBODY, POST, "demo_account"),
    "profile:personal": Line(APPLICANT, BOTH),
    "profile:education": Line(APPLICANT),
    "profile:education_add": Line(APPLICANT, BOTH),
    "profile:education_edit": Line(APPLICANT, BOTH, "education"),
    "profile:education_delete": Line(APPLICANT, POST, "education"),
    "profile:licence": Line(APPLICANT, BOTH),
    "profile:employment": Line(APPLICANT, BOTH),
    "profile:photo": Line(APPLICANT, BOTH),
    "profile:documents": Line(APPLICANT, BOTH, empty=(404,)),
    "profile:document_file": Line(APPLICANT, GET, "document"),
    "profile:autosave": Line(APPLICANT, POST, "section", empty=(409,)),
    "profile:looks": Line(APPLICANT),
    "apply:home": Line(APPLICANT),
    "apply:choices": Line(APPLICANT, BOTH),
    "apply:check": Line(APPLICANT),
    "apply:submit": Line(APPLICANT, POST),
    "apply:amend": Line(APPLICANT, POST),
    "apply:form_to_bring": Line(APPLICANT),
    "apply:withdraw": Line(APPLICANT, BOTH),
    "apply:receipt": Line(APPLICANT, GET, "submission"),
    "apply:form_pdf": Line(APPLICANT, GET, "submission"),
    "apply:certificates": Line(APPLICANT, BOTH, empty=(404,)),
    "apply:roster": Line(APPLICANT, BOTH),
    "apply:roster_withdraw": Line(APPLICANT, POST, "own_roster_request"),
    "apply:roster_file": Line(APPLICANT, GET, "own_roster_request"),
    "apply:year_reduction": Line(APPLICANT, BOTH),
    "apply:year_reduction_withdraw": Line(APPLICANT, POST, empty=(303,)),
    "apply:year_reduction_pdf": Line(APPLICANT, GET, "reduction_form"),
    "apply:year_reduction_file": Line(APPLICANT, GET, "own_reduction"),
    "apply:result": Line(APPLICANT),
    "apply:acceptance": Line(APPLICANT, BOTH),
    "apply:invitations": Line(APPLICANT),
    "apply:invitation_answer": Line(APPLICANT, POST, "invitation"),
    "apply:messages": Line(APPLICANT),
    "apply:calendar": Line(APPLICANT),
    "base:home": Line(BASE),
    "base:brochure": Line(BASE, BOTH, posters=LEAD),
    "base:counter": Line(BASE),
    "base:counter_find": Line(BASE_WRITERS, POST),
    "base:counter_account": Line(BASE_WRITERS, BOTH),
    "base:counter_code": Line(BASE_WRITERS, POST),
    "base:counter_one": Line(BASE, GET, "application"),
    "base:counter_record": Line(BASE_WRITERS, POST, "application"),
    "base:counter_correct": Line(BASE_WRITERS, POST, "application"),
    "base:counter_keep": Line(BASE_WRITERS, POST, "application"),
    "base:counter_receipt": Line(BASE, GET, "submission"),
    "base:counter_form": Line(BASE, GET, "submission"),
    "base:review": Line(BASE),
    "base:review_sheet": Line(BASE),
    "base:review_one": Line(BASE, GET, "application"),
    "base:decide": Line(BASE_WRITERS, BOTH, "application"),
    "base:take_back": Line(LEAD, POST, "application"),
    "base:reveal": Line(BASE_WRITERS, POST, "application"),
    "base:document": Line(BASE, GET, "filed_document"),
    "base:certificates": Line(BASE),
    "base:certificate": Line(BASE, GET, "later_document"),
    "base:certificate_file": Line(BASE, GET, "later_file"),
    "base:certificate_decide": Line(BASE_WRITERS, POST, "later_decision"),
    "base:reductions": Line(BASE),
    "base:reduction": Line(BASE, GET, "reduction"),
    "base:reduction_decide": Line(BASE_WRITERS, POST, "reduction"),
    "base:reduction_file": Line(BASE, GET, "reduction"),
    "base:confirmation": Line(BASE),
    "base:confirm_scan": Line(BASE_WRITERS, POST),
    "base:confirm_one": Line(BASE, GET, "application"),
    "base:confirm": Line(BASE_WRITERS, POST, "application"),
    "base:confirm_undo": Line(LEAD, POST, "application"),
    "base:scores": Line(BASE),
    "base:scores_save": Line(BASE_WRITERS, POST),
    "base:scores_submit": Line(BASE_WRITERS, POST),
    "base:scores_confirm": Line(BASE, BOTH, posters=BASE_WRITERS),
    "base:scores_send_back": Line(BASE_WRITERS, POST),
    "base:scores_reopen": Line(LEAD, POST),
    "base:scores_template": Line(BASE_WRITERS),
    "base:scores_import": Line(BASE_WRITERS, BOTH),
    "base:report_in": Line(BASE),
    "base:report_in_confirm": Line(BASE_WRITERS, POST, "offer"),
    "base:report_in_undo": Line(LEAD, POST, "offer"),
    "base:report_in_absent": Line(LEAD, BOTH, "offer"),
    "base:roster": Line(BASE),
    "base:admission": Line(BASE),
    "base:ranking": Line(BASE),
    "base:ranking_file": Line(BASE_WRITERS),
    "base:moves": Line(BASE),
    "base:others": Line(BASE, BOTH, posters=LEAD),
    "base:increases": Line(BASE, BOTH, posters=LEAD),
    "base:increase_withdraw": Line(LEAD, POST, "increase"),
    "base:ledger": Line(BASE),
    "base:acceptance": Line(BASE),
    "base:acceptance_record": Line(BASE_WRITERS, POST, "offer"),
    "base:invitations": Line(BASE),
    "base:invitation_withdraw": Line(BASE_WRITERS, POST, "invitation"),
    "base:candidates": Line(BASE_WRITERS),
    "base:invite": Line(BASE_WRITERS, BOTH, "candidate"),
    "base:admission_compute": Line(BASE_WRITERS, POST),
    "base:admission_run": Line(BASE, GET, "run"),
    "base:admission_step": Line(BASE_WRITERS, POST, "run_step"),
    "base:comparison": Line(BASE, GET, "run"),
    "base:comparison_file": Line(BASE_WRITERS, GET, "tried_run"),
    "base:objection_answer": Line(LEAD, POST, "objection"),
    "base:disqualifications": Line(BASE, BOTH, posters=LEAD),
    "base:disqualification_take_back": Line(LEAD, POST, "disqualification"),
    "province:home": Line(WATCHERS),
    "province:applications": Line(WATCHERS),
    "province:plan": Line(WATCHERS),
    "province:others": Line(WATCHERS, BOTH, posters=PROVINCE),
    "province:others_template": Line(PROVINCE),
    "province:others_late": Line(PROVINCE, POST, "pool"),
    "province:others_decide": Line(PROVINCE, POST, "distribution_step"),
    "province:increases": Line(WATCHERS),
    "province:increase_decide": Line(PROVINCE, POST, "any_increase_step"),
    "province:reserve": Line(WATCHERS, BOTH, posters=PROVINCE),
    "province:ledger": Line(WATCHERS),
    "province:brochures": Line(WATCHERS),
    "province:brochure": Line(WATCHERS, GET, "brochure"),
    "province:brochure_decide": Line(PROVINCE, POST, "brochure_step"),
    "province:reductions": Line(WATCHERS),
    "province:reduction": Line(WATCHERS, GET, "any_reduction"),
    "province:reduction_decide": Line(LISTERS, POST, "any_reduction"),
    "province:reduction_file": Line(WATCHERS, GET, "any_reduction"),
    "province:name_lists": Line(PROVINCE),
    "province:name_list_sheet": Line(PROVINCE),
    "province:name_list_import": Line(PROVINCE, BOTH),
    "province:name_list_template": Line(PROVINCE),
    "province:name_list_undo": Line(PROVINCE, POST, "province_batch"),
    "province:roster_requests": Line(PROVINCE),
    "province:roster_request": Line(PROVINCE, GET, "any_roster_request"),
    "province:roster_request_decide": Line(PROVINCE, POST, "any_roster_request"),
    "province:roster_request_file": Line(PROVINCE, GET, "any_roster_request"),
    "province:roster": Line(LISTERS, BOTH),
    "province:roster_masked": Line(LISTERS),
    "province:roster_approve": Line(PROVINCE, POST, "roster"),
    "province:roster_file": Line(LISTERS, GET, "approved_roster"),
    "province:approvals": Line(PROVINCE),
    "province:run": Line(WATCHERS, GET, "any_run"),
    "province:run_step": Line(PROVINCE, POST, "any_run_step"),
    "province:comparison": Line(WATCHERS, GET, "any_run"),
    "province:comparison_file": Line(PROVINCE, GET, "any_tried_run"),
    "province:reallocation": Line(PROVINCE),
    "province:reallocation_compute": Line(PROVINCE, POST),
    "province:lottery": Line(PROVINCE),
    "province:lottery_step": Line(PROVINCE, POST, "lottery_step"),
    "province:what_if": Line(PROVINCE, BOTH),
    "province:what_if_result": Line(PROVINCE, GET, "what_if"),
    "province:publicity": Line((*PROVINCE, Role.AUDITOR)),
    "province:objection_answer": Line(PROVINCE, POST, "any_objection"),
    "province:disqualifications": Line(WATCHERS, BOTH, posters=PROVINCE),
    "province:disqualification_settle": Line(PROVINCE, POST, "any_disqualification_step"),
    "province:notices": Line(WATCHERS),
    "province:notice_version": Line(WATCHERS, GET, "version_number"),
    "province:notice_file": Line(WATCHERS, GET, "version_number"),
    "province:notice_sheet": Line(WATCHERS, GET, "version_number"),
    "province:notice_amend": Line(PROVINCE, BOTH),
    "office:notices": platform(WATCHERS),
    "office:notice_new": platform(PROVINCE, BOTH),
    "office:proposal": platform(WATCHERS, GET, "proposal"),
    "office:proposal_edit": platform(PROVINCE, BOTH, "proposal"),
    "office:proposal_file": platform(WATCHERS, GET, "proposal"),
    "office:proposal_step": platform(PROVINCE, POST, "proposal_step"),
    "office:preview": platform(PROVINCE, GET, "proposal"),
    "office:preview_start": platform(PROVINCE, POST, "proposal"),
    "office:preview_progress": platform(PROVINCE, GET, "proposal"),
    "province:extensions": Line(WATCHERS, BOTH, posters=PROVINCE),
    "province:extension_step": Line(PROVINCE, POST, "extension_step"),
    "school:home": Line(SCHOOL),
    "school:name_list_import": Line(SCHOOL, BOTH),
    "school:name_list_template": Line(SCHOOL),
    "school:name_list_undo": Line(SCHOOL, POST, "roster_batch"),
    "school:roster_requests": Line(SCHOOL),
    "school:roster_request": Line(SCHOOL, GET, "roster_request"),
    "school:roster_request_decide": Line(SCHOOL, POST, "roster_request"),
    "school:roster_request_file": Line(SCHOOL, GET, "roster_request"),
    "public:plan": Line(ANYBODY),
    "public:brochure": Line(ANYBODY, GET, "brochure_code"),
    "public:papers": Line(ANYBODY),
    "public:paper": Line(ANYBODY, GET, "paper"),
    "public:base_paper": Line(ANYBODY, GET, "base_paper"),
    "public:rules": Line(ANYBODY),
    "public:rules_file": Line(ANYBODY),
    "public:publicity": Line(ANYBODY),
    "public:publicity_list": Line(ANYBODY, GET, "publicity"),
    "public:publicity_pdf": Line(ANYBODY, GET, "publicity"),
    "public:objection": Line(ANYBODY, BOTH, "publicity"),
    "public:verification": Line(ANYBODY, GET, "publicity"),
    "public:verification_file": Line(ANYBODY, GET, "publicity"),
    "public:lottery": Line(ANYBODY),
    "public:lottery_file": Line(ANYBODY),
    "public:verify": Line(ANYBODY),
}


def named_routes(resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every (name, view) of the address table."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from named_routes(entry, (*spaces, entry.namespace) if entry.namespace else spaces)
        elif isinstance(entry, URLPattern):
            yield ":".join((*spaces, entry.name or "")), entry.callback


def test_every_route_has_its_line_and_no_line_is_left_over() -> None:
    assert {name for name, _ in named_routes()} == set(TABLE)


def test_every_view_lets_in_exactly_whom_the_table_names() -> None:
    wrong = {
        name: view.access
        for name, view in named_routes()
        if view.access != (frozenset(map(Role, TABLE[name].roles)) or PUBLIC)
    }
    assert wrong == {}


@dataclass
class Stage:
    """A year in August with a base of our own, another one, and somebody in every role."""

    notice: Notice
    people: dict[str, User]
    clients: dict[str, Client] = field(default_factory=dict)
    objects: dict[str, tuple[list[Any], list[Any]]] = field(default_factory=dict)

    def address(self, route: str, arguments: list[Any]) -> str:
        return address_of(route, self.notice, arguments)


def address_of(route: str, notice: Notice, arguments: list[Any]) -> str:
    """The address of a route."""
    slug = [notice.slug] if TABLE[route].of_notice else []
    return reverse(route, args=[*slug, *arguments])


def notice_changes(notice: Notice, at: datetime) -> dict[str, tuple[list[Any], list[Any]]]:
    """A draft that was previewed and a request to extend; beside them those of another notice."""
    other = NoticeFactory(edit=lambda text: text.replace(f'id = "{notice.slug}"', 'id = "shili-2025-residency"'))
    Notice.objects.filter(pk=other.pk).update(is_open=False)
    (draft, asked), (_, foreign_asked) = (august.changing(one, at) for one in (notice, other))
    return {
        "version_number": ([1], []),
        "proposal": ([draft.pk], []),  # the house sees the proposals of all its notices
        "proposal_step": ([draft.pk, "withdraw"], []),
        "extension_step": ([asked.pk, "approve"], [foreign_asked.pk, "approve"]),
    }


@pytest.fixture
def stage(notice: Notice, sign_in: SignIn, clock_at: Callable[..., Any], settings: Any) -> Stage:
    """`objects`: what the route takes → (address parts of one's own object, of a foreign one); those of a missing one are made up."""
    settings.REHEARSAL_CLOCK = True
    seed(at=APPROVED)
    base, _ = small_year(notice)
    other = make_base(notice, {"内科": 2})
    theirs = applicant(notice, other, ["内科"])
    mark_all(notice, other, {theirs: "77"})
    mine = ApplicationFactory(notice=notice, state="submitted", quotas=list(base.quotas.filter(notice=notice)[:1]))
    trials = [computed(notice, one, simulate=True) for one in (base, other)]
    runs = [computed(notice, one) for one in (base, other)]
    assumed = what_if.try_out(
        trials[1], assumed=Assumptions(seats={"内科": 1}), actor=officer(), at=COMPUTED + timedelta(hours=1)
    )
    for run in runs:
        releases.approve_and_publish(run, actor=officer(), at=APPROVED)
    people: dict[str, User] = {role: reviewer_of(base, role) for role in BASE}
    people |= {
        Role.PROVINCE_OFFICER: officer(),
        Role.PROVINCE_LEAD: province_lead(),
        Role.APPLICANT: mine.applicant.user,
    }
    people |= {
        role: StaffFactory(role=role) for role in (Role.SCHOOL, Role.ASSOCIATION, Role.PLATFORM_ADMIN, Role.AUDITOR)
    }
    school, elsewhere = SchoolFactory(), SchoolFactory(name="示例别的大学")
    SchoolStaff.objects.create(user=people[Role.SCHOOL], school=school)
    brochure = august.brochure(notice, base)
    august.brochure(notice, other, approve=True)
    at = clock_at(RELEASED + timedelta(hours=9))
    bundles.lay_open_released(notice, policy=policy_of(version_in_force(notice)), at=at)
    for run in runs:
        publicity.object_to(run.publicity, words="示例异议：成绩有误。", contact="13900000000", at=at)
    asked = roster_exports.ask(notice=notice, purpose="示例用途", actor=people[Role.PROVINCE_OFFICER], at=at)
    demo = StaffFactory(role=Role.AUDITOR, is_demo=True)
    submissions = [one.submissions.get() for one in (mine, theirs)]
    papers = [one.applicant.documents.filter(kind="photo").get() for one in (mine, theirs)]
    objections = [Objection.objects.get(publicity=run.publicity) for run in runs]
    offers = [run.offers.first() for run in runs]
    asked_for = [_more_seats(one, notice, at) for one in (base, other)]
    pool = OthersPool.objects.create(notice=notice, base=base, planned=2, adopted_at=at)
    proposal = Distribution.objects.create(pool=pool, asked_by=people[Role.BASE_LEAD], asked_at=at)
    handed_in = [late.hand_in(late.filed(notice, one), RELEASED) for one in (base, other)]
    asked_shorter = [reducing.kept(one.application) for one in handed_in]
    mine_shorter = reducing.kept(mine)
    doubted = [_doubted(one.application, at) for one in handed_in]
    pairs = {
        "invitation": [_invited(one, place, at) for one, place in ((mine, base), (theirs, other))],
        "education": [one.applicant.educations.first() for one in (mine, theirs)],
        "document": papers,
        "submission": submissions,
        "application": [mine, theirs],
        "offer": offers,
        "run": runs,
        "objection": objections,
        "increase": asked_for,
        "later_document": handed_in,
        "reduction": asked_shorter,
        "roster_request": [
            _unlisted(one.applicant, notice, place, at) for one, place in ((mine, school), (theirs, elsewhere))
        ],
        "roster_batch": [_imported(notice, place, people[Role.SCHOOL], at) for place in (school, elsewhere)],
        "disqualification": doubted,
    }
    stage = Stage(notice, people, {role: sign_in(user) for role, user in people.items()})
    stage.objects = {kind: ([own.pk], [foreign.pk]) for kind, (own, foreign) in pairs.items()}
    # Report-in is about those admitted; their publicity is still running here.
    Offer.objects.filter(pk__in=[offer.pk for offer in offers]).update(state="admitted")
    stage.objects |= {
        "": ([], []),
        **notice_changes(notice, at),
        "brochure": ([brochure.pk], []),
        "brochure_step": ([brochure.pk, "approve"], []),
        "brochure_code": ([other.code], [base.code]),
        "paper": (["graduation-proof"], []),
        "base_paper": ([other.code, "unit-consent"], [base.code, "unit-consent"]),
        "reduction_form": ([], []),
        "any_reduction": ([asked_shorter[1].pk], []),
        "own_reduction": ([mine_shorter.pk], [asked_shorter[1].pk]),
        "own_roster_request": stage.objects["roster_request"],
        "any_roster_request": (stage.objects["roster_request"][1], []),
        "province_batch": (
            [_imported(notice, None, people[Role.PROVINCE_OFFICER], at).pk],
            stage.objects["roster_batch"][0],
        ),
        "later_file": ([handed_in[0].pk, "later"], [handed_in[1].pk, "later"]),
        "later_decision": ([handed_in[0].pk, "confirm"], [handed_in[1].pk, "confirm"]),
        "section": (["personal"], []),
        "filed_document": ([submissions[0].pk, papers[0].pk], [submissions[1].pk, papers[1].pk]),
        "run_step": ([runs[0].pk, "approve"], [runs[1].pk, "approve"]),
        "any_run": ([runs[1].pk], []),
        "candidate": ([], []),
        "tried_run": ([trials[0].pk], [trials[1].pk]),
        "any_tried_run": ([trials[1].pk], []),
        "lottery_step": (["commit"], ["nonsense"]),
        "what_if": ([assumed.pk], [trials[1].pk]),
        "any_run_step": ([runs[1].pk, "approve"], []),
        "any_objection": ([objections[1].pk], []),
        "any_disqualification_step": ([doubted[1].pk, "confirm"], []),
        "any_increase_step": ([asked_for[1].pk, "approve"], []),
        "pool": ([pool.pk], []),
        "distribution_step": ([proposal.pk, "approve"], []),
        "roster": ([asked.pk], []),
        "approved_roster": ([], []),
        "publicity": ([runs[0].publicity.pk], []),
        "demo_account": ([demo.pk], [people[Role.AUDITOR].pk]),
    }
    return stage


def _more_seats(base: TrainingBase, notice: Notice, at: datetime) -> IncreaseRequest:
    """A request that waits."""
    quota = Quota.objects.filter(notice=notice, base=base).first()
    lead = reviewer_of(base, Role.BASE_LEAD)
    return IncreaseRequest.objects.create(quota=quota, seats=1, reason="示例原因", asked_by=lead, asked_at=at)


def _unlisted(profile: Profile, notice: Notice, school: School, at: datetime) -> RosterRequest:
    """A request that waits for a school, with a proof."""
    return RosterRequest.objects.create(
        notice=notice,
        profile=profile,
        person_type="professional_master",
        school=school,
        major="临床医学",
        graduated_on=at.date(),
        words="示例说明",
        file=store(b"pdf", owner=profile.user, media_type="application/pdf", at=at),
        state="at_school",
        filed_at=at,
    )


def _imported(notice: Notice, school: School | None, actor: User, at: datetime) -> RosterBatch:
    """An import that nobody's line stands on any more."""
    source = RosterSource.SCHOOL if school else RosterSource.PROVINCE
    counts = {"lines": 1, "added": 1, "changed": 0}
    return RosterBatch.objects.create(
        notice=notice, school=school, source=source, imported_by=actor, imported_at=at, **counts
    )


def _doubted(application: Application, at: datetime) -> Disqualification:
    """A request to take a registration away that waits."""
    return disqualifications.ask(
        application,
        trigger="fraud",
        grounds="示例：证书系伪造。",
        actor=StaffFactory(role=Role.PROVINCE_OFFICER),
        at=at,
        policy=policy_of(version_in_force(application.notice)),
    )


def _invited(application: Application, base: TrainingBase, at: datetime) -> Invitation:
    """An open invitation of a base to the person of an application, under a notice that has none: only whose it is counts here."""
    return Invitation.objects.create(
        notice=application.notice,
        round="second",
        applicant=application.applicant,
        base=base,
        quota=base.quotas.filter(notice=application.notice).first(),
        invited_by=reviewer_of(base),
        invited_at=at,
        invited_under=application.notice.versions.first(),
        expires_at=at + timedelta(days=2),
    )


def answer(client: Client, method: str, address: str) -> HttpResponseBase:
    """What comes back to this browser; whatever the request wrote is taken away again, and the browser stays signed in."""
    cookies, client = client.cookies, Client(raise_request_exception=False)
    client.cookies = copy.deepcopy(cookies)
    with transaction.atomic():
        response = client.generic(method, address, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return response


def expected(line: Line, role: str | None, method: str) -> tuple[int, ...]:
    """Status codes that are right for somebody in this role at an object of their own."""
    if line.roles and role not in line.roles:
        return (302, 405) if role is None else (403, 405)
    if method not in line.methods:
        return (405, 200, 302, 422) if method == "POST" else (405,)
    if method == "GET":
        return (200, 302, 303)
    return line.empty if not line.posters or role in line.posters else (403,)


MISSING = {
    "": [],
    "version_number": [99],
    "proposal_step": [uuid.UUID(int=1), "withdraw"],
    "extension_step": [uuid.UUID(int=1), "approve"],
    "section": [],
    "filed_document": [uuid.UUID(int=1)] * 2,
    "run_step": [uuid.UUID(int=1), "approve"],
    "brochure_step": [uuid.UUID(int=1), "approve"],
    "brochure_code": ["keine"],
    "reduction_form": [],
    "later_file": [uuid.UUID(int=1), "later"],
    "later_decision": [uuid.UUID(int=1), "confirm"],
    "paper": ["keine"],
    "base_paper": ["keine", "unit-consent"],
    "any_run_step": [uuid.UUID(int=1), "approve"],
    "any_increase_step": [uuid.UUID(int=1), "approve"],
    "distribution_step": [uuid.UUID(int=1), "approve"],
    "any_disqualification_step": [uuid.UUID(int=1), "confirm"],
}


def calls(stage: Stage) -> Iterator[tuple[str, Line, str | None, str]]:
    """Every route, role and method; where everybody is let in, a few stand for all."""
    for route, line in TABLE.items():
        for role in (None, *(Role.values if line.roles else SOME)):
            for method in BOTH:
                yield route, line, role, method


def test_everybody_gets_what_is_theirs_and_nobody_more(stage: Stage) -> None:
    """Own objects: the right roles are served, visitors are led to the login, other roles are turned away. Nothing breaks on an empty form."""
    wrong = []
    for route, line, role, method in calls(stage):
        parts = stage.objects[line.takes][0]
        if line.takes and not parts:
            continue
        client = stage.clients[role] if role else Client()
        got = answer(client, method, stage.address(route, parts)).status_code
        if got not in expected(line, role, method):
            wrong.append((route, role, method, got))
    assert wrong == []


def test_a_foreign_object_and_a_missing_one_are_alike_not_there(stage: Stage) -> None:
    """404 for whoever may use the route at all: nobody learns that the other object exists (R10)."""
    wrong = []
    for route, line, role, method in calls(stage):
        if method not in line.methods or not line.takes or (line.roles and role not in line.roles):
            continue
        missing = MISSING.get(line.takes, [uuid.UUID(int=1)])
        for which, parts in (("foreign", stage.objects[line.takes][1]), ("missing", missing)):
            if parts:
                client = stage.clients[role] if role else Client()
                got = answer(client, method, stage.address(route, parts)).status_code
                if got != 404:
                    wrong.append((route, role, method, which, got))
    assert wrong == []


def test_an_unknown_notice_is_not_there(stage: Stage) -> None:
    for route, line in TABLE.items():
        if line.of_notice and not line.takes:
            address = reverse(route, args=["keine"])
            assert Client().get(address).status_code == 404, route


def test_staff_without_their_one_time_code_see_nothing_but_the_page_that_asks_for_it(stage: Stage) -> None:
    """Also where the account was opened in a demonstration: the exception is made in demo mode only."""
    wrong = []
    for role in STAFF:
        client = Client()
        user = StaffFactory(role=role, is_demo=True)
        client.force_login(user, backend="gme_portal.accounts.backends.IdentityBackend")
        for route, line in TABLE.items():
            parts = stage.objects[line.takes][0]
            if role not in line.roles or line.bare or (line.takes and not parts):
                continue
            for method in line.methods:
                response = answer(client, method, stage.address(route, parts))
                if response.status_code != 302 or "/account/second-factor/" not in response["Location"]:
                    wrong.append((route, role, method, response.status_code))
    assert wrong == []


def test_an_account_that_was_switched_off_is_a_visitor(stage: Stage) -> None:
    for role, client in stage.clients.items():
        User.objects.filter(pk=stage.people[role].pk).update(is_active=False)
        for route, line in TABLE.items():
            parts = stage.objects[line.takes][0]
            if role in line.roles and "GET" in line.methods and (parts or not line.takes):
                response = answer(client, "GET", stage.address(route, parts))
                assert response.status_code == 302, (route, role)
                assert "/account/login/" in response["Location"], (route, role)
