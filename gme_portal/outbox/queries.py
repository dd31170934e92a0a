"""Reading a person's inbox (站内消息)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from gme_portal.outbox.models import Channel, Message


def inbox(user: Any) -> QuerySet[Message]:
    """A person's messages in the portal, newest first; nobody else's."""
    return Message.objects.filter(user=user, channel=Channel.INBOX).order_by("-created_at", "-id")


def unread_count(user: Any) -> int:
    return inbox(user).filter(read_at__isnull=True).count()
