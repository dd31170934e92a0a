"""Education records (学历信息, 003 (三)3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from applicants.models import Education, EducationLevel, Profile
from applicants.services import drafts
from applicants.services.profiles import asdict_shallow, open_profile
from bases.models import Major, School
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.clock.services import BEIJING
from gme_portal.policy import Policy
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import beijing

MAX_RECORDS = 8
POSTGRADUATE = (EducationLevel.MASTER, EducationLevel.DOCTOR)
YOUNGEST_GRADUATE = 16
GRADUATES = "应届毕业生按已毕业填写，勾选“应届待取证”，先上传盖章的毕业证明。"


@dataclass(frozen=True, slots=True)
class EducationData:
    """One record. `school` and `major` are None where `…_other` holds the typed name; `graduated_on` is None while enrolled."""

    level: str
    full_time: bool
    adult_education: bool
    foreign: bool
    enrolled: bool
    graduated_on: date | None
    school: School | None = None
    school_other: str = ""
    major: Major | None = None
    major_other: str = ""
    diploma_number: str = ""
    degree_awarded: bool = False
    degree_type: str = ""
    degree_number: str = ""
    diploma_pending: bool = False


def draft_key(education: Education | None) -> str:
    """Under which name the form of a record keeps its draft."""
    return f"edu-{education.pk.hex[:8]}" if education else "edu-new"


def add(*, profile: Profile, data: EducationData, policy: Policy, actor: User, at: datetime) -> Education:
    """Add a record. Raises Refused with every fault at its field; PROFILE_LOCKED, EDUCATION_MANY."""
    with transaction.atomic():
        row = open_profile(profile)
        if row.educations.count() >= MAX_RECORDS:
            raise Refused("EDUCATION_MANY", f"最多填写 {MAX_RECORDS} 条学历，请先删除不需要的。")
        education = Education(profile=row)
        _write(education, data, row, policy, at)
        drafts.drop(row, draft_key(None))
        record(actor=actor, action="profile.education_added", subject=education, at=at, detail={"level": data.level})
    return education


def change(*, education: Education, data: EducationData, policy: Policy, actor: User, at: datetime) -> Education:
    with transaction.atomic():
        row = open_profile(education.profile)
        education = Education.objects.select_for_update(of=("self",)).get(pk=education.pk, profile=row)
        _write(education, data, row, policy, at)
        drafts.drop(row, draft_key(education))
        record(actor=actor, action="profile.education_changed", subject=education, at=at, detail={"level": data.level})
    return education


def remove(*, education: Education, actor: User, at: datetime) -> None:
    with transaction.atomic():
        row = open_profile(education.profile)
        drafts.drop(row, draft_key(education))
        record(
            actor=actor, action="profile.education_removed", subject=education, at=at, detail={"level": education.level}
        )
        Education.objects.filter(pk=education.pk, profile=row).delete()


def _write(education: Education, data: EducationData, profile: Profile, policy: Policy, at: datetime) -> None:
    data = _tidy(data)
    latest = max(at.astimezone(BEIJING).date(), policy.training_starts_on or date.min)
    faults = _faults(data, profile, latest)
    if faults:
        raise Refused.many(faults)
    for name, value in asdict_shallow(data).items():
        setattr(education, name, value)
    education.save()
    profile.education_saved_at = at
    profile.save(update_fields=["education_saved_at"])


def _tidy(data: EducationData) -> EducationData:
    """What contradicts the level or the state is left out: no degree before graduation or at college, no degree type at bachelor's level."""
    if data.enrolled:
        data = replace(
            data, graduated_on=None, diploma_number="", degree_awarded=False, degree_number="", diploma_pending=False
        )
    if data.level == EducationLevel.COLLEGE:
        data = replace(data, degree_awarded=False, degree_number="")
    if data.level not in POSTGRADUATE:
        data = replace(data, degree_type="")
    if not data.degree_awarded:
        data = replace(data, degree_number="")
    return data


def _faults(data: EducationData, profile: Profile, latest: date) -> list[Refusal]:
    found = []
    if data.school is None and not data.school_other:
        found.append(Refusal("SCHOOL", "请填写毕业院校；名单里没有的，直接输入证书上的全称。", "", "school"))
    if data.major is None and not data.major_other:
        found.append(Refusal("MAJOR", "请填写所学专业；名单里没有的，直接输入证书上的全称。", "", "major"))
    if data.level in POSTGRADUATE and not data.degree_type:
        found.append(Refusal("DEGREE_TYPE", "研究生学历请选择学位类型。", "", "degree_type"))
    if data.enrolled:
        return found
    if data.graduated_on is None:
        found.append(Refusal("GRADUATED_ON", "请填写毕业日期，与毕业证书一致。", "", "graduated_on"))
    elif data.graduated_on > latest:
        sentence = f"毕业日期不能晚于{beijing(latest)}；还没有毕业的请选“在读”。"
        found.append(Refusal("GRADUATED_LATE", sentence, "", "graduated_on"))
    elif profile.born_on and data.graduated_on.year - profile.born_on.year < YOUNGEST_GRADUATE:
        found.append(
            Refusal(
                "GRADUATED_EARLY",
                f"按出生日期推算，毕业时不满 {YOUNGEST_GRADUATE} 岁，请核对毕业日期。",
                "",
                "graduated_on",
            )
        )
    if not data.diploma_pending and not data.diploma_number:
        found.append(Refusal("DIPLOMA_NUMBER", f"请填写毕业证书编号。{GRADUATES}", "", "diploma_number"))
    if data.degree_awarded and not data.diploma_pending and not data.degree_number:
        found.append(
            Refusal("DEGREE_NUMBER", "请填写学位证书编号；没有学位的，“已获学位”请选“否”。", "", "degree_number")
        )
    return found
