"""From what is known about a person to the words of the policy's vocabulary. Every fact of `vocabulary.FACTS` is made here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from applicants.eligibility.facts import ApplicantFacts, Choice, Education, Employer
from gme_portal.policy.model import Policy
from gme_portal.policy.moments import SHANGHAI
from gme_portal.policy.vocabulary import MAJORS

Facts = dict[str, object]
_HIGHER = ("bachelor", "master", "doctor")
_POSTGRADUATE = ("master", "doctor")
_ASCENDING = ("college", *_HIGHER)
CLINICAL_MEDICINE = "100201K"
_MAJOR_CODES = {name: code for code, name in MAJORS.items()}


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
        **_standing(applicant, policy),
        **_bans(applicant, policy, at),
    }


def _education(records: tuple[Education, ...]) -> Facts:
    completed = sorted((one for one in records if not one.enrolled), key=lambda one: _ASCENDING.index(one.level))
    bachelors = [one for one in completed if one.level == "bachelor"]
    higher = [one for one in completed if one.level in _HIGHER]
    return {
        **_highest(completed),
        "bachelor_completed": bool(bachelors),
        "bachelor_degree_awarded": any(one.degree_awarded for one in bachelors),
        "bachelor_majors": frozenset(_major(one) for one in records if one.level == "bachelor"),
        "full_time_bachelor_majors": frozenset(_major(one) for one in bachelors if one.ordinary_full_time),
        "bachelor_graduated_year": _last_year(bachelors),
        "clinical_bachelor_graduated_year": _last_year(_clinical(bachelors)),
        "higher_fields": _fields(one for one in records if one.level in _HIGHER),
        "completed_higher_fields": _fields(higher),
        "full_time_higher_fields": _fields(one for one in higher if one.ordinary_full_time),
        **_postgraduate(higher),
        "college_fields": _fields(one for one in completed if one.level == "college" and one.ordinary_full_time),
        "enrolled_college_fields": _fields(
            one for one in records if one.level == "college" and one.enrolled and one.ordinary_full_time
        ),
        "enrolled_academic": _is_enrolled(records, _POSTGRADUATE, "academic"),
        "enrolled_professional_master": _is_enrolled(records, ("master",), "professional"),
    }


def _highest(completed: list[Education]) -> Facts:
    """The highest level completed. Adult education only where every record of that level is; a postgraduate degree whose type nobody
    wrote down (a foreign one, perhaps) has an unknown type, everything below has none."""
    highest = [one for one in completed if one.level == completed[-1].level]
    last = highest[-1] if highest else None
    typed = last.degree_type if last else None
    untyped = None if last and last.level in _POSTGRADUATE and last.degree_awarded else "none"
    return {
        "highest_level": last.level if last else "none",
        "highest_adult_education": bool(highest) and all(one.adult_education for one in highest),
        "highest_degree_awarded": any(one.degree_awarded for one in highest),
        "highest_degree_type": typed or untyped,
    }


def _postgraduate(higher: list[Education]) -> Facts:
    doctors = [one for one in higher if one.level == "doctor" and one.degree_awarded]
    masters = [one for one in higher if one.level == "master" and one.degree_awarded]
    return {
        "professional_master_fields": _fields(one for one in masters if one.degree_type == "professional"),
        "doctor_fields": _fields(doctors),
        "foreign_doctor_fields": _fields(one for one in doctors if one.foreign),
    }


def _is_enrolled(records: Iterable[Education], levels: tuple[str, ...], degree_type: str) -> bool | None:
    """Unknown where somebody is enrolled at this level and nobody wrote down for which type of degree."""
    types = {one.degree_type for one in records if one.enrolled and one.level in levels}
    if degree_type in types:
        return True
    return None if None in types else False


def _last_year(records: Iterable[Education]) -> int | None:
    return max((one.graduated_on.year for one in records if one.graduated_on), default=None)


def _clinical(bachelors: list[Education]) -> list[Education]:
    """The full-time bachelors of clinical medicine (临床医学专业); where there is none, those whose major nobody could name."""
    full_time = [one for one in bachelors if one.ordinary_full_time]
    certain = [one for one in full_time if _major(one) == CLINICAL_MEDICINE]
    return certain or [one for one in full_time if _major(one) is None]


def _major(record: Education) -> str | None:
    """The code of a major. Older codes give way to the name; unknown is one that has no code, and one of clinical medicine that is not in the
    catalogue: it may fix a direction that nobody wrote down."""
    if record.major_code in MAJORS:
        return record.major_code
    beyond = None if record.field == "clinical" else record.major_code or None
    return _MAJOR_CODES.get(record.major, beyond)


def _fields(records: Iterable[Education]) -> frozenset[str | None]:
    return frozenset(one.field for one in records)


def _standing(applicant: ApplicantFacts, policy: Policy) -> Facts:
    licence, employer, commission = applicant.licence, applicant.employer, applicant.commission
    return {
        "holds_licence": licence is not None,
        "licence_kind": licence.kind if licence else "none",
        "licence_category": licence.category if licence else "none",
        "has_employer": employer is not None,
        "employer_in_province": _in_province(employer, policy),
        "employer_prefecture": employer.prefecture if employer else None,
        "employer_level": employer.level if employer else None,
        "employer_consent": employer.consent if employer else None,
        "has_commission": commission is not None,
        "commission_in_breach": commission.in_breach if commission else None,
        "commission_graduated_year": commission.graduated_year if commission else None,
        "commission_prefecture": commission.prefecture if commission else None,
    }


def _in_province(employer: Employer | None, policy: Policy) -> bool | None:
    """A prefecture's code begins with that of its province (GB/T 2260)."""
    return employer.prefecture.startswith(policy.province) if employer and employer.prefecture else None


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
        "postgraduate_major_is_specialty": _studied(policy, applicant.education, code),
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


def _studied(policy: Policy, records: Iterable[Education], code: str) -> bool | None:
    """Whether one of the master's or doctor's majors is this specialty. A major that names no specialty of the policy leaves a miss undecided."""
    found = {policy.specialties.find(one.major) for one in records if one.level in _POSTGRADUATE and not one.enrolled}
    if code in found:
        return True
    return None if None in found else False
