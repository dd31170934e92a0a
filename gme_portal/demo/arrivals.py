"""What fictional applicants do, step by step, through the same services as everybody: sign up, fill in, upload, choose, file."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from admissions.models import Application, Submission
from admissions.queries import choosing
from admissions.services import applications
from applicants.models import Employment, Licence, Profile
from applicants.photo import Finding, check
from applicants.queries import PHOTO, completeness, current_documents, documents_asked, entry_for, is_complete
from applicants.services import documents, educations, profiles
from applicants.services.educations import EducationData
from applicants.services.profiles import EmploymentData, LicenceData, Personal
from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.accounts.queries import document_blind
from gme_portal.accounts.services.registration import new_applicant
from gme_portal.audit.services import record
from gme_portal.demo import at_the_counter
from gme_portal.demo.papers import draw_paper
from gme_portal.demo.people import OTHER_SCHOOL, PHONES_FROM, Person, Schooling, person
from gme_portal.demo.portraits import draw_portrait
from gme_portal.demo.scene import Scene
from gme_portal.demo.staff import encoded_password
from gme_portal.files.inspection import CleanImage
from gme_portal.policy.schema import DocumentRule, PhotoRule
from gme_portal.refusals import Refused

# The first people, who are waited for, share a few faces.
PORTRAITS, FIRST_PORTRAITS, PHOTO_SIZE = 24, 3, (420, 560)
WHITE = "#FFFFFF"
# How many bases somebody looks at who finds no specialty that is open to them.
TRIED = 6


def has_come(someone: Person) -> bool:
    return User.objects.filter(document_blind=document_blind(someone.document_number)).exists()


def sign_up(someone: Person, *, at: datetime) -> Profile:
    """Make the account of a fictional person and their profile. The code sent to the phone is left out: nobody holds that phone."""
    with transaction.atomic():
        user = new_applicant(
            name=someone.name,
            document_kind=someone.document_kind,
            document_number=someone.document_number,
            phone=someone.phone,
        )
        user.password, user.is_demo = encoded_password(), True
        user.save(force_insert=True)
        record(
            actor=user,
            action="account.registered",
            subject=user,
            at=at,
            detail={"document_kind": someone.document_kind},
        )
        return profiles.ensure(user, at)


def person_behind(profile: Profile, scene: Scene) -> Person:
    """The fictional person of a demo account; their phone number holds the serial number."""
    phone = profile.user.phone
    assert phone is not None
    return person(int(phone.open()) - PHONES_FROM, scene.cast)


def tell_of_self(profile: Profile, someone: Person, scene: Scene, *, at: datetime) -> None:
    prefecture = scene.prefectures[someone.prefecture]
    address = f"{prefecture.division.name}{prefecture.name}{someone.address}"
    data = Personal(
        person_type=someone.person_type,
        gender=someone.gender,
        born_on=someone.born_on,
        ethnic_group=scene.ethnic_groups[someone.ethnic_group],
        married=someone.married,
        household_address=address,
        address=address,
        email=someone.email,
        is_military=False,
        title="none",
        holds_training_certificate=False,
        in_national_platform=False,
    )
    profiles.save_personal(profile=profile, data=data, policy=scene.policy, actor=profile.user, at=at)


def tell_of_schooling(profile: Profile, someone: Person, scene: Scene, *, at: datetime) -> None:
    for number, schooling in enumerate(someone.schooling):
        data = _education(schooling, someone.serial * 10 + number, scene)
        educations.add(profile=profile, data=data, policy=scene.policy, actor=profile.user, at=at)


def _education(schooling: Schooling, number: int, scene: Scene) -> EducationData:
    done = schooling.graduated_on is not None and not schooling.pending
    year = schooling.graduated_on.year if schooling.graduated_on else 0
    return EducationData(
        level=schooling.level,
        full_time=True,
        adult_education=False,
        foreign=False,
        enrolled=schooling.enrolled,
        graduated_on=schooling.graduated_on,
        school=scene.schools[schooling.school] if schooling.school else None,
        school_other="" if schooling.school else OTHER_SCHOOL,
        major=scene.majors[schooling.major],
        diploma_number=f"99999{year}05{number:06d}" if done else "",
        degree_awarded=not schooling.enrolled,
        degree_type=schooling.degree_type,
        degree_number=f"999994{year}{number:06d}" if done else "",
        diploma_pending=schooling.pending,
    )


def tell_of_work(profile: Profile, someone: Person, scene: Scene, *, at: datetime) -> None:
    """Licence and, where the type asks for it, the employer. A base's own staff belong to the base they will choose."""
    licence = None
    if someone.licensed_on is not None:
        licence = LicenceData(scene.cast.licence, scene.field_of(someone), someone.licence_number, someone.licensed_on)
    profiles.save_licence(profile=profile, data=licence, actor=profile.user, at=at)
    work = someone.employer
    if work is None:
        return
    prefecture = scene.prefectures[work.prefecture]
    data = EmploymentData(name=work.name, level=work.level, prefecture=prefecture, commission_year=work.commission_year)
    if someone.person_type == "own_staff":
        data = EmploymentData(own_base=base_of_choice(profile, someone, scene))
    elif someone.person_type == "delegated":
        specialty = _practised(profile, someone, scene)
        data = EmploymentData(
            name=work.name, level=work.level, prefecture=prefecture, specialty=scene.specialties[specialty]
        )
    profiles.save_employment(profile=profile, data=data, actor=profile.user, at=at)


