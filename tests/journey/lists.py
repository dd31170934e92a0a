"""Lists of names (名册) in the days of registration: one list of the province, one of a school, and people who stand on neither.

Made by the real services, beside the year in August and under a notice of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from admissions.services import roster_requests
from applicants.services.rosters import import_roster
from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.sheets import Reading, Row
from tests.admissions.listed import AT, base_in, listed_notice, school_with_staff, unlisted, words
from tests.factories import StaffFactory, resident_id


@dataclass
class Lists:
    """Who and what there is, as in `August`."""

    notice: Notice
    people: dict[str, User]
    parts: dict[str, list[Any]]


def build() -> Lists:
    notice = listed_notice()
    policy = policy_of(version_in_force(notice))
    base = base_in(notice, "5301", specialties={"0700": "全科", "0100": "内科"})
    for place in ("5303", "5326", "5329"):
        base_in(notice, place)
    school, staff = school_with_staff("示例名册医科大学")
    officer = StaffFactory(role=Role.PROVINCE_OFFICER)
    listed, alone, asking, master, refused = (unlisted(notice, kind) for kind in _KINDS)
    of = {"school": school.name, "base": base.name}
    here = {"name": listed.user.name, "document_number": listed.user.document_number.open()}
    commissioned = [here, *({"name": "示例定向", "document_number": resident_id(number)} for number in range(901, 904))]
    lines = [one | of | {"person_type": "订单定向医学生", "specialty": "全科"} for one in commissioned]
    masters = [
        {"name": "示例硕士", "document_number": resident_id(number), "person_type": "专硕研究生", "base": base.name, "specialty": "内科"}
        for number in (911, 912)
    ]  # fmt: skip
    _import(notice, lines, None, officer)
    _import(notice, masters, school, staff)
    asked = {}
    for person, data in ((asking, words(school)), (master, words(school, home=None)), (refused, words(school))):
        asked[person.pk] = roster_requests.file(
            profile=person, notice=notice, data=data, content=None, actor=person.user, at=AT, policy=policy
        )
    roster_requests.refuse(request=asked[refused.pk], reason="示例：不是本年度履约的学生。", actor=officer, at=AT, policy=policy)  # fmt: skip
    people = {
        "listed": listed.user,
        "unlisted": alone.user,
        "asking": asking.user,
        "not_listed": refused.user,
        "dean": staff,
        "lister": officer,
    }
    parts = {"roster_request": [asked[master.pk].pk], "any_roster_request": [asked[asking.pk].pk]}
    return Lists(notice, people, parts)


_KINDS = ("commissioned", "commissioned", "commissioned", "professional_master", "commissioned")


def _import(notice: Notice, lines: list[dict[str, str]], school: Any, actor: User) -> None:
    rows = [Row(number, values) for number, values in enumerate(lines, 2)]
    import_roster(notice=notice, reading=Reading(rows), school=school, actor=actor, at=AT)
