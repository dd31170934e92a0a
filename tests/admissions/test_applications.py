"""Choosing, filing and taking back: what is refused, at which field, with which clause; and what a receipt proves."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from admissions.models import Application, Submission
from admissions.queries import receipts
from admissions.services import applications, reviews
from applicants.models import RosterEntry
from applicants.services.profiles import open_profile
from gme_portal.accounts.models import User
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.factories import (
    IN_WINDOW,
    ApplicationFactory,
    BaseFactory,
    NoticeFactory,
    ProfileFactory,
    QuotaFactory,
    SchoolFactory,
    SpecialtyFactory,
    UserFactory,
    file_again,
    reviewer_of,
)

pytestmark = pytest.mark.django_db

OPENS = datetime(2025, 6, 25, 10, 0, tzinfo=BEIJING)
CLOSES = datetime(2025, 7, 20, 22, 0, tzinfo=BEIJING)


@pytest.fixture
def notice() -> Notice:
    return NoticeFactory()


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def quotas(notice: Notice) -> list[Quota]:
    """Four specialties of one base."""
    base = BaseFactory()
    names = {"0100": "内科", "0700": "全科", "0900": "外科", "1700": "眼科"}
    return [
        QuotaFactory(notice=notice, base=base, specialty=SpecialtyFactory(code=code, name=name))
        for code, name in names.items()
    ]


def choose(
    application: Application,
    quotas: list[Quota],
    policy: Policy,
    *,
    at: datetime = IN_WINDOW,
    consents: tuple[str, ...] = (),
) -> Application:
    return applications.save_choices(
        application=application,
        quota_ids=[quota.pk for quota in quotas],
        consents=consents,
        actor=application.applicant.user,
        at=at,
        policy=policy,
    )


def draft(notice: Notice, **values: object) -> Application:
    return applications.ensure(profile=ProfileFactory(notice=notice, **values), notice=notice, at=IN_WINDOW)


def codes(refused: Refused) -> list[tuple[str, str]]:
    return [(one.code, one.field) for one in refused.refusals]


# Beginning


def test_one_application_per_person_with_a_number_of_its_year(notice: Notice) -> None:
    profile = ProfileFactory(complete=False)
    first = applications.ensure(profile=profile, notice=notice, at=IN_WINDOW)
    again = applications.ensure(profile=profile, notice=notice, at=IN_WINDOW + timedelta(days=1))
    other = applications.ensure(profile=ProfileFactory(complete=False), notice=notice, at=IN_WINDOW)
    assert (first.pk, first.number) == (again.pk, again.number)
    assert first.number.startswith("2025")
    assert first.number != other.number
    assert first.created_at == IN_WINDOW


# Choosing


def test_up_to_three_specialties_of_one_base_in_the_order_given(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    application = choose(draft(notice), [quotas[2], quotas[0], quotas[1]], policy, consents=("base",))
    assert [choice.quota.specialty_id for choice in application.choices.order_by("position")] == [
        "0900",
        "0100",
        "0700",
    ]
    assert (application.consents_base_transfer, application.consents_province_transfer) == (True, False)
    assert application.base is None, "the base knows nothing before the filing"


def test_a_fourth_specialty_is_refused_at_its_field_with_the_clause(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    with pytest.raises(Refused, match="最多可填报 3 个专业") as caught:
        choose(draft(notice), quotas, policy)
    assert codes(caught.value) == [("TOO_MANY_CHOICES", "choice_4")]
    assert caught.value.refusal.clause == policy.choices.clause


def test_a_second_base_and_a_repeated_specialty_are_both_named(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    elsewhere = QuotaFactory(notice=notice, specialty=quotas[1].specialty)
    with pytest.raises(Refused, match="只能填报同一培训基地") as caught:
        choose(draft(notice), [quotas[0], elsewhere, quotas[0]], policy)
    assert codes(caught.value) == [("SECOND_BASE", "choice_2"), ("DUPLICATE_CHOICE", "choice_3")]


def test_a_specialty_without_seats_or_outside_the_plan_is_closed(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    full_stop = QuotaFactory(
        notice=notice, base=quotas[0].base, specialty=SpecialtyFactory(code="1400", name="骨科"), seats=0
    )
    application = draft(notice)
    with pytest.raises(Refused, match="骨科没有招收名额") as caught:
        choose(application, [quotas[0], full_stop], policy)
    assert codes(caught.value) == [("SPECIALTY_CLOSED", "choice_2")]
    with pytest.raises(Refused) as caught:
        applications.save_choices(
            application=application,
            quota_ids=[uuid.uuid4()],
            consents=(),
            actor=application.applicant.user,
            at=IN_WINDOW,
            policy=policy,
        )
    assert codes(caught.value) == [("NOT_IN_PLAN", "choice_1")]


def test_a_commissioned_student_may_only_choose_general_practice(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    application = draft(notice, person_type="commissioned")
    with pytest.raises(Refused, match="专业方向为全科") as caught:
        choose(application, [quotas[0]], policy)
    assert codes(caught.value) == [("NOT_ELIGIBLE", "choice_1")]
    assert caught.value.refusal.clause == "003 说明6"
    choose(application, [quotas[1]], policy)


def test_a_consent_that_is_not_offered_to_the_person_type_is_refused(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    with pytest.raises(Refused) as caught:
        choose(draft(notice, person_type="commissioned"), [quotas[1]], policy, consents=("province",))
    assert codes(caught.value) == [("TRANSFER_NOT_OFFERED", "consents")]


def test_who_must_consent_to_transfer_cannot_leave_it_out(quotas: list[Quota], notice: Notice) -> None:
    """002 三(三)1: 社会人 choose freely, but must accept the province's transfer; others may leave it."""
    strict = replace(policy_of(version_in_force(notice)).transfer, required_for=("social",))
    policy = replace(policy_of(version_in_force(notice)), transfer=strict)
    social = draft(notice, person_type="social")
    with pytest.raises(Refused, match="应服从调剂") as caught:
        choose(social, [quotas[0]], policy, consents=("base",))
    assert codes(caught.value) == [("TRANSFER_REQUIRED", "consents")]
    choose(social, [quotas[0]], policy, consents=("base", "province"))
    choose(draft(notice, person_type="own_staff"), [quotas[0]], policy, consents=())


