"""The rehearsal clock (演练时钟): one row that shifts time in demo and rehearsal mode."""

from __future__ import annotations

from django.db import models


class RehearsalClock(models.Model):
    """How far the rehearsal runs ahead of (positive) or behind the wall clock. At most one row; production never reads it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    offset = models.DurationField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="clock_single_row")]

    def __str__(self) -> str:
        return f"offset {self.offset}"
