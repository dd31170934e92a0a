"""Demo accounts of staff (演练账号): one password for all, no second factor in demo mode, names that are marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.contrib.auth.hashers import make_password

from bases.models import School, TrainingBase
from bases.services.staff import appoint
from gme_portal.accounts.models import Role, User
from gme_portal.accounts.services.staff import create_staff
from gme_portal.demo.cast import assigning_schools, demo_file
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from quotas.queries import matrix

# Stands in the README and on the demo page: it opens fictional accounts only, and the second factor is skipped only in demo mode.
PASSWORD: str = demo_file()["password"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account: `place` is the number of the base or school it belongs to, None for the province and the platform."""

    login_name: str
    name: str
    role: str
    place: int | None = None
    does: str = ""


OFFICES = (
    Account("province.officer", "演练省级经办甲", Role.PROVINCE_OFFICER, does="看板、计划、发起省级调剂"),
    Account("province.lead", "演练省级负责乙", Role.PROVINCE_LEAD, does="复核并批准"),
    Account("association", "演练协会丙", Role.ASSOCIATION, does="看板、名册"),
    Account("admin", "演练平台管理员丁", Role.PLATFORM_ADMIN, does="账号、运行状况"),
    Account("auditor", "演练审计员戊", Role.AUDITOR, does="操作记录"),
)
# The first base has a full crew and waits for whoever plays it; the second is one step ahead of it.
BASE_STAFF = (
    Account("base.lead", "演练负责人甲", Role.BASE_LEAD, 0, "审核、成绩复核、录取"),
    Account("base.second", "演练负责人乙", Role.BASE_LEAD, 0, "同一基地的第二人：复核、批准"),
    Account("base.editor", "演练审核员丙", Role.BASE_EDITOR, 0, "审核、现场确认、录成绩"),
    Account("base.reader", "演练查阅员丁", Role.BASE_READER, 0, "只能查看"),
    Account("base2.lead", "演练负责人戊", Role.BASE_LEAD, 1, "另一个基地"),
    Account("base2.editor", "演练审核员己", Role.BASE_EDITOR, 1, "另一个基地"),
)
SCHOOL_STAFF = (
    Account("school", "演练院校经办甲", Role.SCHOOL, 0, "专硕和订单定向名册"),
    Account("school2", "演练院校经办乙", Role.SCHOOL, 1, "另一所院校"),
)


@lru_cache
def encoded_password() -> str:
    """The slow hash of `PASSWORD`, made once for all fictional people."""
    return make_password(PASSWORD)


def open_offices(at: datetime) -> None:
    """Make the accounts that belong to no base, unless they are there."""
    for account in OFFICES:
        _open(account, None, at)


def open_bases_and_schools(notice: Notice, at: datetime) -> None:
    """Make the accounts of every base of the plan and of the schools that assign people, unless they are there."""
    places = ranked_bases(notice)
    for account in BASE_STAFF:
        if account.place is not None and account.place < len(places):
            _open(account, places[account.place], at)
    for base in places[2:]:
        _open(Account(f"{base.code}.lead", f"演练{base.short_name}负责人", Role.BASE_LEAD), base, at)
        _open(Account(f"{base.code}.editor", f"演练{base.short_name}审核员", Role.BASE_EDITOR), base, at)
    names = assigning_schools(policy_of(version_in_force(notice)).province)
    schools = {school.name: school for school in School.objects.filter(name__in=names)}
    for name, account in zip(names, SCHOOL_STAFF, strict=False):
        if name in schools:
            _open(account, schools[name], at)


def ranked_bases(notice: Notice) -> list[TrainingBase]:
    """The bases of the plan, those with most seats first: the demo's own base is the first."""
    rows = sorted(matrix(notice).rows, key=lambda row: (-row.total.planned, row.base.code))
    return [row.base for row in rows]


def _open(account: Account, place: TrainingBase | School | None, at: datetime) -> None:
    if User.objects.filter(login_name=account.login_name).exists():
        return
    user = create_staff(
        login_name=account.login_name,
        name=account.name,
        role=account.role,
        password=PASSWORD,
        encoded=encoded_password(),
        is_demo=True,
        actor=None,
        at=at,
    )
    if place is not None:
        appoint(user=user, place=place, actor=None, at=at)