def test_who_must_be_on_a_list_of_names_is_let_in_by_number(quotas: list[Quota], notice: Notice) -> None:
    """000 四(二), 四(三): 专硕 come by their school's list; a name that is not on it is told what to do."""
    plain = policy_of(version_in_force(notice))
    policy = replace(plain, person_types=tuple(replace(kind, roster="school") for kind in plain.person_types))
    master = draft(notice, person_type="professional_master")
    with pytest.raises(Refused, match="名册核实申请") as caught:
        choose(master, [quotas[0]], policy)
    assert codes(caught.value) == [("NOT_ON_ROSTER", "roster")]
    RosterEntry.objects.create(
        notice=notice,
        person_type="professional_master",
        name=master.applicant.user.name,
        document_number=master.applicant.user.document_number.open(),
        document_blind=master.applicant.user.document_blind,
        school=SchoolFactory(),
        base=quotas[0].base,
        specialty=quotas[0].specialty,
        imported_at=OPENS,
    )
    choose(master, [quotas[0]], policy)


def test_choices_open_when_the_sections_are_complete(notice: Notice, policy: Policy, quotas: list[Quota]) -> None:
    application = applications.ensure(profile=ProfileFactory(complete=False), notice=notice, at=IN_WINDOW)
    with pytest.raises(Refused) as caught:
        choose(application, quotas[:1], policy)
    assert {one.code for one in caught.value.refusals} == {"SECTION_INCOMPLETE"}
    assert "education" in {one.field for one in caught.value.refusals}


def test_a_refused_list_leaves_the_saved_one(notice: Notice, policy: Policy, quotas: list[Quota]) -> None:
    application = choose(draft(notice), quotas[:2], policy)
    with pytest.raises(Refused):
        choose(application, quotas, policy)
    assert application.choices.count() == 2


@pytest.mark.parametrize(("at", "code"), [(OPENS - timedelta(seconds=1), "NOT_YET_OPEN"), (CLOSES, "WINDOW_CLOSED")])
def test_choices_change_only_while_the_window_is_open(
    notice: Notice, policy: Policy, quotas: list[Quota], at: datetime, code: str
) -> None:
    application = draft(notice)
    with pytest.raises(Refused) as caught:
        choose(application, quotas[:1], policy, at=at)
    assert caught.value.code == code
    choose(application, quotas[:1], policy, at=OPENS)
    choose(application, quotas[:1], policy, at=CLOSES - timedelta(milliseconds=1))


def test_filed_choices_do_not_change(notice: Notice, policy: Policy, quotas: list[Quota]) -> None:
    application = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:1])
    with pytest.raises(Refused, match="先取消报名") as caught:
        choose(application, quotas[1:2], policy)
    assert caught.value.code == "NOT_NOW_STATE"


# Filing


