"""Fictional people, notices and places for tests. Extend it; every name is marked 示例, every number has a valid check digit.

`ProfileFactory()` gives somebody who has everything that filing an application needs; its keywords are those of the models."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import factory
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from PIL import Image

from admissions.allocation import lottery
from admissions.models import Application, LotteryDraw, Submission
from admissions.services import applications, reviews
from applicants.models import Document, Education, Employment, Licence, Profile
from applicants.services.profiles import nationality_of
from bases.models import BaseStaff, Division, EthnicGroup, Major, Prefecture, School, Specialty, TrainingBase
from gme_portal.accounts.identity import check_digit
from gme_portal.accounts.models import DocumentKind, Role, User
from gme_portal.accounts.queries import document_blind, phone_blind
from gme_portal.clock.services import BEIJING
from gme_portal.files.services import store
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services import adopt
from quotas.models import EntryKind, Quota, SeatEntry

PASSWORD = "Shili#2025!"
POLICIES = Path(settings.BASE_DIR) / "fixtures" / "policies"
ADOPTED_AT = datetime(2025, 6, 20, 9, 0, tzinfo=BEIJING)
IN_WINDOW = datetime(2025, 7, 10, 9, 0, tzinfo=BEIJING)
EMPLOYED = ("own_staff", "delegated", "commissioned")


def resident_id(number: int, *, born: str = "20000101", region: str = "530102", male: bool = True) -> str:
    """A fictional resident ID number: the `number`-th of that day, with the right check digit."""
    first = f"{region}{born}{number % 500 * 2 + (1 if male else 0):03d}"
    return first + check_digit(first)


@lru_cache
def hashed(password: str) -> str:
    """Argon2 is slow on purpose: one hash serves every fictional person."""
    return make_password(password)


@lru_cache
def small_jpeg(colour: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (240, 320), colour).save(out, "JPEG")
    return out.getvalue()


class UserFactory(factory.django.DjangoModelFactory[User]):
    """An applicant; `document_number` and `phone` as plain text, their look-up keys follow. Log in with `PASSWORD`."""

    class Meta:
        model = User
        exclude = ("serial",)

    serial = factory.Sequence(lambda n: n + 1)
    role = Role.APPLICANT
    name = factory.LazyAttribute(lambda row: f"示例{'甲乙丙丁戊己庚辛壬癸'[row.serial % 10]}")
    document_kind = DocumentKind.RESIDENT_ID
    document_number = factory.LazyAttribute(
        lambda row: resident_id(row.serial, born=f"{1990 + row.serial // 500 % 12}0203", male=bool(row.serial % 2))
    )
    phone = factory.LazyAttribute(lambda row: f"139{row.serial:08d}")
    password = factory.LazyFunction(lambda: hashed(PASSWORD))

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **values: Any) -> User:
        if values.get("document_number"):
            values.setdefault("document_blind", document_blind(values["document_number"]))
        if values.get("phone"):
            values.setdefault("phone_blind", phone_blind(values["phone"]))
        return super()._create(model_class, *args, **values)


class StaffFactory(factory.django.DjangoModelFactory[User]):
    """Somebody who logs in by `login_name`; a demo account, so that pages need no second factor in demo mode."""

    class Meta:
        model = User

    role = Role.BASE_EDITOR
    name = factory.Sequence(lambda n: f"示例职员{n}")
    login_name = factory.Sequence(lambda n: f"shili{n}")
    password = factory.LazyFunction(lambda: hashed(PASSWORD))


class NoticeFactory:
    """`NoticeFactory()` adopts a policy file of `fixtures/`; its lotteries are drawn already, unless `drawn` is False."""

    def __new__(
        cls,
        policy: str = "yunnan-2025-residency",
        *,
        edit: Callable[[str], str] = lambda text: text,
        drawn: bool = True,
    ) -> Notice:  # type: ignore[misc]
        source = edit((POLICIES / f"{policy}.toml").read_text(encoding="utf-8"))
        version = adopt(source=source, author=None, approver=None, reason="测试", at=ADOPTED_AT)
        for round in policy_of(version).rounds if drawn else ():
            LotteryFactory(notice=version.notice, round=round.key)
        return version.notice


class LotteryFactory(factory.django.DjangoModelFactory[LotteryDraw]):
    """A lottery that two people of the province have drawn, long before anybody needs it. `notice` is required."""

    class Meta:
        model = LotteryDraw
        django_get_or_create = ("notice", "round")

    round = "first"
    secret = "0123456789abcdef" * 4
    commitment = factory.LazyAttribute(lambda row: lottery.commitment(row.secret))
    source = "示例：报名截止后首期公开抽签"
    committed_at = ADOPTED_AT
    public_draw = "01 08 13 22 27 30 + 16"
    drawn_at = confirmed_at = ADOPTED_AT + timedelta(minutes=1)
    drawn_by = factory.LazyFunction(lambda: _office(Role.PROVINCE_OFFICER))
    confirmed_by = factory.LazyFunction(lambda: _office(Role.PROVINCE_LEAD))
    committed_under = confirmed_under = factory.LazyAttribute(lambda row: row.notice.versions.first())


def _office(role: str) -> User:
    return User.objects.filter(role=role).first() or StaffFactory(role=role)


class DivisionFactory(factory.django.DjangoModelFactory[Division]):
    class Meta:
        model = Division
        django_get_or_create = ("code",)

    code, name, short_name = "53", "云南省", "云南"


class PrefectureFactory(factory.django.DjangoModelFactory[Prefecture]):
    class Meta:
        model = Prefecture
        django_get_or_create = ("code",)

    code, name, short_name = "5301", "昆明市", "昆明"
    division = factory.SubFactory(DivisionFactory)


class SchoolFactory(factory.django.DjangoModelFactory[School]):
    class Meta:
        model = School
        django_get_or_create = ("name",)

    name = "示例医科大学"
    division = factory.SubFactory(DivisionFactory)


class MajorFactory(factory.django.DjangoModelFactory[Major]):
    class Meta:
        model = Major
        django_get_or_create = ("code",)

    code, name, level, field = "100201K", "临床医学", "bachelor", "clinical"


class EthnicGroupFactory(factory.django.DjangoModelFactory[EthnicGroup]):
    class Meta:
        model = EthnicGroup
        django_get_or_create = ("code",)

    code, name = "01", "汉族"


class SpecialtyFactory(factory.django.DjangoModelFactory[Specialty]):
    class Meta:
        model = Specialty
        django_get_or_create = ("code",)

    code, name = "0100", "内科"
    track, medicine, years = "residency", "western", 3
    position = factory.Sequence(lambda n: 500 + n)


class BaseFactory(factory.django.DjangoModelFactory[TrainingBase]):
    class Meta:
        model = TrainingBase
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"shili-{n}")
    name = factory.LazyAttribute(lambda row: f"示例医院{row.code}")
    short_name = factory.LazyAttribute(lambda row: row.code[:20])
    prefecture = factory.SubFactory(PrefectureFactory)
    medicine = "western"
    tracks = ("residency",)
    is_example = True


class QuotaFactory(factory.django.DjangoModelFactory[Quota]):
    """Seats with the ledger line that explains them. `notice` is required."""

    class Meta:
        model = Quota

    base = factory.SubFactory(BaseFactory)
    specialty = factory.SubFactory(SpecialtyFactory)
    seats = 10
    planned = factory.SelfAttribute("seats")

    @classmethod
    def _create(cls, model_class: type[Quota], *args: Any, **values: Any) -> Quota:
        with transaction.atomic():
            quota = super()._create(model_class, *args, **values)
            SeatEntry.objects.create(
                quota=quota,
                kind=EntryKind.PLAN,
                delta=quota.seats,
                reserved_delta=quota.reserved,
                at=ADOPTED_AT,
                decided_under=quota.notice.versions.first(),
            )
        return quota


class ProfileFactory(factory.django.DjangoModelFactory[Profile]):
    """A complete profile: personal data, a bachelor's record, licence section, employment where the type asks, every document.

    `complete=False` gives what the first visit makes. `licence=True` adds a physician's licence. `notice` says whose documents are uploaded
    (default: the newest one there is; without any, only the photo)."""

    class Meta:
        model = Profile
        exclude = ("serial",)

    serial = factory.Sequence(lambda n: n + 1)
    user = factory.SubFactory(UserFactory)
    person_type = "social"
    gender = "male"
    born_on = date(2000, 1, 1)
    ethnic_group = factory.SubFactory(EthnicGroupFactory)
    nationality = factory.LazyAttribute(lambda row: nationality_of(row.user))
    married = False
    household_address = "云南省昆明市示例区示例路1号"
    address = "云南省昆明市示例区示例路1号"
    email = factory.LazyAttribute(lambda row: f"shili{row.serial}@example.com")
    personal_saved_at = IN_WINDOW
    licence_saved_at = IN_WINDOW

    @classmethod
    def _create(cls, model_class: type[Profile], *args: Any, **values: Any) -> Profile:
        complete, licence, notice = (
            values.pop("complete", True),
            values.pop("licence", False),
            values.pop("notice", None),
        )
        profile = super()._create(model_class, *args, **values)
        if complete:
            complete_profile(profile, licence=licence, notice=notice or Notice.objects.first())
        return profile


def complete_profile(profile: Profile, *, licence: bool = False, notice: Notice | None = None) -> Profile:
    """Give a profile its education, licence section, employment and documents."""
    Education.objects.create(
        profile=profile,
        level="bachelor",
        school=SchoolFactory(),
        major=MajorFactory(),
        graduated_on=date(2023, 7, 1),
        diploma_number="105011202305000001",
        degree_awarded=True,
        degree_number="1050142023000001",
    )
    if licence:
        Licence.objects.create(
            profile=profile,
            kind="physician",
            category="clinical",
            number="202353110530102200001010",
            obtained_on=date(2024, 12, 1),
        )
    if profile.person_type in EMPLOYED:
        own = BaseFactory() if profile.person_type == "own_staff" else None
        Employment.objects.create(
            profile=profile,
            name=own.name if own else "示例县人民医院",
            level="county",
            prefecture=PrefectureFactory(),
            specialty=SpecialtyFactory() if profile.person_type == "delegated" else None,
            own_base=own,
            commission_year=2025 if profile.person_type == "commissioned" else None,
        )
        profile.employment_saved_at = IN_WINDOW
    profile.education_saved_at = IN_WINDOW
    profile.save()
    add_document(profile, "photo")
    for rule in (
        policy_of(version_in_force(notice)).documents_for(profile.person_type, {"holds_licence": licence})
        if notice
        else ()
    ):
        if rule.required:
            add_document(profile, rule.kind)
    return profile


def add_document(
    profile: Profile, kind: str, *, content: bytes | None = None, media_type: str = "image/jpeg"
) -> Document:
    """A stored document without the inspection that the portal does: its content is ours."""
    file = store(content or small_jpeg(), owner=profile.user, media_type=media_type, at=IN_WINDOW)
    return Document.objects.create(profile=profile, kind=kind, file=file, uploaded_at=IN_WINDOW)


def reviewer_of(base: TrainingBase, role: str = Role.BASE_EDITOR) -> User:
    """Somebody who works for the base in this role; one person per base and role."""
    found = User.objects.filter(role=role, base_staff__base=base).first()
    if found is None:
        found = StaffFactory(role=role)
        BaseStaff.objects.create(user=found, base=base)
    return found


def file_again(application: Application, *, at: datetime = IN_WINDOW, key: uuid.UUID | None = None) -> Submission:
    """File an application as its owner would."""
    version = version_in_force(application.notice)
    return applications.submit(
        application=application,
        actor=application.applicant.user,
        at=at,
        policy=policy_of(version),
        notice_version=version,
        idempotency_key=key or uuid.uuid4(),
    )


class ApplicationFactory:
    """An application brought to `state` by the real services: draft (with choices), submitted, withdrawn, returned, approved or rejected.

    `quotas` are the choices in order (default: one quota of a new base); `consents` the kinds of 服从调剂 agreed to. Filed at `at`, decided on
    at `reviewed_at` (default: the same moment, where the notice lets bases review while people still file)."""

    def __new__(  # type: ignore[misc]
        cls,
        *,
        state: str = "draft",
        notice: Notice | None = None,
        profile: Profile | None = None,
        quotas: Sequence[Quota] = (),
        consents: Sequence[str] = ("base", "province"),
        at: datetime = IN_WINDOW,
        reviewed_at: datetime | None = None,
        round: str = "first",
        **profile_values: Any,
    ) -> Application:
        notice = notice or Notice.objects.first() or NoticeFactory()
        policy = policy_of(version_in_force(notice))
        profile = profile or ProfileFactory(notice=notice, **profile_values)
        offered = set(consents) & set(policy.transfer.kinds) if policy.transfer.offered_to(profile.person_type) else ()
        quotas = quotas or [QuotaFactory(notice=notice)]
        application = applications.ensure(profile=profile, notice=notice, round=round, at=at)
        applications.save_choices(
            application=application,
            quota_ids=[quota.pk for quota in quotas],
            consents=offered,
            actor=profile.user,
            at=at,
            policy=policy,
        )
        if state != "draft":
            file_again(application, at=at)
            application.refresh_from_db()
        if state == "withdrawn":
            applications.withdraw(application=application, actor=profile.user, at=at, policy=policy)
        elif state in _DECISIONS:
            decision, why = _DECISIONS[state]
            clause = policy.eligibility[0].clause if state == "rejected" else ""
            reviewer = reviewer_of(quotas[0].base)
            when = reviewed_at or at
            reviews.decide(application, decision, clause=clause, actor=reviewer, at=when, policy=policy, **why)
        application.refresh_from_db()
        return application


_DECISIONS: dict[str, tuple[str, dict[str, str]]] = {
    "approved": ("approve", {}),
    "returned": ("return", {"reason_code": "photo"}),
    "rejected": ("reject", {"words": "材料与条件不符。"}),
}
