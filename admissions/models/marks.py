"""Marks (考核成绩) and the lottery (抽签) that parts those who are equal in everything else."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from admissions.models.applications import Application
from bases.models import TrainingBase
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all

USER = settings.AUTH_USER_MODEL


class ScoreSheet(models.Model):
    """The marks of one base in one round (成绩册): open until a second person confirms it; a correction after that needs another two."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    round = models.CharField(max_length=10, default="first")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="score_sheets")
    submitted_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "round", "base"], name="score_sheet_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_under__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_under__isnull=False),
                name="score_sheet_under_version",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (Q(submitted_by__isnull=False) & ~Q(confirmed_by=F("submitted_by"))),
                name="score_sheet_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_id} {self.round}"


class Mark(models.Model):
    """One mark (成绩) in hundredths of a point, a check passed or not (合格项), or absent (缺考). `component` is a key of the policy's scoring rule."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="marks")
    component = models.CharField(max_length=20)
    value = models.PositiveIntegerField(null=True, help_text="hundredths of a point")
    passed = models.BooleanField("合格", null=True)
    absent = models.BooleanField("缺考", default=False)
    entered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "component"], name="mark_once"),
            models.CheckConstraint(
                condition=Q(absent=True, value__isnull=True, passed__isnull=True)
                | Q(absent=False, value__isnull=False, passed__isnull=True)
                | Q(absent=False, value__isnull=True, passed__isnull=False),
                name="mark_or_passed_or_absent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.value}"


class LotteryDraw(models.Model):
    """The lottery (抽签) of one round: committed to before registration closes, drawn in public after it, its secret shown with the first result.

    `commitment` is SHA-256 of `secret`, which the platform made and nobody sees before; `source` says beforehand which public draw will count;
    `public_draw` is entered by one person and typed again by another. The seed of the round is SHA-256 of `secret|public draw`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="lottery_draws")
    round = models.CharField(max_length=10, default="first")
    commitment = models.CharField("承诺值", max_length=64)
    secret = SealedTextField(mask=mask_all)
    source = models.CharField("公开抽签", max_length=200)
    # Null: the platform committed by itself, a day before the close, because nobody else had.
    committed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    committed_at = models.DateTimeField()
    committed_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    late_reason = models.CharField("逾期公布的原因", max_length=200, blank=True)
    public_draw = models.CharField("公开抽签结果", max_length=200, blank=True)
    drawn_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["notice", "committed_at"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "round"], name="lottery_one_per_round"),
            models.CheckConstraint(
                condition=Q(public_draw="", drawn_by__isnull=True, drawn_at__isnull=True)
                | (~Q(public_draw="") & Q(drawn_by__isnull=False, drawn_at__gt=F("committed_at"))),
                name="lottery_draw_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(drawn_by__isnull=False, confirmed_at__gte=F("drawn_at")) & ~Q(confirmed_by=F("drawn_by"))),
                name="lottery_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(confirmed_under__isnull=False), name="lottery_version_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.round}"

    @property
    def stage(self) -> str:
        """committed · entered (waits for the second person) · drawn."""
        if self.confirmed_at is not None:
            return "drawn"
        return "entered" if self.public_draw else "committed"
