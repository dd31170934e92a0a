"""Registrations and admissions that were taken away (取消资格), and people who left their training (退出培训)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from admissions.models.applications import Application
from admissions.models.offers import Objection
from admissions.states import DISQUALIFICATION_LABELS, DISQUALIFICATION_TRIGGERS
from gme_portal.notices.models import NoticeVersion
from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all

USER = settings.AUTH_USER_MODEL


class Disqualification(models.Model):
    """What the notice's integrity rules (诚信, 000 六(三)1; 004 四(四)) cost one person: asked for by one, confirmed by another of the provincial office.

    `trigger` fraud (弄虚作假) takes the registration and every place of this notice; withdrawal (退出培训) ends a training that has begun.
    `objection` is the one it came from. While it is asked for, the person's admission waits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="disqualifications")
    trigger = models.CharField("情形", max_length=12, choices=list(DISQUALIFICATION_TRIGGERS.items()))
    grounds = SealedTextField("事实和证据", mask=mask_all)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, null=True, related_name="disqualifications")
    state = models.CharField("状态", max_length=10, choices=list(DISQUALIFICATION_LABELS.items()), default="asked")
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    settled_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField("不予取消的原因", max_length=200, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=~Q(state="refused"), name="disqualification_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(DISQUALIFICATION_LABELS)), name="disqualification_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", settled_by=None, settled_at=None, settled_under=None)
                | ~Q(state="asked")
                & Q(settled_by__isnull=False, settled_at__isnull=False, settled_under__isnull=False),
                name="disqualification_settled_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(settled_by=F("asked_by")), name="disqualification_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(words=""), name="disqualification_refused_with_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} {self.state}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.application.applicant.user_id
