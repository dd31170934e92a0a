"""Filling the demonstration with people at every stage the calendar allows. One transaction for each person: a killed job leaves nobody half-way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum, auto
from random import Random
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from admissions.models import Application, DeadlineMark, ReviewDecision
from admissions.queries.review_reasons import rejection_clauses
from admissions.services import applications, reviews
from admissions.services.deadlines import seal_mark
from applicants.models import PersonType, Profile, RosterEntry
from applicants.services.rosters import import_roster
from bases.models import TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.accounts.queries import document_blind
from gme_portal.demo import arrivals, at_the_counter
from gme_portal.demo.moments import start_of, working_moment
from gme_portal.demo.people import Person, person
from gme_portal.demo.scene import Scene
from gme_portal.demo.staff import SCHOOL_STAFF
from gme_portal.outbox.models import Message, MessageState
from gme_portal.sheets import Reading, Row

PEOPLE = 300
# Those who are there before the site answers: a few at each stage.
ESSENTIAL = 12
_FILLING_LOCK = 7401
# At a counter one in so many comes without an account and sits down to fill everything in; the others prepare in the days before.
WITHOUT_ACCOUNT, SITTING_DOWN, PREPARED_WITHIN = 4, timedelta(minutes=50), timedelta(days=4)
RETURNED_FOR = ("photo", "document_unclear", "education_mismatch")


class Stage(StrEnum):
    """How far a person has come when the demonstration begins."""

    REGISTERED = auto()
    PERSONAL = auto()
    SCHOOLED = auto()
    NO_PAPERS = auto()
    COMPLETE = auto()
    CHOSEN = auto()
    SUBMITTED = auto()
    WITHDRAWN = auto()
    RETURNED = auto()
    REFILED = auto()
    APPROVED = auto()
    REJECTED = auto()


_SHARES = {
    Stage.REGISTERED: 3,
    Stage.PERSONAL: 3,
    Stage.SCHOOLED: 4,
    Stage.NO_PAPERS: 4,
    Stage.COMPLETE: 4,
    Stage.CHOSEN: 6,
    Stage.SUBMITTED: 27,
    Stage.WITHDRAWN: 3,
    Stage.RETURNED: 5,
    Stage.REFILED: 3,
    Stage.APPROVED: 35,
    Stage.REJECTED: 3,
}
_FILED = (Stage.SUBMITTED, Stage.WITHDRAWN, Stage.RETURNED, Stage.REFILED, Stage.APPROVED, Stage.REJECTED)
_FIRST = tuple(Stage)


def stage_of(serial: int) -> Stage:
    """The first ones go through all stages, so that each is there before the site answers; later ones by share."""
    if serial <= len(_FIRST):
        return _FIRST[serial - 1]
    return Random(f"gme-demo-stage:{serial}").choices(list(_SHARES), list(_SHARES.values()))[0]


def missing(scene: Scene, people: int) -> list[Person]:
    """Who of the first `people` has not come yet; nobody once registration is sealed, for nobody could file any more."""
    if _all_sealed(scene):
        return []
    expected = [person(serial, scene.cast) for serial in range(1, people + 1)]
    blinds = {document_blind(someone.document_number): someone for someone in expected}
    there = set(User.objects.filter(document_blind__in=blinds).values_list("document_blind", flat=True))
    return [someone for blind, someone in blinds.items() if blind not in there]


def _all_sealed(scene: Scene) -> bool:
    """Whether registration is over for every type of person in the round the crowd takes part in."""
    windows = [one for one in scene.policy.windows if one.key == "registration" and one.round == scene.round]
    sealed = DeadlineMark.objects.filter(notice=scene.notice, key__in={seal_mark(window) for window in windows})
    return sealed.count() == len({seal_mark(window) for window in windows})


def fill(scene: Scene, people: int) -> Iterator[tuple[int, int]]:
    """Bring the first `people` persons in, each to their stage; yields (done, all) after each. People who are there already stay as they are."""
    hand_in_rosters(scene, people)
    waiting = missing(scene, people)
    registration = scene.policy.window("registration")
    assert registration is not None
    until = start_of(registration.closes)
    for number, someone in enumerate(waiting, 1):
        with transaction.atomic():
            with connection.cursor() as cursor:  # two jobs at once: the second finds the person there
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_FILLING_LOCK, someone.serial])
            if _all_sealed(scene):
                return
            if not arrivals.has_come(someone):
                bring(someone, stage_of(someone.serial), scene, registration.opens, until)
        yield number, len(waiting)


def bring(someone: Person, stage: Stage, scene: Scene, opens: datetime, until: datetime) -> None:
    """Let a person live from the opening to their stage; everything happens in order between the two moments. Where people sign up at a
    counter, they have prepared before it opens, except those who come without an account."""
    random = Random(f"gme-demo-days:{someone.serial}")
    order = list(Stage)
    reached = order.index(stage)
    came = working_moment(random, opens + SITTING_DOWN, until) if scene.is_on_site else opens
    if scene.is_on_site and stage in _FILED and someone.serial % WITHOUT_ACCOUNT == 0:
        registered = came - SITTING_DOWN
        base = arrivals.base_in_mind(someone, scene)
        profile = at_the_counter.open_account(someone, base, scene, at=registered)
        moments = [registered + SITTING_DOWN * number / 6 for number in range(1, 6)]
    else:
        ready = opens if scene.is_on_site else until
        first = opens - PREPARED_WITHIN if scene.is_on_site else opens
        registered = first + (ready - first) * (random.random() ** 0.8 * 0.9)
        moments = sorted(registered + (ready - registered) * random.uniform(0.02, 0.45) for _ in range(5))
        profile = arrivals.sign_up(someone, at=registered)
    steps = (
        (Stage.PERSONAL, lambda: arrivals.tell_of_self(profile, someone, scene, at=moments[0])),
        (Stage.SCHOOLED, lambda: arrivals.tell_of_schooling(profile, someone, scene, at=moments[1])),
        (Stage.NO_PAPERS, lambda: _work_and_photo(profile, someone, scene, moments[2])),
        (Stage.COMPLETE, lambda: arrivals.upload(profile, someone, scene, at=moments[3])),
    )
    for needed, step in steps:
        if reached >= order.index(needed):
            step()
            profile.refresh_from_db()
    if reached >= order.index(Stage.CHOSEN):
        application = arrivals.choose(profile, someone, scene, at=moments[4])
        if application is not None and stage in _FILED:
            _file_and_judge(application, stage, scene, random, max(moments[4], came), until)
    delivered(profile)


def _work_and_photo(profile: Profile, someone: Person, scene: Scene, at: datetime) -> None:
    arrivals.tell_of_work(profile, someone, scene, at=at)
    arrivals.upload(profile, someone, scene, at=at, papers=False)


def _file_and_judge(
    application: Application, stage: Stage, scene: Scene, random: Random, after: datetime, until: datetime
) -> None:
    # Whoever still waits has filed lately, most of them: bases work on the oldest first. At a counter people file when they come.
    earliest, latest = (0.45, 0.999) if stage == Stage.SUBMITTED else (0.02, 0.6)
    filed = after if scene.is_on_site else after + (until - after) * random.uniform(earliest, latest)
    arrivals.file(application, scene, at=filed)
    application.refresh_from_db()
    review = scene.window("review", application.applicant.person_type)
    looked_at = max(filed, review.opens) if review else until
    if stage != Stage.WITHDRAWN and looked_at >= until:
        return  # nobody has looked at it yet
    later = working_moment(random, looked_at if stage != Stage.WITHDRAWN else filed, until)
    if stage == Stage.WITHDRAWN:
        applications.withdraw(application=application, actor=application.applicant.user, at=later, policy=scene.policy)
    elif stage in (Stage.RETURNED, Stage.REFILED):
        judge(application, ReviewDecision.RETURN, scene, random, at=later)
        if stage == Stage.REFILED:
            application.refresh_from_db()
            again = later + (until - later) * random.uniform(0.2, 0.9)
            arrivals.file(application, scene, at=working_moment(random, later, until) if scene.is_on_site else again)
    elif stage == Stage.APPROVED:
        judge(application, ReviewDecision.APPROVE, scene, random, at=later)
    elif stage == Stage.REJECTED:
        judge(application, ReviewDecision.REJECT, scene, random, at=later)


def judge(application: Application, decision: str, scene: Scene, random: Random, *, at: datetime) -> None:
    """A base decides on a fictional application, with a reason where one is due."""
    assert application.base_id is not None
    crew = scene.crews[application.base_id]
    reason = random.choice(RETURNED_FOR) if decision == ReviewDecision.RETURN else ""
    clause = next(iter(rejection_clauses(scene.policy))) if decision == ReviewDecision.REJECT else ""
    words = "演练：所传材料与所填信息不一致，电话核实后本人未能补正。" if clause else ""
    reviews.decide(
        application,
        decision,
        reason_code=reason,
        words=words,
        clause=clause,
        actor=crew.maker,
        at=at,
        policy=scene.policy,
    )


def delivered(profile: Profile) -> None:
    """Text messages of the past have long arrived: the queue belongs to what happens from now on."""
    waiting = Message.objects.filter(user=profile.user, state=MessageState.PENDING)
    waiting.update(state=MessageState.SENT, sent_at=F("due_at"), attempts=1)


def hand_in_rosters(scene: Scene, people: int) -> None:
    """The schools' lists (专硕、订单定向名册) of everybody who is or will be there, and a few who never register."""
    registration = scene.policy.window("registration")
    assert registration is not None
    entries = RosterEntry.objects.filter(notice=scene.notice)
    listed = set(entries.values_list("document_blind", flat=True))
    seats = Counter(entries.filter(person_type="commissioned").values_list("base_id", "specialty_id"))
    fresh = [someone for someone in _assigned(scene, people) if document_blind(someone.document_number) not in listed]
    by_province = {kind.code for kind in scene.policy.person_types if kind.roster == "province"}
    for school_name, account in zip(scene.cast.assigning, SCHOOL_STAFF, strict=False):
        school, actor = scene.schools.get(school_name), User.objects.filter(login_name=account.login_name).first()
        students = [
            one for one in fresh if one.schooling[-1].school == school_name and one.person_type not in by_province
        ]
        if school is None or actor is None or not students:
            continue
        rows = [Row(number, _line(someone, scene, seats)) for number, someone in enumerate(students, 2)]
        import_roster(notice=scene.notice, reading=Reading(rows), school=school, actor=actor, at=registration.opens)
    officer = User.objects.filter(role=Role.PROVINCE_OFFICER).order_by("created_at").first()
    students = [one for one in fresh if one.person_type in by_province and one.schooling[-1].school in scene.schools]
    if officer is not None and students:
        rows = [Row(number, _line(someone, scene, seats)) for number, someone in enumerate(students, 2)]
        import_roster(notice=scene.notice, reading=Reading(rows), school=None, actor=officer, at=registration.opens)


