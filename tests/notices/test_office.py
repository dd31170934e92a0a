"""The provincial office outside any notice: an empty installation says what comes next and can adopt its first notice; later the house is one list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.oath import totp

from admissions.queries import office
from gme_portal.accounts.models import Role, User
from gme_portal.accounts.services import second_factor
from gme_portal.notices.models import Notice, NoticeProposal
from gme_portal.notices.queries import policy_of, shipped, version_in_force
from gme_portal.notices.services import extensions
from tests.factories import IN_WINDOW, BaseFactory, NoticeFactory, QuotaFactory, StaffFactory
from tests.notices.test_notice_pages import shown
from tests.notices.test_proposals import REASON, TEXT

SignIn = Callable[[User], Client]
HOUSE = "/office/notices/"


@pytest.fixture
def officer(db: None, clock_at: Callable[[datetime], datetime]) -> User:
    clock_at(IN_WINDOW)
    return StaffFactory(role=Role.PROVINCE_OFFICER)


@pytest.fixture
def lead(db: None) -> User:
    return StaffFactory(role=Role.PROVINCE_LEAD)


def test_an_empty_installation_leads_the_office_to_its_first_notice(officer: User, sign_in: SignIn) -> None:
    client = sign_in(officer)
    assert client.get("/").headers["Location"] == HOUSE
    page = shown(client.get(HOUSE))
    assert "还没有采用任何通知" in page
    assert "起草第一份通知" in page
    assert "manage.py load_world" in page


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.BASE_LEAD, Role.SCHOOL])
def test_who_has_nothing_to_do_yet_gets_a_whole_front_page(role: str, db: None, sign_in: SignIn) -> None:
    page = shown(sign_in(StaffFactory(role=role)).get("/"))
    assert "目前没有正在进行的招收" in page
    assert "工作人员登录" not in page, "they are signed in"


def test_a_visitor_of_an_empty_installation_finds_the_login(db: None) -> None:
    page = shown(Client().get("/"))
    assert "目前没有正在进行的招收" in page
    assert "工作人员登录" in page
    assert shown(Client().get(reverse("accounts:register")))


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.PLATFORM_ADMIN, "/platform/accounts/"),
        (Role.AUDITOR, "/platform/audit/"),
        (Role.ASSOCIATION, HOUSE),
        (Role.PROVINCE_LEAD, HOUSE),
    ],
)
def test_everybody_who_has_a_page_without_a_notice_starts_there(
    role: str, first: str, db: None, sign_in: SignIn
) -> None:
    client = sign_in(StaffFactory(role=role))
    assert client.get("/").headers["Location"] == first
    assert shown(client.get(first))


def test_the_first_notice_is_adopted_through_pages_by_two_people(officer: User, lead: User, sign_in: SignIn) -> None:
    hers, theirs = sign_in(officer), sign_in(lead)
    name = "yunnan-2025-residency"
    begun = shown(hers.get(reverse("office:notice_new") + f"?file={name}"))
    assert f"id = &quot;{name}&quot;" in begun, "a file that came with the platform is a start"
    sent = hers.post(reverse("office:notice_new"), {"source": shipped()[name], "reason": REASON})
    row = NoticeProposal.objects.get()
    page = reverse("office:proposal", args=[row.pk])
    assert sent.headers["Location"] == page
    seen = shown(hers.get(page))
    assert "规则检查" in seen, "what the lint doubts"
    assert "全文" in seen, "what it says, sentence by sentence"
    assert "预览影响" not in seen, "there is nobody yet whom it could concern"
    assert hers.post(reverse("office:proposal_step", args=[row.pk, "propose"])).headers["Location"] == page
    assert row.title in shown(theirs.get(HOUSE))
    told = shown(hers.post(reverse("office:proposal_step", args=[row.pk, "approve"])), 422)
    assert "您是起草人" in told
    done = theirs.post(reverse("office:proposal_step", args=[row.pk, "approve"]))
    notice = Notice.objects.get(slug=name)
    assert done.headers["Location"] == reverse("province:notices", args=[name])
    assert "还没有采用任何通知" not in shown(theirs.get(HOUSE))
    assert notice.title in shown(Client().get("/")), "and people can register"
    assert "注册报名" in shown(Client().get("/"))


def test_a_broken_first_file_is_told_without_any_notice_to_compare(officer: User, sign_in: SignIn) -> None:
    client = sign_in(officer)
    broken = TEXT.replace("ordered = true", "ordered = 1")
    client.post(reverse("office:notice_new"), {"source": broken, "reason": REASON})
    row = NoticeProposal.objects.get()
    assert "choices.ordered" in shown(client.get(reverse("office:proposal", args=[row.pk])))
    assert "choices.ordered" in shown(client.post(reverse("office:proposal_step", args=[row.pk, "propose"])), 422)
    assert client.get(reverse("office:preview", args=[row.pk])).status_code == 404
    assert shown(client.post(reverse("office:preview_start", args=[row.pk])), 422)


@pytest.mark.parametrize(
    "query", ["?file=../settings", "?file=nichts", "?notice=nichts", "?from=nichts", "?file=", "?notice=%E9%80%9A"]
)
def test_a_start_that_is_not_there_is_an_empty_text(query: str, officer: User, sign_in: SignIn) -> None:
    page = shown(sign_in(officer).get(reverse("office:notice_new") + query))
    assert "schema = " not in page


def test_next_year_begins_with_this_years_text(notice: Notice, officer: User, sign_in: SignIn) -> None:
    client = sign_in(officer)
    page = shown(client.get(reverse("office:notice_new") + f"?notice={notice.slug}"))
    assert f"id = &quot;{notice.slug}&quot;" in page
    same = client.post(reverse("office:notice_new"), {"source": version_in_force(notice).source, "reason": REASON})
    row = NoticeProposal.objects.get()
    assert same.status_code == 303
    told = shown(client.post(reverse("office:proposal_step", args=[row.pk, "propose"])), 422)
    assert "已有通知" in told, "its id has to be a new one"


def test_what_is_over_is_among_the_past_ones(
    notice: Notice, officer: User, sign_in: SignIn, clock_at: Callable[[datetime], datetime]
) -> None:
    last = max(window.closes for window in policy_of(version_in_force(notice)).windows)
    client = sign_in(officer)
    assert "往年通知" not in shown(client.get(HOUSE))
    clock_at(last - timedelta(microseconds=1))
    assert [one.is_over for one in office.standings(last - timedelta(microseconds=1))] == [False]
    assert [one.is_over for one in office.standings(last)] == [True]
    clock_at(last + timedelta(seconds=1))
    assert "往年通知" in shown(client.get(HOUSE))


def test_a_notice_without_a_plan_says_so(notice: Notice) -> None:
    assert [one.has_plan for one in office.standings(IN_WINDOW)] == [False]
    QuotaFactory(notice=notice)
    assert [one.has_plan for one in office.standings(IN_WINDOW)] == [True]


def test_an_extension_moves_the_progress_of_its_own_notice_only(notice: Notice, officer: User, lead: User) -> None:
    window = policy_of(version_in_force(notice)).window("registration")
    assert window is not None
    other = NoticeFactory(edit=lambda text: text.replace(f'id = "{notice.slug}"', 'id = "shili-2025-residency"'))
    asked = extensions.ask(
        notice=notice, window=window, closes=window.closes + timedelta(days=1), reason="示例原因", actor=officer, at=IN_WINDOW
    )  # fmt: skip
    extensions.approve(asked, actor=lead, at=IN_WINDOW)
    keys = {
        one.version.notice.slug: "registration" in {each.key for each in one.open}
        for one in office.standings(window.closes)
    }
    assert keys == {notice.slug: True, other.slug: False}


def test_many_notices_ask_no_more_queries(notice: Notice) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            office.standings(IN_WINDOW)
        return len(found)

    one = queries()
    for number in range(3):
        slug = f"shili-{number}-residency"
        NoticeFactory(edit=lambda text, slug=slug: text.replace(f'id = "{notice.slug}"', f'id = "{slug}"'))
    assert len(office.standings(IN_WINDOW)) == 4
    assert queries() == one


# Accounts, before anybody can sign in


def staff(*words: str) -> str:
    out = StringIO()
    call_command("staff", *words, stdout=out)
    return out.getvalue()


def test_the_first_accounts_come_from_the_command(db: None) -> None:
    told = staff("shili.lead", "示例甲", "province_lead")
    password = told.rpartition("：")[2].strip()
    user = User.objects.get(login_name="shili.lead")
    assert (user.role, user.must_set_password, user.check_password(password)) == (Role.PROVINCE_LEAD, True, True)
    client = Client()
    client.post(reverse("accounts:login"), {"username": "shili.lead", "password": password})
    asked = client.get(HOUSE, follow=True)
    assert asked.redirect_chain[-1][0].startswith(reverse("accounts:enroll")), "the authenticator comes first"
    device = second_factor.pending_device(user)
    code = f"{totp(device.bin_key):06d}"
    client.post(reverse("accounts:enroll"), {"code": code})
    asked = client.get(HOUSE, follow=True)
    assert asked.redirect_chain[-1][0].startswith(reverse("accounts:password")), "then an own password"
    own = {"old": password, "password": "Shili#2025x", "password_again": "Shili#2025x", "next": HOUSE}
    assert client.post(reverse("accounts:password"), own).headers["Location"] == HOUSE
    assert "还没有采用任何通知" in shown(client.get(HOUSE))


def test_an_account_of_a_base_belongs_to_it_at_once(db: None) -> None:
    base = BaseFactory()
    staff("shili.base", "示例乙", "base_lead", "--base", base.code)
    assert User.objects.get(login_name="shili.base").base_staff.base == base


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("shili.base", "示例乙", "base_lead"), "--base"),
        (("shili.base", "示例乙", "base_lead", "--base", "keine"), "没有“keine”"),
        (("X", "示例乙", "auditor"), "登录名"),
        (("shili.audit", " ", "auditor"), "姓名"),
    ],
)
def test_an_account_that_would_be_useless_is_not_made(words: tuple[str, ...], why: str, db: None) -> None:
    with pytest.raises(CommandError, match=why):
        staff(*words)
    assert not User.objects.exists()


def test_a_place_that_does_not_fit_the_role_undoes_the_account(db: None) -> None:
    base = BaseFactory()
    with pytest.raises(CommandError, match="不能归到"):
        staff("shili.audit", "示例丙", "auditor", "--base", base.code)
    assert not User.objects.filter(login_name="shili.audit").exists()


def test_a_name_is_taken_once(db: None) -> None:
    staff("shili.admin", "示例丁", "platform_admin")
    with pytest.raises(CommandError, match="已有人使用"):
        staff("shili.admin", "示例戊", "platform_admin")


def test_the_pages_say_nothing_of_the_house_to_others(notice: Notice, sign_in: SignIn) -> None:
    client: Any = sign_in(StaffFactory(role=Role.BASE_LEAD))
    assert client.get(HOUSE).status_code == 403
