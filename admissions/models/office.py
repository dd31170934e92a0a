"""The work of the offices: rosters that were taken out, previews of a notice not yet adopted."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from admissions.models.applications import Application
from admissions.states import PREVIEW_LABELS
from gme_portal.files.models import StoredFile
from gme_portal.notices.models import Notice, NoticeProposal, NoticeVersion

USER = settings.AUTH_USER_MODEL


class RosterExport(models.Model):
    """A roster with full ID numbers (完整名册): asked for with a purpose, approved by a second person, kept as the very file that went out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="roster_exports")
    purpose = models.CharField("用途", max_length=100)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    people = models.PositiveIntegerField(null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")), name="roster_export_two_people"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, file__isnull=True)
                | Q(approved_by__isnull=False, file__isnull=False),
                name="roster_export_file_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(approved_under__isnull=False),
                name="roster_export_version_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.made_at:%F %T}"


class NoticePreview(models.Model):
    """What a proposed notice would change for people who have begun or filed (采用前预览): judged in the background, person by person.

    `digest` and `against` are the text and the version in force that were compared; `total`, `done` and `unread` count people, the last those
    whose entries are too unfinished to be judged; `changed` those with at least one line."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proposal = models.ForeignKey(NoticeProposal, on_delete=models.PROTECT, related_name="previews")
    against = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"


class PreviewLine(models.Model):
    """One rule that changes one person's verdict, and on which of their specialties. `before` and `after` are what the rule says to them."""

    preview = models.ForeignKey(NoticePreview, on_delete=models.CASCADE, related_name="lines")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=80)
    direction = models.CharField(max_length=8, choices=list(PREVIEW_LABELS.items()))
    specialties = ArrayField(models.CharField(max_length=8))
    before = models.TextField()
    after = models.TextField()
    clause = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["preview", "application", "rule", "direction"], name="preview_line_once")
        ]
        indexes = [models.Index(fields=["preview", "direction", "rule"], name="preview_line_group_idx")]

    def __str__(self) -> str:
        return f"{self.rule} {self.direction}"
