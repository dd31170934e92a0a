"""The text message gateway (短信网关): one HTTP POST. In demo and rehearsal mode nothing leaves the machine; the demo inbox shows the message."""

from __future__ import annotations

import json
import urllib.request

from django.conf import settings

TIMEOUT_SECONDS = 5


class GatewayError(Exception):
    """The gateway did not take the message; it is tried again later."""


def send_sms(*, phone: str, body: str, message_id: str) -> None:
    """Hand one message over. The gateway gets `id` so that it can drop a repetition. Raises GatewayError."""
    if settings.REHEARSAL_CLOCK:
        return
    if not settings.GME_SMS_GATEWAY_URL:
        raise GatewayError("GME_SMS_GATEWAY_URL is not set")
    payload = json.dumps({"id": message_id, "phone": phone, "body": body}, ensure_ascii=False).encode()
    request = urllib.request.Request(settings.GME_SMS_GATEWAY_URL, payload, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            response.read()
    except (OSError, ValueError) as error:
        raise GatewayError(type(error).__name__) from error
