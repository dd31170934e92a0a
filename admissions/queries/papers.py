"""Paper at the counter (现场确认): what a person has to bring, in binding order, and whether the paper in hand is what was filed last."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from admissions.access import applications_visible_to, submissions_visible_to
from admissions.models import Application, Submission
from admissions.queries import answers, receipts
from admissions.queries.snapshots import Snapshot
from applicants.models import Document
from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.policy.schema import DocumentRule

FORM = "form"
LAST = 100  # what the notice does not bind comes after what it binds
_CODE = re.compile(r"\d{5,16}-\d{2}-[0-9a-f]{12}")
_RECEIPT = re.compile(r"(\d{5,16})-\d{2}")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper (现场材料): `order` is its place in the bundle, `note` what may stand in for it or how many copies."""

    kind: str
    label: str
    order: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanned or typed code leads to. `state`: current, outdated (a newer version was filed), unproven (no digest in the code) or
    forged (the digest is not that of the version it names). `changes` are the newest words with the paper's own as `old`."""

    application: Application
    state: str
    version: int = 0
    newest: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)


def _known(content: Snapshot) -> dict[str, object]:
    """The facts of one filed version that decide which papers are asked for."""
    person, licence = content["person"], content["licence"]
    return {
        "nationality": person["nationality"],
        "title": person["title"],
        "holds_training_certificate": person["holds_training_certificate"],
        "in_national_platform": person["in_national_platform"],
        "holds_licence": licence is not None,
        "licence_kind": licence["kind"] if licence else "none",
        "licence_category": licence["category"] if licence else "none",
        "has_employer": bool(content["employment"]) and person["person_type"] != "commissioned",
    }


def required_documents(content: Snapshot, policy: Policy) -> list[DocumentRule]:
    """What the notice asks the person of one filed version to upload, in its order."""
    asked = policy.documents_for(content["person"]["person_type"], _known(content))
    return [rule for rule in asked if rule.required]


def checklist(content: Snapshot, policy: Policy) -> list[Paper]:
    """The papers of one filed version in binding order (装订顺序), the printed form first."""
    pending = any(row["diploma_pending"] for row in content["education"])
    copies = policy.form.copies_for(content["person"]["person_type"])
    papers = [
        Paper(
            FORM,
            f"报名表（第 {content['filed']['version']} 版）",
            1,
            f"一式 {copies} 份" if copies > 1 else "一份，本人签名",
        )
    ]
    for rule in policy.papers_for(content["person"]["person_type"], _known(content)):
        if rule.required:
            stand_in = f"应届可用{rule.stand_in}" if rule.stand_in and pending else ""
            papers.append(Paper(rule.kind, rule.label, rule.binding_order or LAST, stand_in or rule.brought))
    return sorted(papers, key=lambda paper: paper.order)


def newest_submission(application: Application, user: User) -> Submission | None:
    """The version that counts, of those filed with the user's base."""
    return submissions_visible_to(user).filter(application=application).order_by("-number").first()


def content_of(submission: Submission, *, text: str = "") -> Snapshot:
    """The filed content; `text` when it was revealed already."""
    loaded: Snapshot = json.loads(text or submission.content.open())
    return loaded


def documents_of(content: Snapshot) -> list[Document]:
    """The documents as filed, in the order of the snapshot; what was uploaded later is not among them. One query."""
    rows = Document.objects.select_related("file", "preview", "profile").in_bulk(
        [row["id"] for row in content["documents"]]
    )
    found = [rows.get(UUID(row["id"])) for row in content["documents"]]
    return [row for row in found if row is not None]


def plain_number(text: str) -> str:
    """A number as typed or scanned, half-width, lower case, without blanks."""
    return "".join(text.split()).lower().translate(str.maketrans("０１２３４５６７８９－—", "0123456789--"))


def scan(text: str, *, user: User, notice: Notice) -> Scan | None:
    """The application behind a scanned QR, a receipt number or an application number, if it is the user's to see; None when there is none."""
    typed = plain_number(text)
    found = _CODE.search(typed)
    if found:
        number, short = receipts.read_code(found.group())
        submission = submissions_visible_to(user).filter(receipt_number=number, application__notice=notice).first()
        return _judged(submission, short, user) if submission else None
    receipt = _RECEIPT.fullmatch(typed)
    application = applications_visible_to(user).filter(notice=notice, number=receipt[1] if receipt else typed).first()
    return Scan(application, "unproven") if application else None


def _judged(submission: Submission, short: str, user: User) -> Scan:
    application = submission.application
    newest = newest_submission(application, user) or submission
    if submission.digest[: receipts.SHORT_DIGEST] != short:
        return Scan(application, "forged", submission.number, newest.number)
    if submission.pk == newest.pk:
        return Scan(application, "current", submission.number, newest.number)
    changes = answers.changed(content_of(newest), content_of(submission))
    return Scan(application, "outdated", submission.number, newest.number, changes)
