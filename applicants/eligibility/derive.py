"""From what is known about a person to the words of the policy's vocabulary. Every fact of `vocabulary.FACTS` is made here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from applicants.eligibility.facts import ApplicantFacts, Choice, Education
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import SHANGHAI

Facts = dict[str, object]
_HIGHER = ("bachelor", "master", "doctor")
_ASCENDING = ("college", *_HIGHER)


def person_facts(applicant: ApplicantFacts, policy: Policy, at: datetime) -> Facts:
    """What is known before anything is chosen."""
    return {
        "person_type": applicant.person_type,
        "nationality": applicant.nationality,
        "holds_training_certificate": applicant.holds_training_certificate,
        "in_national_platform": applicant.in_national_platform,
        "title": applicant.title,
        "has_assignment": applicant.assigned_specialty is not None,
        **_education(applicant.education),
        **_standing(applicant),
        **_bans(applicant, policy, at),
    }


def _education(records: tuple[Education, ...]) -> Facts:
    completed = sorted((one for one in records if not one.enrolled), key=lambda one: _ASCENDING.index(one.level))
    bachelors = [one for one in completed if one.level == "bachelor"]
    highest = completed[-1] if completed else None
    return {
        "highest_level": highest.level if highest else "none",
        "highest_adult_education": bool(highest and highest.adult_education),
        "highest_degree_type": (highest.degree_type if highest else None) or "none",
        "bachelor_completed": bool(bachelors),
        "bachelor_degree_awarded": any(one.degree_awarded for one in bachelors),
        "bachelor_full_time": any(one.full_time for one in bachelors),
        "bachelor_majors": frozenset(one.major_code or None for one in bachelors),
        "bachelor_fields": _fields(bachelors),
        "bachelor_graduated_year": max((one.graduated_on.year for one in bachelors if one.graduated_on), default=None),
        "higher_fields": _fields(one for one in records if one.level in _HIGHER),
        "college_fields": _fields(one for one in completed if one.level == "college" and one.full_time),
        "enrolled_college_fields": _fields(
            one for one in records if one.level == "college" and one.enrolled and one.full_time
        ),
        "enrolled_academic": any(one.enrolled and one.degree_type == "academic" for one in records),
    }


def _fields(records: Iterable[Education]) -> frozenset[str | None]:
    return frozenset(one.field for one in records)


def _standing(applicant: ApplicantFacts) -> Facts:
    licence, employer, commission = applicant.licence, applicant.employer, applicant.commission
    return {
        "holds_licence": licence is not None,
        "licence_kind": licence.kind if licence else "none",
        "licence_category": licence.category if licence else "none",
        "has_employer": employer is not None,
        "employer_prefecture": employer.prefecture if employer else None,
        "employer_level": employer.level if employer else None,
        "employer_consent": employer.consent if employer else None,
        "commission_in_breach": commission.in_breach if commission else None,
        "commission_graduated_year": commission.graduated_year if commission else None,
        "commission_prefecture": commission.prefecture if commission else None,
    }


def _bans(applicant: ApplicantFacts, policy: Policy, at: datetime) -> Facts:
    today = at.astimezone(SHANGHAI).date()
    active = [ban.until for ban in applicant.bans if ban.programme == policy.track and ban.is_active(today)]
    return {"banned": bool(active), "ban_until": max(active, default=None)}


def choice_facts(applicant: ApplicantFacts, policy: Policy, code: str, choice: Choice | None) -> Facts:
    """What depends on a specialty and, where `choice` names one, on a base."""
    employer, commission = applicant.employer, applicant.commission
    prefecture = choice.base_prefecture if choice else None
    return {
        "specialty": code,
        "specialty_shortage": policy.specialties.is_shortage(code),
        "specialty_is_employers": _same_specialty(policy, employer.specialty if employer else None, code),
        "assigned_specialty_matches": _same_specialty(policy, applicant.assigned_specialty, code),
        "assigned_base_matches": _same(applicant.assigned_base, choice.base if choice else None),
        "base_prefecture": prefecture,
        "base_in_employer_prefecture": _same(employer.prefecture if employer else None, prefecture),
        "base_in_commission_prefecture": _same(commission.prefecture if commission else None, prefecture),
        "base_near_commission_prefecture": _near(policy, commission.prefecture if commission else None, prefecture),
        "employer_prefecture_offers_specialty": choice.employer_prefecture_offers_specialty if choice else None,
        "agreement_with_employer": choice.agreement_with_employer if choice else None,
    }


def _same(one: str | None, other: str | None) -> bool | None:
    return None if one is None or other is None else one == other


def _near(policy: Policy, home: str | None, prefecture: str | None) -> bool | None:
    """The same prefecture, or one that the policy's own table calls adjacent."""
    if home is None or prefecture is None:
        return None
    return home == prefecture or prefecture in (policy.reallocation.adjacent or {}).get(home, frozenset())


def _same_specialty(policy: Policy, named: str | None, code: str) -> bool | None:
    """A specialty this policy does not know is certainly another one; none named is unknown."""
    return None if named is None else policy.specialties.find(named) == code