def _assigned(scene: Scene, people: int) -> list[Person]:
    everybody = (person(serial, scene.cast) for serial in (*range(1, people + 1), *range(9001, 9041)))
    return [someone for someone in everybody if someone.person_type in scene.cast.assigned]


def _line(someone: Person, scene: Scene, seats: Counter[tuple[UUID, str]]) -> dict[str, str]:
    base, specialty = _assignment(someone, scene, seats)
    return {
        "name": someone.name,
        "document_number": someone.document_number,
        "person_type": PersonType(someone.person_type).label,
        "school": someone.schooling[-1].school,
        "base": base.name,
        "specialty": scene.policy.specialties.name(specialty),
    }


def _assignment(someone: Person, scene: Scene, seats: Counter[tuple[UUID, str]]) -> tuple[TrainingBase, str]:
    """Graduate students go where their degree's specialty is open; commissioned students into general practice at or beside home, never
    more than the seats kept for them there, or else half of the seats. `seats` counts them."""
    field, cast = scene.field_of(someone), scene.cast
    if someone.person_type == "commissioned":
        specialty = cast.general["tcm" if field == "tcm" else "western"]
    else:
        major = someone.schooling[-1].major
        specialty = cast.masters.get(major) or cast.tcm_masters[major]
    there = {
        quota.base_id: quota
        for base in scene.bases
        for quota in scene.quotas[base.pk]
        if quota.specialty_id == specialty
    }
    offering = [base for base in scene.bases if base.pk in there]
    if someone.employer is not None:
        home = someone.employer.prefecture
        near = {home, *(scene.policy.reallocation.adjacent or {}).get(home, ())}
        room = {pk: quota.reserved or quota.planned // 2 for pk, quota in there.items()}
        offering = [base for base in offering if seats[base.pk, specialty] < room[base.pk]]
        offering = [base for base in offering if base.prefecture_id in near] or offering
    base = scene.some_base(arrivals.wish_random(someone, scene), offering)
    if someone.employer is not None:
        seats[base.pk, specialty] += 1
    return base, specialty
