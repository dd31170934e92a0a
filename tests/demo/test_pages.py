"""The demo pages do what they say, and exist only where they may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gme_portal.accounts.models import PhoneCodePurpose, Role, User
from gme_portal.accounts.services.codes import request_code
from gme_portal.clock import services as clock
from gme_portal.demo import progress
from gme_portal.demo.scene import Scene
from tests.factories import StaffFactory, UserFactory

Demo = Callable[[int], Scene]
PAGES = ("demo:home", "demo:inbox", "demo:accounts", "demo:progress")


def test_the_button_in_the_bar_leads_past_the_next_milestone_and_back_to_the_page(client: Client, demo: Demo) -> None:
    scene = demo(1)
    plan = reverse("public:plan", args=[scene.notice.slug])
    answer = client.post(reverse("demo:advance"), headers={"referer": f"http://testserver{plan}?a=1"})
    assert (answer.status_code, answer.url) == (303, f"{plan}?a=1")
    registration = scene.policy.window("registration")
    assert registration is not None
    assert clock.now() >= registration.closes + timedelta(minutes=3)


def test_the_minute_before_a_deadline_can_be_felt(client: Client, demo: Demo) -> None:
    scene = demo(1)
    client.post(reverse("demo:advance"), {"to": "last_minute"})
    registration = scene.policy.window("registration")
    assert registration is not None
    assert timedelta(seconds=50) < registration.closes - clock.now() <= timedelta(minutes=1)


def test_the_clock_goes_to_any_moment(client: Client, demo: Demo) -> None:
    demo(1)
    client.post(reverse("demo:advance"), {"moment": "2025-07-19T08:30"})
    assert abs(clock.now() - datetime(2025, 7, 19, 8, 30, tzinfo=clock.BEIJING)) < timedelta(seconds=30)
    answer = client.post(reverse("demo:advance"), {"moment": "明天"})
    assert answer.status_code == 422
    assert "请按 2025-07-20 21:59 的样子填写。" in answer.content.decode()


def test_while_a_job_runs_nobody_jumps(client: Client, demo: Demo) -> None:
    demo(1)
    before = clock.now()
    progress.report("演练人员正在报名", 3, 10)
    assert "3 / 10" in client.get(reverse("demo:progress")).content.decode()
    client.post(reverse("demo:advance"))
    assert clock.now() - before < timedelta(minutes=1)
    progress.finish()
    assert client.get(reverse("demo:progress")).headers["HX-Redirect"] == reverse("demo:home")


def test_the_inbox_shows_a_code_and_finds_it_by_the_end_of_the_phone(client: Client, demo: Demo) -> None:
    demo(1)
    request_code(phone="19812345678", purpose=PhoneCodePurpose.REGISTER, at=clock.now())
    for query in ("", "?phone=5678", "?phone=19812345678"):
        page = client.get(reverse("demo:inbox") + query).content.decode()
        for words in ("演练收件箱", "注册验证码", "19812345678"):
            assert words in page
    assert "没有消息" in client.get(reverse("demo:inbox") + "?phone=00001111").content.decode()


def test_one_click_enters_a_demo_account_and_lands_on_its_first_page(client: Client, demo: Demo) -> None:
    scene = demo(2)
    lead = User.objects.get(login_name="base.lead")
    page = client.get(reverse("demo:accounts")).content.decode()
    assert reverse("demo:enter", args=[lead.pk]) in page
    answer = client.post(reverse("demo:enter", args=[lead.pk]))
    assert answer.url == reverse("base:home", args=[scene.notice.slug])
    assert client.session["_auth_user_id"] == str(lead.pk)


@pytest.mark.django_db
def test_nobody_elses_account_can_be_entered(client: Client) -> None:
    for user in (UserFactory(), StaffFactory(is_demo=False)):
        assert client.post(reverse("demo:enter", args=[user.pk])).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_in_production_there_are_no_demo_pages_whatever_the_addresses_say(client: Client, settings: Any) -> None:
    settings.MODE = "production"
    user = StaffFactory(is_demo=True)
    assert [client.get(reverse(name)).status_code for name in PAGES] == [404] * len(PAGES)
    assert client.post(reverse("demo:advance")).status_code == 404
    assert client.post(reverse("demo:enter", args=[user.pk])).status_code == 404


@pytest.mark.django_db
def test_in_a_rehearsal_with_real_staff_the_offices_alone_see_messages_and_move_the_clock(
    client: Client, settings: Any
) -> None:
    settings.MODE = "rehearsal"
    before = clock.now()
    for name in ("demo:home", "demo:inbox", "demo:progress"):
        assert client.get(reverse(name)).url.startswith(reverse("accounts:login"))
    assert client.post(reverse("demo:advance"), {"moment": "2020-01-01T00:00"}).url.startswith(
        reverse("accounts:login")
    )
    assert client.get(reverse("demo:accounts")).status_code == 404
    client.force_login(UserFactory(), backend="gme_portal.accounts.backends.IdentityBackend")
    assert client.get(reverse("demo:inbox")).status_code == 403
    client.force_login(StaffFactory(role=Role.PLATFORM_ADMIN), backend="gme_portal.accounts.backends.IdentityBackend")
    assert client.get(reverse("demo:inbox")).url.startswith(reverse("accounts:second_factor"))
    assert clock.now() - before < timedelta(minutes=1)
