"""Not on the list (名册核实申请, 000 四(二)3, 000 四(三)2): who may ask, until when, who decides, where one may be sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from admissions.queries import readiness
from admissions.services import roster_requests as requests
from applicants.access import roster_requests_visible_to
from applicants.models import Profile, RosterEntry, RosterRequest
from applicants.states import REQUEST, REQUEST_LABELS
from bases.models import TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AccessLog, AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Channel, Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from tests.admissions.listed import (
    AT,
    COMMISSIONED_CLOSES,
    MASTERS_CLOSE,
    base_in,
    listed_notice,
    place,
    school_with_staff,
    unlisted,
    words,
)
from tests.applicants.portraits import jpeg, portrait
from tests.factories import ProfileFactory, SchoolFactory, SpecialtyFactory, StaffFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
SignIn = Callable[[User], Client]
ClockAt = Callable[[datetime], datetime]


@pytest.fixture
def notice(db: None) -> Notice:
    return listed_notice()


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def base(notice: Notice) -> TrainingBase:
    return base_in(notice, "5301")


@pytest.fixture
def officer(db: None) -> User:
    return StaffFactory(role=Role.PROVINCE_OFFICER)


def ask(profile: Profile, notice: Notice, data: requests.RequestData | None = None, at: datetime = AT) -> RosterRequest:
    return requests.file(
        profile=profile,
        notice=notice,
        data=data or words(),
        content=None,
        actor=profile.user,
        at=at,
        policy=policy_of(version_in_force(notice)),
    )


def accept(
    request: RosterRequest, base: TrainingBase, actor: User, specialty: str = "0700", at: datetime = AT
) -> RosterRequest:
    policy = policy_of(version_in_force(request.notice))
    return requests.accept(request=request, base=base, specialty=specialty, actor=actor, at=at, policy=policy)


def inbox(user: User) -> list[str]:
    return [row.body.open() for row in Message.objects.filter(user=user, channel=Channel.INBOX).order_by("id")]


def test_who_is_verified_is_listed_and_signs_up_like_everybody_else(
    notice: Notice, policy: Policy, base: TrainingBase, officer: User
) -> None:
    person = unlisted(notice)
    done = accept(ask(person, notice), base, officer)
    entry = RosterEntry.objects.get()
    assert (done.state, done.entry, done.decided_by, done.decided_under) == (
        "accepted", entry, officer, version_in_force(notice),
    )  # fmt: skip
    assert (entry.source, entry.base, entry.specialty_id, entry.person_type) == (
        "verified",
        base,
        "0700",
        "commissioned",
    )
    assert readiness.roster_problem(person, notice, policy=policy) is None
    assert f"安排到{base.name}（全科）" in inbox(person.user)[-1]
    assert "2021年7月12日（星期一）18:00:00前登录报名" in inbox(person.user)[-1]
    assert AuditEvent.objects.filter(action="roster_request.accepted", actor=officer).exists()


@pytest.mark.parametrize(("where", "may"), [("5301", True), ("5303", True), ("5326", False), ("5329", False)])
def test_a_commissioned_student_goes_to_the_bound_prefecture_or_one_beside_it(
    notice: Notice, officer: User, where: str, may: bool
) -> None:
    """000 四(二)3: 统筹安排到定向就业地所在或临近州市. Bound to 昆明: 曲靖 lies beside it, 文山 and 大理 do not."""
    request, base = ask(unlisted(notice), notice), base_in(notice, where)
    if may:
        assert accept(request, base, officer).state == "accepted"
        return
    with pytest.raises(Refused, match="所在或临近州市") as caught:
        accept(request, base, officer)
    assert (caught.value.code, caught.value.refusal.field) == ("BASE_TOO_FAR", "base")
    assert "000 四(二)3" in caught.value.refusal.clause
    request.refresh_from_db()
    assert (request.state, RosterEntry.objects.count()) == ("at_province", 0)


def test_a_master_goes_anywhere(notice: Notice, officer: User) -> None:
    request = ask(unlisted(notice, "professional_master"), notice, words(home=None))
    assert accept(request, base_in(notice, "5329", specialties={"0100": "内科"}), officer, "0100").state == "accepted"


def test_only_what_the_plan_has_is_given(notice: Notice, base: TrainingBase, officer: User) -> None:
    request = ask(unlisted(notice), notice)
    SpecialtyFactory(code="0100", name="内科")
    with pytest.raises(Refused) as caught:
        accept(request, base, officer, "0100")
    assert (caught.value.code, caught.value.refusal.field) == ("NOT_IN_PLAN", "specialty")
    full = base_in(notice, "5303", seats=0)
    with pytest.raises(Refused) as caught:
        accept(request, full, officer)
    assert caught.value.code == "SPECIALTY_CLOSED"
    master = ask(unlisted(notice, "professional_master"), notice, words(home=None))
    assert accept(master, full, officer).state == "accepted", "000 三: the plan does not count 专硕"


def test_a_specialty_closed_by_a_rule_is_not_given(notice: Notice, policy: Policy, officer: User) -> None:
    """Otherwise the person would be listed and could never file: 订单定向 train as general practitioners only."""
    base = base_in(notice, "5301", specialties={"0100": "内科", "0700": "全科"})
    request = ask(unlisted(notice), notice)
    with pytest.raises(Refused) as caught:
        accept(request, base, officer, "0100")
    assert (caught.value.code, caught.value.refusal.field) == ("NOT_ELIGIBLE", "specialty")
    assert not RosterEntry.objects.exists(), "the line was taken back with the refusal"
    assert accept(request, base, officer, "0700").state == "accepted"


def test_a_school_is_asked_first_where_the_list_is_the_schools(notice: Notice, officer: User) -> None:
    """000 四(三)2: 培养院校补录的. The school's word, then the province."""
    school, staff = school_with_staff()
    base = base_in(notice, "5301", specialties={"0100": "内科"})
    request = ask(unlisted(notice, "professional_master"), notice, words(school, home=None))
    assert request.state == "at_school"
    with pytest.raises(Refused) as caught:
        accept(request, base, officer, "0100")
    assert caught.value.code == "NOT_NOW_STATE"
    said = requests.confirm(request=request, opinion="2021级补录", actor=staff, at=AT)
    assert (said.state, said.confirmed_by, said.opinion) == ("at_province", staff, "2021级补录")
    assert accept(request, base, officer, "0100").state == "accepted"