def upload(
    profile: Profile, someone: Person, scene: Scene, *, at: datetime, photo: bool = True, papers: bool = True
) -> None:
    """Hand in what is still missing: a drawn portrait, and a drawn sheet for every proof the notice asks."""
    there = current_documents(profile)
    if photo and PHOTO not in there:
        shared = FIRST_PORTRAITS if someone.serial <= PORTRAITS else PORTRAITS
        picture, measured = _portrait(someone.serial % shared, scene.policy.photo)
        _keep(profile, PHOTO, picture, at, [finding.as_dict() for finding in measured])
    if not papers:
        return
    licence, work = Licence.objects.filter(profile=profile).first(), Employment.objects.filter(profile=profile).first()
    for rule in documents_asked(profile, scene.policy, licence=licence, employment=work):
        if rule.required and rule.kind not in there:
            _keep(profile, rule.kind, _sheet(rule, someone), at)


def _keep(
    profile: Profile, kind: str, clean: CleanImage, at: datetime, findings: list[dict[str, object]] | None = None
) -> None:
    documents.keep(
        profile=profile, kind=kind, clean=clean, preview=None, findings=findings or [], actor=profile.user, at=at
    )


@lru_cache(maxsize=PORTRAITS)
def _portrait(number: int, rule: PhotoRule) -> tuple[CleanImage, tuple[Finding, ...]]:
    """One of a few drawn faces, with what the photo check measures."""
    content = draw_portrait(number, PHOTO_SIZE, rule.background or WHITE)
    return CleanImage(content, "image/jpeg", *PHOTO_SIZE), check(content, rule)


def _sheet(rule: DocumentRule, someone: Person) -> CleanImage:
    title = rule.stand_in if rule.stand_in and someone.is_final_year else rule.label
    return draw_paper(title, [f"姓名：{someone.name}", f"证件号码：{someone.document_number}", f"材料：{rule.label}"])


def complete(profile: Profile, someone: Person, scene: Scene, *, at: datetime) -> None:
    """Fill in whatever is still missing."""
    done = {section.key for section in completeness(profile, scene.policy) if section.state == "done"}
    if "personal" not in done:
        tell_of_self(profile, someone, scene, at=at)
    if "education" not in done:
        tell_of_schooling(profile, someone, scene, at=at + timedelta(minutes=4))
    if "licence" not in done:
        tell_of_work(profile, someone, scene, at=at + timedelta(minutes=7))
    profile.refresh_from_db()
    upload(profile, someone, scene, at=at + timedelta(minutes=15))


def wish_random(someone: Person, scene: Scene) -> Random:
    """What decides their wishes; after a round in which they got nothing they wish anew."""
    return Random(f"gme-demo-wish:{someone.serial}" + (f":{scene.round}" if scene.is_later else ""))


def base_of_choice(profile: Profile, someone: Person, scene: Scene) -> TrainingBase:
    """Where the person wants to go: assigned by school or province, else one that trains in their field, by attraction."""
    entry = entry_for(scene.notice, profile.user)
    return entry.base if entry is not None else base_in_mind(someone, scene)


