"""Fictional people at a base's counter (现场报名): its staff find them, open accounts for who has none, and file for them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db.models import F

from admissions.models import Application
from admissions.queries.counter import chosen_base
from admissions.services import counter
from applicants.models import Profile
from bases.models import TrainingBase
from gme_portal.accounts.models import PhoneCode, PhoneCodePurpose, User
from gme_portal.accounts.queries import phone_blind
from gme_portal.accounts.services.codes import request_code
from gme_portal.demo.people import Person
from gme_portal.demo.scene import Scene
from gme_portal.demo.staff import encoded_password
from gme_portal.outbox.models import Message, MessageState

CODE = re.compile(r"\d{6}")
# Between the text message and the account.
TYPING = timedelta(minutes=1)


def clerk_for(application: Application, scene: Scene, *, at: datetime) -> User:
    """Who files for a person: an editor of the base they chose, after finding them by the number on their form."""
    base = chosen_base(application)
    assert base is not None
    clerk = scene.crews[base.pk].maker
    counter.find(typed=application.number, notice=scene.notice, base=base, actor=clerk, at=at, policy=scene.policy)
    return clerk


def open_account(someone: Person, base: TrainingBase, scene: Scene, *, at: datetime) -> Profile:
    """The account of a fictional person who comes without one. The code is read from the message, as in the demo inbox; when they fill in their
    sections they have logged in and set a password of their own: the one of all fictional people."""
    request_code(phone=someone.phone, purpose=PhoneCodePurpose.REGISTER, at=at)
    application, _ = counter.open_account(
        name=someone.name,
        document_kind=someone.document_kind,
        document_number=someone.document_number,
        phone=someone.phone,
        code=_code_sent(someone.phone),
        notice=scene.notice,
        base=base,
        actor=scene.crews[base.pk].maker,
        at=at + TYPING,
        policy=scene.policy,
    )
    user = application.applicant.user
    user.password, user.is_demo, user.must_set_password = encoded_password(), True, False
    user.save(update_fields=["password", "is_demo", "must_set_password"])
    return application.applicant


def _code_sent(phone: str) -> str:
    newest = PhoneCode.objects.filter(phone_blind=phone_blind(phone)).latest("sent_at")
    messages = Message.objects.filter(dedup_key=f"code:{newest.pk}")
    messages.update(state=MessageState.SENT, sent_at=F("due_at"), attempts=1)
    body = messages.get().body
    found = CODE.search(body.open()) if body is not None else None
    assert found is not None
    return found[0]
