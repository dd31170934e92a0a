"""Personal data, licence and employment of an applicant (完善个人信息, 003 (三)). Read-only while an application is filed; see `locking`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from applicants.models import Employment, Gender, Licence, PersonType, Profile
from applicants.queries import NEEDS_EMPLOYMENT
from applicants.services import drafts
from bases.models import EthnicGroup, Prefecture, Specialty, TrainingBase
from gme_portal.accounts.identity import birth_date, gender_of
from gme_portal.accounts.models import DocumentKind, User
from gme_portal.audit.services import record
from gme_portal.clock.services import BEIJING
from gme_portal.policy import Policy
from gme_portal.refusals import Refused

LOCKED = "报名已提交，资料不能修改。需要修改时，请在报名截止前到“我的报名”点“修改报名”或“取消报名”，改好后重新提交。"
TYPE_FIXED = "修改已提交的报名时不能换人员类型。要换的，请先取消报名，改好后重新提交。"
# Residence permits of Hong Kong, Macao and Taiwan carry resident ID numbers that begin so.
_RESIDENCE_PERMITS = {"81": "HK", "82": "MO", "83": "TW"}


@dataclass(frozen=True, slots=True)
class Personal:
    """What the personal page asks. For a resident ID, gender and birthday are read from the number, whatever stands here."""

    person_type: str
    gender: str
    born_on: date
    ethnic_group: EthnicGroup
    married: bool
    household_address: str
    address: str
    email: str
    is_military: bool
    title: str
    holds_training_certificate: bool
    in_national_platform: bool


@dataclass(frozen=True, slots=True)
class LicenceData:
    kind: str
    category: str
    number: str
    obtained_on: date


@dataclass(frozen=True, slots=True)
class EmploymentData:
    """Which of these are asked depends on the person type; see `queries.EMPLOYMENT_FIELDS`."""

    name: str = ""
    level: str = ""
    prefecture: Prefecture | None = None
    specialty: Specialty | None = None
    own_base: TrainingBase | None = None
    commission_year: int | None = None


def ensure(user: User, at: datetime) -> Profile:
    """The applicant's profile, made on the first visit with what the document number tells: gender, birthday, nationality."""
    profile = Profile.objects.select_related("user", "ethnic_group").filter(user=user).first()
    if profile is not None:
        return profile
    defaults = {"nationality": nationality_of(user), **_of_number(user)}
    with transaction.atomic():
        profile, made = Profile.objects.get_or_create(user=user, defaults=defaults)
        if made:
            record(actor=user, action="profile.opened", subject=profile, at=at)
    return profile


def save_personal(*, profile: Profile, data: Personal, policy: Policy, actor: User, at: datetime) -> Profile:
    """Save the personal page. Raises Refused: PROFILE_LOCKED, PERSON_TYPE (unknown to the notice, or does not register in person),
    TYPE_FIXED while a filed application is being changed."""
    kind = policy.person_type(data.person_type)
    if kind is None or not kind.registers:
        sentence = kind.refusal if kind else "请选择人员类型。"
        raise Refused("PERSON_TYPE", sentence, kind.clause if kind else "", "person_type")
    with transaction.atomic():
        row = open_profile(profile)
        before = row.person_type
        if row.type_fixed_at is not None and before != data.person_type:
            raise Refused("TYPE_FIXED", TYPE_FIXED, field="person_type")
        for name, value in (asdict_shallow(data) | _of_number(row.user)).items():
            setattr(row, name, value)
        row.personal_saved_at = at
        if before and before != row.person_type:
            _forget_employment(row)
        row.save()
        drafts.drop(row, "personal")
        record(
            actor=actor, action="profile.personal_saved", subject=row, at=at, detail={"person_type": row.person_type}
        )
    return row