def test_filing_gives_a_receipt_that_proves_the_content(notice: Notice, quotas: list[Quota]) -> None:
    application = ApplicationFactory(notice=notice, quotas=quotas[:2])
    submission = file_again(application)
    application.refresh_from_db()
    text = submission.content.open()
    content = json.loads(text)
    assert submission.receipt_number == f"{application.number}-01"
    assert submission.digest == hashlib.sha256(text.encode()).hexdigest()
    assert receipts.is_genuine(
        number=submission.receipt_number,
        digest=submission.digest,
        content=text,
        signed=submission.signature,
        at=submission.submitted_at,
    )
    assert content["person"]["document_number"] == application.applicant.user.document_number.open()
    assert [one["name"] for one in content["choice"]["specialties"]] == ["内科", "全科"]
    assert {one["kind"] for one in content["documents"]} >= {"photo", "id_front", "diploma"}
    assert all(len(one["sha256"]) == 64 for one in content["documents"])
    assert (application.state, application.base, application.submitted_at) == ("submitted", quotas[0].base, IN_WINDOW)
    assert str(submission.content) == "（已加密）"


def test_effect_audit_and_message_are_one(notice: Notice, quotas: list[Quota]) -> None:
    application = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:1])
    submission = application.submissions.get()
    event = AuditEvent.objects.get(action="application.submitted")
    assert event.detail == {"receipt": submission.receipt_number, "digest": submission.digest, "version": 1}
    inbox = Message.objects.get(user=application.applicant.user, channel="inbox")
    assert submission.receipt_number in inbox.body.open()
    assert "1 内科" in inbox.body.open()
    assert Message.objects.filter(user=application.applicant.user, channel="sms").count() == 1


@pytest.mark.parametrize(
    ("at", "accepted"),
    [
        (OPENS - timedelta(milliseconds=1), False),
        (OPENS, True),
        (CLOSES - timedelta(seconds=1), True),
        (CLOSES - timedelta(milliseconds=1), True),
        (CLOSES, False),
        (CLOSES + timedelta(seconds=1), False),
    ],
)
def test_the_edge_of_the_window_is_exact(notice: Notice, quotas: list[Quota], at: datetime, accepted: bool) -> None:
    application = ApplicationFactory(notice=notice, quotas=quotas[:1])
    if accepted:
        assert file_again(application, at=at).submitted_at == at
        return
    with pytest.raises(Refused) as caught:
        file_again(application, at=at)
    edge = "2025年6月25日（星期三）10:00:00" if at < OPENS else "2025年7月20日（星期日）22:00:00"
    assert edge in str(caught.value)
    assert "003 说明3" in str(caught.value)
    assert not Submission.objects.exists()
    assert not AuditEvent.objects.filter(action="application.submitted").exists()


def test_the_same_key_gives_the_same_receipt_even_after_the_close(notice: Notice, quotas: list[Quota]) -> None:
    application, key = ApplicationFactory(notice=notice, quotas=quotas[:1]), uuid.uuid4()
    first = file_again(application, key=key, at=CLOSES - timedelta(seconds=1))
    again = file_again(application, key=key, at=CLOSES + timedelta(minutes=5))
    assert first.pk == again.pk
    assert Submission.objects.count() == 1
    assert Message.objects.filter(channel="inbox").count() == 1


def test_a_key_does_not_open_another_persons_receipt(notice: Notice, quotas: list[Quota]) -> None:
    first, second, key = *(ApplicationFactory(notice=notice, quotas=quotas[:1]) for _ in range(2)), uuid.uuid4()
    file_again(first, key=key)
    with pytest.raises(Refused) as caught:
        file_again(second, key=key)
    assert caught.value.code == "KEY_OF_ANOTHER"


def test_a_form_whose_key_has_filed_for_somebody_else_is_a_conflict_and_not_an_error(
    notice: Notice, quotas: list[Quota], sign_in: Callable[[User], Client], clock_at: Callable[[datetime], datetime]
) -> None:
    clock_at(IN_WINDOW)
    first, second, key = *(ApplicationFactory(notice=notice, quotas=quotas[:1]) for _ in range(2)), uuid.uuid4()
    file_again(first, key=key)
    sent = {"key": str(key), "checked": "0" * 64, "pledge": "on"}
    answer = sign_in(second.applicant.user).post(reverse("apply:submit", args=[notice.slug]), sent)
    assert answer.status_code == 409
    assert "重新打开核对页" in answer.content.decode()
    assert not second.submissions.exists()


def test_filing_twice_with_two_keys_is_refused(notice: Notice, quotas: list[Quota]) -> None:
    application = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:1])
    with pytest.raises(Refused, match="当前状态为“待审核”") as caught:
        file_again(application)
    assert caught.value.code == "NOT_NOW_STATE"


