"""Messages: written once, delivered when the gateway takes them, retried when it does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from gme_portal.accounts.models import Role, User
from gme_portal.clock.services import BEIJING
from gme_portal.outbox.models import Message, MessageState
from gme_portal.outbox.services import deliver, tell

AT = datetime(2025, 6, 25, 10, 0, tzinfo=BEIJING)


class Gateway(HTTPServer):
    status = 200
    received: list[bytes]


@pytest.fixture
def gateway(settings: object) -> Iterator[Gateway]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if server.status == 200:
                server.received.append(body)
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = Gateway(("127.0.0.1", 0), Handler)
    server.received = []
    Thread(target=server.serve_forever, daemon=True).start()
    settings.GME_SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/"  # type: ignore[attr-defined]
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create(role=Role.APPLICANT, name="示例甲", document_blind="a", phone="13800138000")


def test_one_fact_told_twice_is_one_text_message(person: User, gateway: Gateway) -> None:
    for _ in range(2):
        tell(user=person, title="报名已提交", body="您的报名已提交。", dedup_key="submitted:1", at=AT)
    assert Message.objects.count() == 2, "one in the inbox, one by text message"
    assert deliver(at=AT) == 1
    assert deliver(at=AT) == 0
    assert "您的报名已提交" in gateway.received[0].decode()


def test_a_gateway_that_fails_is_tried_again_later_and_the_message_is_kept(person: User, gateway: Gateway) -> None:
    tell(user=person, title="报名已提交", body="您的报名已提交。", dedup_key="submitted:1", at=AT)
    gateway.status = 503
    assert deliver(at=AT) == 0
    message = Message.objects.get(channel="sms")
    assert message.state == MessageState.PENDING
    assert message.due_at > AT
    assert message.attempts == 1
    gateway.status = 200
    assert deliver(at=AT) == 0, "not before it is due"
    assert deliver(at=AT + timedelta(hours=2)) == 1


def test_phone_and_words_are_sealed(person: User) -> None:
    tell(user=person, title="验证码", body="123456", dedup_key="code", at=AT)
    message = Message.objects.get(channel="sms")
    assert str(message.recipient) == "138****8000"
    assert "123456" not in str(message.body)
