"""The certificate itself, after its stand-in was filed (补交证书, 003 (三)3): the person uploads, the base looks at it. What was filed never changes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admissions.models import Application, LaterDocument
from admissions.queries.later_documents import Awaited, awaited, base_of, upload_refusal
from admissions.services.staff import must_be_of_base
from admissions.states import LATER_DOCUMENT, LATER_DOCUMENT_LABELS
from applicants.services import documents
from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.notices.services.standing import decided_under
from gme_portal.outbox.services import tell
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.wording import beijing


def upload(
    application: Application, kind: str, *, content: bytes, actor: User, at: datetime, policy: Policy
) -> LaterDocument:
    """Hand the certificate in. A second upload takes the place of one that nobody has looked at.

    Raises Refused: NOT_YOURS, NOT_A_STAND_IN, ALREADY_CONFIRMED, NOT_NOW_STATE, AFTER_REPORT_IN, WINDOW_CLOSED, or what is wrong with the file."""
    one = _awaited(application, kind, actor, at, policy)
    clean, preview = documents.judged(one.rule, content)
    with transaction.atomic():
        rows = Application.objects.select_for_update(of=("self",)).select_related("applicant__user", "notice", "base")
        row = rows.get(pk=application.pk)
        one = _awaited(row, kind, actor, at, policy)
        row.later_documents.filter(kind=kind, state="uploaded").update(state=LATER_DOCUMENT["uploaded", "replace"].to)
        document = documents.keep_later(
            profile=row.applicant, kind=kind, clean=clean, preview=preview, actor=actor, at=at
        )
        later = LaterDocument.objects.create(
            application=row,
            submission=row.submissions.latest("number"),
            kind=kind,
            filed=one.filed,
            document=document,
            uploaded_at=at,
        )
        detail = {"kind": kind, "sha256": document.file.sha256, "filed": str(one.filed.pk)}
        record(actor=actor, action="later_document.uploaded", subject=later, at=at, detail=detail)
    return later


def decide(
    later: LaterDocument, decision: str, *, reason: str = "", actor: User, at: datetime, policy: Policy
) -> LaterDocument:
    """Confirm what was handed in, or return it with a reason. `decision`: confirm or return.

    Raises Refused: NOT_YOUR_BASE, NOT_YOURS, NOT_NOW_STATE, REASON_MISSING."""
    with transaction.atomic():
        rows = LaterDocument.objects.select_for_update(of=("self",))
        row = rows.select_related("application__applicant__user", "application__notice", "application__base").get(
            pk=later.pk
        )
        base = base_of(row.application)
        must_be_of_base(actor, base.pk if base else None)
        step = LATER_DOCUMENT.get((row.state, decision))
        if step is None:
            raise Refused("NOT_NOW_STATE", f"当前状态为“{LATER_DOCUMENT_LABELS[row.state]}”，不用再核对。请刷新页面。")
        words = reason.strip()[:200] if decision == "return" else ""
        if decision == "return" and not words:
            raise Refused("REASON_MISSING", "请写明退回原因，学员会看到。", field="reason")
        row.state, row.reason = step.to, words
        row.decided_by, row.decided_at, row.decided_under = actor, at, decided_under(row.application.notice, policy)
        row.save(update_fields=["state", "reason", "decided_by", "decided_at", "decided_under"])
        record(actor=actor, action=f"later_document.{step.to}", subject=row, at=at, detail={"kind": row.kind})
        _tell(row, base.name if base else "", policy, at)
    return row


def _awaited(application: Application, kind: str, actor: User, at: datetime, policy: Policy) -> Awaited:
    """The certificate that may be handed in now. Raises Refused."""
    if actor.pk != application.owner_user_id:
        raise Refused("NOT_YOURS", "只能补交本人的证书。")
    refusal = upload_refusal(application, policy=policy, at=at)
    if refusal is not None:
        raise Refused.many([refusal])
    one = next((one for one in awaited(application, policy) if one.rule.kind == kind), None)
    if one is None:
        raise Refused("NOT_A_STAND_IN", "这项材料报名时交的就是证书，不用补交。")
    if not one.may_upload:
        raise Refused("ALREADY_CONFIRMED", f"{one.rule.label}已由基地核对，不能再替换。")
    return one


def _tell(row: LaterDocument, base: str, policy: Policy, at: datetime) -> None:
    label = next((rule.label for rule in policy.documents if rule.kind == row.kind), row.kind)
    told = f"您于{beijing(row.uploaded_at)}补交的{label}"
    if row.state == "confirmed":
        title, body = "补交的证书已核对", f"{told}已由{base}核对，不用再操作。"
    else:
        title, body = "补交的证书被退回", f"{told}被{base}退回：{row.reason}。请在报到截止前重新上传。"
    tell(user=row.application.applicant.user, title=title, body=body, dedup_key=f"later-document:{row.pk}", at=at)
