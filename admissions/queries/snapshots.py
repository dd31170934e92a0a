"""Snapshots (报名内容): everything a base sees and the form prints, as plain JSON, so that what was filed never changes with the live profile.

Shape: `filed` {notice, notice_version, policy, round, application, version, at} · `person` · `education` [] · `licence` or null ·
`employment` or null · `roster` or null · `documents` [{kind, label, id, sha256, …}] · `choice` {base, specialties [], consents, wording}
· `eligibility` {verdict, specialties {code: {verdict, findings}}}. Codes stand beside their words (`…_label`); dates are ISO."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from admissions.models import Application, Choice
from admissions.queries.choosing import consents_of, saved_choices
from applicants.eligibility import SpecialtyVerdict
from applicants.models import Education, Employment, Licence, Profile, RosterEntry
from applicants.queries import PHOTO, current_documents, entry_for
from gme_portal.accounts.models import DocumentKind
from gme_portal.policy import Policy
from gme_portal.policy.vocabulary import NATIONALITIES, TITLES

Snapshot = dict[str, Any]


def build(
    application: Application,
    *,
    policy: Policy,
    notice_version: int,
    version: int,
    at: datetime,
    verdicts: Mapping[str, SpecialtyVerdict],
) -> Snapshot:
    """The content of version `version` of an application, from the profile and choices as they are now. `verdicts` by specialty code."""
    profile = Profile.objects.select_related("user", "ethnic_group").get(pk=application.applicant_id)
    choices = saved_choices(application)
    return {
        "filed": {
            "notice": application.notice.slug,
            "notice_version": notice_version,
            "policy": policy.digest,
            "round": application.round,
            "application": application.number,
            "version": version,
            "at": at.astimezone(UTC).isoformat(),
        },
        "person": _person(profile, policy),
        "education": [
            _education(row)
            for row in profile.educations.select_related("school", "major").order_by("graduated_on", "level", "id")
        ],
        "licence": _licence(Licence.objects.filter(profile=profile).first()),
        "employment": _employment(
            Employment.objects.select_related("prefecture", "specialty", "own_base").filter(profile=profile).first()
        ),
        "roster": _roster(entry_for(application.notice, profile.user)),
        "documents": documents(profile, policy),
        "choice": _choice(application, choices, policy),
        "eligibility": {
            code: _verdict(verdicts[code]) for code in sorted({choice.quota.specialty_id for choice in choices})
        },
    }


def documents(profile: Profile, policy: Policy) -> list[dict[str, Any]]:
    """The current documents in binding order (装订顺序, 000 四(四)4), the photo first."""
    labels = {rule.kind: rule.label for rule in policy.documents} | {PHOTO: "个人照片"}
    order = {rule.kind: (rule.binding_order, place) for place, rule in enumerate(policy.documents)}
    rows = current_documents(profile).values()
    return [
        {
            "kind": row.kind,
            "label": labels.get(row.kind, row.kind),
            "id": str(row.pk),
            "file": str(row.file_id),
            "sha256": row.file.sha256,
            "media_type": row.file.media_type,
            "size": row.file.size,
            "uploaded_at": row.uploaded_at.astimezone(UTC).isoformat(),
        }
        for row in sorted(rows, key=lambda row: (row.kind != PHOTO, order.get(row.kind, (99, 0))))
    ]


def _person(profile: Profile, policy: Policy) -> Snapshot:
    user = profile.user
    kind = policy.person_type(profile.person_type)
    return {
        "name": user.name,
        "document_kind": user.document_kind,
        "document_kind_label": DocumentKind(user.document_kind).label if user.document_kind else "",
        "document_number": _open(user.document_number),
        "phone": _open(user.phone),
        "person_type": profile.person_type,
        "person_type_label": kind.label if kind else profile.get_person_type_display(),
        "gender": profile.gender,
        "gender_label": profile.get_gender_display(),
        "born_on": _day(profile.born_on),
        "ethnic_group": profile.ethnic_group_id or "",
        "ethnic_group_label": profile.ethnic_group.name if profile.ethnic_group else "",
        "nationality": profile.nationality,
        "nationality_label": NATIONALITIES.get(profile.nationality, profile.nationality),
        "married": profile.married,
        "household_address": _open(profile.household_address),
        "address": _open(profile.address),
        "email": _open(profile.email),
        "is_military": profile.is_military,
        "title": profile.title,
        "title_label": TITLES.get(profile.title, profile.title),
        "holds_training_certificate": profile.holds_training_certificate,
        "in_national_platform": profile.in_national_platform,
    }


def _education(row: Education) -> Snapshot:
    return {
        "level": row.level,
        "level_label": row.get_level_display(),
        "school": row.school_name,
        "major": row.major_name,
        "major_code": row.major_id or "",
        "field": row.major.field if row.major else "",
        "full_time": row.full_time,
        "adult_education": row.adult_education,
        "foreign": row.foreign,
        "enrolled": row.enrolled,
        "graduated_on": _day(row.graduated_on),
        "diploma_number": _open(row.diploma_number),
        "degree_awarded": row.degree_awarded,
        "degree_type": row.degree_type,
        "degree_type_label": row.get_degree_type_display(),
        "degree_number": _open(row.degree_number),
        "diploma_pending": row.diploma_pending,
    }


def _licence(row: Licence | None) -> Snapshot | None:
    if row is None:
        return None
    return {
        "kind": row.kind,
        "kind_label": row.get_kind_display(),
        "category": row.category,
        "category_label": row.get_category_display(),
        "number": _open(row.number),
        "obtained_on": _day(row.obtained_on),
    }


def _employment(row: Employment | None) -> Snapshot | None:
    if row is None:
        return None
    return {
        "name": row.name,
        "level": row.level,
        "level_label": row.get_level_display(),
        "prefecture": row.prefecture_id or "",
        "prefecture_label": row.prefecture.name if row.prefecture else "",
        "specialty": row.specialty_id or "",
        "specialty_label": row.specialty.name if row.specialty else "",
        "own_base": row.own_base.code if row.own_base else "",
        "own_base_label": row.own_base.name if row.own_base else "",
        "commission_year": row.commission_year,
    }


def _roster(row: RosterEntry | None) -> Snapshot | None:
    if row is None:
        return None
    return {
        "person_type": row.person_type,
        "person_type_label": row.get_person_type_display(),
        "school": row.school.name,
        "base": row.base.code,
        "base_label": row.base.name,
        "specialty": row.specialty_id,
        "specialty_label": row.specialty.name,
    }


def _choice(application: Application, choices: list[Choice], policy: Policy) -> Snapshot:
    base, agreed = choices[0].quota.base if choices else None, consents_of(application)
    return {
        "base": {"id": str(base.pk), "code": base.code, "name": base.name, "prefecture": base.prefecture.name}
        if base
        else None,
        "specialties": [
            {
                "position": choice.position,
                "quota": str(choice.quota_id),
                "code": choice.quota.specialty_id,
                "name": choice.quota.specialty.name,
                "years": choice.quota.specialty.years,
                "shortage": policy.specialties.is_shortage(choice.quota.specialty_id),
            }
            for choice in choices
        ],
        "consents": {kind: kind in agreed for kind in ("base", "province")},
        "wording": policy.transfer.wording,
    }


def _verdict(verdict: SpecialtyVerdict) -> Snapshot:
    findings = [
        {"rule": one.rule, "verdict": one.verdict, "clause": one.clause, "sentence": one.sentence}
        for one in verdict.findings
    ]
    return {"verdict": verdict.verdict, "findings": findings}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _open(sealed: Any) -> str:
    return sealed.open() if sealed is not None else ""
