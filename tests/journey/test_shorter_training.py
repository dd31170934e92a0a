"""A shorter training (年限减免) from the bar at the top to the roster, under the notices that have it; under one that does not there is no entry.

002: the base collects, the guidance centre (指导中心) tests and decides. 000 五(一): the base decides, the association looks again, the office files it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client

from admissions.models import Application, YearReduction
from applicants.models import Education
from gme_portal.accounts.models import Role, User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from quotas.models import Quota
from tests.factories import (
    ApplicationFactory,
    MajorFactory,
    NoticeFactory,
    ProfileFactory,
    QuotaFactory,
    SchoolFactory,
    SpecialtyFactory,
    StaffFactory,
    reviewer_of,
)
from tests.journey.reader import Reader

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ENTRY = "年限减免"
# Notice → when people file, when they ask.
DAYS = {
    "jilin-2024-residency": (datetime(2024, 6, 20, 10, tzinfo=BEIJING), datetime(2024, 7, 10, 10, tzinfo=BEIJING)),
    "yunnan-2021-residency": (datetime(2021, 7, 5, 10, tzinfo=BEIJING), datetime(2021, 8, 16, 10, tzinfo=BEIJING)),
    "yunnan-2025-residency": (datetime(2025, 7, 18, 10, tzinfo=BEIJING), datetime(2025, 8, 12, 10, tzinfo=BEIJING)),
}


@pytest.fixture
def reader(sign_in: SignIn) -> Callable[[User], Reader]:
    def enter(user: User) -> Reader:
        found = Reader(user.name)
        found.client = sign_in(user)
        found.open("/")
        return found

    return enter


def filed(notice: Notice, *, master: bool) -> Application:
    """Somebody who filed for internal medicine, with a professional master's degree in it or without one."""
    quota: Quota = QuotaFactory(notice=notice, specialty=SpecialtyFactory(code="0100", name="内科"))
    profile = ProfileFactory(notice=notice, person_type="social")
    if master:
        Education.objects.create(
            profile=profile,
            level="master",
            school=SchoolFactory(),
            major=MajorFactory(code="105101", name="内科学", level="master"),
            graduated_on=date(2020, 7, 1),
            diploma_number="105011202006000001",
            degree_awarded=True,
            degree_type="professional",
            degree_number="1050142020000001",
        )
    return ApplicationFactory(
        notice=notice, profile=profile, quotas=[quota], state="submitted", at=DAYS[notice.slug][0]
    )


@pytest.mark.parametrize(
    ("slug", "steps"),
    [
        ("jilin-2024-residency", ["base", "association"]),
        ("yunnan-2021-residency", ["base", "association", "province"]),
    ],
)
def test_from_the_bar_to_the_last_step(
    slug: str, steps: list[str], reader: Callable[[User], Reader], clock_at: Callable[..., object]
) -> None:
    notice = NoticeFactory(slug)
    application = filed(notice, master=True)
    clock_at(DAYS[slug][1])
    person, base = reader(application.applicant.user), application.base
    person.go(ENTRY)
    rule = policy_of(version_in_force(notice)).year_reduction
    for one in rule.rules:
        if "内科" in one.sentence_pass:
            person.sees(one.sentence_pass)
    person.press("提交申请", {"申请减免（月）": "12", "申请理由": "示例：内科专业学位硕士。"})
    person.sees("审核中", "打印申请表")
    assert person.file(person.link("打印申请表")).startswith(b"%PDF")

    crew = {"base": reviewer_of(base), "association": StaffFactory(role=Role.ASSOCIATION), "province": StaffFactory(role=Role.PROVINCE_OFFICER)}  # fmt: skip
    desks = {step: reader(user) for step, user in crew.items()}
    for step in steps:
        desk = desks[step]
        desk.go(ENTRY)
        desk.follow(person.name)
        desk.sees("示例：内科专业学位硕士。")
        desk.press("提交", _approval(rule, step))
        desk.sees("同意")
    assert list(YearReduction.objects.get().decisions.values_list("step", flat=True)) == steps
    person.go(ENTRY)
    person.sees("同意减免 12 个月", *(rule.label(step) for step in steps))
    for step, desk in desks.items():
        desk.go(ENTRY)
        assert [one for one in crew if desk.has_tab(rule.label(one))] == steps, f"{step} sees the notice's steps"
    desks["province"].follow("同意减免")
    desks["province"].sees(person.name)


def _approval(rule: object, step: str) -> dict[str, str]:
    return {"决定": "同意"} | ({"能力测评": "合格"} if getattr(rule, "tested_at", "") == step else {})


def test_who_does_not_meet_the_notices_condition_reads_it_and_cannot_ask(
    reader: Callable[[User], Reader], clock_at: Callable[..., object]
) -> None:
    """002 附件1 三(三)4: a master's or doctor's degree in clinical medicine, or a physician of some experience."""
    application = filed(NoticeFactory("jilin-2024-residency"), master=False)
    clock_at(DAYS["jilin-2024-residency"][1])
    person = reader(application.applicant.user)
    person.go(ENTRY)
    person.sees("才可以申请减免", "三(三)4")
    assert not person.offers("提交申请"), "nobody fills in in vain"


def test_a_notice_without_it_has_no_entry(reader: Callable[[User], Reader], clock_at: Callable[..., object]) -> None:
    slug = "yunnan-2025-residency"
    application = filed(NoticeFactory(slug), master=False)
    clock_at(DAYS[slug][1])
    for user, area in (
        (application.applicant.user, "my/year-reduction/"),
        (reviewer_of(application.base), "base/year-reductions/"),
        (StaffFactory(role=Role.ASSOCIATION), "province/year-reductions/"),
    ):
        person = reader(user)
        assert ENTRY not in [one.text_content().strip() for one in person.page.iterfind(".//nav//a")]
        person.open(f"/n/{slug}/{area}")
        person.sees("没有规定培训年限减免")
