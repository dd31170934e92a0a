"""Allocation runs (录取 / 调剂运算) and what is published of them for anybody to check."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from admissions.states import RUN_LABELS
from bases.models import TrainingBase
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all

USER = settings.AUTH_USER_MODEL


class RunKind(models.TextChoices):
    BASE_ADMISSION = "base-admission", "基地录取"
    REALLOCATION = "provincial-reallocation", "省级调剂"


class AllocationRun(models.Model):
    """One computation (录取/调剂运算): canonical input → engine → independent verifier → a second person approves → published as one batch.

    `beside` holds what is decided without the engine: people assigned by their school, people who are not ranked and why. `chain` is SHA-256 of the
    previous run's chain with the digests of input, result and `beside`: the record cannot be rewritten unseen, and the database refuses to try.
    `published_at` may lie ahead: it is the instant of release (R13). A simulation is never published."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30, choices=RunKind.choices)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="runs")
    notice_version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    round = models.CharField(max_length=10, default="first")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, null=True, related_name="runs")
    state = models.CharField(max_length=12, choices=list(RUN_LABELS.items()), default="draft")
    problem = models.JSONField()
    result = models.JSONField()
    input_sha256 = models.CharField(max_length=64)
    output_sha256 = models.CharField(max_length=64)
    engine = models.CharField(max_length=120)
    breaches = models.JSONField(default=list, help_text="what the verifier found; must be empty")
    beside = models.JSONField(
        default=dict, help_text="assigned, excluded and reserved, see admissions.queries.problems"
    )
    is_simulation = models.BooleanField("试算", default=False)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    chain = models.CharField(max_length=64)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    # Why and by whom it was set aside: discarded before, or taken back after publication (撤销公布), which again takes two.
    closed_reason = models.CharField("作废原因", max_length=200, blank=True)
    undo_asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    undo_asked_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")), name="run_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(approved_by__isnull=False, published_at__isnull=False),
                name="run_published_approved",
            ),
            models.CheckConstraint(
                condition=Q(kind="base-admission", base__isnull=False)
                | Q(kind="provincial-reallocation", base__isnull=True),
                name="run_base_by_kind",
            ),
            models.UniqueConstraint(
                fields=["notice", "round", "base"],
                condition=Q(state="published", kind="base-admission"),
                name="run_one_published_per_base",
            ),
            models.UniqueConstraint(
                fields=["notice", "round"],
                condition=Q(state="published", kind="provincial-reallocation"),
                name="run_one_published_reallocation",
            ),
            models.CheckConstraint(
                condition=Q(is_simulation=False) | ~Q(state="published"), name="run_simulation_unpublished"
            ),
            models.CheckConstraint(
                condition=(Q(approved_by__isnull=True) | Q(approved_under__isnull=False))
                & (Q(closed_by__isnull=True) | Q(closed_under__isnull=False)),
                name="run_version_named",
            ),
            models.CheckConstraint(
                condition=Q(undo_asked_by__isnull=True) | Q(closed_by__isnull=True) | ~Q(closed_by=F("undo_asked_by")),
                name="run_undo_two_people",
            ),
            models.UniqueConstraint(fields=["previous"], name="run_chain_linear"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%F %T}"


class VerificationBundle(models.Model):
    """What anybody may download of a published run and run again (公开核验包): input and result under other names, and what they rest on.

    `salt` makes the names: they are HMACs that nobody can compute for somebody else, and that appear nowhere else. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.OneToOneField(AllocationRun, on_delete=models.PROTECT, related_name="bundle")
    salt = SealedTextField(mask=mask_all)
    problem = models.JSONField()
    result = models.JSONField()
    record = models.JSONField(help_text="see admissions.queries.bundles")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.run_id}"
