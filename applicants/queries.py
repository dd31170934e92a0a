"""Reading what a person has shown: facts for eligibility, and which sections are complete."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from applicants.eligibility import ApplicantFacts
from applicants.eligibility.facts import FactsError, from_dict
from applicants.models import (
    Ban,
    Document,
    Education,
    Employment,
    Licence,
    PersonType,
    Profile,
    RosterEntry,
    RosterSource,
)
from gme_portal.accounts.models import User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.policy.schema import DocumentRule
from gme_portal.policy.schema import PersonType as Kind

PHOTO = "photo"
# Whose employer (or, for commissioned students, bound county) the notice asks for.
NEEDS_EMPLOYMENT = (PersonType.OWN_STAFF, PersonType.DELEGATED, PersonType.COMMISSIONED)
EMPLOYMENT_FIELDS: dict[str, dict[str, str]] = {
    PersonType.OWN_STAFF: {"own_base_id": "所在培训基地"},
    PersonType.DELEGATED: {"name": "单位名称", "level": "单位级别", "specialty_id": "从事专业"},
    PersonType.COMMISSIONED: {"prefecture_id": "定向就业州市", "commission_year": "毕业年份"},
}


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the profile. `state`: empty, partial, done, or fix (was saved complete and is not any more). `missing`: what to do, in words."""

    key: str
    title: str
    state: str
    missing: tuple[str, ...]

    @property
    def route(self) -> str:
        return f"profile:{self.key}"

    @property
    def note(self) -> str:
        return f"还缺：{'、'.join(self.missing)}" if self.missing and self.state != "empty" else ""


def is_complete(sections: list[Section]) -> bool:
    """Whether everything is there that choosing specialties needs (003 (四): 「若个人信息未完善，则无法填报志愿」)."""
    return all(section.state == "done" for section in sections)


def completeness(profile: Profile, policy: Policy) -> list[Section]:
    """Every section that concerns this person, in the order of filling in. Five queries."""
    educations = list(profile.educations.all())
    licence = Licence.objects.filter(profile=profile).first()
    employment = Employment.objects.filter(profile=profile).first()
    uploaded = current_documents(profile)
    sections = [
        _section(
            "personal",
            "个人信息",
            _missing_personal(profile, policy),
            profile.personal_saved_at,
            bool(profile.person_type),
        ),
        _section("education", "学历信息", _missing_education(educations), profile.education_saved_at, bool(educations)),
        _section(
            "licence",
            "执业医师信息",
            [] if profile.licence_saved_at else ["是否已取得医师资格"],
            profile.licence_saved_at,
            False,
        ),
    ]
    if profile.person_type in NEEDS_EMPLOYMENT:
        missing = _missing_employment(profile.person_type, employment)
        title = "定向就业" if profile.person_type == PersonType.COMMISSIONED else "工作单位"
        sections.append(_section("employment", title, missing, profile.employment_saved_at, employment is not None))
    rules = documents_asked(profile, policy, licence=licence, employment=employment)
    lacking = [rule.label for rule in rules if rule.required and rule.kind not in uploaded]
    some = any(rule.kind in uploaded for rule in rules)
    # 002 附件1 三(六)1: where people sign up at the counter, the photo is pasted on the paper form.
    pictured = PHOTO in uploaded or policy.registration.mode == "on_site"
    sections.append(_section(PHOTO, "个人照片", [] if pictured else ["个人照片"], pictured, False))
    sections.append(_section("documents", "证明材料", lacking, not lacking, some))
    return sections


def current_documents(profile: Profile) -> dict[str, Document]:
    """The documents that stand, by kind; the photo is among them."""
    rows = Document.objects.select_related("file", "preview").filter(profile=profile, replaced_at__isnull=True)
    return {row.kind: row for row in rows}


def documents_asked(
    profile: Profile, policy: Policy, *, licence: Licence | None, employment: Employment | None
) -> tuple[DocumentRule, ...]:
    """Which uploads the notice asks of this person; what depends on something not known yet is offered, not required."""
    return policy.documents_for(profile.person_type, _paper_facts(profile, licence=licence, employment=employment))


