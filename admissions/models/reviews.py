"""What a base decides on papers: the sealed set after the close, reviews (资格审核), later certificates."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from admissions.models.applications import Application, Submission
from admissions.states import LATER_DOCUMENT_LABELS
from applicants.models import Document
from gme_portal.notices.models import Notice, NoticeVersion

USER = settings.AUTH_USER_MODEL


class SealedSet(models.Model):
    """What was in when the registration window closed (截止封存): count and digest over all filed submissions (R5)."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="sealed_sets")
    round = models.CharField(max_length=10)
    closes_at = models.DateTimeField()
    sealed_at = models.DateTimeField()
    submissions = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "round", "closes_at"], name="sealed_set_once")]

    def __str__(self) -> str:
        return f"{self.round} {self.submissions}"


class DeadlineMark(models.Model):
    """The done-mark of what follows from a deadline; it shares a transaction with the effect (R6)."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "key"], name="deadline_mark_once")]

    def __str__(self) -> str:
        return self.key


class ReviewDecision(models.TextChoices):
    APPROVE = "approve", "审核通过"
    RETURN = "return", "退回修改"
    REJECT = "reject", "审核不通过"


class Review(models.Model):
    """A decision on one submission (资格审核): returned with a coded reason and words, rejected with a clause."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=10, choices=ReviewDecision.choices)
    reason_code = models.CharField("原因", max_length=30, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    clause = models.CharField("依据", max_length=60, blank=True)
    reviewer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    notice_version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=~Q(decision="return") | ~Q(words=""), name="review_return_says_why"),
            models.CheckConstraint(condition=~Q(decision="reject") | ~Q(clause=""), name="review_reject_names_clause"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.at:%F %T}"


class LaterDocument(models.Model):
    """The certificate itself, uploaded after a stand-in for it was filed (待取得后重新上传替换, 003 (三)3). What was filed stays as it was; this lies
    beside it and is looked at by the base (核对)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="later_documents")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("材料", max_length=30)
    filed = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name="报名时的材料")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name="补交的材料")
    state = models.CharField("状态", max_length=10, choices=list(LATER_DOCUMENT_LABELS.items()), default="uploaded")
    uploaded_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField("退回原因", max_length=200, blank=True)

    class Meta:
        ordering = ["uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=Q(state__in=["uploaded", "confirmed"]),
                name="later_document_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(LATER_DOCUMENT_LABELS)), name="later_document_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "replaced"], decided_by__isnull=True, decided_under__isnull=True)
                | Q(state__in=["confirmed", "returned"], decided_by__isnull=False, decided_under__isnull=False),
                name="later_document_decided_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""), name="later_document_return_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.application.applicant.user_id
