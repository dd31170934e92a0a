"""Signing up at the counter (现场报名): prepared at home, filed by the base's staff, seen by nobody who was not shown the number."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from admissions.models import Application, CounterVisit, Submission
from admissions.queries import readiness
from admissions.services import amendments, applications, counter, reviews
from applicants.models import Document
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AccessLog, AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Channel, Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.accounts.test_codes import code_sent
from tests.admissions.base_pages import ClockAt, SignIn, shown, url
from tests.admissions.on_site import AT, BEFORE, CLOSES, OPENS, choose, on_site_notice, prepared, seat
from tests.factories import UserFactory, resident_id, reviewer_of
from tests.printing.test_application_form import text_of

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def notice(db: None) -> Notice:
    return on_site_notice()


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def quota(notice: Notice) -> Quota:
    return seat(notice)


@pytest.fixture
def person(notice: Notice, quota: Quota) -> Application:
    return prepared(notice, quota)


def record_it(
    application: Application, actor: User, *, at: datetime = AT, key: uuid.UUID | None = None, checked: str = ""
) -> Submission:
    version = version_in_force(application.notice)
    return applications.submit(
        application=application,
        actor=actor,
        at=at,
        policy=policy_of(version),
        notice_version=version,
        idempotency_key=key or uuid.uuid4(),
        checked=checked,
    )


def find(typed: str, notice: Notice, actor: User, quota: Quota, at: datetime = AT) -> Application:
    policy = policy_of(version_in_force(notice))
    return counter.find(typed=typed, notice=notice, base=quota.base, actor=actor, at=at, policy=policy)


def test_everything_is_prepared_at_home_but_not_filed_there(
    notice: Notice, policy: Policy, quota: Quota, person: Application
) -> None:
    """002 附件1 三(六)1: the form is filled in and printed at home; signing up is at the base. No photo: it is pasted on the paper."""
    assert applications.filing_problems(person, policy=policy, at=AT) == []
    assert not Document.objects.filter(profile=person.applicant).exists()
    with pytest.raises(Refused) as caught:
        record_it(person, person.applicant.user)
    assert (caught.value.code, caught.value.refusal.clause) == ("ON_SITE_ONLY", "002 附件1 三(六)1")
    assert not Submission.objects.exists()


def test_the_base_files_for_the_person_with_receipt_message_and_record(person: Application, quota: Quota) -> None:
    clerk = reviewer_of(quota.base)
    submission = record_it(person, clerk)
    person.refresh_from_db()
    assert (person.state, person.base, submission.recorded_by) == ("submitted", quota.base, clerk)
    assert submission.receipt_number == f"{person.number}-01"
    event = AuditEvent.objects.get(action="application.recorded")
    assert (event.actor, event.actor_role, event.subject_id) == (clerk, Role.BASE_EDITOR, str(submission.pk))
    told = Message.objects.get(user=person.applicant.user, channel=Channel.INBOX)
    assert told.title == "现场报名已受理"
    assert f"{quota.base.name}已于2024年7月2日（星期二）09:30:00受理您的现场报名" in told.body.open()


def test_a_second_click_is_the_same_receipt(person: Application, quota: Quota) -> None:
    clerk, key = reviewer_of(quota.base), uuid.uuid4()
    assert record_it(person, clerk, key=key) == record_it(person, clerk, key=key)
    with pytest.raises(Refused) as caught:
        record_it(person, clerk)
    assert caught.value.code == "NOT_NOW_STATE"
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("at", "code"), [(OPENS - SECOND, "NOT_YET_OPEN"), (OPENS, ""), (CLOSES - SECOND, ""), (CLOSES, "WINDOW_CLOSED")]
)
def test_the_counter_opens_and_closes_to_the_second(
    notice: Notice, person: Application, quota: Quota, at: datetime, code: str
) -> None:
    clerk = reviewer_of(quota.base)
    if not code:
        assert find(person.number, notice, clerk, quota, at) == person
        assert record_it(person, clerk, at=at).submitted_at == at
        return
    for call in (lambda: find(person.number, notice, clerk, quota, at), lambda: record_it(person, clerk, at=at)):
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == code
    assert not CounterVisit.objects.exists()


def test_choices_may_be_prepared_before_the_counter_opens_and_not_after_it_closed(
    person: Application, quota: Quota
) -> None:
    user = person.applicant.user
    choose(person, quota, actor=user, at=OPENS - SECOND)
    with pytest.raises(Refused) as caught:
        choose(person, quota, actor=user, at=CLOSES)
    assert caught.value.code == "WINDOW_CLOSED"


def test_another_base_and_a_reader_file_nothing(notice: Notice, person: Application, quota: Quota) -> None:
    with pytest.raises(Refused) as caught:
        record_it(person, reviewer_of(seat(notice).base))
    assert caught.value.code == "NOT_YOUR_BASE"
    with pytest.raises(Refused) as caught:
        record_it(person, reviewer_of(quota.base, Role.BASE_READER))
    assert caught.value.code == "NOT_YOURS"


def test_what_is_missing_is_named_and_nothing_is_filed(
    notice: Notice, policy: Policy, person: Application, quota: Quota
) -> None:
    person.applicant.educations.all().delete()
    with pytest.raises(Refused, match="学历信息"):
        record_it(person, reviewer_of(quota.base))
    person.refresh_from_db()
    assert (person.state, person.applicant.locked_at) == ("draft", None)


def test_a_person_is_found_by_the_exact_number_and_it_is_on_record(
    notice: Notice, person: Application, quota: Quota
) -> None:
    clerk = reviewer_of(quota.base)
    number = person.applicant.user.document_number.open()
    for typed in (number, number.lower(), f" {number[:6]} {number[6:]} ", person.number, f"{person.number}-01"):
        assert find(typed, notice, clerk, quota) == person
    assert {visit.found_by for visit in CounterVisit.objects.all()} == {"document", "application"}
    assert AuditEvent.objects.filter(action="counter.opened", actor=clerk).count() == 5
    for typed in (number[:-1], number[:6], person.number[:-1], "示例", resident_id(499)):
        with pytest.raises(Refused) as caught:
            find(typed, notice, clerk, quota)
        assert caught.value.code == "NOBODY"
    assert AuditEvent.objects.filter(action="counter.nobody", actor=clerk).count() == 5


def test_who_prepared_for_another_base_or_filed_there_is_not_opened_here(
    notice: Notice, person: Application, quota: Quota
) -> None:
    other = seat(notice)
    with pytest.raises(Refused) as caught:
        find(person.number, notice, reviewer_of(other.base), other)
    assert caught.value.code == "OTHER_BASE"
    record_it(person, reviewer_of(quota.base))
    with pytest.raises(Refused) as caught:
        find(person.number, notice, reviewer_of(other.base), other)
    assert caught.value.code == "OTHER_BASE"
    assert not CounterVisit.objects.exists()


def test_somebody_with_an_account_and_nothing_else_is_begun_at_the_counter(notice: Notice, quota: Quota) -> None:
    user = UserFactory()
    found = find(user.document_number.open(), notice, reviewer_of(quota.base), quota)
    assert (found.applicant.user, found.state) == (user, "draft")


def test_an_online_notice_has_no_counter(quota: Quota) -> None:
    online = on_site_notice(
        edit=lambda text: text.replace('mode = "on_site"', 'mode = "online"').replace(
            'id = "jilin-2024-assistant-gp"', 'id = "online-2024-assistant-gp"'
        )
    )
    with pytest.raises(Refused) as caught:
        find("2024100001", online, reviewer_of(quota.base), quota)
    assert caught.value.code == "ONLINE_ONLY"


def test_an_account_opened_at_the_counter_has_its_own_phone_and_a_password_that_is_replaced_at_once(
    notice: Notice, policy: Policy, quota: Quota, client: Client, clock_at: ClockAt
) -> None:
    clock_at(AT)
    clerk, phone, number = reviewer_of(quota.base), "13900000001", resident_id(7)
    words = {"name": "示例新人", "document_kind": "resident_id", "document_number": number, "phone": phone}
    rest = {"notice": notice, "base": quota.base, "actor": clerk, "at": AT, "policy": policy}
    application, password = counter.open_account(**words, code=code_sent(phone, at=AT), **rest)
    user = application.applicant.user
    assert user.check_password(password)
    assert AuditEvent.objects.get(action="account.opened").actor == clerk
    assert CounterVisit.objects.get().found_by == "account"
    assert password not in "".join(str(event.detail) for event in AuditEvent.objects.all())
    client.post(reverse("accounts:login"), {"username": number, "password": password})
    home = reverse("apply:home", args=[notice.slug])
    led = client.get(home)
    assert led["Location"].startswith(reverse("accounts:password"))
    assert "设置自己的密码" in shown(client.get(led["Location"]))
    new = {"old": password, "password": "Xinde#Mima1", "password_again": "Xinde#Mima1", "next": home}
    assert client.post(reverse("accounts:password"), new)["Location"] == home
    assert client.get(home).status_code == 200
    with pytest.raises(Refused) as caught:
        counter.open_account(**words, code="000000", **rest)
    assert caught.value.code == "CODE_USED"


def test_no_account_is_opened_before_the_counter_opens(notice: Notice, policy: Policy, quota: Quota) -> None:
    with pytest.raises(Refused) as caught:
        counter.open_account(
            name="示例新人",
            document_kind="resident_id",
            document_number=resident_id(7),
            phone="13900000001",
            code="000000",
            notice=notice,
            base=quota.base,
            actor=reviewer_of(quota.base),
            at=OPENS - SECOND,
            policy=policy,
        )
    assert caught.value.code == "NOT_YET_OPEN"
    assert not User.objects.filter(name="示例新人").exists()


def test_corrections_are_made_at_the_counter_and_what_was_filed_stands_until_then(
    notice: Notice, policy: Policy, person: Application, quota: Quota
) -> None:
    clerk, user = reviewer_of(quota.base), person.applicant.user
    record_it(person, clerk)
    with pytest.raises(Refused) as caught:
        amendments.begin(application=person, actor=user, at=AT, policy=policy)
    assert caught.value.code == "ON_SITE_ONLY"
    amendments.begin(application=person, actor=clerk, at=AT, policy=policy)
    person.refresh_from_db()
    assert (person.state, person.applicant.locked_at) == ("submitted", None)
    again = record_it(person, clerk, at=AT + SECOND)
    assert again.number == 2
    person.refresh_from_db()
    assert person.amending_since is None
    assert person.applicant.locked_at is not None


# ---- Pages ----


@pytest.fixture
def clerk_client(quota: Quota, sign_in: SignIn, clock_at: ClockAt) -> Client:
    clock_at(AT)
    return sign_in(reviewer_of(quota.base))


def fields(html: str) -> dict[str, str]:
    return {name: re.search(rf'name="{name}" value="([^"]+)"', html)[1] for name in ("key", "checked")}  # type: ignore[index]


def test_from_the_number_to_the_printed_receipt_at_one_counter(
    notice: Notice, person: Application, quota: Quota, clerk_client: Client
) -> None:
    assert "现场报名" in shown(clerk_client.get(url(notice, "home")))
    found = clerk_client.post(url(notice, "counter_find"), {"number": person.applicant.user.document_number.open()})
    page = shown(clerk_client.get(found["Location"]))
    assert found["Location"] == url(notice, "counter_one", person.pk)
    number = person.applicant.user.document_number.open()
    assert number not in page, "numbers stay masked"
    assert AccessLog.objects.filter(owner=person.applicant.user, column="content", purpose="现场报名").count() == 1
    unseen = clerk_client.post(url(notice, "counter_record", person.pk), fields(page))
    assert "请核对后勾选" in shown(unseen, 422)
    done = clerk_client.post(url(notice, "counter_record", person.pk), fields(page) | {"witnessed": "on"})
    receipt = shown(clerk_client.get(done["Location"]))
    submission = Submission.objects.get()
    assert submission.receipt_number in receipt
    paper = clerk_client.get(url(notice, "counter_form", submission.pk))
    assert paper["Content-Type"] == "application/pdf"
    listed = shown(clerk_client.get(url(notice, "counter")))
    assert person.applicant.user.name in listed
    person.refresh_from_db()
    reviews.decide(person, "approve", actor=reviewer_of(quota.base), at=AT, policy=policy_of(version_in_force(notice)))
    assert "去现场确认" in shown(clerk_client.get(url(notice, "counter_one", person.pk)))


def test_what_changed_after_the_page_was_shown_is_looked_at_again(
    notice: Notice, person: Application, clerk_client: Client
) -> None:
    clerk_client.post(url(notice, "counter_find"), {"number": person.number})
    page = shown(clerk_client.get(url(notice, "counter_one", person.pk)))
    person.applicant.nationality = "HK"
    person.applicant.save(update_fields=["nationality"])
    answer = clerk_client.post(url(notice, "counter_record", person.pk), fields(page) | {"witnessed": "on"})
    assert "又有改动" in shown(answer, 422)


def test_nobody_is_opened_without_their_number(notice: Notice, person: Application, clerk_client: Client) -> None:
    """R10: the address alone shows nothing; nor does it to another base once it was opened here."""
    assert clerk_client.get(url(notice, "counter_one", person.pk)).status_code == 404
    clerk_client.post(url(notice, "counter_find"), {"number": person.number})
    assert clerk_client.get(url(notice, "counter_one", person.pk)).status_code == 200


def test_what_was_opened_here_is_not_there_for_another_base(
    notice: Notice, person: Application, clerk_client: Client, sign_in: SignIn
) -> None:
    clerk_client.post(url(notice, "counter_find"), {"number": person.number})
    other = sign_in(reviewer_of(seat(notice).base))
    assert other.get(url(notice, "counter_one", person.pk)).status_code == 404


def test_who_goes_elsewhere_afterwards_is_not_shown_any_more(
    notice: Notice, person: Application, clerk_client: Client
) -> None:
    clerk_client.post(url(notice, "counter_find"), {"number": person.number})
    choose(person, seat(notice), actor=person.applicant.user, at=AT)
    page = shown(clerk_client.get(url(notice, "counter_one", person.pk)))
    assert "填报的不是本基地" in page
    assert "学历信息" not in page


def test_the_slip_is_shown_once_with_the_first_password(notice: Notice, clerk_client: Client) -> None:
    words = {
        "name": "示例新人",
        "document_kind": "resident_id",
        "document_number": resident_id(7),
        "phone": "13900000001",
        "seen": "on",
    }
    assert "验证码" in shown(clerk_client.post(url(notice, "counter_code"), words))
    code = re.search(r"\d{6}", Message.objects.get(dedup_key__startswith="code:").body.open())
    assert code is not None
    slip = clerk_client.post(url(notice, "counter_account"), words | {"code": code.group()})
    password = re.search(r"[a-z]{4}-[a-z]{4}-[a-z]{4}-\d{4}", shown(slip))
    assert password is not None
    assert User.objects.get(name="示例新人").check_password(password.group())
    assert "no-store" in slip["Cache-Control"]
    again = shown(clerk_client.post(url(notice, "counter_account"), words | {"code": code.group()}), 422)
    assert password.group() not in again


def test_the_person_is_told_where_to_go_and_prints_a_form_that_is_not_accepted_yet(
    notice: Notice, quota: Quota, person: Application, sign_in: SignIn, clock_at: ClockAt
) -> None:
    clock_at(BEFORE)
    client = sign_in(person.applicant.user)
    home = shown(client.get(reverse("apply:home", args=[notice.slug])))
    assert f"到{quota.base.name}现场报名" in home
    page = shown(client.get(reverse("apply:check", args=[notice.slug])))
    assert "须到培训基地现场报名" in page
    assert "2024年7月1日（星期一）00:00" in page
    assert "2024年7月4日（星期四）24:00" in page
    assert "身份证（原件核对，留复印件一份）" in page
    assert "提交报名</button>" not in page
    paper = client.get(reverse("apply:form_to_bring", args=[notice.slug]))
    assert paper["Content-Type"] == "application/pdf"
    assert client.post(reverse("apply:submit", args=[notice.slug])).status_code == 422


def test_the_draft_says_that_it_is_not_accepted(
    notice: Notice, person: Application, sign_in: SignIn, clock_at: ClockAt
) -> None:
    clock_at(BEFORE)
    paper = sign_in(person.applicant.user).get(reverse("apply:form_to_bring", args=[notice.slug]))
    assert "未受理" in text_of(paper.content)


def test_photo_is_asked_for_online_and_pasted_on_paper_at_the_counter(
    notice: Notice, policy: Policy, person: Application
) -> None:
    states = {one.key: one.state for one in readiness.sections_of(person.applicant, policy)}
    assert states["photo"] == "done"
