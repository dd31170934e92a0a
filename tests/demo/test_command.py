"""`manage.py demo` fills in what is missing and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from admissions.models import Application, Submission
from applicants.models import Document, Education, Profile, RosterEntry
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.clock import services as clock
from gme_portal.demo import filling
from gme_portal.demo.scene import Scene
from gme_portal.demo.staff import PASSWORD
from gme_portal.notices.models import NoticeVersion
from gme_portal.outbox.models import Message, MessageState
from quotas.models import Quota, SeatEntry

Demo = Callable[[int], Scene]
COUNTED = (
    User, Profile, Education, Document, RosterEntry, Application, Submission, Message, Quota, SeatEntry, NoticeVersion, AuditEvent,
)  # fmt: skip


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in COUNTED}


def test_twice_gives_the_same_data(demo: Demo) -> None:
    demo(5)
    before, keys = counts(), set(User.objects.values_list("pk", flat=True))
    demo(5)
    assert counts() == before
    assert set(User.objects.values_list("pk", flat=True)) == keys


def test_every_stage_is_there_before_the_site_answers(demo: Demo) -> None:
    scene = demo(filling.ESSENTIAL)
    states = set(Application.objects.values_list("state", flat=True))
    assert states == {"draft", "submitted", "returned", "withdrawn", "approved", "rejected"}
    assert Profile.objects.filter(user__is_demo=True, person_type="").exists()
    assert Submission.objects.filter(number=2).exists()
    registration = scene.policy.window("registration")
    assert registration is not None
    assert registration.closes - timedelta(days=3) < clock.now() < registration.closes
    assert not Application.objects.filter(submitted_at__gt=clock.now()).exists()
    assert not AuditEvent.objects.filter(at__gt=clock.now() + timedelta(minutes=1)).exists()
    # Texts of the past have arrived: the newcomer's code is the first in the queue.
    assert Message.objects.exists()
    assert not Message.objects.filter(state=MessageState.PENDING).exists()


def test_staff_of_every_base_and_office_can_log_in_with_the_one_password(demo: Demo) -> None:
    scene = demo(1)
    staff = User.objects.filter(is_demo=True).exclude(role=Role.APPLICANT)
    assert set(staff.values_list("role", flat=True)) == set(Role) - {Role.APPLICANT}
    assert set(scene.crews) == {base.pk for base in scene.bases}
    assert len({user.password for user in staff}) == 1
    assert User.objects.get(login_name="base.lead").check_password(PASSWORD)


def test_it_prints_accounts_role_by_role(demo: Demo) -> None:
    demo(12)
    out = StringIO()
    call_command("demo", accounts=True, stdout=out)
    printed = out.getvalue()
    for login in (
        "base.lead",
        "base2.lead",
        "province.officer",
        "province.lead",
        "association",
        "school",
        "admin",
        "auditor",
    ):
        assert f"  {login} " in printed
    for words in (PASSWORD, "审核通过", "退回修改"):
        assert words in printed


def test_after_a_pause_of_days_it_goes_on_where_it_stopped(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    demo(1)
    stopped, later = clock.now(), clock.wall_clock() + timedelta(days=9)
    monkeypatch.setattr("gme_portal.clock.services.wall_clock", lambda: later)
    assert clock.now() > stopped + timedelta(days=8)
    demo(1)
    assert stopped - timedelta(hours=1) <= clock.now() <= stopped


def test_it_refuses_to_put_fictional_people_among_real_ones(settings: Any, db: None) -> None:
    for mode in ("production", "rehearsal"):
        settings.MODE = mode
        with pytest.raises(CommandError, match="demo mode only"):
            call_command("demo")
    assert not User.objects.exists()


def test_the_start_comes_from_the_policy() -> None:
    from_policy = datetime(2031, 3, 5, 18, 0, tzinfo=clock.BEIJING)
    assert filling.start_of(from_policy) == datetime(2031, 3, 3, 9, 0, tzinfo=clock.BEIJING)