def test_a_school_without_an_account_is_not_waited_for(notice: Notice) -> None:
    request = ask(
        unlisted(notice, "professional_master"), notice, words(SchoolFactory(name="示例无账号大学"), home=None)
    )
    assert request.state == "at_province"


def test_the_provinces_list_asks_no_school(notice: Notice) -> None:
    school, _ = school_with_staff()
    assert ask(unlisted(notice), notice, words(school)).state == "at_province"


def test_another_school_decides_nothing_and_sees_nothing(notice: Notice, policy: Policy) -> None:
    school, staff = school_with_staff()
    _, stranger = school_with_staff("示例别的大学")
    request = ask(unlisted(notice, "professional_master"), notice, words(school, home=None))
    assert list(roster_requests_visible_to(staff)) == [request]
    assert list(roster_requests_visible_to(stranger)) == []
    for call in (
        lambda: requests.confirm(request=request, opinion="", actor=stranger, at=AT),
        lambda: requests.refuse(request=request, reason="示例", actor=stranger, at=AT, policy=policy),
    ):
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == "NOT_YOURS"


@pytest.mark.parametrize("by", ["school", "province"])
def test_a_refusal_says_why_and_the_person_may_ask_again(
    notice: Notice, policy: Policy, officer: User, by: str
) -> None:
    school, staff = school_with_staff()
    person = unlisted(notice, "professional_master")
    request = ask(person, notice, words(school, home=None))
    if by == "province":
        requests.confirm(request=request, opinion="", actor=staff, at=AT)
    actor = staff if by == "school" else officer
    with pytest.raises(Refused) as caught:
        requests.refuse(request=request, reason="  ", actor=actor, at=AT, policy=policy)
    assert caught.value.code == "REASON_MISSING"
    done = requests.refuse(request=request, reason="示例：不是本年级学生。", actor=actor, at=AT, policy=policy)
    assert (done.state, done.decided_by) == ("refused", actor)
    assert "示例：不是本年级学生。" in inbox(person.user)[-1]
    assert ask(person, notice, words(school, home=None)).state == "at_school"


