"""Audit events, the access log, and the seals that chain them. The database refuses to change or delete any of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One thing that was done (操作记录). `detail` holds codes, counts and digests, never personal data."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_role = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    # The transaction that wrote the row: a seal covers only rows whose transaction is over for everybody.
    transaction_id = models.BigIntegerField(
        db_default=models.Func(function="txid_current", output_field=models.BigIntegerField())
    )

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject_idx"),
            models.Index(fields=["actor", "at"], name="audit_actor_idx"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.action} {self.subject_type}"


class AccessLog(models.Model):
    """One look at a sealed value (查看记录), shown to its owner."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="looks_at_me")
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    column = models.CharField(max_length=60)
    purpose = models.CharField(max_length=100)

    class Meta:
        indexes = [models.Index(fields=["owner", "at"], name="accesslog_owner_idx")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.subject_type}.{self.column}"


class AuditSeal(models.Model):
    """A digest over all audit events up to `last_event_id` that no earlier seal covers, chained to the seal before."""

    at = models.DateTimeField()
    first_event_id = models.BigIntegerField()
    last_event_id = models.BigIntegerField(unique=True)
    events = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"events {self.first_event_id}–{self.last_event_id}"
