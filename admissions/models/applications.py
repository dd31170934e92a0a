"""Applications (报名), their choices (志愿) and what was filed, at home or at the counter (现场报名)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from admissions.states import APPLICATION_LABELS
from applicants.models import Profile
from bases.models import TrainingBase
from gme_portal.files.models import StoredFile
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all
from quotas.models import Quota

USER = settings.AUTH_USER_MODEL


class Application(models.Model):
    """One person's application in one round of one notice (报名). What the base sees is the newest `Submission`, not the live profile."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="applications")
    round = models.CharField(max_length=10, default="first")
    applicant = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="applications")
    # Year and a number of the sequence `admissions_application_number`; it says nothing about the person.
    number = models.CharField("报名号", max_length=20, unique=True)
    state = models.CharField("状态", max_length=12, choices=list(APPLICATION_LABELS.items()), default="draft")
    base = models.ForeignKey(
        TrainingBase, on_delete=models.PROTECT, null=True, related_name="applications", verbose_name="志愿基地"
    )
    consents_base_transfer = models.BooleanField("服从基地内调剂", default=False)
    consents_province_transfer = models.BooleanField("服从省级统一调剂", default=False)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    # Where the notice lets a filed form be changed at once (修改报名): since when, and the choices typed since, {"quotas": [ids], "consents": [kinds]}.
    # What was filed stands, and the base works on it, until the changes are filed; any other step drops them.
    amending_since = models.DateTimeField(null=True)
    amended = models.JSONField(null=True)
    # Follow-ups of the state, kept here for the lists.
    confirmed_at = models.DateTimeField("现场确认时间", null=True)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "round", "applicant"], name="application_one_per_round"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_under__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_under__isnull=False),
                name="application_confirmed_under_version",
            ),
            models.CheckConstraint(condition=Q(state__in=list(APPLICATION_LABELS)), name="application_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(base__isnull=False, submitted_at__isnull=False),
                name="application_filed_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(state__in=["approved", "cancelled"]),
                name="application_confirmed_approved",
            ),
            models.CheckConstraint(
                condition=Q(amending_since__isnull=True, amended__isnull=True)
                | Q(amending_since__isnull=False, state="submitted"),
                name="application_amended_while_filed",
            ),
        ]
        indexes = [models.Index(fields=["notice", "base", "state", "submitted_at"], name="application_queue_idx")]

    def __str__(self) -> str:
        return self.number

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.applicant.user_id


class Choice(models.Model):
    """A listed specialty (志愿), ordered from 1; all of one base (003 五)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField("志愿序号")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="choices", verbose_name="专业")

    class Meta:
        ordering = ["application", "position"]
        constraints = [
            models.UniqueConstraint(fields=["application", "position"], name="choice_position_once"),
            models.UniqueConstraint(fields=["application", "quota"], name="choice_specialty_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="choice_position_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.quota_id}"


class Submission(models.Model):
    """What was filed at one moment (报名版本) with its receipt (回执): immutable, sealed, digested, signed.

    `content` is the canonical JSON that the base reviews and the form prints; `digest` its SHA-256; `signature` a keyed signature of receipt
    number, digest and time; `idempotency_key` makes a retried click return this very receipt (R2)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField("版本")
    receipt_number = models.CharField("回执编号", max_length=24, unique=True)
    content = SealedTextField(mask=mask_all)
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    idempotency_key = models.UUIDField(unique=True)
    submitted_at = models.DateTimeField()
    # Filed with this base: a later version may go to another one, and each sees only its own.
    base = models.ForeignKey(
        TrainingBase, on_delete=models.PROTECT, related_name="submissions", verbose_name="志愿基地"
    )
    notice_version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    photo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    # Who of the base filed it for the person at the counter (现场报名); null where the person did.
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="受理人")

    class Meta:
        ordering = ["application", "number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="submission_number_once")]

    def __str__(self) -> str:
        return self.receipt_number

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.application.applicant.user_id


class FoundBy(models.TextChoices):
    DOCUMENT = "document", "证件号码"
    APPLICATION = "application", "报名号"
    ACCOUNT = "account", "现场开通账号"


class CounterVisit(models.Model):
    """A person stood at a base's counter (现场报名) and their application was opened there by its exact number. It is what lets the base
    see an application that is not filed yet."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="visits")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="visits")
    found_by = models.CharField(max_length=12, choices=FoundBy.choices)
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["opened_at"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.opened_at:%F %T}"
