"""`manage.py staff`: accounts of staff, made by whoever runs the server; the first password is printed once and replaced at the first login."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from bases.models import School, TrainingBase
from bases.services.staff import appoint
from gme_portal.accounts.access import BASE, STAFF
from gme_portal.accounts.models import Role
from gme_portal.accounts.services.staff import open_staff
from gme_portal.clock import services as clock
from gme_portal.refusals import Refused


class Command(BaseCommand):
    help = "开通一个工作人员账号，初始密码只显示这一次；本人首次登录时改密码、绑定验证器。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login_name", help="登录名：3 至 40 位小写字母、数字、点、横线，以字母开头")
        parser.add_argument("name", help="姓名")
        parser.add_argument("role", choices=[str(role) for role in STAFF], help="角色")
        parser.add_argument("--phone", default="", help="手机号码")
        place = parser.add_mutually_exclusive_group()
        place.add_argument("--base", default="", metavar="CODE", help="基地账号所属的培训基地（代码）")
        place.add_argument("--school", default="", metavar="NAME", help="院校账号所属的学校（校名）")

    @transaction.atomic
    def handle(self, *, login_name: str, name: str, role: str, phone: str, **options: Any) -> None:
        at = clock.now()
        try:
            place = _place(role, str(options["base"]), str(options["school"]))
            user, password = open_staff(login_name=login_name, name=name, role=role, phone=phone, actor=None, at=at)
            if place is not None:
                appoint(user=user, place=place, actor=None, at=at)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        where = f"，{place.name}" if place else ""
        self.stdout.write(f"已开通：{user.login_name}（{user.name}，{Role(user.role).label}{where}）")
        self.stdout.write(f"初始密码：{password}")


def _place(role: str, code: str, school: str) -> TrainingBase | School | None:
    """Where the account belongs; an account of a base or a school without its place could do nothing."""
    if code:
        found: TrainingBase | School | None = TrainingBase.objects.filter(code=code).first()
    elif school:
        found = School.objects.filter(name=school).first()
    elif role in (*BASE, Role.SCHOOL):
        raise CommandError("请用 --base 或 --school 写明所属的培训基地或院校。")
    else:
        return None
    if found is None:
        raise CommandError(f"没有“{code or school}”，请核对，或先运行 manage.py load_world。")
    return found
