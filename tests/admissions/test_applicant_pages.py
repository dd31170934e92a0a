"""The applicant's pages over HTTP: who may see them, what stays typed, what the edge of the window says, how many queries they cost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admissions.access import applications_visible_to, submissions_visible_to
from admissions.models import Application, Submission
from admissions.queries import receipts
from admissions.services import applications
from applicants.models import RosterEntry
from bases.models import SchoolStaff
from gme_portal.accounts.models import Role, User
from gme_portal.accounts.queries import document_blind
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Message
from gme_portal.outbox.services import tell
from quotas.models import Quota
from tests.factories import (
    IN_WINDOW,
    ApplicationFactory,
    BaseFactory,
    NoticeFactory,
    PrefectureFactory,
    ProfileFactory,
    QuotaFactory,
    SchoolFactory,
    SpecialtyFactory,
    StaffFactory,
    UserFactory,
    file_again,
    resident_id,
    reviewer_of,
)

pytestmark = pytest.mark.django_db

CLOSES = datetime(2025, 7, 20, 22, 0, tzinfo=BEIJING)
SignIn = Callable[[User], Client]
ClockAt = Callable[[datetime], datetime]


@pytest.fixture(autouse=True)
def in_window(clock_at: ClockAt) -> None:
    clock_at(IN_WINDOW)


@pytest.fixture
def quotas(notice: Notice) -> list[Quota]:
    base = BaseFactory()
    names = {"0100": "内科", "0700": "全科", "0900": "外科", "1700": "眼科"}
    return [
        QuotaFactory(notice=notice, base=base, specialty=SpecialtyFactory(code=code, name=name))
        for code, name in names.items()
    ]


def page(name: str, notice: Notice, *args: object) -> str:
    return reverse(f"apply:{name}", args=[notice.slug, *args])


def form_fields(html: str) -> dict[str, str]:
    """The hidden fields of the check page."""
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', html) for name in ("key", "checked")}
    return {name: match.group(1) for name, match in found.items() if match}


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# The way through


def test_from_the_task_list_to_the_receipt(notice: Notice, quotas: list[Quota], sign_in: SignIn) -> None:
    profile = ProfileFactory(notice=notice)
    client = sign_in(profile.user)
    assert "请填报志愿" in client.get(page("home", notice)).content.decode()
    chosen = {"choice_1": quotas[1].pk, "choice_2": "", "choice_3": quotas[0].pk, "consents": ["province"]}
    answer = client.post(f"{page('choices', notice)}?base={quotas[0].base.code}", chosen)
    assert (answer.status_code, answer["Location"]) == (302, page("check", notice))
    checked = client.get(page("check", notice)).content.decode()
    for words in ("第一志愿", "全科（紧缺专业）", "第二志愿", "内科", profile.user.name, "学士"):
        assert words in checked
    filing = form_fields(checked) | {"pledge": "on"}
    answer = client.post(page("submit", notice), filing)
    submission = Submission.objects.get()
    assert answer["Location"] == page("receipt", notice, submission.pk)
    assert client.post(page("submit", notice), filing)["Location"] == answer["Location"], (
        "a second click gives the same receipt"
    )
    receipt = client.get(answer["Location"]).content.decode()
    for words in (submission.receipt_number, submission.digest, "服从省级统一调剂", "全科（紧缺专业）"):
        assert words in receipt
    assert "等待培训基地审核" in client.get(page("home", notice)).content.decode()


def test_without_the_pledge_nothing_is_filed(notice: Notice, quotas: list[Quota], sign_in: SignIn) -> None:
    application = ApplicationFactory(notice=notice, quotas=quotas[:1])
    client = sign_in(application.applicant.user)
    filing = form_fields(client.get(page("check", notice)).content.decode())
    answer = client.post(page("submit", notice), filing)
    assert answer.status_code == 422
    assert "请先阅读并勾选承诺" in answer.content.decode()
    assert form_fields(answer.content.decode())["key"] == filing["key"]


def test_a_refused_choice_is_said_at_its_field_and_stays_typed(
    notice: Notice, quotas: list[Quota], sign_in: SignIn
) -> None:
    client = sign_in(ProfileFactory(notice=notice).user)
    twice = {"choice_1": quotas[1].pk, "choice_2": quotas[1].pk}
    answer = client.post(f"{page('choices', notice)}?base={quotas[0].base.code}", twice)
    form = answer.context["form"]
    assert answer.status_code == 422
    assert "全科已经选过" in form.errors["choice_2"][0]
    assert "《云南省2025年" in form.errors["choice_2"][0], "the notice by its name"
    assert form["choice_2"].value() == str(quotas[1].pk)


def test_another_bases_specialty_cannot_be_slipped_in(notice: Notice, quotas: list[Quota], sign_in: SignIn) -> None:
    client, elsewhere = sign_in(ProfileFactory(notice=notice).user), QuotaFactory(notice=notice)
    answer = client.post(f"{page('choices', notice)}?base={quotas[0].base.code}", {"choice_1": elsewhere.pk})
    assert answer.status_code == 422
    assert "不在所选基地的招收计划内" in answer.context["form"].errors["choice_1"][0]


def test_closed_specialties_stay_visible_with_their_reason(
    notice: Notice, quotas: list[Quota], sign_in: SignIn
) -> None:
    QuotaFactory(notice=notice, base=quotas[0].base, specialty=SpecialtyFactory(code="1400", name="骨科"), seats=0)
    client = sign_in(ProfileFactory(notice=notice, person_type="commissioned").user)
    html = client.get(f"{page('choices', notice)}?base={quotas[0].base.code}").content.decode()
    assert "专业方向为全科，不能选内科" in html
    assert "骨科" in html
    assert html.count("disabled") >= 3


def test_a_person_on_a_list_sees_only_what_was_assigned(notice: Notice, quotas: list[Quota], sign_in: SignIn) -> None:
    profile = ProfileFactory(notice=notice, person_type="professional_master")
    put_on_list(notice, profile.user, quotas[2])
    client = sign_in(profile.user)
    answer = client.get(page("choices", notice))
    assert [option.quota for option in answer.context["options"]] == [quotas[2]]
    assert answer.context["form"].limit == 1
    answer = client.post(f"{page('choices', notice)}?base={quotas[2].base.code}", {"choice_1": quotas[2].pk})
    assert answer["Location"] == page("check", notice)


# The edge


@pytest.mark.parametrize(("at", "status"), [(CLOSES - timedelta(seconds=1), 302), (CLOSES, 422)])
def test_one_second_decides(
    notice: Notice, quotas: list[Quota], sign_in: SignIn, clock_at: ClockAt, at: datetime, status: int
) -> None:
    application = ApplicationFactory(notice=notice, quotas=quotas[:1])
    client = sign_in(application.applicant.user)
    filing = form_fields(client.get(page("check", notice)).content.decode()) | {"pledge": "on"}
    clock_at(at)
    answer = client.post(page("submit", notice), filing)
    assert answer.status_code == status
    assert Submission.objects.exists() is (status == 302)
    if status == 422:
        assert "网上报名已于2025年7月20日（星期日）22:00:00（北京时间）截止" in answer.content.decode()


def test_withdrawing_asks_first_and_says_until_when(
    notice: Notice, quotas: list[Quota], sign_in: SignIn, clock_at: ClockAt
) -> None:
    application = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:1])
    client = sign_in(application.applicant.user)
    assert "必须在<strong>2025年7月20日（星期日）22:00:00" in client.get(page("withdraw", notice)).content.decode()
    client.post(page("withdraw", notice))
    application.refresh_from_db()
    assert application.state == "withdrawn"
    file_again(application)
    clock_at(CLOSES)
    assert "截止，不能再取消报名" in client.get(page("withdraw", notice)).content.decode()
    assert "截止，不能再取消报名" in client.post(page("withdraw", notice), follow=True).content.decode()


def test_a_returned_application_shows_why_and_compares(notice: Notice, quotas: list[Quota], sign_in: SignIn) -> None:
    application = ApplicationFactory(state="returned", notice=notice, quotas=quotas[:1])
    client = sign_in(application.applicant.user)
    home = client.get(page("home", notice)).content.decode()
    assert "个人照片不符合要求" in home
    assert application.submissions.get().receipt_number in home
    client.post(f"{page('choices', notice)}?base={quotas[0].base.code}", {"choice_1": quotas[1].pk})
    checked = client.get(page("check", notice)).content.decode()
    assert "原值：<del>内科</del>" in checked


# Who may see what


def test_a_foreign_receipt_is_not_found(notice: Notice, quotas: list[Quota], sign_in: SignIn) -> None:
    theirs = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:1]).submissions.get()
    client = sign_in(UserFactory())
    for name in ("receipt", "form_pdf"):
        assert client.get(page(name, notice, theirs.pk)).status_code == 404
        assert client.get(page(name, notice, uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("name", ["home", "choices", "check", "submit", "withdraw", "result", "messages", "calendar"])
def test_the_pages_are_for_applicants(notice: Notice, sign_in: SignIn, name: str) -> None:
    assert Client().get(page(name, notice)).status_code in (302, 405)
    staff = sign_in(StaffFactory(role=Role.PROVINCE_OFFICER))
    assert staff.get(page(name, notice)).status_code in (403, 405)


def test_each_role_sees_its_own(notice: Notice, quotas: list[Quota]) -> None:
    mine = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:1])
    draft = ApplicationFactory(notice=notice, quotas=quotas[:1])
    elsewhere = ApplicationFactory(state="approved", notice=notice)
    withdrawn = ApplicationFactory(state="withdrawn", notice=notice, quotas=quotas[:1])
    school_user = StaffFactory(role=Role.SCHOOL)
    SchoolStaff.objects.create(user=school_user, school=SchoolFactory())
    put_on_list(notice, elsewhere.applicant.user, elsewhere.choices.get().quota, person_type="commissioned")

    def seen(user: User) -> set[Application]:
        return set(applications_visible_to(user))

    assert seen(mine.applicant.user) == {mine}
    assert seen(reviewer_of(quotas[0].base)) == {mine}
    assert seen(reviewer_of(quotas[0].base, Role.BASE_READER)) == {mine}
    assert seen(school_user) == {elsewhere}
    for role in (Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD, Role.ASSOCIATION, Role.AUDITOR):
        assert seen(StaffFactory(role=role)) == {mine, draft, elsewhere, withdrawn}
    assert seen(StaffFactory(role=Role.PLATFORM_ADMIN)) == set()


def test_a_base_sees_only_versions_filed_with_it(notice: Notice, quotas: list[Quota]) -> None:
    application = ApplicationFactory(state="withdrawn", notice=notice, quotas=quotas[:1])
    elsewhere = QuotaFactory(notice=notice)
    applications.save_choices(
        application=application,
        quota_ids=[elsewhere.pk],
        consents=(),
        actor=application.applicant.user,
        at=IN_WINDOW,
        policy=policy_of(version_in_force(notice)),
    )
    second = file_again(application)
    assert list(submissions_visible_to(reviewer_of(elsewhere.base))) == [second]
    assert not submissions_visible_to(reviewer_of(quotas[0].base)).exists()
    assert submissions_visible_to(application.applicant.user).count() == 2


def test_messages_are_ones_own_and_become_read(notice: Notice, sign_in: SignIn) -> None:
    me, other = UserFactory(), UserFactory()
    for user in (me, other):
        tell(user=user, title="测试", body=f"给{user.pk}", dedup_key=f"test:{user.pk}", at=IN_WINDOW)
    html = sign_in(me).get(page("messages", notice)).content.decode()
    assert f"给{me.pk}" in html
    assert f"给{other.pk}" not in html
    assert Message.objects.get(user=me, channel="inbox").read_at == IN_WINDOW
    assert Message.objects.get(user=other, channel="inbox").read_at is None


# Print, calendar, verification


def test_the_form_prints_what_was_filed(notice: Notice, quotas: list[Quota], sign_in: SignIn) -> None:
    submission = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:2]).submissions.get()
    answer = sign_in(submission.application.applicant.user).get(page("form_pdf", notice, submission.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_the_calendar_folds_lines_and_speaks_utc(notice: Notice, sign_in: SignIn) -> None:
    answer = sign_in(ProfileFactory(notice=notice).user).get(page("calendar", notice))
    text = answer.content.decode()
    assert "DTEND:20250720T140000Z" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "SUMMARY:网上报名（云南省2025年住院医师规范化培训招录（西医类））" in text.replace("\r\n ", "")


def test_anybody_can_verify_a_receipt_and_learns_nothing_else(notice: Notice, quotas: list[Quota]) -> None:
    application = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:1])
    submission, user = application.submissions.get(), application.applicant.user
    url = reverse("public:verify", args=[notice.slug])
    code = receipts.verify_code(submission.receipt_number, submission.digest)
    html = Client().get(url, {"code": f" {code.upper()} "}).content.decode()
    assert "与报名系统一致" in html
    assert user.name[0] + "*" * (len(user.name) - 1) in html
    for private in (user.name, user.document_number.open(), user.phone.open()):
        assert private not in html
    for wrong in (code[:-1] + ("0" if code[-1] != "0" else "1"), submission.receipt_number, "", "垃圾"):
        assert "与报名系统一致" not in Client().get(url, {"code": wrong}).content.decode()


def test_verification_says_what_became_of_it(notice: Notice, quotas: list[Quota]) -> None:
    application = ApplicationFactory(state="returned", notice=notice, quotas=quotas[:1])
    old = application.submissions.get()
    url, code = reverse("public:verify", args=[notice.slug]), receipts.verify_code(old.receipt_number, old.digest)
    new = file_again(application)
    assert "已被新版本取代" in Client().get(url, {"code": code}).content.decode()
    policy = policy_of(version_in_force(notice))
    applications.withdraw(application=application, actor=application.applicant.user, at=IN_WINDOW, policy=policy)
    assert (
        "已取消" in Client().get(url, {"code": receipts.verify_code(new.receipt_number, new.digest)}).content.decode()
    )


# Costs


def test_lists_cost_the_same_at_1_and_at_25_rows(notice: Notice, quotas: list[Quota], sign_in: SignIn) -> None:
    profile = ProfileFactory(notice=notice)
    client = sign_in(profile.user)
    choices = f"{page('choices', notice)}?base={quotas[0].base.code}"
    tell(user=profile.user, title="测试", body="一", dedup_key="test:0", at=IN_WINDOW)
    client.get(page("home", notice))
    pages = {
        "bases": page("choices", notice),
        "choices": choices,
        "messages": page("messages", notice),
        "home": page("home", notice),
    }
    before = {name: queries_of(client, url) for name, url in pages.items()}
    other = PrefectureFactory(code="5329", name="大理白族自治州", short_name="大理")
    for number in range(25):
        tell(user=profile.user, title="测试", body="再", dedup_key=f"test:{number + 1}", at=IN_WINDOW)
        QuotaFactory(notice=notice, base=BaseFactory(prefecture=other))
    for code in (
        "0200",
        "0300",
        "0400",
        "0500",
        "0600",
        "0800",
        "1000",
        "1100",
        "1200",
        "1300",
        "1400",
        "1500",
        "1600",
        "1800",
        "1900",
    ):
        QuotaFactory(notice=notice, base=quotas[0].base, specialty=SpecialtyFactory(code=code, name=f"专业{code}"))
    assert {name: queries_of(client, url) for name, url in pages.items()} == before


def put_on_list(notice: Notice, user: User, quota: Quota, *, person_type: str = "professional_master") -> None:
    RosterEntry.objects.create(
        notice=notice,
        person_type=person_type,
        name=user.name,
        document_number=user.document_number.open() or resident_id(1),
        document_blind=document_blind(user.document_number.open()),
        school=SchoolFactory(),
        base=quota.base,
        specialty=quota.specialty,
        imported_at=IN_WINDOW,
    )


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2021, 7, 12, 17, 59, 59, tzinfo=BEIJING), "网上报名截止：2021年7月12日（星期一）18:00:00"),
        (datetime(2021, 7, 12, 18, 0, tzinfo=BEIJING), "网上报名开始：2021年7月19日（星期一）09:00:00"),
        (datetime(2021, 7, 26, 17, 59, 59, tzinfo=BEIJING), "网上报名截止：2021年7月26日（星期一）18:00:00"),
        (datetime(2021, 7, 26, 18, 0, tzinfo=BEIJING), "报名已截止"),
    ],
)
def test_before_the_type_is_said_the_days_of_any_type_count(
    clock_at: ClockAt, sign_in: SignIn, at: datetime, said: str
) -> None:
    """000 四(三)2(1): 专硕 register a week after the others; who comes then has not said yet that they are one."""
    notice = NoticeFactory("yunnan-2021-residency")
    clock_at(at)
    page = sign_in(UserFactory()).get(reverse("apply:home", args=[notice.slug])).content.decode()
    text = re.sub(r"<[^>]+>|\s+", "", page)
    assert said.replace(" ", "") in text
    assert ("请填写“个人信息”" in text) is (said != "报名已截止")
