"""Users of each role for tests; fictional, marked 示例."""

from __future__ import annotations

from bases.models import BaseStaff, School, SchoolStaff, TrainingBase
from gme_portal.accounts.models import User


def make_user(
    role: str, *, base: TrainingBase | None = None, school: School | None = None, active: bool = True
) -> User:
    number = User.objects.count() + 1
    user = User.objects.create(
        role=role, name=f"示例{number}", login_name=f"example{number}", is_active=active, is_demo=True
    )
    if base is not None:
        BaseStaff.objects.create(user=user, base=base)
    if school is not None:
        SchoolStaff.objects.create(user=user, school=school)
    return user