@pytest.mark.parametrize(
    ("person_type", "at", "code"),
    [
        ("commissioned", COMMISSIONED_CLOSES - SECOND, ""),
        ("commissioned", COMMISSIONED_CLOSES, "WINDOW_CLOSED"),
        ("professional_master", AT, ""),
        ("professional_master", MASTERS_CLOSE - SECOND, ""),
        ("professional_master", MASTERS_CLOSE, "WINDOW_CLOSED"),
    ],
)
def test_one_may_ask_until_registration_closes_for_ones_type(
    notice: Notice, person_type: str, at: datetime, code: str
) -> None:
    person = unlisted(notice, person_type)
    if not code:
        assert ask(person, notice, at=at).filed_at == at
        return
    with pytest.raises(Refused) as caught:
        ask(person, notice, at=at)
    assert caught.value.code == code


def test_who_needs_no_list_or_is_on_it_does_not_ask(notice: Notice, base: TrainingBase, officer: User) -> None:
    with pytest.raises(Refused) as caught:
        ask(ProfileFactory(notice=notice), notice)
    assert caught.value.code == "NO_LIST"
    person = unlisted(notice)
    accept(ask(person, notice), base, officer)
    with pytest.raises(Refused) as caught:
        ask(person, notice)
    assert caught.value.code == "ALREADY_LISTED"


def test_one_request_at_a_time_and_it_may_be_taken_back(notice: Notice) -> None:
    person = unlisted(notice)
    first = ask(person, notice)
    with pytest.raises(Refused) as caught:
        ask(person, notice)
    assert caught.value.code == "REQUEST_OPEN"
    twin = RosterRequest.objects.get(pk=first.pk)
    twin.pk = uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
    mine = RosterRequest.objects.get()
    with pytest.raises(Refused) as caught:
        requests.withdraw(request=mine, actor=unlisted(notice).user, at=AT)
    assert caught.value.code == "NOT_YOURS"
    assert requests.withdraw(request=mine, actor=person.user, at=AT).state == "withdrawn"
    assert ask(person, notice).state == "at_province"


def test_what_has_to_be_said_is_asked_for(notice: Notice) -> None:
    person = unlisted(notice)
    for data, code, field in (
        (words(home=None), "PREFECTURE_MISSING", "prefecture"),
        (replace(words(), words="  "), "WORDS_MISSING", "words"),
        (replace(words(), words="字" * 501), "WORDS_LONG", "words"),
    ):
        with pytest.raises(Refused) as caught:
            ask(person, notice, data)
        assert (caught.value.code, caught.value.refusal.field) == (code, field)
    assert ask(person, notice, replace(words(), words="字" * 500)).state == "at_province"


def test_a_line_with_the_right_number_and_a_wrong_name_is_put_right(
    notice: Notice, policy: Policy, base: TrainingBase, officer: User
) -> None:
    """000 四(二)3: 因信息录入错误."""
    person = unlisted(notice)
    wrong = RosterEntry.objects.create(
        notice=notice,
        person_type="commissioned",
        name="示例错",
        document_number=person.user.document_number.open(),
        document_blind=person.user.document_blind,
        school=SchoolFactory(),
        base=base_in(notice, "5303"),
        specialty=SpecialtyFactory(code="0700", name="全科"),
        source="province",
        imported_at=AT,
    )
    accept(ask(person, notice), base, officer)
    right = RosterEntry.objects.get()
    assert (right.pk, right.name, right.base) == (wrong.pk, person.user.name, base)


def test_two_officers_at_once_the_second_is_told(
    notice: Notice, policy: Policy, base: TrainingBase, officer: User
) -> None:
    request = ask(unlisted(notice), notice)
    accept(request, base, officer)
    with pytest.raises(Refused, match="已列入名册") as caught:
        requests.refuse(request=request, reason="示例", actor=officer, at=AT, policy=policy)
    assert caught.value.code == "NOT_NOW_STATE"


def test_every_step_ends_in_a_known_state() -> None:
    assert {state for state, _ in REQUEST} | {step.to for step in REQUEST.values()} == set(REQUEST_LABELS)


# ---- Pages ----