def save_licence(*, profile: Profile, data: LicenceData | None, actor: User, at: datetime) -> Profile:
    """Save the licence; None says that the person holds none (003 (三)4). Raises Refused: PROFILE_LOCKED, LICENCE_DATE, LICENCE_NUMBER."""
    if data is not None and data.obtained_on > at.astimezone(BEIJING).date():
        raise Refused("LICENCE_DATE", "取得日期不能晚于今天，请核对证书。", "", "obtained_on")
    if data is not None and not (data.number.isascii() and data.number.isalnum() and 10 <= len(data.number) <= 30):
        raise Refused(
            "LICENCE_NUMBER",
            f"证书编码应为 10 至 30 位数字或字母，您填写了 {len(data.number)} 位，请照证书填写。",
            "",
            "number",
        )
    with transaction.atomic():
        row = open_profile(profile)
        Licence.objects.filter(profile=row).delete()
        if data is not None:
            Licence.objects.create(profile=row, **asdict(data))
        row.licence_saved_at = at
        row.save(update_fields=["licence_saved_at"])
        drafts.drop(row, "licence")
        record(
            actor=actor,
            action="profile.licence_saved",
            subject=row,
            at=at,
            detail={"kind": data.kind if data else "none"},
        )
    return row


def save_employment(*, profile: Profile, data: EmploymentData, actor: User, at: datetime) -> Profile:
    """Save the employer, or the bound county of a commissioned student. An own-staff person's employer is the base itself.

    Raises Refused: PROFILE_LOCKED, EMPLOYMENT_NOT_ASKED."""
    with transaction.atomic():
        row = open_profile(profile)
        if row.person_type not in NEEDS_EMPLOYMENT:
            raise Refused("EMPLOYMENT_NOT_ASKED", "您的人员类型不需要填写工作单位。")
        values = asdict_shallow(data)
        base = data.own_base if row.person_type == PersonType.OWN_STAFF else None
        if base is not None:
            values |= {
                "name": base.name,
                "prefecture": base.prefecture,
                "level": "county" if base.is_county_level else "",
            }
        Employment.objects.update_or_create(profile=row, defaults={**values, "own_base": base})
        row.employment_saved_at = at
        row.save(update_fields=["employment_saved_at"])
        drafts.drop(row, "employment")
        record(
            actor=actor, action="profile.employment_saved", subject=row, at=at, detail={"person_type": row.person_type}
        )
    return row


def open_profile(profile: Profile) -> Profile:
    """The profile's row, locked for writing. Raises Refused PROFILE_LOCKED while an application is filed."""
    row = Profile.objects.select_for_update(of=("self",)).select_related("user").get(pk=profile.pk)
    if row.locked_at is not None:
        raise Refused("PROFILE_LOCKED", LOCKED)
    return row


def nationality_of(user: User) -> str:
    """Nationality or region by the kind of document and the beginning of its number."""
    number = user.document_number.open() if user.document_number is not None else ""
    if user.document_kind == DocumentKind.RESIDENT_ID:
        return _RESIDENCE_PERMITS.get(number[:2], "CN")
    if user.document_kind == DocumentKind.HK_MACAO_PERMIT:
        return "HK" if number.startswith("H") else "MO"
    return "TW" if user.document_kind == DocumentKind.TAIWAN_PERMIT else "other"


def knows_birth(user: User) -> bool:
    """Whether the document number itself tells birthday and gender."""
    return user.document_kind == DocumentKind.RESIDENT_ID and user.document_number is not None


def asdict_shallow(data: Any) -> dict[str, Any]:
    """Field name → value, rows of the database left as they are."""
    return {name: getattr(data, name) for name in data.__dataclass_fields__}


def _of_number(user: User) -> dict[str, Any]:
    if not knows_birth(user):
        return {}
    number = user.document_number.open()
    return {"gender": Gender(gender_of(number)), "born_on": birth_date(number)}


def _forget_employment(row: Profile) -> None:
    """Another person type asks another employer; a social person has none that a base should see."""
    Employment.objects.filter(profile=row).delete()
    drafts.drop(row, "employment")
    row.employment_saved_at = None
