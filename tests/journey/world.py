"""A small world for journeys: the real catalogues, two fictional bases with four specialties each, and people who work there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from bases.models import Prefecture, School, Specialty, TrainingBase
from bases.services.catalogue import load_world
from bases.services.staff import appoint
from gme_portal.accounts.models import Role, User
from gme_portal.demo.papers import draw_paper
from gme_portal.demo.portraits import draw_portrait
from gme_portal.notices.models import Notice
from tests.factories import ADOPTED_AT, BaseFactory, NoticeFactory, QuotaFactory, StaffFactory, resident_id

SEATS = (
    ("示例省第一医院", "5301", {"内科": 1, "外科": 2, "儿科": 1, "全科": 1}),
    ("示例州人民医院", "5325", {"内科": 1, "外科": 1, "儿科": 1, "全科": 1}),
)
CAPACITY = 5


@dataclass
class Applicant:
    """What a fictional person types about themself."""

    name: str
    serial: int
    phone: str
    choices: tuple[str, ...]
    consents: tuple[str, ...] = ()
    licence: bool = False
    document_number: str = field(init=False)

    def __post_init__(self) -> None:
        self.document_number = resident_id(self.serial, born=f"200003{self.serial:02d}", male=False)

    def portrait(self, background: str = "#FFFFFF") -> bytes:
        return draw_portrait(self.serial, (480, 640), background)

    def paper(self, title: str) -> bytes:
        return draw_paper(title, [f"姓名：{self.name}", f"证件号码：{self.document_number}"]).content


@dataclass
class World:
    """Everything that stands before the first applicant comes."""

    notice: Notice
    bases: list[TrainingBase]
    staff: dict[str, User]
    keys: dict[str, TOTPDevice]

    def code(self, login_name: str) -> str:
        """What the authenticator of this person shows now."""
        device = self.keys[login_name]
        return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def build() -> World:
    """Catalogues, notice, plan and staff; nobody has registered."""
    load_world(folder=Path(settings.BASE_DIR) / "fixtures")
    notice = NoticeFactory(drawn=False)
    bases = [_base(notice, *each) for each in SEATS]
    staff: dict[str, User] = {}
    for place, base in enumerate(bases, 1):
        for login, role in (
            ("reader", Role.BASE_READER),
            ("editor", Role.BASE_EDITOR),
            ("lead", Role.BASE_LEAD),
            ("second", Role.BASE_LEAD),
        ):
            user = _staff(f"base{place}.{login}", role)
            appoint(user=user, place=base, actor=None, at=ADOPTED_AT)
            staff[user.login_name] = user
    for role in (Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD, Role.ASSOCIATION, Role.PLATFORM_ADMIN, Role.AUDITOR):
        staff[role.value] = _staff(role.value, role)
    school = _staff("school", Role.SCHOOL)
    appoint(user=school, place=School.objects.order_by("pk").first(), actor=None, at=ADOPTED_AT)
    staff["school"] = school
    keys = {name: TOTPDevice.objects.create(user=user, name="验证器", confirmed=True) for name, user in staff.items()}
    return World(notice, bases, staff, keys)


def _base(notice: Notice, name: str, prefecture: str, seats: dict[str, int]) -> TrainingBase:
    base = BaseFactory(
        name=name,
        short_name=name[2:8],
        prefecture=Prefecture.objects.get(code=prefecture),
        office_phone="0871-00000000",
        confirmation_place="示例楼 1 楼教学办",
        what_to_bring="身份证原件、毕业证书原件和复印件。",
    )
    for specialty in Specialty.objects.filter(name__in=seats):
        QuotaFactory(notice=notice, base=base, specialty=specialty, seats=seats[specialty.name], capacity=CAPACITY)
    return base


def _staff(login_name: str, role: str) -> User:
    return StaffFactory(
        login_name=login_name,
        role=role,
        name=f"示例{Role(role).label}{'乙' if login_name.endswith('second') else '甲'}",
    )


def moment(text: str) -> datetime:
    """「2025-07-20 21:59:59」 in Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=ADOPTED_AT.tzinfo)
