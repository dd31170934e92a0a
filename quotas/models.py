"""Quotas, the ledger that explains their seats, and moves between them. Only `quotas.services` write here."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bases.models import Specialty, TrainingBase
from gme_portal.notices.models import Notice


class Quota(models.Model):
    """The seats of one specialty at one base under one notice (招收计划). No row means that the specialty is not open there ("/").

    `planned` is the adopted plan and never changes; `seats` is what may be admitted now (plan, moves and increases; the sum of the ledger);
    `taken` counts active admissions; `capacity` is the most the base can train, null where nobody set one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="quotas")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="quotas")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="quotas")
    planned = models.PositiveIntegerField("招收计划")
    seats = models.PositiveIntegerField("现有名额")
    taken = models.PositiveIntegerField("已录取", default=0)
    capacity = models.PositiveIntegerField("培训容量", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "base", "specialty"], name="quota_once"),
            models.CheckConstraint(condition=Q(taken__gte=0), name="quota_taken_not_negative"),
            models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="quota_not_oversubscribed"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(seats__lte=F("capacity")), name="quota_within_capacity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_id} {self.specialty_id} {self.taken}/{self.seats}"

    @property
    def free(self) -> int:
        """Seats that nobody holds."""
        return self.seats - self.taken


class SeatMove(models.Model):
    """Seats moved from one specialty of a base to another (计划调整, 000 五(二)). Never edited: a mistake is moved back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="seat_moves")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="seat_moves")
    source = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="moves_out")
    target = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="moves_in")
    seats = models.PositiveIntegerField("名额")
    reason = models.CharField("原因", max_length=200)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="seat_move_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="seat_move_two_quotas"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}: {self.seats}"


class EntryKind(models.TextChoices):
    PLAN = "plan", "下达计划"
    MOVE_IN = "move_in", "调入"
    MOVE_OUT = "move_out", "调出"
    INCREASE = "increase", "增加"
    CORRECTION = "correction", "更正"


class SeatEntry(models.Model):
    """One line of a quota's ledger (名额台账). Append-only, and the deltas of a quota sum to its `seats`: both kept by the database."""

    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField("类型", max_length=12, choices=EntryKind.choices)
    delta = models.IntegerField("增减")
    move = models.ForeignKey(SeatMove, on_delete=models.PROTECT, null=True, related_name="entries")
    at = models.DateTimeField()
    # Null: written by the platform itself, as when a command imports the plan.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "seat entries"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="seat_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["move_in", "move_out"], move__isnull=False)
                | (~Q(kind__in=["move_in", "move_out"]) & Q(move__isnull=True)),
                name="seat_entry_move_named",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["plan", "move_in", "increase"], delta__gte=0)
                | Q(kind="move_out", delta__lt=0)
                | Q(kind="correction"),
                name="seat_entry_sign",
            ),
            models.UniqueConstraint(fields=["quota"], condition=Q(kind="plan"), name="seat_entry_one_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.delta:+d}"
