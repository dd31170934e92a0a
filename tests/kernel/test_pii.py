"""Sealed columns: what is stored, what is shown, who opened it."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AccessLog
from gme_portal.clock.services import BEIJING
from gme_portal.pii.keys import key_ring
from gme_portal.pii.masks import mask_email, mask_number, mask_phone

AT = datetime(2025, 6, 25, 10, 0, tzinfo=BEIJING)
NUMBER = "530102200001010015"


def make_user(number: str = NUMBER, **kwargs: object) -> User:
    return User.objects.create(
        role=Role.APPLICANT,
        name="示例甲",
        document_kind="resident_id",
        document_number=number,
        document_blind=uuid.uuid4().hex,
        **kwargs,
    )


def stored_bytes(user: User) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT document_number FROM accounts_user WHERE id = %s", [user.pk])
        return bytes(cursor.fetchone()[0])


@pytest.mark.django_db
def test_the_database_holds_only_ciphertext() -> None:
    user = make_user()
    assert NUMBER.encode() not in stored_bytes(user)
    assert User.objects.get(pk=user.pk).document_number.open() == NUMBER


@pytest.mark.django_db
def test_printing_a_sealed_value_shows_its_mask_and_its_repr_shows_nothing() -> None:
    user = User.objects.get(pk=make_user().pk)
    assert f"{user.document_number}" == "5301************15"
    assert NUMBER[6:14] not in repr(user.document_number)


@pytest.mark.django_db
def test_a_value_copied_to_another_row_does_not_open_there() -> None:
    first, second = make_user(), make_user("110101199003070012")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET document_number = %s WHERE id = %s", [stored_bytes(first), second.pk])
    with pytest.raises(InvalidTag):
        User.objects.get(pk=second.pk).document_number.open()


@pytest.mark.django_db
def test_the_same_text_sealed_twice_differs_and_saving_again_keeps_it() -> None:
    first, second = make_user(), make_user()
    assert stored_bytes(first) != stored_bytes(second)
    again = User.objects.get(pk=first.pk)
    again.name = "示例乙"
    again.save()
    assert User.objects.get(pk=first.pk).document_number == NUMBER


@pytest.mark.django_db
def test_an_empty_text_is_stored_as_nothing() -> None:
    assert make_user(phone="").phone is None


@pytest.mark.django_db
def test_a_reveal_is_written_down_for_the_owner_to_see() -> None:
    user, officer = make_user(), User.objects.create(role=Role.BASE_LEAD, name="基地甲", login_name="lead")
    assert user.document_number.reveal(actor=officer, purpose="资格审核", at=AT) == NUMBER
    look = AccessLog.objects.get()
    assert (look.actor, look.owner, look.column, look.purpose) == (officer, user, "document_number", "资格审核")


@pytest.mark.django_db
def test_a_sealed_column_cannot_be_searched_by_its_text() -> None:
    make_user()
    with pytest.raises(TypeError):
        list(User.objects.filter(document_number=NUMBER))


def test_a_blind_index_depends_on_the_place() -> None:
    ring = key_ring()
    assert ring.blind(NUMBER, place="a") == ring.blind(NUMBER, place="a") != ring.blind(NUMBER, place="b")


def test_masks() -> None:
    assert mask_phone("13800138000") == "138****8000"
    assert mask_number("H12345678") == "*******78"
    assert mask_email("someone@example.com") == "s***@example.com"
