"""Reductions of the training time (年限减免) and their decisions."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from admissions.models.applications import Application
from admissions.states import YEAR_REDUCTION_LABELS
from gme_portal.files.models import StoredFile
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all
from quotas.models import Quota

USER = settings.AUTH_USER_MODEL


class YearReduction(models.Model):
    """A request for a shorter training in one specialty (培训年限减免申请, 000 五(一)). `steps` are those of the notice when it was filed; `step` the
    one it waits for. `months` is what was asked for, `granted` what stands after the last decision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="year_reductions")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="year_reductions")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="year_reductions", verbose_name="培训专业")
    months = models.PositiveSmallIntegerField("申请减免（月）")
    grounds = SealedTextField("申请理由", mask=mask_all)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    preview = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.JSONField(
        help_text="what the notice's rules said when it was filed: [{verdict, sentence, clause}]"
    )
    steps = ArrayField(models.CharField(max_length=12))
    step = models.CharField(max_length=12, blank=True)
    state = models.CharField("状态", max_length=10, choices=list(YEAR_REDUCTION_LABELS.items()), default="waiting")
    filing = models.PositiveSmallIntegerField("第几次提交", default=1)
    filed_at = models.DateTimeField()
    filed_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    granted = models.PositiveSmallIntegerField("减免（月）", null=True)

    class Meta:
        ordering = ["filed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(state__in=["refused", "withdrawn"]),
                name="year_reduction_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(YEAR_REDUCTION_LABELS)), name="year_reduction_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") & ~Q(step="") | ~Q(state="waiting") & Q(step=""),
                name="year_reduction_waits_for_a_step",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(granted__isnull=False), name="year_reduction_approved_months"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.step}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.application.applicant.user_id


class YearReductionDecision(models.Model):
    """What one step said (审核意见). `months` is what it leaves of the request; the same person never speaks twice for one filing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reduction = models.ForeignKey(YearReduction, on_delete=models.PROTECT, related_name="decisions")
    filing = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=12)
    decision = models.CharField(max_length=10)
    months = models.PositiveSmallIntegerField(null=True)
    words = models.CharField("意见", max_length=200, blank=True)
    tested = models.BooleanField("能力测评合格", null=True, help_text="null: not tested at this step")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["reduction", "filing", "by"], name="reduction_decision_two_people"),
            models.CheckConstraint(
                condition=Q(decision__in=["approve", "correct"], months__isnull=False)
                | Q(decision__in=["return", "refuse"], months__isnull=True) & ~Q(words=""),
                name="reduction_decision_whole",
            ),
            models.CheckConstraint(
                condition=~Q(decision="approve", tested=False), name="reduction_decision_not_after_a_failed_test"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.decision}"