def base_in_mind(someone: Person, scene: Scene) -> TrainingBase:
    """The base that attracts somebody who chooses freely."""
    return scene.some_base(wish_random(someone, scene), _fitting(someone, scene))


def _fitting(someone: Person, scene: Scene) -> list[TrainingBase]:
    field = scene.field_of(someone)
    return [base for base in scene.bases if any(scene.fits(quota, field) for quota in scene.quotas[base.pk])]


def _practised(profile: Profile, someone: Person, scene: Scene) -> str:
    """The specialty that somebody sent by their employer works in: one that is taught where they want to go."""
    base, field = base_of_choice(profile, someone, scene), scene.field_of(someone)
    there = [quota.specialty_id for quota in scene.quotas[base.pk] if scene.fits(quota, field)]
    return wish_random(someone, scene).choice(there or list(scene.policy.specialties.codes))


def _bases_to_try(profile: Profile, someone: Person, scene: Scene) -> list[TrainingBase]:
    """The base of their choice; then, unless it is their own, bases near their employer and others by attraction."""
    first = base_of_choice(profile, someone, scene)
    if someone.person_type == "own_staff":
        return [first]
    left = [base for base in _fitting(someone, scene) if base != first]
    place = someone.employer.prefecture if someone.employer else ""
    near = [base for base in left if base.prefecture_id == place]
    random, further = wish_random(someone, scene), [base for base in left if base not in near]
    random.shuffle(further)
    return [first, *near, *further][:TRIED]


def choose(profile: Profile, someone: Person, scene: Scene, *, at: datetime) -> Application | None:
    """Fill in the choices; None where the person cannot yet or where no rule leaves them a specialty."""
    if not is_complete(completeness(profile, scene.policy)):
        return None
    application = applications.ensure(profile=profile, notice=scene.notice, round=scene.round, at=at)
    entry = choosing.assigned_entry(application, scene.policy)
    if entry is not None:
        wanted = [quota.pk for quota in scene.quotas[entry.base_id] if quota.specialty_id == entry.specialty_id]
    else:
        tries = (_wanted(application, base, someone, scene, at) for base in _bases_to_try(profile, someone, scene))
        wanted = next(filter(None, tries), [])
    try:
        return applications.save_choices(
            application=application,
            quota_ids=wanted,
            consents=consents_of(someone, scene),
            actor=profile.user,
            at=at,
            policy=scene.policy,
        )
    except Refused:
        return None


def consents_of(someone: Person, scene: Scene) -> tuple[str, ...]:
    """What they would agree to, as far as the notice asks; all of it where it must be."""
    rule = scene.policy.transfer
    if not rule.offered_to(someone.person_type):
        return ()
    if someone.person_type in rule.required_for:
        return rule.kinds
    return tuple(kind for kind in someone.consents if kind in rule.kinds)


def _wanted(application: Application, base: TrainingBase, someone: Person, scene: Scene, at: datetime) -> list[UUID]:
    """Quota ids at a base by liking, of those open to the person: one to as many as allowed, more often many."""
    random, field = wish_random(someone, scene), scene.field_of(someone)
    options = choosing.options_at(application, base, entry=None, policy=scene.policy, at=at)
    left = [option.quota for option in options if not option.closed and scene.fits(option.quota, field)]
    wanted: list[UUID] = []
    for _ in range(min(random.choice((1, 2, 3, 3, 3)), scene.policy.choices.limit(someone.person_type))):
        if left:
            quota = random.choices(left, [scene.liking(quota) for quota in left])[0]
            left.remove(quota)
            wanted.append(quota.pk)
    return wanted


def file(application: Application, scene: Scene, *, at: datetime) -> Submission:
    """File it, alone or at the counter of the base (现场报名); the key comes from person and moment, so that a repeated run files nothing twice."""
    actor = at_the_counter.clerk_for(application, scene, at=at) if scene.is_on_site else application.applicant.user
    return applications.submit(
        application=application,
        actor=actor,
        at=at,
        policy=scene.policy,
        notice_version=scene.version,
        idempotency_key=uuid5(NAMESPACE_URL, f"gme-demo:{application.number}:{application.submissions.count()}"),
    )
