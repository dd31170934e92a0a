"""Messages to people: a text message (短信) or an entry in the portal's own inbox (站内消息)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all, mask_phone


class Channel(models.TextChoices):
    SMS = "sms", "短信"
    INBOX = "inbox", "站内消息"


class MessageState(models.TextChoices):
    PENDING = "pending", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"


class Message(models.Model):
    """One message. `dedup_key` makes a second writing of the same message impossible, across retries and crashes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedup_key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="messages")
    recipient = SealedTextField(mask=mask_phone)
    title = models.CharField(max_length=80)
    body = SealedTextField(mask=mask_all)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="outbox_pending_idx"),
            models.Index(fields=["user", "-created_at"], name="outbox_user_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.title}"
