"""An account is of the whole house: which notice decides what its password is like, and that it is said and cited."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import password_demands, policy_of, version_in_force
from tests.accounts.test_pages import code_in_inbox, log_in, registration
from tests.factories import IN_WINDOW, PASSWORD, NoticeFactory, StaffFactory, UserFactory

REGISTER, RESET, CHANGE = (reverse(f"accounts:{name}") for name in ("register", "reset", "password"))
CLAUSE = "(二)注意(5)"
EIGHT, SEVENTEEN = "aB3#5678", "aB3#567890123456x"


@pytest.fixture(autouse=True)
def now(db: None, clock_at: Callable[[datetime], datetime]) -> datetime:
    return clock_at(IN_WINDOW)


def other_notice(slug: str, low: int, high: int, year: int = 2025) -> Notice:
    """A second notice of the house that wants other lengths."""

    def edit(text: str) -> str:
        rule = f"[password]\nmin_length = {low}\nmax_length = {high}\n"
        text = text.replace("[password]\nmin_length = 8\nmax_length = 16\n", rule)
        return text.replace('id = "yunnan-2025-residency"', f'id = "{slug}"').replace("2025", str(year))

    return NoticeFactory(edit=edit)


def silent_notice(slug: str) -> Notice:
    """One whose notice says nothing about passwords."""

    def edit(text: str) -> str:
        begin = text.index("[password]")
        text = text[:begin] + text[text.index("[photo]") :]
        text += '\n[[silences]]\ntopic = "密码"\ngroup = "password"\nnote = "示例"\n'
        return text.replace('id = "yunnan-2025-residency"', f'id = "{slug}"')

    return NoticeFactory(edit=edit)


def registered(client: Client, password: str, **more: str) -> Any:
    client.post(reverse("accounts:register_code"), {"phone": "13900000001"})
    words = registration(code_in_inbox(), password=password, password_again=password, **more)
    return client.post(REGISTER, words)


def demanded(client: Client, address: str) -> dict[str, Any]:
    form = client.get(address).context["form"]
    return json.loads(form.fields["password"].widget.attrs["data-demands"])[0]


def test_the_rule_is_said_before_typing_with_its_clause(notice: Notice, client: Client) -> None:
    page = client.get(REGISTER + f"?notice={notice.slug}").content.decode()
    assert "8–16 位，须同时包含字母、数字、特殊字符" in page
    assert CLAUSE in page
    assert "data-demands" in page
    assert f'name="notice" value="{notice.slug}"' in page


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        (EIGHT[:7], "至少 8 位，您输入了 7 位"),
        (EIGHT, ""),
        (SEVENTEEN[:16], ""),
        (SEVENTEEN, "最多 16 位，您输入了 17 位"),
        ("aBc#defgh", "还缺少：数字"),
        ("ａB3#5678", "全角字符"),
        ("aB3# 5678", "空格"),
        ("aB3#5678😀", "表情"),
    ],
)
def test_registering_keeps_the_rule_of_the_notice(notice: Notice, client: Client, password: str, wrong: str) -> None:
    answer = registered(client, password, notice=notice.slug)
    if not wrong:
        assert answer.status_code == 303
        assert User.objects.get(role=Role.APPLICANT).check_password(password)
        return
    assert answer.status_code == 422
    told = str(answer.context["form"].errors["password"])
    assert wrong in told
    assert CLAUSE in told
    assert not User.objects.filter(role=Role.APPLICANT).exists()


def test_a_code_without_javascript_keeps_the_notice(notice: Notice, client: Client) -> None:
    words = registration(notice=notice.slug)
    page = client.post(reverse("accounts:register_code"), words).content.decode()
    assert f'name="notice" value="{notice.slug}"' in page
    assert "8–16 位" in page


def test_each_page_has_the_rule_of_its_own_notice_and_none_has_the_strictest(notice: Notice, client: Client) -> None:
    other = other_notice("shili-2025-residency", 12, 20)
    assert demanded(client, REGISTER + f"?notice={notice.slug}")["low"] == 8
    assert demanded(client, REGISTER + f"?notice={other.slug}")["low"] == 12
    for address in (REGISTER, REGISTER + "?notice=keine", RESET):
        both = demanded(client, address)
        assert (both["low"], both["high"]) == (12, 16), address


def test_a_notice_that_says_nothing_leaves_it_to_the_platform(client: Client) -> None:
    silent = silent_notice("shili-2025-silent")
    assert demanded(client, REGISTER + f"?notice={silent.slug}")["low"] == 10
    assert demanded(client, REGISTER)["low"] == 10
    assert registered(client, SEVENTEEN, notice=silent.slug).status_code == 303


def test_without_any_notice_the_platform_asks(client: Client) -> None:
    assert demanded(client, REGISTER)["low"] == 10


def test_a_notice_that_is_over_asks_nothing_any_more(notice: Notice) -> None:
    last = max(window.closes for window in policy_of(version_in_force(notice)).windows)
    assert password_demands(last - timedelta(microseconds=1)) is not None
    assert password_demands(last) is None
    assert password_demands(last, notice.slug) is not None, "but its own page keeps its word"


def test_a_notice_that_was_closed_asks_nothing(notice: Notice) -> None:
    Notice.objects.update(is_open=False)
    assert password_demands(IN_WINDOW) is None


def test_a_reset_keeps_the_strictest_rule(notice: Notice, client: Client) -> None:
    other_notice("shili-2025-residency", 9, 12)
    UserFactory(phone="13900000001")
    client.post(reverse("accounts:reset_code"), {"phone": "13900000001"})
    words = {"phone": "13900000001", "code": code_in_inbox()}
    for password, status in ((EIGHT, 422), (EIGHT + "90123", 422), (EIGHT + "9", 303)):
        answer = client.post(RESET, {**words, "password": password, "password_again": password})
        assert answer.status_code == status, password
    assert User.objects.get(role=Role.APPLICANT).check_password(EIGHT + "9")


def test_a_change_keeps_the_rule_and_cites_it(notice: Notice, client: Client) -> None:
    UserFactory(phone="13900000001")
    log_in(client, "13900000001")
    answer = client.post(CHANGE, {"old": PASSWORD, "password": SEVENTEEN, "password_again": SEVENTEEN})
    assert answer.status_code == 422
    assert CLAUSE in str(answer.context["form"].errors["password"])
    assert client.post(CHANGE, {"old": PASSWORD, "password": EIGHT, "password_again": EIGHT}).status_code == 303


def test_staff_follow_the_platform_and_no_notice(notice: Notice, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(StaffFactory(role=Role.BASE_EDITOR))
    assert demanded(client, CHANGE)["low"] == 10
    long = "一句十五个字以上的长口令也行了"
    assert client.post(CHANGE, {"old": PASSWORD, "password": EIGHT, "password_again": EIGHT}).status_code == 422
    assert client.post(CHANGE, {"old": PASSWORD, "password": long, "password_again": long}).status_code == 303


def test_many_notices_ask_no_more_queries(notice: Notice) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            password_demands(IN_WINDOW)
        return len(found)

    one = queries()
    for number in range(3):
        other_notice(f"shili-{number}-residency", 9 + number, 16)
    assert queries() == one
