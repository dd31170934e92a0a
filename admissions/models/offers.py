"""What follows a run or a reply: offers (拟录取), invitations (邀请), publicity (公示) and objections (异议)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from admissions.models.applications import Application
from admissions.models.runs import AllocationRun
from admissions.states import ACTIVE_OFFER_STATES, INVITATION_LABELS, OFFER_LABELS
from applicants.models import Profile
from bases.models import TrainingBase
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all, mask_phone
from quotas.models import Quota

USER = settings.AUTH_USER_MODEL


class Outcome(models.Model):
    """What one run says of one application, with its explanation in Chinese (结果说明). `quota` is null for "not admitted"."""

    run = models.ForeignKey(AllocationRun, on_delete=models.CASCADE, related_name="outcomes")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="outcomes")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, null=True, related_name="+")
    choice_number = models.PositiveSmallIntegerField(
        null=True, help_text="among the own choices; null with a quota means by adjustment (调剂)"
    )
    total = models.PositiveIntegerField(null=True, help_text="hundredths of a point")
    rank = models.PositiveIntegerField(
        null=True, help_text="place among those ranked at the base, or in the provincial order"
    )
    explanation = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "application"], name="outcome_once")]

    def __str__(self) -> str:
        return f"{self.application_id}"


class Offer(models.Model):
    """A place for a person (拟录取 / 录取). One active offer per person and notice, kept by the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="offers")
    applicant = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="offers")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="offers")
    run = models.ForeignKey(AllocationRun, on_delete=models.PROTECT, related_name="offers")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="offers")
    choice_number = models.PositiveSmallIntegerField(null=True)
    # Whether it holds a seat of the quota: people outside the plan (专硕, 000 三) do not.
    counted = models.BooleanField("占招收计划", default=True)
    state = models.CharField(max_length=12, choices=list(OFFER_LABELS.items()), default="proposed")
    published_at = models.DateTimeField(null=True)
    admitted_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # What the person said to the place (接受录取), or nothing by the end: then nobody is named.
    answered_at = models.DateTimeField("确认时间", null=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    # Of the report-in, or of its being missed; what the offer itself rests on is the run's version.
    reported_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "applicant"], condition=Q(state__in=ACTIVE_OFFER_STATES), name="offer_one_active"
            ),
            models.CheckConstraint(condition=Q(state__in=list(OFFER_LABELS)), name="offer_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declined", "lapsed"]) | Q(answered_at__isnull=False),
                name="offer_answered_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reported_in", "absent"]) | Q(reported_under__isnull=False),
                name="offer_reported_under_version",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_under__isnull=False), name="offer_version_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class Invitation(models.Model):
    """A base asks somebody who is not admitted to come to its re-examination (邀请未录取考生复试, 004 三(四)2): one specialty with a free seat.

    Accepted, it files the application of the round that is named beside it. Asked again after a refusal, it is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="invitations")
    round = models.CharField(max_length=10)
    applicant = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="invitations")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="invitations")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="invitations", verbose_name="专业")
    words = models.CharField("附言", max_length=300, blank=True)
    state = models.CharField("状态", max_length=12, choices=list(INVITATION_LABELS.items()), default="invited")
    invited_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    invited_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField("答复期限")
    settled_at = models.DateTimeField(null=True)
    settled_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, related_name="invitations")

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "round", "applicant"], condition=Q(state="accepted"), name="invitation_one_accepted"
            ),
            models.UniqueConstraint(
                fields=["notice", "round", "applicant", "base"],
                condition=Q(state="invited"),
                name="invitation_one_open_per_base",
            ),
            models.CheckConstraint(condition=Q(state__in=list(INVITATION_LABELS)), name="invitation_state_known"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(application__isnull=False), name="invitation_accepted_files"
            ),
            models.CheckConstraint(
                condition=Q(state="invited", settled_at__isnull=True)
                | (~Q(state="invited") & Q(settled_at__isnull=False)),
                name="invitation_settled_when",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_under__isnull=False), name="invitation_version_named"
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="invitation_expiry_idx")]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.applicant.user_id


class Publicity(models.Model):
    """A list on public show (公示). `rows` holds only the columns that the policy allows, and no fragment of an ID number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.OneToOneField(AllocationRun, on_delete=models.PROTECT, related_name="publicity")
    title = models.CharField(max_length=120)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    rows = models.JSONField()

    class Meta:
        verbose_name_plural = "publicities"
        constraints = [models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="publicity_closes_later")]

    def __str__(self) -> str:
        return self.title


class Objection(models.Model):
    """An objection to a list on show (异议), with its answer. It holds up the admission of whom it names, or of the whole list where it names nobody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="objections")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, related_name="objections")
    words = SealedTextField(mask=mask_all)
    contact = SealedTextField(mask=mask_phone)
    raised_at = models.DateTimeField()
    upheld = models.BooleanField("异议成立", null=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, upheld__isnull=True, answered_under__isnull=True)
                | Q(answered_at__isnull=False, upheld__isnull=False, answered_under__isnull=False),
                name="objection_answered_whole",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