def papers_asked(
    profile: Profile, policy: Policy, *, licence: Licence | None, employment: Employment | None
) -> tuple[DocumentRule, ...]:
    """What this person brings to the confirmation (现场确认), in binding order (装订顺序)."""
    return policy.papers_for(profile.person_type, _paper_facts(profile, licence=licence, employment=employment))


def _paper_facts(profile: Profile, *, licence: Licence | None, employment: Employment | None) -> dict[str, object]:
    facts: dict[str, object] = {
        "nationality": profile.nationality,
        "title": profile.title,
        "holds_training_certificate": profile.holds_training_certificate,
        "in_national_platform": profile.in_national_platform,
        "has_employer": employment is not None and profile.person_type != PersonType.COMMISSIONED,
    }
    if profile.licence_saved_at:
        facts |= {
            "holds_licence": licence is not None,
            "licence_kind": licence.kind if licence else "none",
            "licence_category": licence.category if licence else "none",
        }
    return facts


def active_bans(document_blind: str, *, on: date) -> list[Ban]:
    """Records that close registration on this day: from the first day up to, not including, the day they end."""
    return list(
        Ban.objects.filter(document_blind=document_blind, starts_on__lte=on, ends_on__gt=on).order_by("ends_on")
    )


def entry_for(notice: Notice, user: User) -> RosterEntry | None:
    """The person's line on the notice's lists of 专硕 and 订单定向, with the assigned base and specialty."""
    rows = RosterEntry.objects.select_related("base__prefecture", "specialty", "school")
    return rows.filter(notice=notice, document_blind=user.document_blind).first()


def kinds_of(policy: Policy, source: str) -> list[Kind]:
    """The person types whose names come on a list of this source. Where the notice asks for no list and the school only assigns, the school may
    hand one in all the same (003 说明5)."""
    may = [kind.code for kind in policy.person_types if kind.assigned and kind.roster == "none"]
    return [
        kind
        for kind in policy.person_types
        if kind.roster == source or (source == RosterSource.SCHOOL and kind.code in may)
    ]


def eligibility_facts(profile: Profile, at: datetime) -> dict[str, Any]:
    """The person as the eligibility contract writes it. A major that is not in the catalogue is said as field "other"."""
    licence = Licence.objects.filter(profile=profile).first()
    employment = Employment.objects.select_related("specialty", "own_base").filter(profile=profile).first()
    bans = active_bans(profile.user.document_blind or "", on=at.astimezone(BEIJING).date())
    return _contract(profile, list(profile.educations.select_related("major")), licence, employment, bans)


def _contract(
    profile: Profile,
    educations: Iterable[Education],
    licence: Licence | None,
    employment: Employment | None,
    bans: Iterable[Ban],
) -> dict[str, Any]:
    return {
        "nationality": profile.nationality,
        "person_type": profile.person_type,
        "education": [_education(row) for row in educations],
        "licence": {"kind": licence.kind, "category": licence.category} if licence else None,
        "employer": _employer(profile, employment),
        "title": profile.title,
        "holds_training_certificate": profile.holds_training_certificate,
        "in_national_platform": profile.in_national_platform,
        "commission": _commission(profile, employment),
        "bans": [
            {"programme": ban.track, "from": ban.starts_on.isoformat(), "until": ban.ends_on.isoformat()}
            for ban in bans
        ],
    }


def applicant_facts(profile: Profile, notice: Notice, at: datetime) -> ApplicantFacts:
    """The person as `eligibility.judge` takes it: a typed major has no known field (somebody must look), a list names what was assigned."""
    return _read(eligibility_facts(profile, at), entry_for(notice, profile.user))


