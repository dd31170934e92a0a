"""Writing and delivering messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction

from gme_portal.outbox.gateway import GatewayError, send_sms
from gme_portal.outbox.models import Channel, Message, MessageState

MAX_ATTEMPTS = 12
BATCH = 50


def send(*, channel: str, user: Any, title: str, body: str, dedup_key: str, at: datetime, recipient: str = "") -> None:
    """Write a message in the caller's transaction; a second one with the same key is not written.

    An inbox message (站内消息) is delivered by being there; a text message waits for `deliver`."""
    inbox = channel == Channel.INBOX
    message = Message(
        dedup_key=dedup_key,
        channel=channel,
        user=user,
        recipient=recipient,
        title=title,
        body=body,
        created_at=at,
        due_at=at,
        sent_at=at if inbox else None,
        state=MessageState.SENT if inbox else MessageState.PENDING,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)


def tell(*, user: Any, title: str, body: str, dedup_key: str, at: datetime) -> None:
    """Tell a person in the portal and by text message: what changes their application reaches them outside the browser too."""
    send(channel=Channel.INBOX, user=user, title=title, body=body, dedup_key=f"inbox:{dedup_key}", at=at)
    if user.phone is not None:
        text = f"【住培招录】{body}"
        send(
            channel=Channel.SMS,
            user=user,
            title=title,
            body=text,
            dedup_key=f"sms:{dedup_key}",
            at=at,
            recipient=user.phone.open(),
        )


def _batches(users: Iterable[Any]) -> Iterator[list[Any]]:
    several = iter(users)
    while some := list(islice(several, BATCH)):
        yield some


def tell_all(*, users: Iterable[Any], title: str, body: str, dedup_key: str, at: datetime) -> int:
    """`tell` the same to many people, each once under their own key; how many. Written in batches, for some ten thousand at most."""
    told = 0
    for some in _batches(users):
        told += len(some)
        messages = []
        for user in some:
            common = {"user": user, "title": title, "created_at": at, "due_at": at}
            inbox = f"inbox:{dedup_key}:{user.pk}"
            messages.append(
                Message(
                    **common, dedup_key=inbox, channel=Channel.INBOX, body=body, sent_at=at, state=MessageState.SENT
                )
            )
            if user.phone is not None:
                text, to = f"【住培招录】{body}", user.phone.open()
                sms = f"sms:{dedup_key}:{user.pk}"
                messages.append(Message(**common, dedup_key=sms, channel=Channel.SMS, body=text, recipient=to))
        Message.objects.bulk_create(messages, ignore_conflicts=True)
    return told


def mark_read(messages: Iterable[Message], *, at: datetime) -> None:
    """Note when messages were first on the screen of the person they are for; once read, that moment stays."""
    unread = [message.pk for message in messages if message.read_at is None]
    Message.objects.filter(pk__in=unread, read_at__isnull=True).update(read_at=at)


def deliver(*, at: datetime) -> int:
    """Deliver what is due; how many were sent. Each message is locked on its own, so workers share the work and a kill repeats at most one."""
    sent = 0
    for _ in range(BATCH):
        with transaction.atomic():
            message = (
                Message.objects.select_for_update(skip_locked=True)
                .filter(state=MessageState.PENDING, due_at__lte=at)
                .order_by("due_at")
                .first()
            )
            if message is None:
                break
            sent += _deliver_one(message, at)
    return sent


def _deliver_one(message: Message, at: datetime) -> int:
    message.attempts += 1
    try:
        send_sms(phone=message.recipient.open(), body=message.body.open(), message_id=str(message.pk))
    except GatewayError as error:
        message.last_error = str(error)[:200]
        message.due_at = at + timedelta(seconds=min(10 * 2**message.attempts, 3600))
        if message.attempts >= MAX_ATTEMPTS:
            message.state = MessageState.FAILED
        message.save(update_fields=["attempts", "last_error", "due_at", "state"])
        return 0
    message.state, message.sent_at = MessageState.SENT, at
    message.save(update_fields=["attempts", "state", "sent_at"])
    return 1
