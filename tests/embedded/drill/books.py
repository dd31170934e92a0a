"""The checker: what stands in the database against what people were told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import psycopg

from tests.embedded.drill.filer import Receipt

CHANNELS = ("inbox", "sms")


def faults(connection: psycopg.Connection, acknowledged: Iterable[Receipt]) -> list[str]:
    """Everything that contradicts R1 and R2, one line each; empty when the books are right."""
    filed = connection.execute(
        "SELECT id::text, idempotency_key::text, application_id::text, number, receipt_number FROM admissions_submission"
    ).fetchall()
    return [
        *_lost(acknowledged, {key: pk for pk, key, *_ in filed}),
        *_half_written(connection, {pk: receipt for pk, *_, receipt in filed}),
        *_out_of_step(connection, [(application, number) for *_, application, number, _ in filed]),
    ]


def unsent(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM outbox_message WHERE state = 'pending'").fetchone()
    return int(row[0]) if row else 0


def wrongly_sent(connection: psycopg.Connection) -> list[str]:
    """Messages that the outbox itself does not record as delivered exactly once (a text: at the first attempt that was not rolled back)."""
    rows = connection.execute(
        "SELECT dedup_key, state, attempts FROM outbox_message WHERE state <> 'sent' OR sent_at IS NULL "
        "OR attempts <> CASE channel WHEN 'sms' THEN 1 ELSE 0 END"
    ).fetchall()
    return [f"{key} is {state} after {attempts} attempts" for key, state, attempts in rows]


def _lost(acknowledged: Iterable[Receipt], by_key: dict[str, str]) -> list[str]:
    found = []
    for receipt in acknowledged:
        kept = by_key.get(receipt.key)
        if kept is None:
            found.append(f"acknowledged and lost: {receipt.submission}")
        elif kept != receipt.submission:
            found.append(f"key {receipt.key} was answered with {receipt.submission}, stored is {kept}")
    return found


def _half_written(connection: psycopg.Connection, receipts: dict[str, str]) -> list[str]:
    """Each submission has one audit event with its receipt and one message on each channel; and none of them stands alone."""
    audited = Counter(
        connection.execute(
            "SELECT subject_id, detail->>'receipt' FROM audit_auditevent WHERE action = 'application.submitted'"
        ).fetchall()
    )
    told = Counter(
        key
        for (key,) in connection.execute("SELECT dedup_key FROM outbox_message WHERE dedup_key LIKE '%:submission:%'")
    )
    found = []
    for pk, receipt in receipts.items():
        if audited.pop((pk, receipt), 0) != 1:
            found.append(f"{receipt} has not exactly one audit event")
        found += [
            f"{receipt} has no {channel} message"
            for channel in CHANNELS
            if told.pop(f"{channel}:submission:{pk}", 0) != 1
        ]
    found += [f"audit event of {receipt} without its submission" for _, receipt in audited]
    return [*found, *(f"message {key} without its submission" for key in told)]


def _out_of_step(connection: psycopg.Connection, versions: list[tuple[str, int]]) -> list[str]:
    """State, versions and withdrawals of each application tell the same story."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for application, number in versions:
        numbers[application].append(number)
    rows = connection.execute(
        "SELECT a.id::text, a.state, a.number,"
        " (SELECT count(*) FROM audit_auditevent e WHERE e.action = 'application.withdrawn' AND e.subject_id = a.id::text),"
        " (SELECT count(*) FROM outbox_message m WHERE m.dedup_key LIKE 'inbox:withdrawn:' || a.id || ':%')"
        " FROM admissions_application a"
    ).fetchall()
    found = []
    for pk, state, name, withdrawn, told in rows:
        filed = sorted(numbers[pk])
        if filed != list(range(1, len(filed) + 1)):
            found.append(f"{name} has the versions {filed}")
        if withdrawn != told:
            found.append(f"{name} was withdrawn {withdrawn} times and told so {told} times")
        expected = "draft" if not filed else "withdrawn" if withdrawn == len(filed) else "submitted"
        if state != expected or not 0 <= len(filed) - withdrawn <= 1:
            found.append(f"{name} is {state} after {len(filed)} filings and {withdrawn} withdrawals")
    return found
