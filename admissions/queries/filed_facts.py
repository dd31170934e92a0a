"""Facts about a person as filed (报名内容 → 报考人事实): the eligibility of an allocation rests on the sealed version, not on the live profile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from admissions.queries.snapshots import Snapshot
from applicants.eligibility import ApplicantFacts
from applicants.eligibility.facts import from_dict
from applicants.models import COUNTY_AND_BELOW, Ban, PersonType


def facts_of(content: Snapshot, bans: Iterable[Ban] = ()) -> ApplicantFacts:
    """The person as `eligibility.judge` takes it. Bans are imposed by the platform and stand beside what was filed."""
    person = content["person"]
    facts = from_dict(
        {
            "nationality": person["nationality"],
            "person_type": person["person_type"],
            "education": [_education(row) for row in content["education"]],
            "licence": _licence(content["licence"]),
            "employer": _employer(content),
            "title": person["title"],
            "holds_training_certificate": person["holds_training_certificate"],
            "in_national_platform": person["in_national_platform"],
            "commission": _commission(content),
            "bans": [_ban(ban) for ban in bans],
        }
    )
    roster = content["roster"]
    # A major that was typed is in no catalogue: its field is unknown, which is not the same as "other".
    education = tuple(record if record.major_code else replace(record, field=None) for record in facts.education)
    return replace(
        facts,
        education=education,
        assigned_specialty=roster["specialty"] if roster else None,
        assigned_base=roster["base"] if roster else None,
    )


def is_county_or_below(content: Snapshot) -> bool:
    """Sent by an institution at county level or below (县级及以下医疗卫生机构, 000 五(四))."""
    employment = content["employment"]
    return bool(employment) and employment["level"] in COUNTY_AND_BELOW


def prefecture_of(content: Snapshot) -> str:
    """The code of the prefecture the person works in or is bound to; "" where nobody said."""
    return content["employment"]["prefecture"] if content["employment"] else ""


def _education(row: Snapshot) -> dict[str, Any]:
    return {
        "level": row["level"],
        "full_time": row["full_time"],
        "adult_education": row["adult_education"],
        "major": row["major"],
        "major_code": row["major_code"] or None,
        "field": row["field"] or "other",
        "degree_awarded": row["degree_awarded"],
        "degree_type": row["degree_type"] or None,
        "graduated_on": row["graduated_on"] or None,
        "enrolled": row["enrolled"],
        "foreign": row["foreign"],
    }


def _licence(row: Snapshot | None) -> dict[str, Any] | None:
    return {"kind": row["kind"], "category": row["category"]} if row else None


def _employer(content: Snapshot) -> dict[str, Any] | None:
    row = content["employment"]
    if row is None or content["person"]["person_type"] not in (PersonType.OWN_STAFF, PersonType.DELEGATED):
        return None
    return {
        "prefecture": row["prefecture"] or None,
        "level": row["level"] or None,
        "specialty": row["specialty_label"] or None,
        "consent": None,
    }


def _commission(content: Snapshot) -> dict[str, Any] | None:
    row = content["employment"]
    if row is None or content["person"]["person_type"] != PersonType.COMMISSIONED:
        return None
    return {"graduated_year": row["commission_year"], "prefecture": row["prefecture"] or None, "in_breach": None}


def _ban(ban: Ban) -> dict[str, str]:
    return {"programme": ban.track, "from": ban.starts_on.isoformat(), "until": ban.ends_on.isoformat()}
