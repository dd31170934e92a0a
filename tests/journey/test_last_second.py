"""The last second of the registration (003 说明3: 2025-07-20 22:00), in the browser of somebody who has filled in everything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from admissions.models import Application
from quotas.models import Quota
from tests.factories import PASSWORD, ApplicationFactory
from tests.journey.pages import DESKTOP, PHONE, Walker
from tests.journey.world import World

CLOSED = "网上报名已于2025年7月20日（星期日）22:00:00（北京时间）截止"


@pytest.fixture
def ready(
    world: World, someone: Callable[..., Walker], at: Callable[[str], object]
) -> Callable[..., tuple[Walker, Application]]:
    """`ready(viewport)`: at the check page a minute before the end, pledge ticked, the finger over the button."""

    def come(name: str, viewport: dict[str, int]) -> tuple[Walker, Application]:
        at("2025-07-20 21:59:00")
        quota = Quota.objects.filter(notice=world.notice, base=world.bases[0]).first()
        application = ApplicationFactory(notice=world.notice, quotas=[quota])
        walker = someone(name, viewport=viewport)
        walker.open(walker.home + "/account/login/")
        walker.fill("证件号码、手机号或登录名", application.applicant.user.phone.open())
        walker.fill("密码", PASSWORD)
        walker.press("登录")
        walker.titled("我的报名")
        walker.open("apply:check")
        walker.page.get_by_label("本人承诺所填信息").check()
        return walker, application

    return come


def test_one_second_before_it_counts_and_one_second_after_it_does_not(ready, at):
    early, application = ready("early", PHONE)
    at("2025-07-20 21:59:59")
    early.press("提交报名")
    early.titled("报名回执")
    early.sees("2025年7月20日（星期日）21:59:59")
    application.refresh_from_db()
    assert application.state == "submitted"

    late, application = ready("late", DESKTOP)
    at("2025-07-20 22:00:01")
    late.press("提交报名")
    late.sees(CLOSED)
    late.look("too-late")
    application.refresh_from_db()
    assert application.state == "draft"
    assert not application.submissions.exists()


def test_the_closing_second_itself_is_outside(ready, at):
    walker, application = ready("edge", DESKTOP)
    at("2025-07-20 22:00:00")
    walker.press("提交报名")
    walker.sees(CLOSED)
    assert not application.submissions.exists()


def test_afterwards_the_pages_say_so_without_being_asked(ready, at):
    walker, _ = ready("after", PHONE)
    at("2025-07-20 22:00:00")
    walker.open("apply:home")
    walker.sees("报名已截止，本次没有提交报名。")
    walker.open("apply:check")
    walker.sees("现在不能提交")
    assert walker.page.get_by_role("button", name="提交报名").count() == 0
