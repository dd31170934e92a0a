"""The printed form (报名表): a filed version as `gme_portal.printing.forms` takes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from admissions.models import Submission
from admissions.queries import answers, receipts
from admissions.queries.snapshots import Snapshot
from gme_portal.files.models import StoredFile
from gme_portal.files.services import read
from gme_portal.policy import Policy
from gme_portal.printing.forms import ApplicationForm, ChoiceLine, EducationLine
from gme_portal.printing.pictures import photo_data_uri
from gme_portal.wording import beijing, day_text


def form_of(submission: Submission, content: Snapshot, *, policy: Policy, verify_url: str) -> ApplicationForm:
    """Every cell of the form as text, from what was filed and nothing else."""
    return _form(content, _about_filing(submission, content, policy, verify_url))


def form_to_bring(content: Snapshot, *, policy: Policy, photo: StoredFile | None) -> ApplicationForm:
    """The form as it would be filed now, to be printed and brought to the counter (现场报名): marked 未受理, with the application number as code."""
    about = {
        "title": policy.form.title,
        "number": content["filed"]["application"],
        "round_text": _round(content, policy),
        "verify_url": content["filed"]["application"],
        "mark": "未受理",
        "photo": photo_data_uri(read(photo)) if photo else "",
    }
    return _form(content, about)


def _form(content: Snapshot, about: dict[str, Any]) -> ApplicationForm:
    person, choice = content["person"], content["choice"]
    cells: dict[str, Any] = {
        **about,
        "name": person["name"],
        "gender": person["gender_label"],
        "ethnic_group": person["ethnic_group_label"],
        "birth_on": _day(person["born_on"]),
        "document_kind": person["document_kind_label"],
        "document_number": person["document_number"],
        "phone": person["phone"],
        "email": person["email"],
        "address": person["address"],
        "household": person["household_address"],
        "person_type": person["person_type_label"],
        "education": [_education(row) for row in content["education"]],
        **_licence(content["licence"]),
        **_employer(content["employment"]),
        "choices": [_choice(choice["base"]["name"], one) for one in choice["specialties"]],
        "transfer_text": _transfer(choice["consents"]),
    }
    return cast(ApplicationForm, cells)


def _about_filing(submission: Submission, content: Snapshot, policy: Policy, verify_url: str) -> dict[str, Any]:
    return {
        "title": policy.form.title,
        "number": content["filed"]["application"],
        "round_text": _round(content, policy),
        "version": f"第 {submission.number} 版",
        "submitted_at": beijing(submission.submitted_at, "second"),
        "receipt_no": submission.receipt_number,
        "digest_short": submission.digest[: receipts.SHORT_DIGEST],
        "verify_url": verify_url,
        "photo": photo_data_uri(read(submission.photo)) if submission.photo else "",
    }


def _round(content: Snapshot, policy: Policy) -> str:
    label = next((one.label for one in policy.rounds if one.key == content["filed"]["round"]), "")
    return f"{policy.year} 年{label}"


def _education(row: Snapshot) -> EducationLine:
    end = "在读" if row["enrolled"] else _month(row["graduated_on"])
    return {
        "level": row["level_label"],
        "school": row["school"],
        "major": row["major"],
        "degree": answers.education_degree(row),
        "mode": answers.education_mode(row),
        "graduated_on": end,
        "certificate_no": row["diploma_number"],
    }


def _licence(row: Snapshot | None) -> dict[str, str]:
    if row is None:
        return {"licence": answers.licence_words(None)}
    return {
        "licence": answers.licence_words(row),
        "licence_number": row["number"],
        "licence_on": _day(row["obtained_on"]),
    }


def _employer(row: Snapshot | None) -> dict[str, str]:
    if row is None:
        return {}
    return {
        "employer": row["name"] or row["own_base_label"],
        "employer_level": row["level_label"],
        "employer_place": row["prefecture_label"],
    }


def _choice(base: str, one: Snapshot) -> ChoiceLine:
    return {"no": answers.place_words(one["position"]), "base": base, "specialty": one["name"], "code": one["code"]}


def _transfer(consents: Snapshot) -> str:
    words = [("本基地其他专业", consents["base"]), ("省级统一调剂", consents["province"])]
    return "；".join(f"{label}：{'服从' if agreed else '不服从'}" for label, agreed in words)


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text)).partition("（")[0] if text else ""


def _month(text: str) -> str:
    day = date.fromisoformat(text) if text else None
    return f"{day.year}年{day.month}月" if day else ""


def printed_name(number: str, at: datetime) -> str:
    """The file's name: ASCII, with the receipt and the day."""
    return f"application-{number}-{at:%Y%m%d}.pdf"
