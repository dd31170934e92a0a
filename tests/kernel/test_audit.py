"""The audit refuses change, and its seals show tampering."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent, AuditSeal
from gme_portal.audit.services import broken_seals, record, seal
from gme_portal.clock.services import BEIJING

AT = datetime(2025, 6, 25, 10, 0, tzinfo=BEIJING)


def some_events(count: int) -> User:
    user = User.objects.create(role=Role.BASE_LEAD, name="基地甲", login_name="lead")
    for number in range(count):
        record(actor=user, action="test.done", subject=user, at=AT, detail={"number": number})
    return user


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE audit_auditevent SET action = 'x'", "DELETE FROM audit_auditevent"])
def test_the_database_refuses_to_change_an_event(statement: str) -> None:
    some_events(1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get().action == "test.done"


@pytest.mark.django_db(transaction=True)
def test_seals_chain_and_show_a_change_made_behind_the_triggers_back() -> None:
    some_events(3)
    assert seal(at=AT).events == 3
    assert seal(at=AT) is None, "nothing new to seal"
    record(actor=None, action="test.more", subject=User.objects.get(), at=AT)
    seal(at=AT)
    assert broken_seals() == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        cursor.execute(
            """UPDATE audit_auditevent SET detail = '{"number": 9}' WHERE id = (SELECT min(id) FROM audit_auditevent)"""
        )
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")
    assert broken_seals() == [AuditSeal.objects.first()]


@pytest.mark.django_db(transaction=True)
def test_a_seal_waits_for_a_running_transaction_with_an_earlier_id() -> None:
    """Without the wait, the late event would fall between two seals and belong to none."""
    user = some_events(1)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "INSERT INTO audit_auditevent (at, actor_role, action, subject_type, subject_id, detail) VALUES (now(), '', 'late', '', '', '{}')"
            )
        record(actor=user, action="test.after", subject=user, at=AT)
        assert seal(at=AT).events == 1, "the event after the running one is left for the next seal"
        with other.cursor() as cursor:
            cursor.execute("COMMIT")
        assert seal(at=AT).events == 2
        assert broken_seals() == []
    finally:
        other.close()
