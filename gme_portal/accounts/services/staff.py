"""Accounts of staff (工作人员账号). Which base or school they work for is written by `bases`."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from gme_portal.accounts.identity import fold_phone
from gme_portal.accounts.models import Role, User
from gme_portal.accounts.passwords import HOUSE, first_password
from gme_portal.accounts.queries import phone_blind
from gme_portal.accounts.services.registration import password_faults
from gme_portal.audit.services import record
from gme_portal.refusals import Refused


def create_staff(
    *,
    login_name: str,
    name: str,
    role: str,
    password: str,
    actor: User | None,
    at: datetime,
    phone: str = "",
    is_demo: bool = False,
    encoded: str = "",
    must_set_password: bool = False,
) -> User:
    """Make an account that is no applicant's. `actor` is None only where the platform itself sets up a demo, or whoever runs the server makes
    it; the many accounts of a demo share one slow hash of `password`, given as `encoded`.

    Raises Refused: LOGIN_FORM, LOGIN_TAKEN, ROLE, PASSWORD."""
    login_name = login_name.strip().lower()
    if not re.fullmatch(r"[a-z][a-z0-9._-]{2,39}", login_name):
        raise Refused("LOGIN_FORM", "登录名为 3 至 40 位小写字母、数字、点、横线，以字母开头。", "", "login_name")
    if role == Role.APPLICANT or role not in Role.values:
        raise Refused("ROLE", "请选择工作人员的角色。", "", "role")
    if User.objects.filter(login_name=login_name).exists():
        raise Refused("LOGIN_TAKEN", "该登录名已有人使用，请换一个。", "", "login_name")
    phone = fold_phone(phone)
    user = User(role=role, name=name.strip(), login_name=login_name, is_demo=is_demo)
    user.must_set_password = must_set_password
    if phone:
        user.phone, user.phone_blind = phone, phone_blind(phone)
    found = password_faults(user, password, HOUSE)
    if found:
        raise Refused.many(found)
    if is_demo and encoded:
        user.password = encoded
    else:
        user.set_password(password)
    with transaction.atomic():
        user.save(force_insert=True)
        record(actor=actor, action="account.staff_created", subject=user, at=at, detail={"role": role})
    return user


def open_staff(
    *, login_name: str, name: str, role: str, actor: User | None, at: datetime, phone: str = ""
) -> tuple[User, str]:
    """Make an account and give it with its first password, which is kept nowhere: handed over once, and replaced at the first login.

    Raises Refused as `create_staff` does, and NAME_MISSING."""
    if not name.strip():
        raise Refused("NAME_MISSING", "请填写姓名。", "", "name")
    password = first_password()
    user = create_staff(
        login_name=login_name,
        name=name,
        role=role,
        password=password,
        actor=actor,
        at=at,
        phone=phone,
        must_set_password=True,
    )
    return user, password
