"""A notice under which 专硕 come on their school's list and 订单定向 on the province's, and the places they may be sent to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from admissions.services.roster_requests import RequestData
from applicants.models import Profile
from bases.models import Prefecture, School, SchoolStaff, TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from tests.factories import (
    BaseFactory,
    NoticeFactory,
    PrefectureFactory,
    ProfileFactory,
    QuotaFactory,
    SchoolFactory,
    SpecialtyFactory,
    StaffFactory,
)

AT = datetime(2021, 7, 5, 10, 0, tzinfo=BEIJING)
# 订单定向 until 12 July 18:00; 专硕 from 19 July 9:00 to 26 July 18:00, their schools' lists until 15 July 24:00.
COMMISSIONED_CLOSES = datetime(2021, 7, 12, 18, 0, tzinfo=BEIJING)
MASTERS_OPEN = datetime(2021, 7, 19, 9, 0, tzinfo=BEIJING)
MASTERS_CLOSE = datetime(2021, 7, 26, 18, 0, tzinfo=BEIJING)
LISTS_DUE = datetime(2021, 7, 16, tzinfo=BEIJING)
PLACES = {"5301": "昆明市", "5303": "曲靖市", "5329": "大理白族自治州", "5326": "文山壮族苗族自治州"}


def listed_notice() -> Notice:
    """Yunnan 2021, residency."""
    return NoticeFactory("yunnan-2021-residency")


def place(code: str) -> Prefecture:
    return PrefectureFactory(code=code, name=PLACES[code], short_name=PLACES[code][:2])


def base_in(notice: Notice, code: str, *, specialties: dict[str, str] | None = None, seats: int = 5) -> TrainingBase:
    """A base in a prefecture with general practice, or what is asked, in its plan."""
    base = BaseFactory(prefecture=place(code), code=f"base-{code}", name=f"示例{PLACES[code]}医院")
    for key, name in (specialties or {"0700": "全科"}).items():
        QuotaFactory(notice=notice, base=base, specialty=SpecialtyFactory(code=key, name=name), seats=seats)
    return base


def school_with_staff(name: str = "示例医科大学") -> tuple[School, User]:
    school, user = SchoolFactory(name=name), StaffFactory(role=Role.SCHOOL)
    SchoolStaff.objects.create(user=user, school=school)
    return school, user


def unlisted(notice: Notice, person_type: str = "commissioned", **values: Any) -> Profile:
    """Somebody complete of a type that comes on lists, who is on none."""
    profile: Profile = ProfileFactory(notice=notice, person_type=person_type, **values)
    return profile


def words(school: School | None = None, home: str | None = "5301") -> RequestData:
    return RequestData(
        school=school or SchoolFactory(),
        major="临床医学",
        graduated_on=date(2021, 6, 30),
        words="示例：延迟一年毕业，名册中没有本人。",
        prefecture=place(home) if home else None,
    )