def test_a_change_in_another_tab_after_checking_stops_the_filing(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    application, version = ApplicationFactory(notice=notice, quotas=quotas[:1]), version_in_force(notice)
    seen = receipts.answers_digest(
        applications.preview(application, policy=policy, notice_version=version, at=IN_WINDOW)
    )
    later = IN_WINDOW + timedelta(minutes=3)
    submission_of = {
        "application": application,
        "actor": application.applicant.user,
        "policy": policy,
        "notice_version": version,
    }
    choose(application, quotas[1:2], policy)
    with pytest.raises(Refused) as caught:
        applications.submit(**submission_of, at=later, idempotency_key=uuid.uuid4(), checked=seen)
    assert caught.value.code == "CHANGED_SINCE_CHECKED"
    choose(application, quotas[:1], policy, consents=("base", "province"))
    assert applications.submit(**submission_of, at=later, idempotency_key=uuid.uuid4(), checked=seen).number == 1


def test_incomplete_or_without_choices_is_not_filed(notice: Notice) -> None:
    bare = applications.ensure(profile=ProfileFactory(complete=False), notice=notice, at=IN_WINDOW)
    with pytest.raises(Refused) as caught:
        file_again(bare)
    assert caught.value.code == "SECTION_INCOMPLETE"
    with pytest.raises(Refused) as caught:
        file_again(draft(notice))
    assert codes(caught.value) == [("NO_CHOICE", "choices")]
    bare.applicant.refresh_from_db()
    assert bare.applicant.locked_at is None, "a refused filing leaves the sections open"


def test_a_seat_that_was_moved_away_meanwhile_closes_the_choice(notice: Notice, quotas: list[Quota]) -> None:
    nothing_left = QuotaFactory(
        notice=notice, base=quotas[0].base, specialty=SpecialtyFactory(code="1400", name="骨科"), seats=0
    )
    application = ApplicationFactory(notice=notice, quotas=quotas[:1])
    application.choices.update(quota=nothing_left)
    with pytest.raises(Refused, match="没有招收名额"):
        file_again(application)


# Taking back, and coming again


def test_filing_locks_the_sections_and_withdrawing_opens_them(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    application = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:1])
    with pytest.raises(Refused):
        open_profile(application.applicant)
    applications.withdraw(application=application, actor=application.applicant.user, at=IN_WINDOW, policy=policy)
    assert open_profile(application.applicant).locked_at is None


def test_withdrawn_and_filed_again_elsewhere_keeps_both_versions(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    application = ApplicationFactory(state="withdrawn", notice=notice, quotas=quotas[:1])
    elsewhere = QuotaFactory(notice=notice)
    choose(application, [elsewhere], policy)
    submission = file_again(application, at=CLOSES - timedelta(seconds=1))
    assert [one.base for one in application.submissions.order_by("number")] == [quotas[0].base, elsewhere.base]
    assert submission.receipt_number.endswith("-02")


def test_after_the_close_nothing_is_withdrawn(notice: Notice, policy: Policy, quotas: list[Quota]) -> None:
    application = ApplicationFactory(state="submitted", notice=notice, quotas=quotas[:1])
    with pytest.raises(Refused, match="已于2025年7月20日（星期日）22:00:00（北京时间）截止"):
        applications.withdraw(application=application, actor=application.applicant.user, at=CLOSES, policy=policy)


def test_approved_is_not_withdrawn(notice: Notice, policy: Policy, quotas: list[Quota]) -> None:
    application = ApplicationFactory(state="approved", notice=notice, quotas=quotas[:1])
    with pytest.raises(Refused) as caught:
        applications.withdraw(application=application, actor=application.applicant.user, at=IN_WINDOW, policy=policy)
    assert caught.value.code == "NOT_NOW_STATE"


def test_returned_edited_and_filed_again_while_the_old_version_stands(
    notice: Notice, policy: Policy, quotas: list[Quota]
) -> None:
    application = ApplicationFactory(state="returned", notice=notice, quotas=quotas[:1])
    old = application.submissions.get()
    choose(application, quotas[1:3], policy)
    profile = open_profile(application.applicant)
    profile.address = "云南省大理州示例路2号"
    profile.save()
    application.refresh_from_db()
    assert (application.state, application.base) == ("returned", quotas[0].base)
    assert json.loads(old.content.open())["choice"]["specialties"][0]["name"] == "内科"
    new = file_again(application, at=IN_WINDOW + timedelta(hours=1))
    old.refresh_from_db()
    assert (old.number, new.number) == (1, 2)
    assert json.loads(old.content.open())["person"]["address"] != json.loads(new.content.open())["person"]["address"]


def test_nobody_acts_as_what_they_are_not(notice: Notice, policy: Policy, quotas: list[Quota]) -> None:
    application = ApplicationFactory(notice=notice, quotas=quotas[:1])
    reviewer, version = reviewer_of(quotas[0].base), version_in_force(notice)
    with pytest.raises(Refused) as caught:
        applications.submit(
            application=application,
            actor=reviewer,
            at=IN_WINDOW,
            policy=policy,
            notice_version=version,
            idempotency_key=uuid.uuid4(),
        )
    assert caught.value.code == "ONLINE_ONLY"
    with pytest.raises(Refused):
        reviews.decide(application, "approve", actor=UserFactory(), at=IN_WINDOW, policy=policy)
