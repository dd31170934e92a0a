"""Certificates that were not issued yet when a stand-in was filed (应届待取证, 003 (三)3): which are awaited, until when, and what has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from admissions.models import Application, LaterDocument, Offer
from admissions.queries.papers import content_of, documents_of
from admissions.states import APPLICATION_LABELS
from applicants.models import Document
from bases.models import TrainingBase
from gme_portal.policy import Policy
from gme_portal.policy.schema import DocumentRule, Window
from gme_portal.refusals import Refusal
from gme_portal.wording import beijing

TONES = {"uploaded": "info", "confirmed": "ok", "returned": "bad", "replaced": "neutral"}
OPEN_STATES = ("submitted", "approved")


@dataclass(frozen=True, slots=True)
class Awaited:
    """One certificate that was filed as a stand-in, with what was handed in for it last."""

    rule: DocumentRule
    filed: Document
    newest: LaterDocument | None

    @property
    def tone(self) -> str:
        return TONES[self.newest.state] if self.newest is not None else "warn"

    @property
    def may_upload(self) -> bool:
        return self.newest is None or self.newest.state != "confirmed"


def awaited(application: Application, policy: Policy) -> list[Awaited]:
    """What the newest filed version promises to hand in later; empty when no education in it is waiting for its certificate. Up to three queries."""
    submission = application.submissions.order_by("-number").first()
    if submission is None:
        return []
    content = content_of(submission)
    if not any(row["diploma_pending"] for row in content["education"]):
        return []
    rules = {rule.kind: rule for rule in policy.documents if rule.stand_in and rule.channel == "upload"}
    newest = {row.kind: row for row in application.later_documents.select_related("document__file", "decided_by")}
    return [
        Awaited(rules[filed.kind], filed, newest.get(filed.kind))
        for filed in documents_of(content)
        if filed.kind in rules
    ]


def place_of(application: Application) -> Offer | None:
    """The place the person has been admitted to, or was."""
    rows = Offer.objects.select_related("quota__base").filter(application=application)
    return rows.filter(state__in=("admitted", "reported_in", "absent")).first()


def base_of(application: Application) -> TrainingBase | None:
    """Who looks at what is handed in: the base that has the person, before that the one applied to."""
    place = place_of(application)
    return place.quota.base if place is not None else application.base


def window_of(application: Application, policy: Policy, base: TrainingBase | None) -> Window | None:
    """The report-in (报到) of the person: it ends what can be handed in here."""
    code = base.code if base is not None else ""
    return policy.window("report_in", person_type=application.applicant.person_type, round=application.round, base=code)


def upload_refusal(application: Application, *, policy: Policy, at: datetime) -> Refusal | None:
    """Why nothing can be handed in now, or None."""
    if application.state == "rejected":
        return Refusal("NOT_NOW_STATE", "资格审核未通过，不用补交证书。")
    if application.state not in OPEN_STATES:
        sentence = f"当前状态为“{APPLICATION_LABELS[application.state]}”，请直接在“证明材料”中替换，再提交报名。"
        return Refusal("NOT_NOW_STATE", sentence)
    place = place_of(application)
    if place is not None and place.state != "admitted":
        done = "您已报到" if place.state == "reported_in" else "您已登记为未报到"
        return Refusal("AFTER_REPORT_IN", f"{done}，不能再在平台补交，请与录取基地联系。", policy.report_in.clause)
    window = window_of(application, policy, place.quota.base if place is not None else application.base)
    if window is not None and at >= window.closes:
        sentence = (
            f"{window.label}已于{beijing(window.closes, 'second')}（北京时间）截止，不能再补交，请与录取基地联系。"
        )
        return Refusal("WINDOW_CLOSED", sentence, window.clause)
    return None


def listed(rows: QuerySet[LaterDocument], state: str) -> QuerySet[LaterDocument]:
    """The base's list of one state, the longest waiting first; what was uploaded again does not count."""
    return rows.filter(state=state).order_by("uploaded_at")