def facts_of_many(
    profiles: Collection[Profile], notice: Notice, at: datetime
) -> dict[uuid.UUID, ApplicantFacts | None]:
    """`applicant_facts` of many people at once, by profile; None for who has not filled in enough to be judged. Five queries; users at hand."""
    on = at.astimezone(BEIJING).date()
    blinds = [one.user.document_blind for one in profiles if one.user.document_blind]
    educations: dict[object, list[Education]] = {}
    for row in Education.objects.select_related("major").filter(profile__in=profiles):
        educations.setdefault(row.profile_id, []).append(row)
    licences = {row.profile_id: row for row in Licence.objects.filter(profile__in=profiles)}
    rows = Employment.objects.select_related("specialty", "own_base").filter(profile__in=profiles)
    employments = {row.profile_id: row for row in rows}
    bans: dict[str, list[Ban]] = {}
    for ban in Ban.objects.filter(document_blind__in=blinds, starts_on__lte=on, ends_on__gt=on).order_by("ends_on"):
        bans.setdefault(ban.document_blind, []).append(ban)
    listed = RosterEntry.objects.select_related("base").filter(notice=notice, document_blind__in=blinds)
    entries = {row.document_blind: row for row in listed}
    found: dict[uuid.UUID, ApplicantFacts | None] = {}
    for one in profiles:
        blind = one.user.document_blind or ""
        contract = _contract(
            one, educations.get(one.pk, []), licences.get(one.pk), employments.get(one.pk), bans.get(blind, [])
        )
        try:
            found[one.pk] = _read(contract, entries.get(blind))
        except FactsError:
            found[one.pk] = None
    return found


def _read(contract: dict[str, Any], entry: RosterEntry | None) -> ApplicantFacts:
    facts = from_dict(contract)
    education = tuple(record if record.major_code else replace(record, field=None) for record in facts.education)
    return replace(
        facts,
        education=education,
        assigned_specialty=entry.specialty_id if entry else None,
        assigned_base=entry.base.code if entry else None,
    )


def _section(key: str, title: str, missing: list[str], saved: object, begun: bool) -> Section:
    if not missing and saved:
        state = "done"
    elif saved:
        state = "fix"
    else:
        state = "partial" if begun else "empty"
    return Section(key, title, state, tuple(missing))


def _missing_personal(profile: Profile, policy: Policy) -> list[str]:
    kind = policy.person_type(profile.person_type)
    asked = {
        "人员类型": kind is not None and kind.registers,
        "性别": profile.gender,
        "出生日期": profile.born_on,
        "民族": profile.ethnic_group_id,
        "户籍地址": profile.household_address is not None,
        "联系地址": profile.address is not None,
        "电子邮箱": profile.email is not None,
    }
    return [label for label, there in asked.items() if not there]


def _missing_education(educations: list[Education]) -> list[str]:
    return [] if any(not row.enrolled for row in educations) else ["已毕业的学历"]


def _missing_employment(person_type: str, employment: Employment | None) -> list[str]:
    asked = EMPLOYMENT_FIELDS[person_type]
    return [label for name, label in asked.items() if employment is None or not getattr(employment, name)]


def _education(row: Education) -> dict[str, Any]:
    return {
        "level": row.level,
        "full_time": row.full_time,
        "adult_education": row.adult_education,
        "major": row.major_name,
        "major_code": row.major_id,
        "field": row.major.field if row.major else "other",
        "degree_awarded": row.degree_awarded,
        "degree_type": row.degree_type or None,
        "graduated_on": row.graduated_on.isoformat() if row.graduated_on else None,
        "enrolled": row.enrolled,
        "foreign": row.foreign,
    }


def _employer(profile: Profile, employment: Employment | None) -> dict[str, Any] | None:
    """Consent stays unknown: whether a letter with a seal says so, only a person can see."""
    if employment is None or profile.person_type not in (PersonType.OWN_STAFF, PersonType.DELEGATED):
        return None
    return {
        "prefecture": employment.prefecture_id,
        "level": employment.level or None,
        "specialty": employment.specialty.name if employment.specialty else None,
        "consent": None,
    }


def _commission(profile: Profile, employment: Employment | None) -> dict[str, Any] | None:
    if employment is None or profile.person_type != PersonType.COMMISSIONED:
        return None
    return {"graduated_year": employment.commission_year, "prefecture": employment.prefecture_id, "in_breach": None}