def test_from_the_request_to_the_list_over_the_pages(
    notice: Notice, base: TrainingBase, officer: User, sign_in: SignIn, clock_at: ClockAt
) -> None:
    clock_at(AT)
    person, school = unlisted(notice), SchoolFactory()
    client = sign_in(person.user)
    home = client.get(reverse("apply:home", args=[notice.slug])).content.decode()
    assert "不在名册中" in home
    assert reverse("apply:roster", args=[notice.slug]) in home
    assert "名册核实申请" in client.get(reverse("apply:choices", args=[notice.slug])).content.decode()
    assert client.get(reverse("apply:check", args=[notice.slug])).status_code == 200
    url = reverse("apply:roster", args=[notice.slug])
    empty = client.post(url, {})
    assert empty.status_code == 422
    form = {
        "school": school.name,
        "major": "临床医学",
        "graduated_on": "2021-06-30",
        "prefecture": place("5301").pk,
        "words": "示例：延迟毕业。",
    }
    assert client.post(url, {**form, "school": "没有的大学"}).status_code == 422
    proof = SimpleUploadedFile("proof.jpg", jpeg(portrait()), content_type="image/jpeg")
    filed = client.post(url, {**form, "file": proof})
    assert filed.status_code == 302, filed.context["form"].errors
    request = RosterRequest.objects.get()
    shown = client.get(url).content.decode()
    assert "待省级核实" in shown
    assert client.get(reverse("apply:roster_file", args=[notice.slug, request.pk])).status_code == 200
    assert not AccessLog.objects.exists(), "one's own look is nobody's"

    office = sign_in(officer)
    listed = office.get(reverse("province:roster_requests", args=[notice.slug])).content.decode()
    number = person.user.document_number.open()
    assert person.user.name in listed
    assert number not in listed
    one = reverse("province:roster_request", args=[notice.slug, request.pk])
    assert number in office.get(one).content.decode()
    assert {row.column for row in AccessLog.objects.filter(owner=person.user)} == {"document_number", "words"}
    office.get(reverse("province:roster_request_file", args=[notice.slug, request.pk]))
    assert AccessLog.objects.filter(owner=person.user, column="file", purpose="名册核实").exists()
    decide = reverse("province:roster_request_decide", args=[notice.slug, request.pk])
    far = base_in(notice, "5329")
    refused = office.post(decide, {"action": "accept", "base": far.code, "specialty": "0700"})
    assert refused.status_code == 422
    assert "所在或临近州市" in refused.content.decode()
    assert office.post(decide, {"action": "accept", "base": base.code, "specialty": "0700"}).status_code == 302
    assert "您已在名册中" in client.get(url).content.decode()
    assert "不在名册中" not in client.get(reverse("apply:home", args=[notice.slug])).content.decode()


def test_the_school_gives_its_word_on_its_page(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    clock_at(AT)
    school, staff = school_with_staff()
    request = ask(unlisted(notice, "professional_master"), notice, words(school, home=None))
    client = sign_in(staff)
    assert "1 人不在名册中" in client.get(reverse("school:home", args=[notice.slug])).content.decode()
    assert (
        request.profile.user.name in client.get(reverse("school:roster_requests", args=[notice.slug])).content.decode()
    )
    decide = reverse("school:roster_request_decide", args=[notice.slug, request.pk])
    assert client.post(decide, {"action": "refuse", "reason": ""}).status_code == 422
    assert client.post(decide, {"action": "accept"}).status_code == 302
    request.refresh_from_db()
    assert request.state == "at_school"
    assert client.post(decide, {"action": "confirm", "opinion": "补录"}).status_code == 302
    request.refresh_from_db()
    assert request.state == "at_province"
    assert client.get(reverse("school:roster_request", args=[notice.slug, request.pk])).status_code == 200


def test_nobody_opens_what_is_not_theirs(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    clock_at(AT)
    request = ask(unlisted(notice), notice)
    stranger = sign_in(unlisted(notice).user)
    for route in ("roster_file",):
        assert stranger.get(reverse(f"apply:{route}", args=[notice.slug, request.pk])).status_code == 404
    assert stranger.post(reverse("apply:roster_withdraw", args=[notice.slug, request.pk])).status_code == 404
    _, staff = school_with_staff()
    assert sign_in(staff).get(reverse("school:roster_request", args=[notice.slug, request.pk])).status_code == 404


def test_who_needs_no_list_is_led_home(notice: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    clock_at(AT)
    client = sign_in(ProfileFactory(notice=notice).user)
    assert client.get(reverse("apply:roster", args=[notice.slug]))["Location"] == reverse(
        "apply:home", args=[notice.slug]
    )
