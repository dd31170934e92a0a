"""Which pages each role finds in the bar at the top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from gme_portal.accounts.access import BASE, PROVINCE
from gme_portal.accounts.models import Role
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy


@dataclass(frozen=True)
class Item:
    """One entry: label, route name, whether the route lies under the notice, and whether this notice needs it at all."""

    label: str
    route: str
    of_notice: bool = True
    needed: Callable[[Policy], bool] = lambda policy: True


def _on_lists(policy: Policy) -> bool:
    return any(kind.roster != "none" or kind.assigned for kind in policy.person_types)


def _on_school_lists(policy: Policy) -> bool:
    return any(kind.roster == "school" for kind in policy.person_types)


def _at_the_counter(policy: Policy) -> bool:
    return policy.registration.mode == "on_site"


def _makes_training_shorter(policy: Policy) -> bool:
    return policy.year_reduction is not None


_APPLICANT = (
    Item("我的报名", "apply:home"),
    Item("志愿填报", "apply:choices"),
    Item("录取结果", "apply:result"),
    Item("年限减免", "apply:year_reduction", needed=_makes_training_shorter),
    Item("消息", "apply:messages"),
)
_BASE = (
    Item("工作台", "base:home"),
    Item("现场报名", "base:counter", needed=_at_the_counter),
    Item("资格审核", "base:review"),
    Item("现场确认", "base:confirmation"),
    Item("考核成绩", "base:scores"),
    Item("录取", "base:admission"),
    Item("报到", "base:report_in"),
    Item("年限减免", "base:reductions", needed=_makes_training_shorter),
)
_PROVINCE = (
    Item("招收看板", "province:home"),
    Item("招收计划", "province:plan"),
    Item("待复核", "province:approvals"),
    Item("省级调剂", "province:reallocation"),
    Item("公示", "province:publicity"),
    Item("年限减免", "province:reductions", needed=_makes_training_shorter),
    Item("学生名册", "province:name_lists", needed=_on_lists),
    Item("名册导出", "province:roster"),
    Item("通知", "office:notices", False),
)
_OF_ROLE: dict[str, tuple[Item, ...]] = {
    Role.APPLICANT: _APPLICANT,
    **dict.fromkeys(BASE, _BASE),
    **dict.fromkeys(PROVINCE, _PROVINCE),
    Role.ASSOCIATION: (
        Item("招收看板", "province:home"),
        Item("年限减免", "province:reductions", needed=_makes_training_shorter),
        Item("名册导出", "province:roster"),
        Item("通知", "office:notices", False),
    ),
    Role.SCHOOL: (
        Item("学生名册", "school:home"),
        Item("名册核实", "school:roster_requests", needed=_on_school_lists),
    ),
    Role.PLATFORM_ADMIN: (
        Item("账号", "platform:accounts", False),
        Item("运行状况", "platform:health", False),
        Item("工作日历", "platform:working_days", False),
    ),
    Role.AUDITOR: (
        Item("操作记录", "platform:audit", False),
        Item("招收看板", "province:home"),
        Item("通知", "office:notices", False),
    ),
}
_PUBLIC = (
    Item("招收计划", "public:plan"),
    Item("招录规则", "public:rules"),
    Item("公示", "public:publicity"),
    Item("抽签", "public:lottery"),
    Item("回执核验", "public:verify"),
)


def items_for(role: str | None) -> tuple[Item, ...]:
    """The entries of a role; None is a visitor."""
    return _PUBLIC if role is None else _OF_ROLE[role]


def landing(role: str, notice: Notice | None) -> str:
    """Where a user of this role starts: the address of the first entry; without a notice, of the first that needs none."""
    first = next((item for item in items_for(role) if notice is not None or not item.of_notice), None)
    if first is None:
        return reverse("home")
    return reverse(first.route, args=[notice.slug] if first.of_notice and notice else [])


def bar(
    role: str | None, notice: Notice | None, current_route: str, policy: Policy | None = None
) -> list[dict[str, object]]:
    """The bar for a page: [{label, url, current}]; without a notice only entries that need none. `policy` is that of the notice."""
    shown = []
    for item in items_for(role):
        if (item.of_notice and notice is None) or (policy is not None and not item.needed(policy)):
            continue
        url = reverse(item.route, args=[notice.slug] if item.of_notice and notice else [])
        shown.append({"label": item.label, "url": url, "current": current_route == item.route})
    return shown
